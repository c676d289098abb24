/* By which predicates a rule is reached: a few, rarely true, of which one must hold for the rule to match. */
#ifndef KW_RULES_FAST_COVER_H
#define KW_RULES_FAST_COVER_H

#include "rules/fast/verdict.h"

struct cover {
	VEC(uint32_t) predicates;
	bool always; /* there is no such way: every event reaches it; `predicates` is empty */
	double cost; /* compares covers of one rule */
};

/* What reaching a rule through a predicate is thought to cost: how often it holds, from the field's name and
 * the number of different questions about it (account-scoped copies of one rule ask about many accounts, so
 * each is rare); and how many rules it stands in, since all of them are looked at when it holds. */
struct cover_costs {
	double *by_predicate;
};

void cover_costs_init(struct cover_costs *c, const struct predicates *p, const struct verdicts *v);
void cover_costs_fini(struct cover_costs *c);

/* The cheapest cover for the condition that begins at `node`. vec_fini(&c->predicates). */
struct cover cover_of(
    const struct verdicts *v, uint32_t node, const struct predicates *p, const struct cover_costs *costs);

#endif
