/* Amazon S3, as far as a reader needs it: requests, and what their replies hold. Pure functions; the caller
 * gives the requests to a client (client.h), which puts the bucket into host or path. Source: the S3 API
 * reference. */
#ifndef KW_BASE_AWS_S3_H
#define KW_BASE_AWS_S3_H

#include "base/aws/client.h"

/* Bucket names as S3 has allowed them since 2018, and the older US ones with capitals and underscores. */
bool s3_bucket_valid(struct sv bucket);

/* A key as it is, from the form-url-encoded one of listings and event notifications (+ is a blank). Heap. */
char *s3_decode_key(struct sv encoded);

/* --- requests: `out` is {0}; keys are as they are, not encoded ----------------------------------------- */

/* Bytes `first` to `last` of an object, both included, while it still is the one of `etag` (with its quotes;
 * empty: whichever it is now). `last` -1: to its end. */
void s3_get(
    struct sv bucket, struct sv key, int64_t first, int64_t last, struct sv etag, struct aws_request *out);

/* Size, ETag and metadata alone. */
void s3_head(struct sv bucket, struct sv key, struct aws_request *out);

/* ListObjectsV2 in byte order of keys. */
struct s3_list {
	struct sv bucket, prefix;
	struct sv delimiter;   /* "/": folders come as prefixes; empty: everything below */
	struct sv start_after; /* empty: from the beginning */
	struct sv token;       /* of the page before; empty: the first */
	int max_keys;          /* 0: 1,000 */
};
void s3_list_objects(const struct s3_list *l, struct aws_request *out);

/* --- replies ------------------------------------------------------------------------------------------ */

/* What a GET or HEAD says of the object. */
struct s3_object {
	int64_t size;        /* of the whole object; -1: not said */
	int64_t modified_ms; /* -1: not said */
	struct sv etag;      /* with its quotes; view into the reply */
	bool encrypted_kms;  /* its ETag is no MD5 */
};
void s3_read_object(const struct http_reply *reply, struct s3_object *out);

/* Appends the metadata that CloudTrail gives a digest, as a JSON object of header names. */
void s3_digest_metadata(const struct http_reply *reply, struct buf *out);

/* Is `body` the whole object of this ETag? Tells only when the ETag is an MD5 (one part, no KMS): else true.
 */
bool s3_etag_fits(const struct s3_object *o, struct sv body);

struct s3_entry {
	char *key;
	int64_t size, modified_ms;
	char *etag;
};
struct s3_page {
	VEC(struct s3_entry) objects;
	VEC(char *) prefixes;
	char *token; /* of the next page; NULL: this was the last */
};
void s3_page_fini(struct s3_page *p);

/* RC_RETRY: it is no listing, or is cut off. */
enum rc s3_read_page(const struct http_reply *reply, struct s3_page *out, struct err *e);

#endif
