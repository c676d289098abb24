/* A rule's detection as propositional logic: one variable for each thing that is asked of a field, clauses
 * for what the theory knows about pairs of them. */
#ifndef KW_RULES_LINT_FORMULA_H
#define KW_RULES_LINT_FORMULA_H

#include "rules/lint/pass.h"
#include "rules/lint/sat.h"
#include "rules/probe.h"

/* One probe of one field. */
struct atom {
	struct sv field; /* empty: a keyword */
	struct sv chain, written;
	const struct probe *probe;
	int literal;
};

struct formula {
	struct sat *sat;
	VEC(struct atom) atoms;
	VEC(int) items;      /* literals, in the order of lint->items */
	VEC(int) selections; /* in the order of the detection's */
	int condition;
};

/* False, with nothing to free, when the rule is larger than is worth it or has no condition. */
bool formula_init(struct formula *f, const struct lint *l);
void formula_fini(struct formula *f);

/* The literal of a part of the condition, or of a selection's group. */
int formula_condition(struct formula *f, const struct lint *l, const struct condition *c);
int formula_group(struct formula *f, const struct lint *l, const struct group *g);
int formula_selection(const struct formula *f, const struct lint *l, const struct selection *s);

#endif
