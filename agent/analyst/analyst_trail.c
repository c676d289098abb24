/* The delivery ledger's part of a transaction, and its house-keeping. The analyst's thread. */
#include "agent/analyst/analyst_parts.h"
#include "agent/ledger/trail_ledger.h"
#include "base/log.h"

#define SWEEP_MS ((int64_t)60000)

static const struct {
	const char *rule;
	enum level level;
} rules[FLAW_KINDS] = {
#define BAD LEVEL_HIGH
#define NOTE LEVEL_LOW
#define FLAW(symbol, name, grade, meaning, remedy) {"kendrawatch.self.integrity." name, grade},
#include "agent/digest/flaw_list.h"
#undef FLAW
#undef BAD
#undef NOTE
};

static const char *const titles[FLAW_KINDS] = {
#define FLAW(symbol, name, grade, meaning, remedy) "CloudTrail's delivery: " name,
#include "agent/digest/flaw_list.h"
#undef FLAW
};

static enum rc ring(struct analyst *a, const struct trail_alarms *alarms, int64_t now_ms, struct err *e)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < alarms->all.n && rc == RC_OK; i++) {
		const struct trail_alarm *x = &alarms->all.items[i];
		rc = analyst_self_add(a,
		    &(struct analyst_alert){
			rules[x->kind].rule, titles[x->kind], rules[x->kind].level, x->summary, x->detail},
		    now_ms, e);
	}
	return rc;
}

/* What the reading came to know counts when the object is read to its end, also one that is damaged: no more
 * will come of it. */
static bool was_read(const struct stretch *s)
{
	const struct work *w = s->work;
	return s->ends && s->rc != RC_IO && !w->part && !w->stream && !w->digest && w->row.done &&
	       !(s->rc == RC_INPUT && w->patient);
}

enum rc analyst_trail_take(struct analyst *a, const struct stretch *s, int64_t now_ms, struct err *e)
{
	struct trail_alarms alarms = {0};
	enum rc rc = RC_OK;
	if (s->work->digest && s->ends) {
		rc = trail_ledger_digest(a->setup.store, s->work->digest, now_ms, &alarms, e);
		a->trail_news = true;
	} else if (was_read(s)) {
		rc = trail_ledger_read(
		    a->setup.store, sv_from(s->work->object), sv_from(s->findings->hash), now_ms, &alarms, e);
	}
	if (rc == RC_OK)
		rc = ring(a, &alarms, now_ms, e);
	trail_alarms_fini(&alarms);
	return rc;
}

static bool due(const struct analyst *a)
{
	return a->trail_news || !a->trail_swept_ms || clk_mono_ms() - a->trail_swept_ms >= SWEEP_MS ||
	       clk_now_ms() >= a->trail_due_ms;
}

void analyst_trail_sweep(struct analyst *a)
{
	struct trail_alarms alarms = {0};
	struct err e = {0};
	int64_t now_ms = clk_now_ms();
	if (!due(a) || store_begin(a->setup.store, &e) != RC_OK)
		return;
	a->trail_news = false;
	a->trail_swept_ms = clk_mono_ms();
	enum rc rc = trail_ledger_sweep(a->setup.store, now_ms, &alarms, &a->trail_due_ms, &e);
	if (rc == RC_OK)
		rc = ring(a, &alarms, now_ms, &e);
	if (rc == RC_OK)
		rc = store_commit(a->setup.store, &e);
	if (rc != RC_OK) {
		store_rollback(a->setup.store);
		a->trail_due_ms = now_ms + SWEEP_MS;
		log_warn("the delivery ledger can't be kept", "error=\"%s\" next=\"tried again in a minute\"",
		    e.text);
	} else if (alarms.all.n) {
		a->setup.added(a->setup.ctx);
	}
	trail_alarms_fini(&alarms);
}

int64_t analyst_trail_pause_ms(const struct analyst *a, int64_t most_ms)
{
	if (a->trail_due_ms == INT64_MAX)
		return most_ms;
	int64_t left_ms = a->trail_due_ms - clk_now_ms();
	left_ms = left_ms > SWEEP_MS ? SWEEP_MS : left_ms < 0 ? 0 : left_ms;
	return left_ms < most_ms ? left_ms : most_ms;
}
