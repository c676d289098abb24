/* Two rule sets over the same history: which events a change newly matches, and which it no longer does. The
 * base is read first and its matches remembered; then the rule set at hand is held against them. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_COMPARE_H
#define KW_AGENT_AUTHOR_BACKTEST_COMPARE_H

#include "agent/worker/reading.h"
#include "alerts/redact.h"

/* Matches of the base that are remembered (24 bytes each, twice that with the table's room); with more,
 * rules are compared by their numbers only. */
#define COMPARE_MATCHES ((size_t)1 << 21)
#define COMPARE_EXAMPLES 3

struct compare_example {
	char *sentence; /* heap */
	char *place;    /* "file:record", heap */
};

/* One rule, in either set or both: the same id, or name, or without both the same title. */
struct compare_rule {
	const struct rule *now, *before;  /* NULL: not in that set */
	uint64_t n_now, n_before, n_both; /* matches */
	struct compare_example added[COMPARE_EXAMPLES], removed[COMPARE_EXAMPLES];
	size_t n_added, n_removed; /* examples */
};

struct compare {
	VEC(struct compare_rule) rules; /* those of the rule set at hand in its order, then the others */
	bool overflowed;                /* n_both means nothing */

	/* The comparison's own. */
	size_t *of_now, *of_before; /* rule->index -> number in `rules` */
	struct compare_entry *entries;
	size_t n_entries, n_slots;
	VEC(char *) objects;
};

struct compare *compare_new(const struct ruleset *now, const struct ruleset *before);
void compare_free(struct compare *c);

/* A match of the base, and then one of the set at hand; `place` is "file", the record's number stands in `f`.
 */
void compare_before(struct compare *c, const struct finding *f, const char *object);
void compare_now(struct compare *c, const struct finding *f, const char *object, const struct redact *redact);

/* Finds the examples of what no longer matches, by reading their files again. */
void compare_finish(struct compare *c, const struct record_names *names, const struct redact *redact);

#endif
