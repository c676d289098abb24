/* A rule set made ready for many events: predicates, verdicts, and which rules each predicate leads to. Built
 * once, then read-only and shared by threads. */
#ifndef KW_RULES_FAST_COMPILED_H
#define KW_RULES_FAST_COMPILED_H

#include "rules/event/scan.h"
#include "rules/fast/verdict.h"
#include "rules/rule.h"

/* What one value of a field means. */
struct meaning {
	const uint32_t *odd; /* predicates whose truth is not the usual one, ascending */
	uint32_t n_odd;
	uint32_t n_ranks;
	const uint32_t *ranks; /* of rules that are reached through them, ascending */
};

/* Numbers of some rules; by rank, which is the place among the rules that can match, in the set's order. */
struct compiled_ranks {
	const uint32_t *ranks;
	uint32_t n;
};

struct compiled_rule {
	const struct rule *rule;
	uint32_t node; /* of its verdict */
};

/* A field that predicates ask about. */
struct compiled_path {
	struct compiled_ranks reached; /* through any predicate of it */
	struct meaning
	    fixed[SCAN_STRING_ESCAPED + 1]; /* by kind: what hangs on nothing else; not of derived fields */
	struct meaning in_object;           /* of an object, or an array, of which nobody had to be asked */
	uint8_t n_fixed; /* kinds below are fixed: up to true, or all when nobody asks what a text says */
};

struct compiled {
	struct predicates predicates;
	struct verdicts verdicts;
	VEC(struct compiled_rule) rules; /* by rank */
	struct compiled_path *paths;     /* by number of the path */
	struct compiled_ranks *reached;  /* by predicate */
	VEC(uint32_t) always;            /* ranks of rules that are reached by every event */
	VEC(uint32_t) entries;           /* paths through which rules are reached */
	struct arena arena;
};

/* Takes in the detection rules of `set` that can match. The set must outlive it. */
void compiled_init(struct compiled *c, const struct ruleset *set);
void compiled_fini(struct compiled *c);

/* Room for ranks that are to be gathered once each. */
struct rank_set {
	uint64_t *words;
	size_t n_words;
};

/* Moves the members of `set` to `out` in ascending order; returns how many. */
uint32_t compiled_take_ranks(struct rank_set *set, uint32_t *out);
static inline void compiled_add_rank(struct rank_set *set, uint32_t rank)
{
	set->words[rank / 64] |= (uint64_t)1 << (rank % 64);
}

#endif
