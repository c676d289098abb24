/* How much noise a team takes: `pages/week=2`, `alerts/day=5`, `RULE:alerts/day=1`. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_BUDGET_H
#define KW_AGENT_AUTHOR_BACKTEST_BUDGET_H

#include "base/err.h"
#include "base/sv.h"

struct budget {
	struct sv written; /* as given; borrowed */
	struct sv rule;    /* name, id or file of one rule; ptr NULL: all of them */
	bool pages;        /* else alerts */
	bool week;         /* else a day */
	double max;
};

/* Reads one. RC_USAGE with what is wrong with it. */
enum rc budget_parse(struct sv text, struct budget *out, struct err *e);

/* The rate that it is held against: `n` in `days` days. */
double budget_rate(const struct budget *b, uint64_t n_alerts, uint64_t n_pages, double days);

#endif
