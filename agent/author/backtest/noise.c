/* Counting of matches. Main thread, in the order of the scan. Grows with rules x days that saw a match, and,
 * as in the agent, with the actors that rules fold by. */
#include "agent/author/backtest/noise.h"

struct noise *noise_new(const struct noise_setup *setup)
{
	struct noise *t = heap_zero(1, sizeof *t);
	t->setup = *setup;
	t->rules = heap_zero(setup->rules->rules.n + 1, sizeof *t->rules);
	t->calendar.zone = setup->zone;
	/* The scan has taken the duplicates out. */
	t->gate = gate_new(&(struct gate_options){.no_dedup = true, .suppress_ms = setup->suppress_ms});
	pager_reset(setup->pager);
	return t;
}

static void rule_fini(struct noise_rule *r)
{
	vec_fini(&r->days);
	free(r->actors);
}

void noise_free(struct noise *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->setup.rules->rules.n; i++)
		rule_fini(&t->rules[i]);
	rule_fini(&t->all);
	free(t->rules);
	gate_free(t->gate);
	free(t);
}

/* The index of the first day that is not before `day`. Histories are read nearly in order: from the end. */
static size_t place_of(const struct noise_rule *r, int32_t day)
{
	size_t i = r->days.n;
	while (i && r->days.items[i - 1].day >= day)
		i--;
	return i;
}

static struct noise_day *day_for(struct noise_rule *r, int32_t day)
{
	size_t i = place_of(r, day);
	if (i < r->days.n && r->days.items[i].day == day)
		return &r->days.items[i];
	vec_push(&r->days, (struct noise_day){0});
	memmove(&r->days.items[i + 1], &r->days.items[i], (r->days.n - 1 - i) * sizeof *r->days.items);
	r->days.items[i] = (struct noise_day){.day = day};
	return &r->days.items[i];
}

const struct noise_day *noise_day_of(const struct noise_rule *r, int32_t day)
{
	size_t i = place_of(r, day);
	return i < r->days.n && r->days.items[i].day == day ? &r->days.items[i] : NULL;
}

uint32_t noise_peak_hour(const struct noise_rule *r)
{
	uint32_t most = 0;
	for (size_t i = 0; i < r->days.n; i++)
		for (int hour = 0; hour < 24; hour++)
			if (r->days.items[i].hours[hour] > most)
				most = r->days.items[i].hours[hour];
	return most;
}

static void count(
    struct noise_rule *r, struct calendar_time at, int64_t t_ms, bool alert, bool page, struct sv actor)
{
	struct noise_day *day = day_for(r, at.day);
	if (!r->matches++)
		r->first_ms = r->last_ms = t_ms;
	r->first_ms = t_ms < r->first_ms ? t_ms : r->first_ms;
	r->last_ms = t_ms > r->last_ms ? t_ms : r->last_ms;
	day->matches++;
	if (!alert)
		return;
	r->alerts++;
	r->pages += page;
	day->alerts++;
	day->pages += page;
	day->hours[at.hour]++;
	if (!r->actors)
		r->actors = heap_zero(1, sizeof *r->actors);
	top_count(r->actors, actor, page);
}

bool noise_match(struct noise *t, const struct rule *rule, struct record *r)
{
	struct gate_verdict v;
	int64_t t_ms = r->time_ms;
	if (t_ms == RECORD_NO_TIME || t_ms < t->setup.from_ms || t_ms >= t->setup.to_ms) {
		t->outside++;
		return false;
	}
	/* In memory it can't fail. */
	if (gate_match(t->gate, rule, r, t_ms, &v, NULL) != RC_OK)
		return false;
	struct sv actor = record_derived(r, KW_FIELD_ACTOR);
	bool alert = v.fate == GATE_ALERT;
	bool page = alert && pager_pages(t->setup.pager, rule, r->account, actor, t_ms);
	struct calendar_time at = calendar_at(&t->calendar, t_ms);
	count(&t->rules[rule->index], at, t_ms, alert, page, actor);
	count(&t->all, at, t_ms, alert, page, actor);
	if (alert)
		t->week[at.weekday][at.hour]++;
	return true;
}
