/* Reading S3 objects into files in memory, many at a time within a budget: what the sources share that find
 * objects by name (sqs, a listing).
 *
 * An object is fetched in parts of OBJECT_PART_BYTES that must all be of the version that the first one
 * showed (If-Match). What fails is tried again from the part that was reached, for some minutes, on top of
 * the client's own retries; a bucket that is in another region is asked there, and that is remembered. All of
 * it happens on the thread that drives the client, from within aws_run. */
#ifndef KW_AGENT_SOURCE_OBJECT_H
#define KW_AGENT_SOURCE_OBJECT_H

#include "base/aws/client.h"

#define OBJECT_PART_BYTES ((int64_t)8 << 20)
/* What a client for it needs: a part, and room for what a server adds to it. */
#define OBJECT_REPLY_BYTES ((size_t)9 << 20)
#define OBJECT_PARALLEL 8 /* fetched at the same time, at most */

struct object_options {
	struct aws_client *client; /* borrowed; max_reply_bytes OBJECT_REPLY_BYTES */
	const char *url;           /* where S3 is, instead of its endpoint; NULL. Borrowed */
	int64_t memory_bytes; /* of objects that are fetched or not yet released; a larger one goes alone */
	int64_t max_bytes;    /* of one object */
	int64_t pause_ms;     /* of the first retry, doubled each time; 0: 1 s. For tests */
};

enum object_end {
	OBJECT_READ,      /* `fd` has it */
	OBJECT_EMPTY,     /* it has no bytes, and nobody said that it had */
	OBJECT_UNWANTED,  /* `wanted` said so */
	OBJECT_MISSING,   /* no such key, no such bucket */
	OBJECT_DENIED,    /* refused for good: a grant is missing, a key is disabled */
	OBJECT_TOO_LARGE, /* more than max_bytes */
	OBJECT_AWAY,      /* S3 was not to be had, or gave damaged bytes, for too long */
	OBJECT_STOPPED,
};

/* What became of an object; borrowed until `done` returns. */
struct object_result {
	enum object_end end;
	int fd;                 /* taken by `done`, at its first byte; -1 unless OBJECT_READ */
	int64_t size;           /* bytes; -1: not known */
	const char *identity;   /* "ETAG:SIZE", for the ledger; NULL: not known */
	int64_t modified_ms;    /* -1: not known */
	const char *metadata;   /* as s3_digest_metadata; NULL: not known */
	struct failure failure; /* of MISSING, DENIED, AWAY */
};

struct object_wanted {
	struct sv bucket, key; /* copied; the bucket is s3_bucket_valid */
	int64_t size; /* as somebody said, -1: nobody did. For the budget, and to doubt that it is empty */
	/* Asked once it is known which object it is: is it worth reading? May be NULL. */
	bool (*wanted)(void *ctx, const char *identity);
	/* Once, from aws_run. */
	void (*done)(void *ctx, const struct object_result *r);
	void *ctx;
};

struct object_reader;
struct object_reader *object_reader_new(const struct object_options *o);
/* After the client. Objects that have no end yet get OBJECT_STOPPED. */
void object_reader_free(struct object_reader *r);

/* Reads it as soon as the budget allows; in the order of the calls. */
void object_read(struct object_reader *r, const struct object_wanted *w);

/* The file of an OBJECT_READ of this size is closed: others may have its room. */
void object_release(struct object_reader *r, int64_t size);

/* Starts what can start now: call it before each aws_run. Gives the time until the next thing is due, at most
 * `most_ms`. */
int64_t object_advance(struct object_reader *r, int64_t most_ms);

/* Objects that have no end yet. */
size_t object_pending(const struct object_reader *r);

/* "ETAG:SIZE" of an etag with or without its quotes. Heap. */
char *object_identity(struct sv etag, int64_t size);

/* "s3://BUCKET/KEY". Heap. */
char *object_uri(struct sv bucket, struct sv key);

#endif
