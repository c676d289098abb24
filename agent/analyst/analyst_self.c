/* Alerts of the agent about itself that the analyst sees reason for, and how all such alerts are kept. The
 * analyst's thread. */
#include "agent/analyst/analyst_parts.h"
#include "agent/self.h"
#include "base/log.h"

enum rc analyst_self_add(struct analyst *a, const struct analyst_alert *s, int64_t now_ms, struct err *e)
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

void analyst_tell_dead(struct analyst *a, const struct analyst_results *r)
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
	self_tell(a, SELF_DELIVERY_DEAD, summary, day);
	free(summary);
}

void analyst_tell_degraded(struct analyst *a, const struct ruleset *rules)
{
	const char *hour;
	char *summary = degraded_look(&a->degraded, rules, &hour);
	if (summary)
		self_tell(a, SELF_RULE_DEGRADED, summary, hour);
	free(summary);
}

void analyst_watch_outbox(struct analyst *a)
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
		self_tell(a, SELF_OUTBOX_FILLING,
		    "kendrawatch can't deliver: the outbox is past 80 % of agent.outbox_max. At 100 % it "
		    "stops reading events.",
		    day);
	}
}

void analyst_sum_up_late(struct analyst *a, struct analyst_batch *b)
{
	const struct self_text *kind = self_text(SELF_LATE_EVENTS);
	struct outbox_late late = {0};
	struct err e = {0};
	pthread_mutex_lock(&a->lock);
	bool due = a->digest_now || (a->late_due_ms && clk_mono_ms() >= a->late_due_ms);
	a->digest_now = false;
	pthread_mutex_unlock(&a->lock);
	if (!due)
		return;
	a->late_due_ms = 0;
	if (outbox_late(a->setup.store, kind->rule, &late, &e) != RC_OK) {
		log_warn("late alerts can't be counted", "error=\"%s\"", e.text);
		a->late_due_ms = clk_mono_ms() + ANALYST_LATE_MS;
		return;
	}
	if (!late.n)
		return;
	vec_push(&b->selves,
	    (struct analyst_alert){kind->rule, kind->title, kind->level,
		heap_printf("%lld alert%s about events older than %lld h on arrival, the highest %s, "
			    "%s recorded and not sent. kendrawatch alerts list shows them.",
		    (long long)late.n, late.n == 1 ? "" : "s",
		    (long long)(a->setup.agent.max_age_ms / 3600000), level_name(late.level),
		    late.n == 1 ? "was" : "were"),
		heap_printf("%lld", (long long)late.last)});
}
