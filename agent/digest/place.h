/* Where a bucket's objects are: in S3, or in a folder that is laid out as the bucket is. */
#ifndef KW_AGENT_DIGEST_PLACE_H
#define KW_AGENT_DIGEST_PLACE_H

#include "agent/ledger/trail_name.h"
#include "base/aws/client.h"
#include "base/vec.h"

/* A log or a digest that lies there. */
struct place_entry {
	char *key;              /* of the bucket, as far as it is known; heap */
	struct trail_name name; /* views into key */
};
struct place_list {
	VEC(struct place_entry) all;
	uint64_t n_other; /* objects of other names */
};
void place_list_fini(struct place_list *l);

/* What a get gives; borrowed for the call of `each`. */
struct place_object {
	size_t index; /* of the request */
	enum rc rc;   /* RC_OK, RC_NOTFOUND, else it can't be read: `err` */
	struct err err;
	struct sv bytes;
	struct sv metadata; /* JSON object; empty: there is none */
};
struct place_request {
	struct sv bucket, key;
};

struct place;
/* What is below `folder`; its links to folders are not followed. RC_NOTFOUND. */
enum rc place_folder(const char *folder, struct place **out, struct err *e);
/* `s3://bucket/prefix`; `aws` is borrowed. RC_CONFIG: it is no such address. */
enum rc place_s3(const char *url, struct aws_client *aws, struct place **out, struct err *e);
bool place_is_s3(const char *word);
void place_free(struct place *p);

/* All logs and digests delivered in [from_ms, to_ms], in no order. In S3 only the days of that time are
 * listed.
 */
enum rc place_walk(struct place *p, int64_t from_ms, int64_t to_ms, struct place_list *out, struct err *e);

/* Gets objects, in S3 several at a time; `each` hears of every one, in any order. Only for digests is
 * metadata asked for. */
void place_get(struct place *p, const struct place_request *requests, size_t n, bool metadata,
    void (*each)(void *ctx, const struct place_object *o), void *ctx);

/* Is what the digest says of its own place true? `bucket` and `object` are the digest's. The first digest of
 * a folder for which that can be so settles which folder is the bucket's root. */
bool place_is_at(struct place *p, struct sv key, struct sv bucket, struct sv object);

/* --- for the two of them ------------------------------------------------------------------------------ */

struct place_type {
	enum rc (*walk)(
	    struct place *p, int64_t from_ms, int64_t to_ms, struct place_list *out, struct err *e);
	void (*get)(struct place *p, const struct place_request *requests, size_t n, bool metadata,
	    void (*each)(void *ctx, const struct place_object *o), void *ctx);
	bool (*is_at)(struct place *p, struct sv key, struct sv bucket, struct sv object);
	void (*free)(struct place *p);
};
struct place {
	const struct place_type *type;
};
#define PLACE_MAX_BYTES ((size_t)512 << 20) /* of one object, as it is stored */

/* Adds `key` (heap, taken) when it is one of theirs and of that time. */
void place_add(struct place_list *l, char *key, int64_t from_ms, int64_t to_ms);

#endif
