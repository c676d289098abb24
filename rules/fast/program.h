/* The fast way past most rules: from the values that one scan picked out of an event, the few rules that may
 * match it. The reference evaluator (rules/eval.h) decides about those; about the others there is nothing to
 * decide. A rule that matches is always among them.
 * How it works, what was measured and what was ruled out: docs/decisions/0007-program.md. */
#ifndef KW_RULES_FAST_PROGRAM_H
#define KW_RULES_FAST_PROGRAM_H

#include "rules/event/scan.h"
#include "rules/rule.h"

/* --- a rule set made ready: immutable, shared between threads ------------------------------------- */

struct program;

/* With one reference to it, and taking one of its own to `set`. Linear in the rules, some microseconds each.
 */
struct program *program_new(struct ruleset *set);
struct program *program_ref(struct program *p);
void program_unref(struct program *p);

/* The set it was made of; borrowed. */
struct ruleset *program_rules(const struct program *p);

/* The plan of what is to be picked; its first slots are those of enum program_slot. Borrowed. */
const struct scan_plan *program_plan(const struct program *p);
size_t program_n_slots(const struct program *p);

/* The slot of a record path that rules ask about, UINT32_MAX when none picks it. Linear in the fields. */
uint32_t program_slot_of(const struct program *p, struct sv path);

/* Top-level fields that whoever reads events looks at, whatever the rules are: those that tell an event from
 * an envelope, those that are counted, and those by which copies of an event are known. */
enum program_slot {
	PROGRAM_EVENT_VERSION,
	PROGRAM_EVENT_ID,
	PROGRAM_EVENT_TIME,
	PROGRAM_EVENT_TYPE,
	PROGRAM_EVENT_CATEGORY,
	PROGRAM_RECORDS,
	PROGRAM_EVENTS,
	PROGRAM_EVENT_SOURCE,
	PROGRAM_EVENT_NAME,
	PROGRAM_ACCOUNT, /* recipientAccountId */
	PROGRAM_SLOT_COUNT
};

/* Rules that can match at all: as many as program_candidates may give. */
size_t program_n_rules(const struct program *p);

/* --- one thread's memory ----------------------------------------------------------------------------- */

/* Remembers what values meant. */
struct program_state;

/* Memory for remembered values, at most. */
#define PROGRAM_MEMORY ((size_t)4 << 20)

/* Serves `p`, of which it takes a reference. Some megabytes at most, all taken here but what reading escapes
 * needs.
 */
struct program_state *program_state_new(struct program *p);
void program_state_free(struct program_state *s);

/*
 * The rules that may match the event whose values are in `slots` (of program_plan), in the set's order; `out`
 * has room for program_n_rules. *out_certain: each of them does match, so that the reference evaluator need
 * only be asked why. Slots of an event that the plain reader refuses may give anything.
 *
 * No heap, no lock. For values seen before the work is a look-up for each field through which rules are
 * reached, and what the candidates' conditions ask.
 */
size_t program_candidates(
    struct program_state *s, const struct scan_slot *slots, const struct rule **out, bool *out_certain);

/* What was done so far, for tests of linearity and for benchmarks. */
struct program_steps {
	uint64_t events;
	uint64_t lookups;    /* of values */
	uint64_t misses;     /* values that were not remembered */
	uint64_t tests;      /* items asked about them */
	uint64_t reached;    /* rules whose condition was looked at */
	uint64_t candidates; /* rules that were given out */
};
const struct program_steps *program_steps(const struct program_state *s);

#endif
