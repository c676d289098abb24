/* One digest beside what the next one says about it: the place where a forged signature, a changed digest and
 * a replaced one are told apart. Used when a whole chain is walked and when digests are checked as they come.
 */
#ifndef KW_AGENT_DIGEST_LINK_H
#define KW_AGENT_DIGEST_LINK_H

#include "agent/digest/digest.h"
#include "agent/digest/flaw.h"
#include "agent/digest/keys.h"

/* What a digest says of the one before it; views into that digest. */
struct link_claim {
	struct sv hash, signature; /* ptr NULL: nothing is known */
};

/* Is the digest CloudTrail's, and the one that the next one means? FLAW_KINDS when it is, else what is wrong
 * and, in `reason`, what is so. `at_home`: it stands where it says; `region` is asked for keys. */
enum flaw_kind link_check(const struct digest *d, const struct digest_metadata *metadata, bool at_home,
    const struct link_claim *next, struct keys *keys, struct sv region, char reason[500]);

#endif
