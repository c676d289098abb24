/* Conditions over predicates, with a third truth: unknown, where only the reference evaluator can tell. */
#ifndef KW_RULES_FAST_VERDICT_H
#define KW_RULES_FAST_VERDICT_H

#include "rules/detection.h"
#include "rules/fast/predicate.h"

/* In this order, so that AND is the least and OR the greatest of its parts. */
enum truth { TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_TRUE };

enum verdict_op {
	VERDICT_AND,
	VERDICT_OR,
	VERDICT_NOT,
	VERDICT_PREDICATE,
	VERDICT_UNKNOWN,
};

/* One node of a condition; its parts follow it, up to `end`. */
struct verdict_node {
	enum verdict_op op;
	uint32_t predicate; /* VERDICT_PREDICATE */
	uint32_t end;       /* number of the first node that is not below it */
};

/* The conditions of all rules, one behind the other. Start with {0}; vec_fini(&v->nodes). */
struct verdicts {
	VEC(struct verdict_node) nodes;
};

/* Appends a rule's condition with those of its filters, its items taken into `p`; returns its first node. */
uint32_t verdicts_add(struct verdicts *v, const struct detection *d, struct predicates *p);

/* The truth of the condition that begins at `node`, given that of predicates. Asks as few as it can. Depth is
 * bounded by the caps of condition.h. */
enum truth verdict_of(
    const struct verdicts *v, uint32_t node, enum truth (*ask)(void *ctx, uint32_t predicate), void *ctx);

#endif
