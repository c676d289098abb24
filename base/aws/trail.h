/* A trail of CloudTrail as its API describes it, and what of an account's calls it records. Pure functions
 * over replies; the requests are cloudtrail.h's. Source: the CloudTrail API reference (DescribeTrails,
 * GetTrailStatus, GetEventSelectors). */
#ifndef KW_BASE_AWS_TRAIL_H
#define KW_BASE_AWS_TRAIL_H

#include "base/aws/client.h"

/* Texts are heap-owned; NULL where nothing was said. */
struct trail {
	char *name, *arn, *home_region, *bucket, *prefix, *topic_arn, *kms_key;
	bool multi_region, organization, global_events, validation;

	/* GetTrailStatus */
	bool status_known, logging;
	int64_t delivered_ms; /* -1: never, or not said */
	char *delivery_error, *notification_error;

	/* GetEventSelectors */
	bool selectors_known;
	bool reads, writes; /* management events that only look, and that change */
	bool data;          /* some data events */
	char *left_out;     /* event sources that management events leave out, ", " between; NULL: none */
};

struct trails {
	VEC(struct trail) list;
};
void trails_fini(struct trails *t);

/* Each replies' reader: RC_RETRY when it is no such reply. */
enum rc trail_read_list(const struct http_reply *reply, struct trails *out, struct err *e);
enum rc trail_read_status(const struct http_reply *reply, struct trail *t, struct err *e);
enum rc trail_read_selectors(const struct http_reply *reply, struct trail *t, struct err *e);

#endif
