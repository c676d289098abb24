/* Documents with `action:`: `global` is put under those that follow, `reset` forgets it, `repeat` is put over
 * the one before. */
#ifndef KW_RULES_ACTION_H
#define KW_RULES_ACTION_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/ydoc.h"

/* Comparisons of keys that merging may take in one file; bounds its memory, too. */
#define ACTION_MAX_STEPS 2000000

/* State along one file. Start with {0}. */
struct action {
	const struct ydoc_node *global;   /* NULL: none */
	const struct ydoc_node *previous; /* the last document as it was loaded */
	size_t n_steps;
};

enum action_result {
	ACTION_LOAD,   /* *out is the document to load */
	ACTION_NONE,   /* it only says what follows */
	ACTION_REFUSE, /* a fault was added */
};

/* Applies the file's actions to its next document. Merged trees live in `arena` and borrow from the
 * documents: maps merge key by key, anything else of the later document replaces. */
enum action_result action_apply(struct action *a, struct arena *arena, const char *file,
    const struct ydoc_node *root, const struct ydoc_node **out, struct faults *faults);

#endif
