/* Calls to AWS: endpoint, keys, signature, retries and clock in one place, many calls in flight. One thread
 * drives a client; aws_wake may be called from others.
 *
 * A source or sink makes one client for itself and gives it requests that base/aws/sqs.h, s3.h and so on have
 * built; what comes back is the reply of the last attempt. */
#ifndef KW_BASE_AWS_CLIENT_H
#define KW_BASE_AWS_CLIENT_H

#include "base/aws/credentials.h"
#include "base/aws/failure.h"

struct aws_options {
	struct credentials_options credentials;
	const char *region;     /* of calls that name none; NULL: AWS_REGION, the profile's, the instance's */
	struct sv endpoint_url; /* the operator's, for all services; empty: see endpoint.h */
	const char *proxy;      /* NULL: HTTPS_PROXY and NO_PROXY */
	size_t max_in_flight;   /* 0: 8 */
	size_t max_reply_bytes; /* 0: 1 MiB */
};

/* One request, without endpoint and signature. Start with {0}; aws_request_fini it, or give it to aws_start,
 * which takes what it owns. */
struct aws_request {
	const char *service;    /* "sqs": host prefix and signing name; a literal */
	enum sigv4_rules rules; /* SIGV4_S3 for S3 */
	const char *method;     /* "POST"; a literal */
	char *region;           /* NULL: the client's */
	char *bucket; /* S3: goes into the host; into the path when the endpoint is not AWS\'s own or the name
			 has dots */
	char *url; /* scheme and host to use instead of the endpoint ("https://bucket.s3…"); NULL: none */
	struct buf path;     /* percent-encoded, begins with "/" */
	struct buf query;    /* percent-encoded, without "?" */
	VEC(char *) headers; /* "Name: value" */
	struct buf body;
	int64_t timeout_ms; /* of one attempt; 0: 15 s. A long poll needs its wait and some */
	bool unsigned_call; /* AssumeRoleWithWebIdentity */
	bool once;          /* never retried here: the caller has a better way */
};
void aws_request_fini(struct aws_request *r);
void aws_request_header(struct aws_request *r, const char *name, struct sv value);

/* What became of a call; borrowed until `done` returns. */
struct aws_answer {
	const struct http_reply *reply; /* of the last attempt */
	struct failure failure;         /* FAILURE_NONE: it succeeded */
	int attempts;
};

/* RC_OK; RC_RETRY: transient, throttled, keys not to be had now; RC_REJECT: refused for good (AWS's code and
 * words are in the text); RC_NOTFOUND: NoSuchKey, NoSuchBucket, QueueDoesNotExist. The text begins with the
 * service's name. */
enum rc aws_answer_rc(const struct aws_answer *a, const char *service, struct err *e);

struct aws_client;
/* RC_CONFIG: what is given as a region is none; RC_NOTFOUND: neither options nor environment say one. Keys
 * are asked for by the first call. */
enum rc aws_client_new(const struct aws_options *o, struct aws_client **out, struct err *e);
/* Calls still in flight get `done` with RC_STOPPED in reply->error. */
void aws_client_free(struct aws_client *c);

/* The region that calls without one go to. */
const char *aws_region(const struct aws_client *c);
/* Who signs, for logs and `doctor`. */
struct credentials *aws_credentials(struct aws_client *c);

/* From the next attempt on others sign: a secret's file holds other keys now. */
void aws_renew(struct aws_client *c, const struct credentials_options *o);

/* Starts a call (*r is taken and emptied). `done` is called from aws_run, once, on the driving thread; it may
 * start other calls. */
void aws_start(struct aws_client *c, struct aws_request *r,
    void (*done)(void *ctx, const struct aws_answer *a), void *ctx);
/* Calls that were started with `ctx` get no further attempt: those under way end with what comes, those that
 * wait for their next one end now, with RC_STOPPED. Not from `done`. */
void aws_end_retries(struct aws_client *c, const void *ctx);
/* Calls that have no answer yet, those that wait for their next attempt included. */
size_t aws_in_flight(const struct aws_client *c);

/* Drives calls for up to `timeout_ms`; returns when one has ended, on aws_wake, or after the time. */
void aws_run(struct aws_client *c, int64_t timeout_ms);
void aws_wake(struct aws_client *c);

/* One call, waited for; others in flight go on. `done` may be NULL. As aws_answer_rc. RC_STOPPED when
 * `stopped(ctx)` (may be NULL; asked twice a second) says so. */
enum rc aws_call(struct aws_client *c, struct aws_request *r,
    void (*done)(void *ctx, const struct aws_answer *a), void *ctx, bool (*stopped)(void *ctx),
    struct err *e);

#endif
