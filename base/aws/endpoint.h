/* Where an AWS service lives: partitions, regions, and what overrides them. Any thread that may read the
 * environment. */
#ifndef KW_BASE_AWS_ENDPOINT_H
#define KW_BASE_AWS_ENDPOINT_H

#include "base/buf.h"
#include "base/err.h"

struct endpoint_request {
	const char *service;    /* host prefix: "sns" */
	struct sv region;       /* "eu-west-1" */
	struct sv partition;    /* from an ARN ("aws-cn"); empty: from the region's name */
	const char *configured; /* the operator's endpoint_url; NULL: none */
	const char *profile;    /* NULL: AWS_PROFILE or default */
};

/* Appends the URL without a `/` at its end. In this order: `configured`; unless
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the services
 * section of the profile, the profile's endpoint_url; else AWS's own host, of FIPS or with IPv6 when
 * AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT or the profile say so. RC_CONFIG: the region or partition
 * is none, or an override is not http or https. */
enum rc endpoint_url(const struct endpoint_request *r, struct buf *out, struct err *e);

/* Domain of a partition ("amazonaws.com.cn"); NULL for one that we don't know. */
const char *endpoint_suffix(struct sv partition);

/* Can it be a region: lower-case letters, digits and dashes? */
bool endpoint_region_valid(struct sv region);

/* The partition that a region's name belongs to; "aws" when no other prefix fits. */
const char *endpoint_partition(struct sv region);

#endif
