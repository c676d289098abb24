/* A field of an event by its name: dots descend, a key that itself holds dots is found at any level, arrays
 * on the way are gone through, and every hit counts. Names under `kw.` are our derived fields and never read
 * from the record. */
#ifndef KW_RULES_PATH_H
#define KW_RULES_PATH_H

#include "base/fault.h"
#include "rules/event/record.h"

struct path {
	struct sv name;
	int kw; /* enum kw_field, or -1: in the record */
};

/* The path of `name` (borrowed). RC_CONFIG for a name under `kw.` that we do not have, with the nearest one.
 */
enum rc path_read(struct sv name, struct path *out, struct err *e);

/* Tells `hit` each value the path leads to, in source order: any type, an array as a whole. A derived field
 * is told as a string that lives until `hit` returns. Linear in the part of the record that is gone through.
 */
void path_each(
    const struct path *p, struct record *r, void (*hit)(void *ctx, const struct tree *value), void *ctx);

#endif
