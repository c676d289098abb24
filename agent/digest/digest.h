/* One digest: what CloudTrail says, once an hour, about the logs that it has delivered, and the signature
 * over it. Source: the CloudTrail user guide, "CloudTrail digest file structure" and "Custom implementations
 * of CloudTrail log file integrity validation". */
#ifndef KW_AGENT_DIGEST_DIGEST_H
#define KW_AGENT_DIGEST_DIGEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/net/crypto.h"

#define DIGEST_HASH_TEXT (2 * CRYPTO_SHA256_BYTES + 1) /* hex and NUL */
/* The largest one that is read, inflated: some 13,000 logs an hour. */
#define DIGEST_MAX_BYTES ((size_t)8 << 20)

/* A log as the digest lists it. */
struct digest_log {
	struct sv bucket, object;
	struct sv hash; /* hex, SHA-256 of the inflated bytes */
};

/* Views live in the arena that it was read into; ptr NULL where the digest has null. */
struct digest {
	struct sv account, bucket, object, fingerprint;
	struct sv end_text; /* as it is signed */
	int64_t start_ms, end_ms;
	struct sv previous_bucket, previous_object, previous_hash, previous_signature;
	const struct digest_log *logs;
	size_t n_logs;
	char hash[DIGEST_HASH_TEXT]; /* of its own inflated bytes */
};

/* Reads a digest, gzip or plain. RC_INPUT: it is none (which part is wrong is in the text), RC_LIMIT. */
enum rc digest_read(struct sv bytes, struct arena *a, struct digest *out, struct err *e);

/* The metadata of its S3 object; views. */
struct digest_metadata {
	struct sv signature;    /* hex; empty: none */
	struct sv algorithm;    /* "SHA256withRSA" */
	struct sv generated_at; /* of a backfill digest */
};

/* Reads it from JSON: an object with the names of S3's user metadata, with or without "x-amz-meta-", or the
 * reply of `aws s3api head-object`. RC_INPUT when it is no JSON object. */
enum rc digest_metadata_read(struct sv json, struct arena *a, struct digest_metadata *out, struct err *e);

/* Appends what is signed. */
void digest_signed_text(const struct digest *d, struct buf *out);

/* Is `signature` (hex) the key's over this digest? */
bool digest_signed_by(const struct digest *d, const struct crypto_rsa *key, struct sv signature);

/* The hash that a digest lists for a log of these bytes, hex. RC_INPUT: it is no whole gzip. */
enum rc digest_log_hash(struct sv bytes, char out[DIGEST_HASH_TEXT], struct err *e);

#endif
