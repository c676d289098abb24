/* AWS Security Token Service, as far as we need it: temporary keys for a role (API version 2011-06-15, Query
 * protocol). Blocks for one or two requests; any thread. */
#ifndef KW_BASE_AWS_STS_H
#define KW_BASE_AWS_STS_H

#include "base/aws/credentials.h"

struct sts_role {
	struct sv role_arn;
	struct sv external_id;  /* empty: none */
	struct sv session_name; /* empty: "kendrawatch" */
	int64_t duration_s;     /* 0: STS's default, an hour */
	const char *region;  /* whose STS is asked; NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else
				us-east-1 */
	const char *profile; /* for region and endpoint; NULL: AWS_PROFILE or default */
	const char *proxy;   /* as http_options.proxy */
};

/* AssumeRole with `keys`. `out` gets keys that expire. RC_RETRY: STS is away; RC_CONFIG: it refuses, with its
 * words (a person must mend trust or grant). */
enum rc sts_assume(const struct sts_role *role, const struct sigv4_keys *keys, int64_t now_ms,
    struct credentials_found *out, struct err *e);

/* AssumeRoleWithWebIdentity: unsigned, `token` is the proof. */
enum rc sts_assume_with_token(
    const struct sts_role *role, struct sv token, struct credentials_found *out, struct err *e);

/* The same with the token that a file holds now. RC_CONFIG when it can't be read. */
enum rc sts_assume_with_token_file(
    const struct sts_role *role, const char *path, struct credentials_found *out, struct err *e);

/* GetCallerIdentity: the ARN of who signs, appended. As sts_assume. */
enum rc sts_caller(const struct sts_role *where, const struct sigv4_keys *keys, int64_t now_ms,
    struct buf *out_arn, struct err *e);

#endif
