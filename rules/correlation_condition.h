/* The condition of a correlation: bounds and settings in a map, or a sentence over rule names. */
#ifndef KW_RULES_CORRELATION_CONDITION_H
#define KW_RULES_CORRELATION_CONDITION_H

#include "rules/condition.h"
#include "rules/document.h"

struct correlation;

/* `rule_a and not rule_b`, as condition.h's tree, with places that outlive the file's text. */
struct correlation_condition {
	enum condition_kind kind;
	int line, col;
	struct correlation_condition **children;
	size_t n;
	struct sv name; /* NAME, OF: as written */
	bool all;
	size_t *rules; /* NAME: one; OF: those that fit; places in the correlation's rules. Put in when bound
			*/
	size_t n_rules;
};

/* Reads the condition of a correlation whose type is known; `node` NULL: there is none. Faults say what is
 * wrong with it. */
void correlation_condition_read(
    const struct document *d, const struct ydoc_node *node, struct correlation *c);

/* Names in the sentence → places in the correlation's rules, which are bound already. False when faults
 * were added. */
bool correlation_condition_bind(
    struct arena *arena, const char *file, struct correlation *c, struct faults *faults);

#endif
