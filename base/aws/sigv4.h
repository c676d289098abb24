/* AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request"). Signs the request that is
 * sent, not a description of it. Ours and not libcurl's CURLOPT_AWS_SIGV4: 7.88 takes path and query as they
 * are written and gets unsorted queries, valueless parameters and `=` in S3 keys wrong. Any thread. */
#ifndef KW_BASE_AWS_SIGV4_H
#define KW_BASE_AWS_SIGV4_H

#include "base/net/http.h"

/* Borrowed; whoever owns them wipes them. */
struct sigv4_keys {
	struct sv id, secret;
	struct sv token; /* session token; empty: long-term keys */
};

enum sigv4_rules {
	SIGV4_COMMON, /* dot segments and empty segments of the path are removed, the rest is encoded again */
	SIGV4_S3,     /* the path counts as it is sent; x-amz-content-sha256 is sent and signed */
};

struct sigv4_scope {
	const char *service; /* signing name: "sns" */
	const char *region;
	enum sigv4_rules rules;
	const char *payload_hash; /* NULL: of the body; else hex SHA-256, or SIGV4_UNSIGNED (https only) */
};
#define SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"

/* The texts on the way, for tests and for people who compare them with AWS's. {0}; sigv4_trace_fini it. */
struct sigv4_trace {
	struct buf canonical, to_sign;
};
void sigv4_trace_fini(struct sigv4_trace *t);

/* Adds x-amz-date, x-amz-security-token, x-amz-content-sha256 (S3) and Authorization to `r`. Path and query
 * of the URL must be percent-encoded already (sigv4_encode, sigv4_param). All headers of `r` are signed but
 * those that proxies change (connection, user-agent, te …) and older ones of the signer's own, which are
 * removed, so that a request can be signed again. `trace` may be NULL. RC_INPUT: the URL has no host. */
enum rc sigv4_sign(struct http_request *r, const struct sigv4_scope *scope, const struct sigv4_keys *keys,
    int64_t now_ms, struct sigv4_trace *trace, struct err *e);

/* Appends `s` percent-encoded: all but A-Z a-z 0-9 - _ . ~ (and `/` when `keep_slash`) becomes %XX. */
void sigv4_encode(struct sv s, bool keep_slash, struct buf *out);

/* Appends `name=value`, encoded, with a `&` in front unless `out` is empty: for queries and form bodies. */
void sigv4_param(struct buf *out, const char *name, struct sv value);

#endif
