/* The object reader. Called by sources, each with a reader of its own on its own thread; owns the objects
 * that are asked for, and where buckets are. */
#include "agent/source/object.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/aws/s3.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"

#define PAUSE_MS 1000
#define MAX_PAUSE_MS 30000
#define MAX_TRIES 9           /* some two minutes */
#define LOUD_TRY 2            /* after 3 s, and all that the client tried of its own */
#define PART_TIMEOUT_MS 60000 /* of 8 MiB: 1.1 Mbit/s */
#define MAX_PLACES 256        /* buckets of which it is known where they are */
#define MAX_MOVES 3           /* of one object: to another region */

enum state { WAITING, FETCHING, PAUSING };

/* One object. */
struct object {
	struct object_reader *reader;
	char *bucket, *key;
	enum state state;
	int fd;           /* -1: nothing of it has come */
	int64_t at, size; /* bytes that are in fd; of all of it, -1 while unknown */
	int64_t reserved; /* of the budget */
	int64_t modified_ms;
	char *metadata;
	char *etag, *identity; /* of the version that the first part showed; etag with its quotes */
	bool encrypted_kms, asked;
	int tries, moves;
	int64_t due_ms; /* of the next try */
	struct object_wanted wanted;
};

/* A bucket that is not where its readers are. */
struct place {
	char *bucket, *region;
};

struct object_reader {
	struct object_options options;
	VEC(struct object *) objects; /* in the order of the calls */
	VEC(struct place) places;
	size_t n_fetching; /* and pausing: what has begun */
	int64_t used;      /* bytes of the budget */
};

char *object_identity(struct sv etag, int64_t size)
{
	if (etag.len >= 2 && etag.ptr[0] == '"' && etag.ptr[etag.len - 1] == '"')
		etag = sv_of(etag.ptr + 1, etag.len - 2);
	return heap_printf("%.*s:%lld", SV_ARG(etag), (long long)size);
}

char *object_uri(struct sv bucket, struct sv key)
{
	return heap_printf("s3://%.*s/%.*s", SV_ARG(bucket), SV_ARG(key));
}

struct object_reader *object_reader_new(const struct object_options *o)
{
	struct object_reader *r = heap_zero(1, sizeof *r);
	r->options = *o;
	if (!r->options.pause_ms)
		r->options.pause_ms = PAUSE_MS;
	return r;
}

/* --- ends ------------------------------------------------------------------------------------------ */

static void set_size(struct object *o, int64_t bytes)
{
	o->reader->used += bytes - o->reserved;
	o->reserved = bytes;
}

static void forget_version(struct object *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	free(o->etag);
	free(o->identity);
	free(o->metadata);
	o->etag = o->identity = o->metadata = NULL;
	o->asked = false; /* what is met next may be another one */
	o->at = 0;
	o->size = -1;
}

static void take_out(struct object *o)
{
	struct object_reader *r = o->reader;
	for (size_t i = 0; i < r->objects.n; i++)
		if (r->objects.items[i] == o) {
			memmove(r->objects.items + i, r->objects.items + i + 1,
			    (r->objects.n - i - 1) * sizeof *r->objects.items);
			r->objects.n--;
			break;
		}
	r->n_fetching -= o->state != WAITING;
}

static void end(struct object *o, enum object_end how, const struct failure *why)
{
	struct object_result result = {.end = how,
	    .fd = -1,
	    .size = o->size,
	    .identity = o->identity,
	    .modified_ms = o->modified_ms,
	    .metadata = o->metadata};
	if (why)
		result.failure = *why;
	take_out(o);
	if (how == OBJECT_READ) {
		lseek(o->fd, 0, SEEK_SET);
		result.fd = o->fd;
		o->fd = -1;
		o->reserved = 0; /* now the taker's, until object_release */
		metric_add(METRIC_OBJECTS, 1);
		metric_add(METRIC_OBJECT_BYTES, (uint64_t)o->size);
	}
	set_size(o, 0);
	o->wanted.done(o->wanted.ctx, &result);
	forget_version(o);
	free(o->bucket);
	free(o->key);
	free(o);
}

void object_reader_free(struct object_reader *r)
{
	if (!r)
		return;
	while (r->objects.n)
		end(r->objects.items[r->objects.n - 1], OBJECT_STOPPED, NULL);
	vec_fini(&r->objects);
	for (size_t i = 0; i < r->places.n; i++) {
		free(r->places.items[i].bucket);
		free(r->places.items[i].region);
	}
	vec_fini(&r->places);
	free(r);
}

/* Once may happen. What goes on is news, one line an object; its caller says
 * when it was for nothing. */
