/* Names in a condition → the selections they mean. */
#ifndef KW_RULES_BIND_H
#define KW_RULES_BIND_H

#include "rules/detection.h"

/* Selections that all `of` of one document may reach together. */
#define BIND_MAX_SELECTIONS 100000

struct bind_input {
	struct arena *arena;
	struct detection *detection;    /* selections known; marked as used */
	const struct ydoc_node *source; /* the scalar that holds the condition */
	const struct place_map *places;
	const char *file;
};

/* Fills `selections` of every name and pattern below `c`. False when faults were added: a name that no
 * selection has, a pattern that fits none. */
bool bind_condition(const struct bind_input *in, struct condition *c, struct faults *faults);

#endif
