/* One event by its place in a file, or by its eventID there. Main thread; for commands. */
#include "agent/event_at.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/worker/decode.h"
#include "base/heap.h"
#include "base/inflate.h"
#include "rules/event/frame.h"

#define READ_BYTES ((size_t)64 << 10)

struct search {
	uint64_t wanted; /* number of the record */
	struct sv id;    /* instead of it; ptr NULL: the number counts */
	bool (*each)(void *ctx, struct record *r, uint64_t number); /* instead of both; NULL: not so */
	void *ctx;
	struct arena *arena;
	const struct record_names *names;
	struct record *out;
	struct frame *frame;
	uint64_t n;
	enum rc rc; /* RC_NOTFOUND until it was found */
	struct err *err;
};

/* Is it the event of that id? Records without its text in them need no reading. */
static bool has_id(struct search *s, struct sv bytes)
{
	enum decode_kind kind;
	if (sv_find(bytes, s->id) == SV_NONE ||
	    decode_object(s->out, s->arena, arena_copy(s->arena, bytes), s->names, &kind, NULL) != RC_OK)
		return false;
	return sv_eq(s->out->event_id, s->id);
}

static bool on_record(void *ctx, struct sv bytes, uint64_t offset, uint64_t number)
{
	struct search *s = ctx;
	enum decode_kind kind;
	(void)offset;
	s->n = number;
	if (s->each) {
		arena_reset(s->arena);
		return decode_object(s->out, s->arena, bytes, s->names, &kind, NULL) != RC_OK ||
		       kind != DECODE_EVENT || s->each(s->ctx, s->out, number);
	}
	if (s->id.ptr) {
		s->rc = has_id(s, bytes) ? RC_OK : RC_NOTFOUND;
		return s->rc != RC_OK;
	}
	if (number < s->wanted)
		return true;
	s->rc = decode_object(s->out, s->arena, arena_copy(s->arena, bytes), s->names, &kind, s->err);
	return false;
}

static bool on_malformed(void *ctx, struct sv bytes, uint64_t offset, uint64_t number, const char *reason)
{
	struct search *s = ctx;
	(void)bytes;
	s->n = number;
	if (s->each || s->id.ptr || number < s->wanted)
		return true;
	s->rc = err_set(s->err, RC_INPUT, "record %llu is malformed at byte %llu: %s",
	    (unsigned long long)number, (unsigned long long)offset, reason);
	return false;
}

static enum rc feed(void *ctx, struct sv bytes)
{
	return frame_feed(((struct search *)ctx)->frame, bytes);
}

/* At least three bytes unless the input ends: so many tell gzip, and a pipe may give fewer. */
static enum rc read_piece(int fd, char bytes[READ_BYTES], struct sv *out, struct err *e)
{
	size_t len = 0;
	ssize_t n = 1;
	while (n && len < 3) {
		n = read(fd, bytes + len, READ_BYTES - len);
		if (n < 0 && errno != EINTR)
			return err_errno(e, RC_IO, errno, "can't read");
		len += n > 0 ? (size_t)n : 0;
	}
	*out = sv_of(bytes, len);
	return RC_OK;
}

static enum rc read_through(struct search *s, int fd, struct err *e)
{
	char bytes[READ_BYTES];
	struct inflate *z = NULL;
	struct sv piece = {0};
	enum rc rc = RC_OK;
	for (bool first = true; rc == RC_OK; first = false) {
		rc = read_piece(fd, bytes, &piece, e);
		if (rc != RC_OK || !piece.len)
			break;
		if (first && inflate_is_gzip(piece))
			z = inflate_new(0);
		rc = z ? inflate_feed(z, piece, feed, s, e) : feed(s, piece);
	}
	if (rc == RC_OK)
		rc = frame_end(s->frame, NULL);
	if (rc == RC_OK && z)
		rc = inflate_end(z, e);
	inflate_free(z);
	return rc == RC_STOPPED ? RC_OK : rc;
}

/* RC_OK when the whole file could be read, or as much of it as was needed; s->rc is what was found. */
static enum rc search_file(struct search *s, const char *path, struct err *e)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, RC_NOTFOUND, errno, "%s", path);
	s->frame = frame_new(&(struct frame_sink){on_record, on_malformed, s});
	enum rc rc = read_through(s, fd, e);
	frame_free(s->frame);
	close(fd);
	return rc == RC_OK ? RC_OK : err_at(e, "%s", path);
}

enum rc event_at(
    const char *where, struct arena *a, const struct record_names *names, struct record *out, struct err *e)
{
	struct search s = {.wanted = 1, .arena = a, .names = names, .out = out, .rc = RC_NOTFOUND, .err = e};
	char *path = heap_copy(where), *colon = strrchr(path, ':');
	int64_t number;
	if (colon && access(path, F_OK) != 0 && sv_int(sv_from(colon + 1), 1, INT64_MAX, &number)) {
		s.wanted = (uint64_t)number;
		*colon = 0;
	}
	enum rc rc = search_file(&s, path, e);
	if (rc == RC_OK && s.rc == RC_NOTFOUND)
		rc = err_set(e, RC_NOTFOUND, "%s: has %llu records, not %llu", path, (unsigned long long)s.n,
		    (unsigned long long)s.wanted);
	else if (rc == RC_OK && s.rc != RC_OK)
		rc = err_at(e, "%s", path);
	free(path);
	return rc;
}

enum rc event_at_id(const char *file, struct sv id, struct arena *a, const struct record_names *names,
    struct record *out, uint64_t *out_number, struct err *e)
{
	struct search s = {.id = id, .arena = a, .names = names, .out = out, .rc = RC_NOTFOUND, .err = e};
	enum rc rc = search_file(&s, file, e);
	if (rc == RC_OK && s.rc == RC_NOTFOUND)
		rc = err_set(e, RC_NOTFOUND, "%s: holds no event %.*s", file, SV_ARG(id));
	*out_number = s.n;
	return rc;
}

enum rc event_at_each(const char *file, const struct record_names *names,
    bool (*each)(void *ctx, struct record *r, uint64_t number), void *ctx, struct err *e)
{
	struct arena arena = {0};
	struct record r;
	struct search s = {.arena = &arena, .names = names, .out = &r, .each = each, .ctx = ctx};
	enum rc rc = search_file(&s, file, e);
	arena_fini(&arena);
	return rc;
}
