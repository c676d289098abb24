/* What a verdict hangs on: the fewest items whose truth must turn for a rule to say otherwise. */
#ifndef KW_RULES_TRACE_FLIP_H
#define KW_RULES_TRACE_FLIP_H

#include "rules/trace.h"

/* Alternatives kept at every node, and given at most. */
#define TRACE_FLIPS 16

/* One item, and what it should be. */
struct trace_flip {
	const struct trace_node *item;
	bool to;
};

/* One way to turn the verdict. In the arena. */
struct trace_flips {
	const struct trace_flip *items; /* by number */
	size_t n;
	unsigned cost; /* sum of what `cost` said */
};

/* The ways to make the asked trace `want`, fewest flips first, then cheapest, then in the order of the rule;
 * the number of them, 0 when there is none. Exact where no item counts twice in the condition; where some do,
 * the best of TRACE_FLIPS that were kept at each node, and each given one does turn the tree. `cost` tells
 * ways of equal length apart; it may be NULL. */
size_t trace_flips(struct trace *t, bool want,
    unsigned (*cost)(void *ctx, const struct trace_node *item, bool to), void *ctx, struct arena *arena,
    struct trace_flips out[TRACE_FLIPS]);

#endif
