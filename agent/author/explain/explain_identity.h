/* Callers for changed copies of an event. */
#ifndef KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_IDENTITY_H
#define KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_IDENTITY_H

#include "rules/event/record.h"

/* One of each kind, in the words of `as:` in tests. */
#define EXPLAIN_IDENTITIES 8
extern const struct sv explain_identities[EXPLAIN_IDENTITIES];

/* The JSON of a `userIdentity` for who is meant by `text`: what `as:` takes, an ARN of IAM, a person's
 * address, a bare name of a role, or a service. In the account of the event. ptr NULL when it is none. */
struct sv explain_identity(struct sv text, struct record *r, struct arena *a);

#endif
