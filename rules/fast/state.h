/* What the work for one event shares: program.c asks and decides, learn.c finds out what a new value means,
 * inside.c what an object means. Private to this folder. */
#ifndef KW_RULES_FAST_STATE_H
#define KW_RULES_FAST_STATE_H

#include "rules/fast/inputs.h"
#include "rules/fast/memo.h"
#include "rules/fast/program.h"
#include "rules/texts.h"

/* How a path's value is had. */
struct way_in {
	uint32_t slot;
	struct inputs inputs; /* of a derived field; else empty */
};

/* A field that is looked at for every event, since rules are reached through it. */
struct entry_path {
	uint32_t path, slot;
	uint32_t dull; /* a bit a kind of value: no rule is reached through one */
};

struct program {
	struct ruleset *rules;
	struct scan_plan *plan;
	struct compiled compiled;
	struct way_in *ways;        /* by path */
	struct entry_path *entries; /* as compiled.entries */
	size_t n_slots;
	_Atomic int refs;
};

struct program_state {
	struct program *program;
	struct memo *memo;
	const struct scan_slot *slots; /* of the event in hand */

	/* By path: its meaning for this event; NULL: unknown. Stands where `asked` is the event's number. */
	const struct meaning **meanings;
	uint32_t *asked;
	uint32_t event;

	/* By rank: the last event that reached it. */
	uint32_t *reached;
	uint32_t *ranks; /* candidates in the order found */
	bool certain;    /* of all of them */
	struct rank_set rank_set;

	/* Finding out what a new value means. By predicate: the last value that it was asked about. */
	uint32_t *tested;
	uint32_t value_number;
	const struct tree *value;
	VEC(uint32_t) odd;
	uint32_t *odd_ranks;
	struct buf folded;
	struct record *record; /* of a derived field; NULL: `value` is asked about */

	/* Of an object or array: its texts, once somebody had to be asked. */
	const struct scan_slot *container;
	struct texts texts;
	bool has_texts, unreadable;
	struct arena kept; /* trees and meanings, until the next event */
	bool keeps;
	struct arena arena; /* unescaped texts, small records */
	struct buf quoted, key;

	struct program_steps steps;
};

/* What the value in `slot` means, which is not remembered; it is from now on. NULL: unknown. */
const struct meaning *learn_value(
    struct program_state *s, const struct memo_key *key, uint64_t digest, const struct scan_slot *slot);

/* The same of a derived field's value. */
const struct meaning *learn_derived(
    struct program_state *s, const struct memo_key *key, uint64_t digest, const struct inputs *in);

/* For inside.c: begins with a value that nobody was asked about yet. */
void learn_next_value(struct program_state *s);

/* For inside.c: sorts the odd predicates that were found and puts them and the ranks that they reach into
 * `*m`, in the state's own room. True: the ranks last as long as the program. */
bool learn_sum_up(struct program_state *s, struct meaning *m);

/* Sorts in place. */
void learn_sort(uint32_t *ids, size_t n);

/* What the object or array in `slot` means, until the next event. NULL: unknown. */
const struct meaning *inside_meaning(struct program_state *s, uint32_t path, const struct scan_slot *slot);

#endif
