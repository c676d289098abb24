/* gzip: libdeflate for whole objects, zlib for streams. Several members one after the other are one object;
 * ISIZE is a hint only. Zeros may follow the last member, anything else is RC_INPUT. */
#ifndef KW_BASE_INFLATE_H
#define KW_BASE_INFLATE_H

#include "base/buf.h"
#include "base/err.h"

/* Does it begin like gzip (1f 8b 08)? */
bool inflate_is_gzip(struct sv bytes);

/* Inflates all members of `in` into `out` (appended) with libdeflate. RC_LIMIT when the output would pass
 * `max_out` (the caller then streams), RC_INPUT when it is damaged or truncated. */
enum rc inflate_whole(struct sv in, size_t max_out, struct buf *out, struct err *e);

/* Streaming, constant memory. */
struct inflate;
/* `max_out`: total cap in bytes (0: 2 GiB), past it RC_LIMIT; a ratio past 1032:1 can't occur in deflate. */
struct inflate *inflate_new(uint64_t max_out);
void inflate_free(struct inflate *z);

/* Feeds compressed bytes; `chunk` gets each inflated piece (at most 256 KiB; borrowed) and returns RC_OK to
 * go on, else its rc is returned. RC_INPUT: not gzip or damaged at "compressed byte N"; a
 * checksum that is wrong is noticed at a member's end, when its bytes were given out already. */
enum rc inflate_feed(
    struct inflate *z, struct sv in, enum rc (*chunk)(void *ctx, struct sv bytes), void *ctx, struct err *e);

/* At the end of input: RC_INPUT "truncated gzip" unless the last member was complete. */
enum rc inflate_end(struct inflate *z, struct err *e);

#endif
