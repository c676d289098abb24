/* The analyst's thread and its inbox. Owns the writing connection to the state file. */
#include "agent/analyst.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "agent/degraded.h"
#include "alerts/gate.h"
#include "alerts/state.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/point.h"

/* Group commit: whatever arrives within so many milliseconds shares one transaction. */
#define GROUP_MS 5
#define GROUP_STRETCHES 32
/* Stretches that may wait: workers stop when the store is slower than they. */
#define WAITING_STRETCHES 16
#define RETRY_MS 1000
#define PRUNE_EVERY_MS 600000
#define PRUNE_ROWS 1000
/* Late alerts are summed up so long after the first of them came. */
#define LATE_MS 60000
#define LATE_RULE "kendrawatch.self.late_events"
/* Spoiled pieces of a stretch that are kept each for itself. A piece costs several syncs, so that a file of
 * 100,000 broken lines would hold up the alerts of every source for minutes: the rest is kept as one. */
#define SPOILED_EACH 64

struct results {
	struct outbox_result *items;
	size_t n;
};

struct self {
	const char *rule, *title;
	enum level level;
	char *summary, *detail;
};

/* What one transaction takes. */
struct batch {
	VEC(struct stretch *) stretches;
	VEC(struct results) results;
	VEC(struct self) selves;
};

struct analyst {
	struct analyst_setup setup;
	struct gate *gate;
	pthread_mutex_t lock;
	pthread_cond_t came, taken, idle;
	struct batch inbox; /* under the lock, with the three below */
	bool stopping, working, given_up;
	bool full; /* the outbox is at its cap: stretches wait, results don't */
	int64_t pruned_ms;
	int64_t late_due_ms;       /* monotonic: when to look for late alerts to sum up; 0: none came */
	bool digest_now;           /* under the lock */
	char told_dead[CLK_TEXT];  /* day of the last alert about a dead letter */
	char warned_day[CLK_TEXT]; /* of the last alert about a filling outbox */
	struct degraded degraded;
};

struct analyst *analyst_new(const struct analyst_setup *setup)
{
	struct analyst *a = heap_zero(1, sizeof *a);
	pthread_condattr_t attr;
	a->setup = *setup;
	a->gate = gate_new(&(struct gate_options){
	    .store = setup->store, .suppress_ms = options_number(&setup->config->agent, "suppress_for")});
	/* An earlier run may have ended before it summed up. */
	a->late_due_ms = clk_mono_ms() + LATE_MS;
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->came, &attr);
	pthread_cond_init(&a->taken, &attr);
	pthread_cond_init(&a->idle, &attr);
	pthread_condattr_destroy(&attr);
	return a;
}

static void batch_fini(struct batch *b)
{
	for (size_t i = 0; i < b->stretches.n; i++)
		stretch_free(b->stretches.items[i]);
	for (size_t i = 0; i < b->results.n; i++)
		free(b->results.items[i].items);
	for (size_t i = 0; i < b->selves.n; i++) {
		free(b->selves.items[i].summary);
		free(b->selves.items[i].detail);
	}
	vec_fini(&b->stretches);
	vec_fini(&b->results);
	vec_fini(&b->selves);
}

