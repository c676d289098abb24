/* The tests of one rule, read once and run as often as needed: against the rule as it is, against each of its
 * mutants, with a filter more. */
#ifndef KW_AGENT_AUTHOR_SUITE_H
#define KW_AGENT_AUTHOR_SUITE_H

#include "agent/author/draft.h"
#include "base/buf.h"
#include "base/fault.h"
#include "rules/load.h"

/* One entry of a case: an event, `count` times. */
struct suite_event {
	struct draft *draft; /* without eventID and eventTime, which are its own each time */
	int64_t at_ms, count, every_ms;
};

/* What a case says. */
struct suite_case {
	struct sv name;
	const struct ydoc_node *node;
	VEC(struct suite_event) events;
	int64_t n_events; /* with repeats */
	bool malformed;   /* faults were added; it can't be run */
	int match;        /* 1 or 0; -1: not said, as below */
	int64_t alerts, folded;
	struct sv summary_has, why_has; /* ptr NULL: not said */
};

struct suite {
	struct rule *rule; /* loaded for this suite alone, with the lists of its tests; may be changed between
			      runs, if it is put back before suite_close */
	struct ruleset *set;
	struct lists lists;
	const char *file; /* borrowed */
	const struct ydoc_node *base;
	VEC(struct suite_case) cases;
};

/* Loads `file` anew and reads the tests of the rule with this key. What is wrong with the tests is added to
 * `faults`. False when there are none to run (suite_close is due all the same). */
bool suite_open(struct suite *s, const char *file, struct sv key, struct faults *faults);
void suite_close(struct suite *s);

/* Reads one more case, which the rule file does not hold; it borrows `node`. False when it is malformed, with
 * faults. suite_case_fini it. */
bool suite_read_case(
    const struct suite *s, const struct ydoc_node *node, struct suite_case *out, struct faults *faults);
void suite_case_fini(struct suite_case *c);

/* What one case led to. */
struct outcome {
	int64_t matches, alerts, folded;
	struct buf summaries, whys; /* of all matches, a line each */
	struct buf why_not;         /* of the first event that did not match: the leaves that decided */
	struct buf seen;            /* the first event's values of the fields that the rule asks about */
};
void outcome_fini(struct outcome *o);

/* Runs the case through rule, dedup and folding, hermetically: no operator's lists, clock or state. Texts are
 * made for the expectations that need them, or all of them when `detail`. */
void suite_run(const struct suite *s, const struct suite_case *c, bool detail, struct outcome *out);

/* Did what was expected come? */
bool suite_met(const struct suite_case *c, const struct outcome *got);

/* suite_run and suite_met in one. */
bool suite_passes(const struct suite *s, const struct suite_case *c);

#endif
