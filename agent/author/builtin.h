/* Built-in events for `tests:`: a believable CloudTrail record for an API call by an identity. */
#ifndef KW_AGENT_AUTHOR_BUILTIN_H
#define KW_AGENT_AUTHOR_BUILTIN_H

#include "agent/author/draft.h"
#include "base/err.h"

/* What built-in events share: account 111122223333, region eu-west-1, address 198.51.100.10, Kendra index
 * 3f1c9d2e-0000-4000-8000-000000000001. */
#define BUILTIN_ACCOUNT "111122223333"

/* Sets `d` to a successful call of `api` ("kendra:BatchPutDocument", the part before the colon is the event
 * source without .amazonaws.com). RC_INPUT when it has no colon, or is a kendra: operation that Kendra does
 * not have. */
enum rc builtin_api(struct draft *d, struct sv api, struct err *e);

/* Sets who called: root, user/NAME, role/NAME, sso/PERSON, service/NAME, federated/NAME, account/ID. RC_INPUT
 * for anything else. */
enum rc builtin_identity(struct draft *d, struct sv as, struct err *e);

/* eventID (a UUID made from `serial`) and eventTime. */
void builtin_stamp(struct draft *d, uint64_t serial, int64_t time_ms);

#endif
