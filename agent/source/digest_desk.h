/* Digests that a source has got from S3, on their way to the delivery ledger: a thread of its own asks
 * CloudTrail for keys, so that events wait for nobody. */
#ifndef KW_AGENT_SOURCE_DIGEST_DESK_H
#define KW_AGENT_SOURCE_DIGEST_DESK_H

#include "agent/source/digests.h"
#include "agent/source/source.h"

struct digest_desk;

/* `digests` is borrowed, and the desk's alone until it is freed. `most` digests wait for their keys at the
 * same time; when there are more the oldest settles with RC_IO, and comes again from where it came.
 * NULL when there is no thread to be had: `digests` is switched off then, and the log says so. */
struct digest_desk *digest_desk_new(struct digests *digests, size_t most);

/* Ends the thread. What still waits settles with RC_IO. */
void digest_desk_free(struct digest_desk *d);

/* Takes a reference of `w`, whose `fd` is the digest; `metadata` as struct digest_feed has it. It goes to the
 * intake when its key is there, or, told as unknown, when CloudTrail could not be asked for
 * `digest_patience`. */
void digest_desk_take(
    struct digest_desk *d, struct work *w, const char *bucket, const char *key, const char *metadata);

#endif