static void tell_pause(const struct object *o, const struct failure *why, int64_t pause_ms)
{
	enum log_level level = o->tries == LOUD_TRY ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG;
	log_line(level, level == LOG_LEVEL_WARN ? "object still can't be read" : "object is read again",
	    "object=\"s3://%s/%s\" try=%d of=%d wait_ms=%lld error=\"%s\"", o->bucket, o->key, o->tries,
	    MAX_TRIES, (long long)pause_ms, why->message);
}

/* Tries again after a while, from where it is, or gives up. */
static void pause_or_end(struct object *o, const struct failure *why)
{
	if (++o->tries >= MAX_TRIES) {
		end(o, OBJECT_AWAY, why);
		return;
	}
	int64_t pause = o->reader->options.pause_ms << (o->tries - 1);
	metric_add(METRIC_OBJECT_RETRIES, 1);
	o->state = PAUSING;
	if (pause > MAX_PAUSE_MS)
		pause = MAX_PAUSE_MS;
	o->due_ms = clk_mono_ms() + pause;
	tell_pause(o, why, pause);
}

static void pause_because(struct object *o, const char *why)
{
	struct failure f = {.kind = FAILURE_TRANSIENT};
	snprintf(f.message, sizeof f.message, "%s", why);
	pause_or_end(o, &f);
}

/* --- where buckets are ----------------------------------------------------------------------------- */

static const char *place_of(const struct object_reader *r, const char *bucket)
{
	for (size_t i = 0; i < r->places.n; i++)
		if (strcmp(r->places.items[i].bucket, bucket) == 0)
			return r->places.items[i].region;
	return NULL;
}

static void learn_place(struct object_reader *r, const char *bucket, const char *region)
{
	for (size_t i = 0; i < r->places.n; i++)
		if (strcmp(r->places.items[i].bucket, bucket) == 0) {
			free(r->places.items[i].region);
			r->places.items[i].region = heap_copy(region);
			return;
		}
	if (r->places.n < MAX_PLACES)
		vec_push(&r->places, (struct place){heap_copy(bucket), heap_copy(region)});
}

/* --- parts ----------------------------------------------------------------------------------------- */

static void fetch(struct object *o);

/* What the first part shows of the object. False when it has ended with that. */
static bool meet(struct object *o, const struct http_reply *reply, const struct s3_object *seen)
{
	struct buf metadata = {0};
	s3_digest_metadata(reply, &metadata);
	o->metadata = heap_text(buf_sv(&metadata));
	buf_fini(&metadata);
	o->etag = heap_text(seen->etag);
	o->size = seen->size;
	o->modified_ms = seen->modified_ms;
	o->encrypted_kms = seen->encrypted_kms;
	o->identity = object_identity(seen->etag, seen->size);
	set_size(o, o->size);
	if (o->size > o->reader->options.max_bytes) {
		end(o, OBJECT_TOO_LARGE, NULL);
		return false;
	}
	bool ask = !o->asked && o->wanted.wanted;
	o->asked = true;
	if (ask && !o->wanted.wanted(o->wanted.ctx, o->identity)) {
		end(o, OBJECT_UNWANTED, NULL);
		return false;
	}
	return true;
}

/* Is the reply the part that was asked for? */
static bool is_part(const struct object *o, const struct http_reply *reply, const struct s3_object *seen)
{
	int64_t last = o->at + OBJECT_PART_BYTES < seen->size ? o->at + OBJECT_PART_BYTES : seen->size;
	if (seen->size < 0 || (int64_t)reply->body.len != last - o->at)
		/* A store without ranges gives all of it, which is good when it is small. */
		return reply->status == 200 && !o->at && (int64_t)reply->body.len == seen->size;
	if (reply->status == 200)
		return !o->at && last == seen->size;
	char *want =
	    heap_printf("bytes %lld-%lld/%lld", (long long)o->at, (long long)last - 1, (long long)seen->size);
	bool same = sv_eq_nocase(http_reply_header(reply, "Content-Range"), sv_from(want));
	free(want);
	return same;
}

