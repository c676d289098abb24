/* One transaction: what a batch led to becomes durable, and then is told. The analyst's thread, which owns
 * the writing connection to the state file. */
#include "agent/analyst/analyst_parts.h"
#include "agent/selfwatch/memory.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/point.h"
#include "base/pulse.h"

/* Spoiled pieces of a stretch that are kept each for itself. A piece costs several syncs, so that a file of
 * 100,000 broken lines would hold up the alerts of every source for minutes: the rest is kept as one. */
#define SPOILED_EACH 64

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
		a->late_due_ms = clk_mono_ms() + ANALYST_LATE_MS;
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

static enum rc write_batch(struct analyst *a, struct analyst_batch *b, int64_t now_ms, struct err *e)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < b->results.n && rc == RC_OK; i++)
		rc = outbox_results(a->setup.store, b->results.items[i].items, b->results.items[i].n, e);
	for (size_t i = 0; i < b->selves.n && rc == RC_OK; i++)
		rc = analyst_self_add(a, &b->selves.items[i], now_ms, e);
	for (size_t i = 0; i < b->notes.n && rc == RC_OK; i++)
		rc = memory_write(a->setup.store, sv_from(b->notes.items[i].key),
		    sv_from(b->notes.items[i].value), now_ms, e);
	for (size_t i = 0; i < b->stretches.n && rc == RC_OK; i++) {
		struct stretch *s = b->stretches.items[i];
		pulse_beat();
		rc = keep_spoiled(a, s, now_ms, e);
		if (rc == RC_OK)
			rc = take_findings(a, s, now_ms, e);
		if (rc == RC_OK)
			rc = write_ledger(a, s, now_ms, e);
		if (rc == RC_OK)
			rc = analyst_trail_take(a, s, now_ms, e);
	}
	return rc;
}

static enum rc commit_batch(struct analyst *a, struct analyst_batch *b, struct err *e)
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

bool analyst_commit(struct analyst *a, struct analyst_batch *b)
{
	for (bool failed = false;;) {
		struct err e = {0};
		if (commit_batch(a, b, &e) == RC_OK) {
			a->failing = false;
			if (failed)
				log_info("state can be written again", "next=\"going on where it stopped\"");
			return true;
		}
		failed = true;
		a->failing = true;
		log_error("state can't be written",
		    "error=\"%s\" next=\"nothing is acknowledged; trying again every second\"", e.text);
		if (analyst_wait_to_retry(a)) {
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
	source_count(w->source, s->findings->events);
	if (!s->ends)
		return;
	if (s->rc != RC_OK && !(s->rc == RC_INPUT && w->patient))
		log_warn("object was not read to its end", "source=%s object=\"%s\" error=\"%s\"",
		    w->source->setup.name, w->object, s->err.text);
	if (w->source->type->settled)
		w->source->type->settled(w->source, w, s->rc);
	POINT(after_ack);
}

void analyst_committed(struct analyst *a, struct analyst_batch *b)
{
	pthread_mutex_lock(&a->lock);
	a->committed_ms = clk_mono_ms();
	pthread_mutex_unlock(&a->lock);
	if (b->stretches.n)
		analyst_tell_degraded(a, b->stretches.items[b->stretches.n - 1]->findings->rules);
	for (size_t i = 0; i < b->results.n; i++)
		analyst_tell_dead(a, &b->results.items[i]);
	for (size_t i = 0; i < b->results.n; i++)
		a->setup.settled(a->setup.ctx, b->results.items[i].items, b->results.items[i].n);
	for (size_t i = 0; i < b->stretches.n && a->setup.arrived; i++)
		a->setup.arrived(a->setup.ctx, b->stretches.items[i]);
	for (size_t i = 0; i < b->stretches.n; i++)
		tell_source(b->stretches.items[i]);
	if (b->stretches.n || b->selves.n)
		a->setup.added(a->setup.ctx);
	analyst_batch_fini(b);
}
