/* What a rule set owns, for those who build it: load.c and its parts. Everybody else includes rules/rule.h.
 */
#ifndef KW_RULES_RULESET_H
#define KW_RULES_RULESET_H

#include "rules/detection.h"
#include "rules/document.h"

struct ruleset_memory {
	struct arena arena;           /* texts, groups, conditions */
	VEC(struct ydoc *) documents; /* rules borrow their texts from these */
};

/* An empty set with one reference. */
struct ruleset *ruleset_new(void);

#endif
