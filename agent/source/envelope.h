/* What a message of a queue means: names of new objects, events themselves, nothing, or nobody knows. */
#ifndef KW_AGENT_SOURCE_ENVELOPE_H
#define KW_AGENT_SOURCE_ENVELOPE_H

#include "base/buf.h"
#include "base/vec.h"

/* SNS in SNS, arrays in arrays, gzip in base64: no more layers than this are taken off. */
#define ENVELOPE_LAYERS 4
/* A log service's payload inflates to no more. */
#define ENVELOPE_INFLATED ((size_t)16 << 20)

/* CloudTrail and S3 name a few objects in a message. What names more than this is from somebody else: the
 * rest counts as unknown. */
#define ENVELOPE_OBJECTS 1000

/* An object that is new, as the message names it. Heap. */
struct envelope_object {
	char *bucket, *key; /* the key as it is, not encoded */
	char *etag;         /* without quotes; NULL: not said */
	int64_t size;       /* -1: not said */
};

/* A message may have parts of several kinds. All of it is known when n_unknown is 0; then, without objects
 * and events, there is nothing to do about it. */
struct envelope {
	VEC(struct envelope_object) objects;
	struct buf events;    /* CloudTrail records, a line break behind each; may be pretty-printed */
	size_t n_events;      /* in `events` */
	size_t n_ignored;     /* tests, probes, and news that are not about a new object */
	size_t n_unknown;     /* parts that are nothing we know */
	const char *form;     /* the form of the part that was known last, a literal; NULL: none */
	char looks_like[200]; /* the first unknown part, printable */
};

/* Reads `body` (up to 1 MiB from SQS; any bytes) into `out`, which is {0}. Known are: S3 event notifications,
 * EventBridge events (S3's and CloudTrail's; others are ignored), CloudTrail's SNS notices, CloudTrail
 * records, a list or lines of any of these, payloads of CloudWatch Logs subscriptions (plain, or gzip in
 * base64), the test and validation messages of S3 and CloudTrail, and all of it inside of SNS notifications.
 * Sources: S3 User Guide, "Event message structure"; CloudTrail User Guide, "Configuring Amazon SNS
 * notifications"; CloudWatch Logs User Guide, "Subscription filters". */
void envelope_read(struct sv body, struct envelope *out);
void envelope_fini(struct envelope *x);

#endif
