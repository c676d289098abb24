/* A changed copy of an event: what would a rule say if this field were that? */
#ifndef KW_RULES_EVENT_EDIT_H
#define KW_RULES_EVENT_EDIT_H

#include "rules/event/tree.h"

/* Paths are read as rules read them (rules/path.h): dots descend, arrays are gone through. */
struct edit {
	struct sv path;
	struct sv json; /* the value; ptr NULL: the field is taken away */
};

/* Appends the JSON text of `event` (an object) with one edit: every value that the path leads to is replaced,
 * or taken away with its key. Where it leads to none, a value is put in, with objects on the way; what stands
 * in the way and is no object is replaced. All else stays as the source spells it. */
void edit_write(const struct tree *event, const struct edit *edit, struct buf *out);

/* All edits in order; the new tree and its bytes live in `a`. RC_INPUT when a `json` is none, RC_LIMIT when
 * the result is nested too deep. */
enum rc edit_all(const struct tree *event, const struct edit *edits, size_t n, struct arena *a,
    const struct tree **out, struct err *e);

#endif
