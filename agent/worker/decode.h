/* The envelope classifier: what one framed JSON object holds. */
#ifndef KW_AGENT_WORKER_DECODE_H
#define KW_AGENT_WORKER_DECODE_H

#include "rules/event/record.h"

enum decode_kind {
	DECODE_EVENT,  /* *r is open over the event */
	DECODE_NOTICE, /* a message about objects or the pipeline, no event: an S3 or SNS test, a native
			  EventBridge event, a log-service probe */
};

/* Opens `r` over the event inside `bytes`: the object itself, `detail` of an EventBridge envelope, or the
 * JSON text in `CloudTrailEvent` of a LookupEvents entry. The event borrows `bytes` or lives in `a`. RC_INPUT
 * when it, or the text inside, is not JSON. Source: domain facts in docs/architecture.md. */
enum rc decode_object(struct record *r, struct arena *a, struct sv bytes, const struct record_names *names,
    enum decode_kind *out_kind, struct err *e);

/* Does an object of this name hold events? False for digests and other files of a trail's tree that are not
 * logs; `*out_why` then says which. */
bool decode_name_holds_events(struct sv path, const char **out_why);

/* The moment in an object's name at which it was written (`_20261124T0305Z_`); false when there is none. */
bool decode_name_stamp(struct sv path, int64_t *out_ms);

/* The order in which objects are read: by the delivery stamp in their names (`_20261124T0305Z_`), then by
 * bytes; names without one come first. For qsort over char *. */
int decode_name_order(const void *a, const void *b);

#endif
