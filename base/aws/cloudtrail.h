/* AWS CloudTrail's own API, as far as we need it: LookupEvents, ListPublicKeys and what tells about trails.
 * Requests by the JSON 1.1 protocol; pure functions. Source: the CloudTrail API reference. */
#ifndef KW_BASE_AWS_CLOUDTRAIL_H
#define KW_BASE_AWS_CLOUDTRAIL_H

#include "base/aws/client.h"

#define CLOUDTRAIL_LOOKUP_PAGE 50         /* events of one page at most */
#define CLOUDTRAIL_LOOKUP_INTERVAL_MS 500 /* two requests a second, an account and region */

/* A page of the events of [start, end], newest first; `token` of the page before, empty: the first. It is
 * good only with the same times. `attribute` ("EventSource") and `value` narrow it; NULL: all events. */
struct cloudtrail_lookup {
	int64_t start_ms, end_ms;
	const char *attribute;
	struct sv value, token;
};
void cloudtrail_lookup_events(const struct cloudtrail_lookup *l, struct aws_request *out);

/* Keys that signed digests in [start, end]. */
void cloudtrail_list_public_keys(int64_t start_ms, int64_t end_ms, struct sv token, struct aws_request *out);

/* DescribeTrails (with those of the organization), GetTrailStatus, GetEventSelectors. */
void cloudtrail_describe_trails(struct aws_request *out);
void cloudtrail_trail_status(struct sv trail_arn, struct aws_request *out);
void cloudtrail_event_selectors(struct sv trail_arn, struct aws_request *out);

/* "NextToken" of a reply, heap; NULL when there is none. */
char *cloudtrail_next_token(const struct http_reply *reply);

#endif
