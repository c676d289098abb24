/* Writing JSON into a buffer. Commas and nesting are kept by the writer; strings are escaped and made valid
 * UTF-8. */
#ifndef KW_BASE_JOUT_H
#define KW_BASE_JOUT_H

#include "base/buf.h"

struct jout {
	struct buf *out; /* borrowed */
	uint64_t first;  /* one bit a level: nothing written there yet */
	int depth;       /* at most 63 */
	bool after_key;
};

/* Starts a writer on `out`. */
struct jout jout_on(struct buf *out);

/* Every begin has its end; what is written between is inside. */
void jout_begin_object(struct jout *j);
void jout_end_object(struct jout *j);
void jout_begin_array(struct jout *j);
void jout_end_array(struct jout *j);

/* The key of the next value. */
void jout_key(struct jout *j, const char *key);
void jout_key_sv(struct jout *j, struct sv key);

/* A value: behind a key, in an array, or alone. jout_fixed writes a finite `v` with `decimals` digits behind
 * the point. */
void jout_string(struct jout *j, struct sv s);
void jout_int(struct jout *j, int64_t v);
void jout_bool(struct jout *j, bool v);
void jout_null(struct jout *j);
void jout_fixed(struct jout *j, double v, int decimals);

/* A whole JSON value as it is (numbers in their own spelling, a record's own bytes). */
void jout_raw(struct jout *j, struct sv json);

/* key and value in one call */
void jout_kv(struct jout *j, const char *key, struct sv s);
void jout_kv_int(struct jout *j, const char *key, int64_t v);
void jout_kv_bool(struct jout *j, const char *key, bool v);

/* Appends `s` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void jout_quote(struct buf *out, struct sv s);

#endif
