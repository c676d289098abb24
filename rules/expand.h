/* `|expand`: a value in which `%name%` stands for any value of that list. Several in one value multiply out.
 */
#ifndef KW_RULES_EXPAND_H
#define KW_RULES_EXPAND_H

#include "rules/item.h"
#include "rules/path.h"

/* Several lists in one written value that multiply out to more than this refuse the rule. One list alone may
 * be as long as the configuration takes. */
#define EXPAND_MAX_VALUES 10000

/* An entry of a keyed list counts only where the event's own value of `by` is `key`. Where `by` is kw.index
 * the key may also be the name that the operator gave the index. */
struct expand_guard {
	struct path by;
	struct sv key;
};
bool expand_guard_holds(const struct expand_guard *g, struct record *r);

/* One part of a written value: text as written, or a list. */
struct expand_piece {
	struct sv text;
	const struct list *list; /* NULL: text */
};

/* A written value cut into its pieces; `\%` is a percent sign, a `%` that begins no `%name%` is itself. */
struct expand {
	VEC(struct expand_piece) pieces; /* vec_fini it */
	bool has_list;
};

/* Cuts `value` and looks its lists up. ITEM_REFUSED for an unknown list (a fault is added), ITEM_WAITS for
 * one that `in->needs` names and that is unknown or empty. */
enum item_status expand_read(const struct item_input *in, const struct ydoc_node *value, struct expand *out,
    struct sv *out_waits_for, struct faults *faults);

/* One of the values an expand multiplies out to: pieces of text as written, in order. */
struct expanded {
	const struct sv *parts;
	size_t n;
	const struct expand_guard *guards; /* all must hold; copied into the arena already */
	size_t n_guards;
};

/* Calls `each` for every value; false from it ends the walk. A list without values gives none. RC_LIMIT past
 * EXPAND_MAX_VALUES. */
enum rc expand_each(const struct expand *x, struct arena *arena,
    bool (*each)(void *ctx, const struct expanded *value), void *ctx, struct err *e);

#endif