void analyst_free(struct analyst *a)
{
	if (!a)
		return;
	gate_free(a->gate);
	batch_fini(&a->inbox);
	pthread_cond_destroy(&a->came);
	pthread_cond_destroy(&a->taken);
	pthread_cond_destroy(&a->idle);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

/* --- inbox --------------------------------------------------------------------------------------- */

bool analyst_take(struct analyst *a, struct stretch *s)
{
	pthread_mutex_lock(&a->lock);
	while (a->inbox.stretches.n >= WAITING_STRETCHES && !a->stopping && !a->given_up)
		pthread_cond_wait(&a->taken, &a->lock);
	bool ok = !a->stopping && !a->given_up;
	if (ok) {
		vec_push(&a->inbox.stretches, s);
		pthread_cond_signal(&a->came);
	}
	pthread_mutex_unlock(&a->lock);
	return ok;
}

void analyst_results(struct analyst *a, struct outbox_result *results, size_t n)
{
	pthread_mutex_lock(&a->lock);
	vec_push(&a->inbox.results, (struct results){results, n});
	pthread_cond_signal(&a->came);
	pthread_mutex_unlock(&a->lock);
}

void analyst_self(struct analyst *a, const char *rule, const char *title, enum level level,
    const char *summary, const char *detail)
{
	pthread_mutex_lock(&a->lock);
	vec_push(&a->inbox.selves, (struct self){rule, title, level, heap_copy(summary), heap_copy(detail)});
	pthread_cond_signal(&a->came);
	pthread_mutex_unlock(&a->lock);
}

void analyst_digest(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	a->digest_now = true;
	pthread_cond_signal(&a->came);
	pthread_mutex_unlock(&a->lock);
}

void analyst_settle(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	while (a->working || a->digest_now || a->inbox.stretches.n || a->inbox.results.n || a->inbox.selves.n)
		pthread_cond_wait(&a->idle, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

void analyst_give_up(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	a->given_up = true;
	pthread_cond_broadcast(&a->came);
	pthread_cond_broadcast(&a->taken);
	pthread_mutex_unlock(&a->lock);
}

void analyst_stop(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	a->stopping = true;
	pthread_cond_broadcast(&a->came);
	pthread_cond_broadcast(&a->taken);
	pthread_mutex_unlock(&a->lock);
}

static struct timespec deadline_in(int64_t ms)
{
	struct timespec ts;
	int64_t at = clk_mono_ms() + ms;
	ts.tv_sec = (time_t)(at / 1000);
	ts.tv_nsec = (long)(at % 1000) * 1000000;
	return ts;
}

static bool anything(const struct analyst *a)
{
	return (a->inbox.stretches.n && !a->full) || a->inbox.results.n || a->inbox.selves.n || a->digest_now;
}

/* How long there is nothing to do, if nothing comes. */
static int64_t pause_ms(const struct analyst *a)
{
	int64_t pause = a->full ? RETRY_MS : PRUNE_EVERY_MS, late = a->late_due_ms - clk_mono_ms();
	if (!a->late_due_ms || late >= pause)
		return pause;
	return late > 0 ? late : 0;
}

/* Drops a batch's stretches unacknowledged. */
static void drop_stretches(struct batch *b)
{
	for (size_t i = 0; i < b->stretches.n; i++)
		stretch_free(b->stretches.items[i]);
	b->stretches.n = 0;
}

/* Moves up to GROUP_STRETCHES stretches and everything else out of the inbox. */
static void move_inbox(struct analyst *a, struct batch *out)
{
	struct batch *in = &a->inbox;
	for (size_t i = 0; i < in->results.n; i++)
		vec_push(&out->results, in->results.items[i]);
	for (size_t i = 0; i < in->selves.n; i++)
		vec_push(&out->selves, in->selves.items[i]);
	in->results.n = in->selves.n = 0;
	size_t n = a->full ? 0 : in->stretches.n;
	if (n > GROUP_STRETCHES - out->stretches.n)
		n = GROUP_STRETCHES - out->stretches.n;
	for (size_t i = 0; i < n; i++)
		vec_push(&out->stretches, in->stretches.items[i]);
	if (n)
		memmove(in->stretches.items, in->stretches.items + n,
		    (in->stretches.n - n) * sizeof *in->stretches.items);
	in->stretches.n -= n;
	pthread_cond_broadcast(&a->taken);
}

/* Waits for something, then gathers what comes within GROUP_MS. False when stopped and nothing is left. */
static bool gather(struct analyst *a, struct batch *out)
{
	pthread_mutex_lock(&a->lock);
	a->working = false;
	if (a->given_up)
		drop_stretches(&a->inbox);
	if (!anything(a) && !a->inbox.stretches.n)
		pthread_cond_broadcast(&a->idle);
	struct timespec until = deadline_in(pause_ms(a));
	while (!anything(a) && !a->stopping && !(a->given_up && a->inbox.stretches.n))
		if (pthread_cond_timedwait(&a->came, &a->lock, &until) != 0)
			break;
	a->working = anything(a);
	bool go_on = !a->stopping || a->working;
	move_inbox(a, out);
	pthread_mutex_unlock(&a->lock);
	if (out->stretches.n && out->stretches.n < GROUP_STRETCHES) {
		nanosleep(&(struct timespec){0, GROUP_MS * 1000000L}, NULL);
		pthread_mutex_lock(&a->lock);
		move_inbox(a, out);
		pthread_mutex_unlock(&a->lock);
	}
	return go_on;
}

/* --- one transaction ----------------------------------------------------------------------------- */

static struct sv source_name(const struct work *w)
{
	return sv_from(w->source->setup.name);
}

/* Records are counted from where the reading began: in a part that tells nothing, so 0, unknown. */
static uint64_t record_number(const struct work *w, uint64_t number)
{
	return w->part ? 0 : number;
}

/* Would a route take it, were it not old? */
static bool fresh_would_go(const struct analyst *a, struct route_input where)
{
	struct route route = {0};
	where.age_ms = 0;
	where.late = false;
	route_find(a->setup.config, &where, &route);
	bool goes = route.sinks.n > 0;
	route_fini(&route);
	return goes;
}

/* Renders and routes one alert into the open transaction. */
static enum rc add_alert(struct analyst *a, const struct stretch *s, const struct finding *f,
    const struct gate_verdict *v, int64_t now_ms, struct err *e)
{
	struct alert_agent agent = a->setup.agent;
	struct record *r = f->record;
	struct buf body = {0};
	struct route route = {0};
	bool fresh;
	agent.rules_revision = s->findings->rules->revision;
	alert_render(&(struct alert_input){.agent = &agent,
			 .rule = f->rule,
			 .record = r,
			 .why = &f->why,
			 .origin = {source_name(s->work), sv_from(s->work->object),
			     (int64_t)record_number(s->work, f->number)},
			 .id = v->id,
			 .detected_ms = now_ms,
			 .folded = v->carried},
	    &body);
	int64_t time_ms = r->time_ms == RECORD_NO_TIME ? now_ms : r->time_ms;
	struct route_input where = {f->rule, f->rule->name.ptr ? f->rule->name : f->rule->key, f->rule->level,
	    r->account, now_ms - time_ms, agent.max_age_ms >= 0 && now_ms - time_ms > agent.max_age_ms};
	route_find(a->setup.config, &where, &route);
	bool late = !route.sinks.n && where.late && fresh_would_go(a, where);
	if (late && !a->late_due_ms)
		a->late_due_ms = clk_mono_ms() + LATE_MS;
	enum rc rc = outbox_add(a->setup.store,
	    &(struct outbox_alert){.id = v->id,
		.fold_key = v->fold_key,
		.rule_key = f->rule->key,
		.level = f->rule->level,
		.account = r->account,
		.region = r->region,
		.actor = record_derived(r, KW_FIELD_ACTOR),
		.event_key = record_key(r),
		.time_ms = time_ms,
		.detected_ms = now_ms,
		.body = buf_sv(&body),
		.shadow = f->rule->state == RULE_SHADOW,
		.late = late},
	    &route, &fresh, e);
	route_fini(&route);
	buf_fini(&body);
	return rc;
}

static enum rc take_findings(struct analyst *a, const struct stretch *s, int64_t now_ms, struct err *e)
{
	for (size_t i = 0; i < s->findings->hits.n; i++) {
		const struct finding *f = &s->findings->hits.items[i];
		struct gate_verdict v;
		enum rc rc = gate_match(a->gate, f->rule, f->record, now_ms, &v, e);
		if (rc == RC_OK && v.fate == GATE_ALERT)
			rc = add_alert(a, s, f, &v, now_ms, e);
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

static enum rc keep_piece(struct analyst *a, const struct stretch *s, const struct spoiled *p,
    struct sv bytes, const char *reason, int64_t now_ms, struct err *e)
{
	const struct work *w = s->work;
	uint64_t offset = w->begin + p->offset, number = record_number(w, p->number);
	enum rc rc = quarantine_keep(a->setup.quarantine,
	    &(struct quarantine_piece){
		w->source->setup.name, w->object, offset, number, reason, bytes, now_ms},
	    e);
	if (rc == RC_OK)
		log_warn("malformed record",
		    "source=%s object=\"%s\" record=%llu offset=%llu reason=\"%s\" next=\"kept in "
		    "quarantine, the rest was read\"",
		    w->source->setup.name, w->object, (unsigned long long)number, (unsigned long long)offset,
		    reason);
	return rc;
}

/* All pieces from `first` on as one, a line each. */
static enum rc keep_rest(
    struct analyst *a, const struct stretch *s, size_t first, int64_t now_ms, struct err *e)
{
	const struct spoiled *items = s->findings->spoiled.items;
	size_t n = s->findings->spoiled.n;
	struct buf bytes = {0};
	char *reason = heap_printf("%zu pieces, a line each; the first: %s", n - first, items[first].reason);
	for (size_t i = first; i < n; i++) {
		buf_add(&bytes, items[i].bytes);
		buf_addc(&bytes, '\n');
	}
	enum rc rc = keep_piece(a, s, &items[first], buf_sv(&bytes), reason, now_ms, e);
	free(reason);
	buf_fini(&bytes);
	return rc;
}

static enum rc keep_spoiled(struct analyst *a, const struct stretch *s, int64_t now_ms, struct err *e)
{
	const struct spoiled *items = s->findings->spoiled.items;
	size_t n = s->findings->spoiled.n, each = n > SPOILED_EACH + 1 ? SPOILED_EACH : n;
	enum rc rc = RC_OK;
	for (size_t i = 0; i < each && rc == RC_OK; i++)
		rc = keep_piece(a, s, &items[i], items[i].bytes, items[i].reason, now_ms, e);
	return rc == RC_OK && each < n ? keep_rest(a, s, each, now_ms, e) : rc;
}

/* The work's place in the ledger after this stretch. A growing object is not done; nor is one that could not
 * be read. */
static enum rc write_ledger(struct analyst *a, struct stretch *s, int64_t now_ms, struct err *e)
{
	struct work *w = s->work;
	if (!w->keep_row || (!s->ends && w->part))
		return RC_OK;
	struct ledger_row row = w->row;
	if (!w->part) {
		row.position = (int64_t)s->findings->records_done;
		row.done = s->ends && s->rc != RC_IO && !(s->rc == RC_INPUT && w->patient);
	}
	enum rc rc = ledger_write(
	    a->setup.store, w->source->setup.name, &row, (int64_t)s->findings->records_done, now_ms, e);
	if (rc == RC_OK)
		w->row = row;
	return rc;
}

static enum rc take_self(struct analyst *a, const struct self *s, int64_t now_ms, struct err *e)
{
	char id[ALERT_ID_TEXT];
	struct buf body = {0};
	struct route route = {0};
	bool fresh;
	alert_render_self(&(struct alert_self){.agent = &a->setup.agent,
			      .rule = s->rule,
			      .title = s->title,
			      .level = s->level,
			      .summary = sv_from(s->summary),
			      .detail = sv_from(s->detail),
			      .detected_ms = now_ms},
	    id, &body);
	route_find(a->setup.config,
	    &(struct route_input){NULL, sv_from(s->rule), s->level, {NULL, 0}, 0, false}, &route);
	enum rc rc = outbox_add(a->setup.store,
	    &(struct outbox_alert){.id = id,
		.rule_key = sv_from(s->rule),
		.level = s->level,
		.event_key = sv_from(id),
		.time_ms = now_ms,
		.detected_ms = now_ms,
		.body = buf_sv(&body)},
	    &route, &fresh, e);
	route_fini(&route);
	buf_fini(&body);
	return rc;
}

static enum rc write_batch(struct analyst *a, struct batch *b, int64_t now_ms, struct err *e)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < b->results.n && rc == RC_OK; i++)
		rc = outbox_results(a->setup.store, b->results.items[i].items, b->results.items[i].n, e);
	for (size_t i = 0; i < b->selves.n && rc == RC_OK; i++)
		rc = take_self(a, &b->selves.items[i], now_ms, e);
	for (size_t i = 0; i < b->stretches.n && rc == RC_OK; i++) {
		struct stretch *s = b->stretches.items[i];
		rc = keep_spoiled(a, s, now_ms, e);
		if (rc == RC_OK)
			rc = take_findings(a, s, now_ms, e);
		if (rc == RC_OK)
			rc = write_ledger(a, s, now_ms, e);
	}
	return rc;
}

static enum rc commit_batch(struct analyst *a, struct batch *b, struct err *e)
{
	int64_t now_ms = clk_now_ms();
	if (b->stretches.n)
		POINT(before_batch_begin);
	enum rc rc = store_begin(a->setup.store, e);
	if (rc != RC_OK)
		return rc;
	rc = write_batch(a, b, now_ms, e);
	if (rc == RC_OK) {
		if (b->stretches.n)
			POINT(before_batch_commit);
		if (b->results.n)
			POINT(before_result_commit);
		rc = store_commit(a->setup.store, e);
	}
	if (rc != RC_OK) {
		store_rollback(a->setup.store);
		return rc;
	}
	if (b->stretches.n)
		POINT(after_batch_commit);
	if (b->results.n)
		POINT(after_result_commit);
	return RC_OK;
}

/* Waits RETRY_MS, or until given up; true when it is. */
static bool wait_to_retry(struct analyst *a)
{
	struct timespec until = deadline_in(RETRY_MS);
	pthread_mutex_lock(&a->lock);
	while (!a->given_up)
		if (pthread_cond_timedwait(&a->came, &a->lock, &until) != 0)
			break;
	bool given_up = a->given_up;
	pthread_mutex_unlock(&a->lock);
	return given_up;
}

/* Until it is durable: a full disk is waited for, with everything in memory and nothing acknowledged. False
 * when given up. */
static bool commit_until_done(struct analyst *a, struct batch *b)
{
	for (bool failed = false;;) {
		struct err e = {0};
		if (commit_batch(a, b, &e) == RC_OK) {
			if (failed)
				log_info("state can be written again", "next=\"going on where it stopped\"");
			return true;
		}
		failed = true;
		log_error("state can't be written",
		    "error=\"%s\" next=\"nothing is acknowledged; trying again every second\"", e.text);
		if (wait_to_retry(a)) {
			log_error("stopped while the state can't be written",
			    "next=\"what was not kept is read and delivered again at the next start\"");
			return false;
		}
	}
}

static void count(const struct findings *f)
{
	metric_add(METRIC_EVENTS, f->events);
	metric_add(METRIC_BYTES, f->bytes);
	metric_add(METRIC_INSIGHT, f->insights);
	metric_add(METRIC_MALFORMED, f->spoiled.n);
}

static void tell_source(struct stretch *s)
{
	struct work *w = s->work;
	count(s->findings);
	if (!s->ends)
		return;
	if (s->rc != RC_OK && !(s->rc == RC_INPUT && w->patient))
		log_warn("object was not read to its end", "source=%s object=\"%s\" error=\"%s\"",
		    w->source->setup.name, w->object, s->err.text);
	if (w->source->type->settled)
		w->source->type->settled(w->source, w, s->rc);
	POINT(after_ack);
}

/* A sink that refuses for good would take every alert with it unseen: the others are told, once a day. */
static void tell_dead(struct analyst *a, const struct results *r)
{
	const struct outbox_result *dead = NULL;
	char day[CLK_TEXT];
	for (size_t i = 0; i < r->n && !dead; i++)
		dead = r->items[i].status == OUTBOX_DEAD ? &r->items[i] : NULL;
	clk_format(clk_now_ms(), false, day);
	day[10] = 0;
	if (!dead || a->setup.config->sinks.n < 2 || strcmp(a->told_dead, day) == 0)
		return;
	memcpy(a->told_dead, day, sizeof day);
	char *summary =
	    heap_printf("kendrawatch could not deliver an alert: a sink refused it for good (%s). "
			"kendrawatch outbox dead lists all; outbox retry sends them again.",
		dead->error);
	analyst_self(
	    a, "kendrawatch.self.delivery_dead", "An alert could not be delivered", LEVEL_HIGH, summary, day);
	free(summary);
}

static void tell_degraded(struct analyst *a, const struct ruleset *rules)
{
	const char *hour;
	char *summary = degraded_look(&a->degraded, rules, &hour);
	if (summary)
		analyst_self(a, "kendrawatch.self.rule_degraded", "A rule reached its limit", LEVEL_MEDIUM,
		    summary, hour);
	free(summary);
}

static void after_commit(struct analyst *a, struct batch *b)
{
	if (b->stretches.n)
		tell_degraded(a, b->stretches.items[b->stretches.n - 1]->findings->rules);
	for (size_t i = 0; i < b->results.n; i++)
		tell_dead(a, &b->results.items[i]);
	for (size_t i = 0; i < b->results.n; i++)
		a->setup.settled(a->setup.ctx, b->results.items[i].items, b->results.items[i].n);
	for (size_t i = 0; i < b->stretches.n; i++)
		tell_source(b->stretches.items[i]);
	if (b->stretches.n || b->selves.n)
		a->setup.added(a->setup.ctx);
	batch_fini(b);
}

/* --- house-keeping ------------------------------------------------------------------------------- */

static void prune(struct analyst *a)
{
	int64_t now = clk_mono_ms(), rows = 0;
	struct err e = {0};
	if (a->pruned_ms && now - a->pruned_ms < PRUNE_EVERY_MS)
		return;
	a->pruned_ms = now;
	do {
		if (store_begin(a->setup.store, &e) != RC_OK)
			return;
		if (state_prune(a->setup.store, clk_now_ms(), PRUNE_ROWS, &rows, &e) != RC_OK ||
		    store_commit(a->setup.store, &e) != RC_OK) {
			store_rollback(a->setup.store);
			log_warn("state can't be pruned", "error=\"%s\"", e.text);
			return;
		}
	} while (rows);
}

/* At 80 % of outbox_max an alert says so, at 100 % stretches wait until deliveries have made room. */
static void watch_outbox(struct analyst *a)
{
	struct outbox_size size;
	struct err e = {0};
	int64_t cap = options_number(&a->setup.config->agent, "outbox_max");
	if (outbox_measure(a->setup.store, &size, &e) != RC_OK)
		return;
	bool full = size.bytes >= cap;
	if (full != a->full)
		log_warn(full ? "outbox is full" : "outbox has room again",
		    "bytes=%lld pending=%lld dead=%lld next=\"%s\"", (long long)size.bytes,
		    (long long)size.pending, (long long)size.dead,
		    full ? "input waits; mend the sinks, or drop dead letters with kendrawatch outbox"
			 : "input goes on");
	pthread_mutex_lock(&a->lock);
	a->full = full;
	pthread_mutex_unlock(&a->lock);
	if (size.bytes >= cap / 10 * 8) {
		char day[CLK_TEXT];
		clk_format(clk_now_ms(), false, day);
		day[10] = 0;
		if (strcmp(a->warned_day, day) == 0)
			return;
		memcpy(a->warned_day, day, sizeof day);
		analyst_self(a, "kendrawatch.self.outbox_filling", "The outbox is filling up", LEVEL_HIGH,
		    "kendrawatch can't deliver: the outbox is past 80 % of agent.outbox_max. At 100 % it "
		    "stops reading events.",
		    day);
	}
}

/* Old events wake nobody: one alert says how many there were. It goes into the batch, whose transaction
 * begins only after this look. */
static void sum_up_late(struct analyst *a, struct batch *b)
{
	struct outbox_late late = {0};
	struct err e = {0};
	pthread_mutex_lock(&a->lock);
	bool due = a->digest_now || (a->late_due_ms && clk_mono_ms() >= a->late_due_ms);
	a->digest_now = false;
	pthread_mutex_unlock(&a->lock);
	if (!due)
		return;
	a->late_due_ms = 0;
	if (outbox_late(a->setup.store, LATE_RULE, &late, &e) != RC_OK) {
		log_warn("late alerts can't be counted", "error=\"%s\"", e.text);
		a->late_due_ms = clk_mono_ms() + LATE_MS;
		return;
	}
	if (!late.n)
		return;
	vec_push(&b->selves,
	    (struct self){LATE_RULE, "Alerts about old events", LEVEL_MEDIUM,
		heap_printf("%lld alert%s about events older than %lld h on arrival, the highest %s, "
			    "%s recorded and not sent. kendrawatch alerts list shows them.",
		    (long long)late.n, late.n == 1 ? "" : "s",
		    (long long)(a->setup.agent.max_age_ms / 3600000), level_name(late.level),
		    late.n == 1 ? "was" : "were"),
		heap_printf("%lld", (long long)late.last)});
}

void analyst_run(struct analyst *a)
{
	struct batch b = {0};
	while (gather(a, &b)) {
		sum_up_late(a, &b);
		bool any = b.stretches.n || b.results.n || b.selves.n;
		if (any && !commit_until_done(a, &b)) {
			drop_stretches(&b);
			batch_fini(&b);
			continue;
		}
		if (any)
			after_commit(a, &b);
		if (any || a->full)
			watch_outbox(a);
		prune(a);
	}
}