static bool append(struct object *o, struct sv bytes)
{
	if (o->fd < 0)
		o->fd = memfd_create("object", MFD_CLOEXEC);
	while (o->fd >= 0 && bytes.len) {
		ssize_t n = pwrite(o->fd, bytes.ptr, bytes.len, o->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		o->at += n;
		bytes = sv_skip(bytes, (size_t)n);
	}
	return o->fd >= 0;
}

/* Its checksum, where S3 gives one. */
static bool is_whole(const struct object *o)
{
	struct s3_object seen = {
	    .size = o->size, .etag = sv_from(o->etag), .encrypted_kms = o->encrypted_kms};
	void *bytes = mmap(NULL, (size_t)o->size, PROT_READ, MAP_SHARED, o->fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	bool fits = s3_etag_fits(&seen, sv_of(bytes, (size_t)o->size));
	munmap(bytes, (size_t)o->size);
	return fits;
}

/* Nobody said that there is something in it. What ends as empty is not read ever again. */
static bool may_be_empty(const struct object *o)
{
	return !o->identity && o->wanted.size <= 0;
}

static void take_part(struct object *o, const struct http_reply *reply)
{
	struct s3_object seen;
	s3_read_object(reply, &seen);
	/* Without an ETag it is no store that answers, but a proxy, or nobody at all: as good as no answer.
	 */
	bool real = seen.etag.len > 0;
	if (real && seen.size == 0 && may_be_empty(o)) {
		end(o, OBJECT_EMPTY, NULL);
		return;
	}
	if (!real || !seen.size || !is_part(o, reply, &seen) || (o->identity && seen.size != o->size)) {
		forget_version(o);
		pause_because(o, "s3 gave other bytes than those that were asked for");
		return;
	}
	if (!o->identity && !meet(o, reply, &seen))
		return;
	if (!append(o, buf_sv(&reply->body))) {
		pause_because(o, "no memory for the object");
		return;
	}
	if (o->at < o->size) {
		o->tries = 0;
		fetch(o);
	} else if (is_whole(o)) {
		end(o, OBJECT_READ, NULL);
	} else {
		forget_version(o);
		pause_because(o, "the bytes are not those of the object's checksum");
	}
}

static void take_failure(struct object *o, const struct aws_answer *a)
{
	const struct failure *f = &a->failure;
	int status = a->reply->status;
	if (!status && a->reply->error.rc == RC_STOPPED) {
		end(o, OBJECT_STOPPED, f);
	} else if (f->kind == FAILURE_REGION && f->region[0] && o->moves++ < MAX_MOVES) {
		learn_place(o->reader, o->bucket, f->region);
		fetch(o);
	} else if (status == 416 && may_be_empty(o)) {
		end(o, OBJECT_EMPTY, f);
	} else if (status == 412 || status == 416) {
		/* Replaced between two parts, or less than was told: what is there is read from its start. */
		forget_version(o);
		pause_or_end(o, f);
	} else if (aws_answer_rc(a, "s3", NULL) == RC_NOTFOUND) {
		end(o, OBJECT_MISSING, f);
	} else if (f->kind == FAILURE_REFUSED) {
		end(o, OBJECT_DENIED, f);
	} else {
		pause_or_end(o, f);
	}
}

static void answered(void *ctx, const struct aws_answer *a)
{
	struct object *o = ctx;
	if (a->failure.kind == FAILURE_NONE)
		take_part(o, a->reply);
	else
		take_failure(o, a);
}

/* Asks for the next part. */
static void fetch(struct object *o)
{
	const struct object_options *options = &o->reader->options;
	struct aws_request request = {0};
	const char *region = place_of(o->reader, o->bucket);
	s3_get(sv_from(o->bucket), sv_from(o->key), o->at, o->at + OBJECT_PART_BYTES - 1, sv_from(o->etag),
	    &request);
	request.region = heap_copy(region);
	request.url = heap_copy(options->url);
	request.timeout_ms = PART_TIMEOUT_MS;
	o->reader->n_fetching += o->state == WAITING;
	o->state = FETCHING;
	aws_start(options->client, &request, answered, o);
}

/* --- in order -------------------------------------------------------------------------------------- */

void object_read(struct object_reader *r, const struct object_wanted *w)
{
	struct object *o = heap_zero(1, sizeof *o);
	*o = (struct object){.reader = r,
	    .bucket = heap_text(w->bucket),
	    .key = heap_text(w->key),
	    .fd = -1,
	    .size = -1,
	    .modified_ms = -1,
	    .wanted = *w};
	vec_push(&r->objects, o);
}

void object_release(struct object_reader *r, int64_t size)
{
	r->used -= size;
}

/* The budget, but for one object when there is no other. */
static bool has_room(const struct object_reader *r, int64_t bytes)
{
	return r->n_fetching < OBJECT_PARALLEL && (!r->used || r->used + bytes <= r->options.memory_bytes);
}

int64_t object_advance(struct object_reader *r, int64_t most_ms)
{
	int64_t now = clk_mono_ms(), wait = most_ms;
	bool room = true;
	for (size_t i = 0; i < r->objects.n; i++) {
		struct object *o = r->objects.items[i];
		int64_t bytes = o->wanted.size >= 0 && o->wanted.size <= r->options.max_bytes
				    ? o->wanted.size
				    : OBJECT_PART_BYTES;
		if (o->state == PAUSING && o->due_ms <= now) {
			fetch(o);
		} else if (o->state == PAUSING && o->due_ms - now < wait) {
			wait = o->due_ms - now;
		} else if (o->state == WAITING && room) {
			room = has_room(r, bytes);
			if (room) {
				set_size(o, bytes);
				fetch(o);
			}
		}
	}
	return wait;
}

size_t object_pending(const struct object_reader *r)
{
	return r->objects.n;
}
