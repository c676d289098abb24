/* Reading JSON that is not CloudTrail (jansson behind it): replies of services, stored alerts, our own
 * settings. Caps: 8 MiB, depth 64. */
#ifndef KW_BASE_JDOC_H
#define KW_BASE_JDOC_H

#include "base/buf.h"
#include "base/err.h"

struct jdoc; /* a value; the one from jdoc_read owns all below it */

/* RC_INPUT with line and column, RC_LIMIT. */
enum rc jdoc_read(struct sv bytes, struct jdoc **out, struct err *e);
void jdoc_free(struct jdoc *root);

/* Descends `a.b.0.c`; NULL when absent. `path` "" is the value itself. Borrowed from the root. */
const struct jdoc *jdoc_at(const struct jdoc *v, const char *path);

/* Text of a string at `path`; ptr NULL when absent or not a string. */
struct sv jdoc_text(const struct jdoc *v, const char *path);
/* Whole number at `path`, else `otherwise`. */
int64_t jdoc_int(const struct jdoc *v, const char *path, int64_t otherwise);
bool jdoc_bool(const struct jdoc *v, const char *path, bool otherwise);

/* Elements of an array or members of an object; 0 for anything else. */
size_t jdoc_count(const struct jdoc *v);
const struct jdoc *jdoc_item(const struct jdoc *v, size_t i);

/* Calls `each` for every member of an object, in order. */
void jdoc_members(
    const struct jdoc *v, void (*each)(void *ctx, struct sv key, const struct jdoc *value), void *ctx);

/* Appends compact JSON (keys in source order), or indented by two when `pretty`. */
void jdoc_write(const struct jdoc *v, bool pretty, struct buf *out);

#endif
