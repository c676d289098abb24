/* One line of a detection: `field|modifier|…: value(s)`, compiled, and its test against an event. */
#ifndef KW_RULES_ITEM_H
#define KW_RULES_ITEM_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/ydoc.h"
#include "config/lists.h"
#include "rules/eval.h"
#include "rules/event/record.h"

struct item;

/* What an item is compiled from; everything is copied into `arena` as far as it is kept. */
struct item_input {
	struct arena *arena;         /* of the rule set */
	const struct ydoc_node *key; /* "eventName|startswith"; NULL for a bare keyword */
	const struct ydoc_node
	    *value;          /* scalar, or list of scalars (keywords: one scalar, or with '|all' a list) */
	struct sv selection; /* its name, for `why` */
	const struct lists *lists; /* for expand; NULL: none */
	const struct sv *needs; /* list names that `kendrawatch: needs` declares: unknown or empty ones make
				   the rule wait */
	size_t n_needs;
	const char *file;
};

enum item_status {
	ITEM_OK,
	ITEM_REFUSED, /* faults were added: the document is refused */
	ITEM_WAITS,   /* a needed list is undeclared or empty; *out_waits_for names it */
};

/* Compiles. Values that own memory outside the arena (regular expressions) are freed by item_fini. */
enum item_status item_compile(
    const struct item_input *in, struct item **out, struct sv *out_waits_for, struct faults *faults);
void item_fini(struct item *it);

/* Does the item hold for the event (negation by neq already applied)? `leaf` (may be NULL) gets the deciding
 * leaf, whether it holds or not: the event's value, the pattern, the list; `negated` is left to the caller.
 * Bounded time. */
bool item_holds(const struct item *it, struct record *r, struct why_leaf *leaf);

/* Names of the lists it expands; borrowed. */
const struct sv *item_lists(const struct item *it, size_t *out_n);

#endif
