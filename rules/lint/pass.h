/* What one pass over one rule is given, and what it says. Inside rules/lint only. */
#ifndef KW_RULES_LINT_PASS_H
#define KW_RULES_LINT_PASS_H

#include "rules/detection.h"
#include "rules/item.h"
#include "rules/modifier.h"

/* One `field|modifier: value(s)` of the rule, with its places. */
struct lint_item {
	const struct selection *selection;
	const struct ydoc_node *map; /* the map it stands in; NULL: a bare keyword */
	const struct ydoc_node *key; /* NULL: a bare keyword */
	const struct ydoc_node *const *values;
	size_t n;
	struct sv field; /* without modifiers; empty: a keyword */
	struct modifiers modifiers;
	const struct item *item; /* NULL in a rule that waits for its list */
};

struct lint {
	const struct rule *rule;
	const struct ydoc_node *detection; /* the map of selections; NULL: a correlation */
	VEC(struct lint_item) items;       /* of all selections, in order */
	struct faults *faults;
};

/* Collects the items of a rule; lint_fini frees them. */
void lint_init(struct lint *l, const struct rule *r, struct faults *faults);
void lint_fini(struct lint *l);

/* Adds a finding at a node. */
void lint_say(const struct lint *l, enum fault_code code, enum fault_level level, const struct ydoc_node *at,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Is the scalar text without wildcards, compared as a whole by this item? */
bool lint_is_literal(const struct lint_item *it, const struct ydoc_node *value);

/* Is the selection reached below a `not` of the condition, and only there? */
bool lint_is_exception(const struct lint *l, const struct selection *s);

/* The passes, in the order in which they run. */
#define LINT_PASSES(PASS)   \
	PASS(lint_metadata) \
	PASS(lint_tags)     \
	PASS(lint_values)   \
	PASS(lint_regexes)  \
	PASS(lint_fields)   \
	PASS(lint_events)   \
	PASS(lint_caller)   \
	PASS(lint_truth)
#define LINT_PASS(name) void name(const struct lint *l);
LINT_PASSES(LINT_PASS)
#undef LINT_PASS

#endif
