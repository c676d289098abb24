/* A message as SNS posts it to HTTPS subscribers: its parts, the text that its signature is over, and which
 * URLs in it may be asked. Pure. Source: SNS Developer Guide, "Verifying the signatures of Amazon SNS
 * messages", "HTTP/HTTPS headers and message formats". */
#ifndef KW_AGENT_SOURCE_PUSH_NOTICE_H
#define KW_AGENT_SOURCE_PUSH_NOTICE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/jdoc.h"

enum notice_type { NOTICE_NOTIFICATION, NOTICE_SUBSCRIBE, NOTICE_UNSUBSCRIBE };

/* Views into `doc`; ptr NULL: not there. */
struct notice {
	struct jdoc *doc;
	enum notice_type type;
	struct sv id, topic_arn, message, subject, timestamp, token, subscribe_url, certificate_url,
	    signature;
	int version; /* of the signature: 1 or 2 */
};

/* Reads a body. RC_INPUT: it is none, or lacks what every such message has; the text is fit for the sender.
 */
enum rc notice_read(struct sv body, struct notice *out, struct err *e);
void notice_fini(struct notice *m);

/* Appends what was signed: each part's name and value, a line each, in the order of the names. */
void notice_signed_text(const struct notice *m, struct buf *out);

/* The region of a topic's ARN; ptr NULL: it is none. */
struct sv notice_topic_region(struct sv topic_arn);

/* May the signing certificate be fetched from there, for a topic of that region? Only from SNS itself:
 * https://sns.REGION.amazonaws.com/SimpleNotificationService-….pem (amazonaws.com.cn in China), without user,
 * port, query or anything that could mean another host to somebody. */
bool notice_certificate_url_ok(struct sv url, struct sv region);

/* May that URL be visited to confirm a subscription? The same host; only its query is free. */
bool notice_subscribe_url_ok(struct sv url, struct sv region);

#endif
