/* One value of an item, compiled into the probes of which one must be met. */
#ifndef KW_RULES_VALUE_H
#define KW_RULES_VALUE_H

#include "rules/item.h"
#include "rules/modifier.h"
#include "rules/probe.h"

/* In the rule set's arena. */
struct value {
	struct sv written; /* as in the rule */
	struct sv *lists;  /* names of the lists in it, in order */
	size_t n_lists;
	struct probe *probes;
	size_t n; /* 0: its lists are empty; never met */
};

struct value_input {
	const struct item_input *item;
	const struct modifiers *modifiers;
	struct path field;
	bool keyword; /* there is no field */
	struct faults *faults;
};

/* Compiles the scalar `node`. Alternatives (entries of lists, alignments of base64) are probes of one value:
 * one of them is enough, also under `all`. */
enum item_status value_compile(
    const struct value_input *in, const struct ydoc_node *node, struct value *out, struct sv *out_waits_for);

/* Frees what is not in the arena. */
void value_fini(struct value *v);

#endif
