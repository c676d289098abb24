/* What one rule set would have done: matches, alerts after folding, and pages, by rule, day and hour. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_NOISE_H
#define KW_AGENT_AUTHOR_BACKTEST_NOISE_H

#include "agent/author/backtest/calendar.h"
#include "agent/author/backtest/pager.h"
#include "agent/author/backtest/top.h"
#include "alerts/gate.h"

struct noise_day {
	int32_t day; /* local */
	uint32_t matches, alerts, pages;
	uint32_t hours[24]; /* alerts */
};

/* Of one rule, or of all. */
struct noise_rule {
	uint64_t matches, alerts, pages; /* a page counts for the rule whose alert began it */
	int64_t first_ms, last_ms;       /* of the matches */
	VEC(struct noise_day) days;      /* those with a match, ascending */
	struct top *actors;              /* NULL without an alert */
};

struct noise_setup {
	const struct ruleset *rules;
	const char *zone;
	struct pager *pager; /* borrowed, and reset */
	int64_t from_ms, to_ms, suppress_ms;
};

struct noise {
	struct noise_setup setup;
	struct noise_rule *rules; /* by rule->index */
	struct noise_rule all;
	uint64_t week[7][24]; /* alerts by weekday (0 is Monday) and hour */
	uint64_t outside;     /* matches outside of the time, or without one */

	/* The noise's own. */
	struct gate *gate;
	struct calendar calendar;
};

struct noise *noise_new(const struct noise_setup *setup);
void noise_free(struct noise *t);

/* Counts a match that is no duplicate; false when it lies outside of the time that counts. */
bool noise_match(struct noise *t, const struct rule *rule, struct record *r);

/* The day in the list, NULL when the rule had no match then. */
const struct noise_day *noise_day_of(const struct noise_rule *r, int32_t day);

/* Most alerts within one hour of the clock. */
uint32_t noise_peak_hour(const struct noise_rule *r);

#endif
