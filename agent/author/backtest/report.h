/* Everything that a backtest tells, worked out; text.c, json.c and html.c only show it. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_REPORT_H
#define KW_AGENT_AUTHOR_BACKTEST_REPORT_H

#include "agent/author/backtest/asks.h"
#include "agent/author/backtest/budget.h"
#include "agent/author/backtest/compare.h"
#include "agent/author/backtest/forecast.h"
#include "agent/author/backtest/noise.h"
#include "agent/worker/census.h"

/* What it is made of; all borrowed. */
struct report_input {
	const struct ruleset *rules;
	const struct asks *asks;
	const struct census *census;
	struct noise *now, *before;    /* before: NULL without a base. Their actors are sorted */
	const struct compare *compare; /* NULL without a base */
	const struct budget *budgets;
	size_t n_budgets;
	const char *zone, *page_words;
	const char *base;          /* as the person named it; NULL: none */
	const char *base_revision; /* "1a2b3c4d5e6f"; NULL: a folder */
	size_t base_refused;       /* documents of the base */
	uint64_t duplicates, malformed;
	double seconds;
};

enum report_change {
	REPORT_SAME,
	REPORT_ADDED,   /* the rule is new */
	REPORT_REMOVED, /* it is gone */
	REPORT_MORE,    /* more alerts than before */
	REPORT_LESS,
	REPORT_OTHER, /* as many, but of other events */
};
const char *report_change_name(enum report_change c);

/* One rule that matched in either rule set. */
struct report_row {
	const struct rule *rule;
	const struct noise_rule *now, *before; /* never NULL; empty when the rule is not in that set */
	double per_day, per_day_before;        /* alerts, on average */
	double median;                         /* alerts a day, of the days with events */
	uint32_t worst;                        /* alerts on the worst day */
	int32_t worst_day;
	uint32_t peak_hour;
	double folded; /* share of the matches that are no alerts of their own */
	struct forecast pages, pages_before;
	enum report_change change;
	const struct compare_rule *compared; /* NULL without a base */
};

enum report_reason {
	REPORT_WAITS,       /* for a list */
	REPORT_NO_FIELD,    /* a field that it asks for never appeared, though its calls occurred */
	REPORT_NEVER_HELD,  /* the evaluator was asked, and the condition never held */
	REPORT_NEVER_ASKED, /* the fast path ruled it out each time */
	REPORT_NO_CALLS,    /* the calls it asks for never occurred */
	REPORT_OFF,         /* by an override, or by its status */
	REPORT_REASONS
};

struct report_silent {
	const struct rule *rule;
	enum report_reason reason;
	char *words; /* heap */
};

struct report_field {
	struct sv path;
	VEC(const struct rule *) rules;
	bool suspicious; /* calls that one of the rules asks for did occur */
};

struct report_slow {
	const struct rule *rule;
	uint64_t asked;
	int64_t ns;
	double share; /* of the time in the reference evaluator */
};
#define REPORT_SLOW 5

struct report_verdict {
	const struct budget *budget;
	const struct rule *rule; /* of a budget for one */
	double rate;
	bool exceeded;
};

struct report {
	struct report_input in;
	int32_t first_day, last_day; /* local, of the events */
	size_t n_days;               /* from the one to the other */
	size_t n_days_seen;          /* with events */
	double days;                 /* that rates are of: from the first event to the last, less whole days
					without events; at least 1 */
	uint64_t *events;            /* by day */
	VEC(struct report_row) rows; /* most pages first */
	VEC(struct report_silent) silent;
	VEC(struct report_field) fields; /* never seen; the suspicious ones first */
	struct report_slow slow[REPORT_SLOW];
	size_t n_slow;
	uint64_t n_asked; /* questions to the reference evaluator */
	int64_t asked_ns;
	struct report_row all;
	VEC(struct report_verdict) verdicts;
	bool exceeded;
};

/* RC_INPUT when no event lies in the time that counts, RC_USAGE for a budget of a rule that there is not. */
enum rc report_make(const struct report_input *in, struct report *out, struct err *e);
void report_fini(struct report *r);

/* The name people know a rule by. */
struct sv report_rule_name(const struct rule *r);

/* Fills `out` (n_days) with one count a day. */
enum report_count { REPORT_MATCHES, REPORT_ALERTS, REPORT_PAGES };
void report_days(const struct report *r, const struct noise_rule *t, enum report_count what, uint32_t *out);

/* Appends rules that spend a budget, the most first, at most `n`: "kendra_imdsv1 1.4, root_used 0.5". */
void report_spenders(const struct report *r, const struct budget *b, size_t n, struct buf *out);

#endif
