/* Is a message from SNS? Its topic must be allowed, it must be young, and its signature must be by the key of
 * a certificate that SNS itself gives. Certificates are fetched over verified TLS, kept, and asked for
 * seldom, so that forged messages can't make the agent busy. One thread. */
#ifndef KW_AGENT_SOURCE_PUSH_TRUST_H
#define KW_AGENT_SOURCE_PUSH_TRUST_H

#include "agent/source/push/notice.h"
#include "config/schema.h"

struct trust;

/* `topics`: the ARNs that are allowed, borrowed. `version_1`: signatures with SHA-1 are accepted too. */
struct trust *trust_new(const struct option_value *topics, bool version_1);
void trust_free(struct trust *t);

/* RC_OK: it is genuine. RC_REJECT: it is not, and never will be. RC_RETRY: the certificate could not be had
 * now. The text says why, fit for a log. */
enum rc trust_check(struct trust *t, const struct notice *m, struct err *e);

/* Visits the URL of a genuine NOTICE_SUBSCRIBE, which makes the subscription begin. RC_REJECT, RC_RETRY.
 */
enum rc trust_confirm(const struct notice *m, struct err *e);

#endif
