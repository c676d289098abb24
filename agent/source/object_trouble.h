/* What to do about an object that is not to be had, for a person: which grant is missing, which option to
 * change. Pure. */
#ifndef KW_AGENT_SOURCE_OBJECT_TROUBLE_H
#define KW_AGENT_SOURCE_OBJECT_TROUBLE_H

#include "agent/source/object.h"
#include "agent/source/source.h"

/* Fills `out` for a result that is MISSING, DENIED or TOO_LARGE; `summary` gets the text that out->summary
 * points to. `out->cause` is the bucket, or the key that can't be used: what one alert an hour is made for.
 */
void object_trouble(const char *bucket, const char *uri, const struct object_result *r, struct buf *summary,
    struct complaint *out);

/* The same for an object of a bucket that the source must not read. */
void object_trouble_foreign(const char *bucket, const char *uri, struct buf *summary, struct complaint *out);

#endif
