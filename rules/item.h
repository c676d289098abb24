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
struct value;     /* rules/value.h */
struct modifiers; /* rules/modifier.h */
struct path;      /* rules/path.h */

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

/* What an item is made of, for those who look for a way round asking it (rules/fast); borrowed. */
struct item_parts {
	const struct path *field; /* NULL: a keyword */
	struct sv chain;          /* modifiers as written */
	const struct modifiers *modifiers;
	const struct value *values;
	size_t n;
};
struct item_parts item_parts(const struct item *it);

/* Does its truth hang on nothing but the field's own value? False for keywords, derived fields, entries of
 * keyed lists, and values that name another field or the event's caller. */
bool item_is_plain(const struct item *it);

/* Does it hang on nothing but a derived field and who the event's caller is? */
bool item_is_derived(const struct item *it);

/* As item_holds, of a plain item and an event whose field has this one value: null, a truth value, a number
 * or a string; NULL: the field is absent. */
bool item_holds_value(const struct item *it, const struct tree *value);

/* As item_holds, of a plain item and an event whose field offers `texts`. */
struct texts;
bool item_holds_texts(const struct item *it, const struct texts *texts);

/* How often asking it was given up at a limit (limit.h), on all threads. */
uint64_t item_limits(const struct item *it);

/* Names of the lists it expands; borrowed. */
const struct sv *item_lists(const struct item *it, size_t *out_n);

#endif
