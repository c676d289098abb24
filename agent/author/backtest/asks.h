/* What rules ask about: the record fields and the names of calls (eventName) that each needs, read from its
 * conditions. What stands under a `not`, or asks for absence, is not needed. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_ASKS_H
#define KW_AGENT_AUTHOR_BACKTEST_ASKS_H

#include "base/map.h"
#include "base/vec.h"
#include "rules/rule.h"

struct asks_rule {
	VEC(uint32_t) fields, names; /* numbers in struct asks, each once */
	bool any_name; /* it also asks for calls otherwise: by pattern, list or expression, or not at all */
};

/* Start with {0}. Texts are the rules', but those of `names` (lower case), which are its own. */
struct asks {
	VEC(struct sv) fields, names;
	VEC(struct sv) shown;         /* `names` as the first rule writes them */
	struct map by_field, by_name; /* number + 1 */
	struct asks_rule *rules;      /* by rule->index */
	size_t n_rules;
};

/* Reads the detection rules of `set`, which must outlive it. */
void asks_init(struct asks *a, const struct ruleset *set);
void asks_fini(struct asks *a);

#endif
