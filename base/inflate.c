/*
 * gzip. Called by sources and workers; a stream belongs to one thread. libdeflate does whole objects, at
 * twice zlib's speed; zlib does what is too big for that or comes in pieces.
 *
 * What stands behind the last member and is no member is refused, zeros excepted: some writers fill up their
 * last block with them.
 */
#include "base/inflate.h"

#include <libdeflate.h>
#include <zlib.h>

#include <inttypes.h>
#include <stdlib.h>

#include "base/heap.h"
#include "base/log.h"

#define CHUNK_BYTES ((size_t)256 << 10)
#define FIRST_GUESS_BYTES ((size_t)256 << 10)
#define DEFAULT_MAX_OUT ((uint64_t)2 << 30)
#define GZIP_WINDOW (16 + MAX_WBITS)

bool inflate_is_gzip(struct sv bytes)
{
	return sv_starts(bytes, SV("\x1f\x8b\x08"));
}

static bool all_zeros(struct sv s)
{
	return s.len == 0 || (s.ptr[0] == 0 && memcmp(s.ptr, s.ptr + 1, s.len - 1) == 0);
}

/* --- whole objects ------------------------------------------------------------------------------- */

/* How much a member will most likely make: what the last four bytes claim, unless deflate cannot do that.
 * They are right for the usual object of one member, and whoever wrote it may say anything. */
static size_t first_guess(struct sv in)
{
	uint32_t size = 0;
	for (size_t i = 0; i < 4 && in.len >= 4; i++)
		size |= (uint32_t)(unsigned char)in.ptr[in.len - 4 + i] << (8 * i);
	return size > FIRST_GUESS_BYTES && size / 1032 <= in.len ? size : FIRST_GUESS_BYTES;
}

/* One member off the front of `*in`; the room behind out->len grows as needed, up to `max_out` in all. */
static enum rc inflate_member(
    struct libdeflate_decompressor *d, struct sv *in, size_t max_out, struct buf *out, struct err *e)
{
	size_t room = first_guess(*in);
	for (;;) {
		size_t used = 0, made = 0;
		if (room > max_out - out->len)
			room = max_out - out->len;
		if (!buf_room(out, room))
			return err_set(e, RC_LIMIT, "inflates to more than %zu bytes", out->limit);
		enum libdeflate_result result = libdeflate_gzip_decompress_ex(
		    d, in->ptr, in->len, out->ptr + out->len, room, &used, &made);
		if (result == LIBDEFLATE_SUCCESS) {
			out->len += made;
			out->ptr[out->len] = 0;
			*in = sv_skip(*in, used);
			return RC_OK;
		}
		if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
			return err_set(e, RC_INPUT, "the gzip data is damaged or cut off");
		if (room == max_out - out->len)
			return err_set(e, RC_LIMIT, "inflates to more than %zu bytes", max_out);
		room *= 4;
	}
}

enum rc inflate_whole(struct sv in, size_t max_out, struct buf *out, struct err *e)
{
	size_t before = out->len;
	enum rc rc = RC_OK;
	if (!inflate_is_gzip(in))
		return err_set(e, RC_INPUT, "not gzip");
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	if (!d)
		return err_set(e, RC_IO, "no memory for libdeflate");
	max_out = max_out > SIZE_MAX - before ? SIZE_MAX : before + max_out;
	while (rc == RC_OK && !all_zeros(in)) {
		if (!inflate_is_gzip(in))
			rc = err_set(e, RC_INPUT, "the gzip data is followed by something else");
		else
			rc = inflate_member(d, &in, max_out, out, e);
	}
	libdeflate_free_decompressor(d);
	if (rc != RC_OK && out->ptr) {
		out->len = before;
		out->ptr[before] = 0;
	}
	return rc;
}

/* --- streams ------------------------------------------------------------------------------------- */

struct inflate {
	z_stream z;
	uint64_t max_out, n_in, n_out;
	bool begun;  /* some byte came */
	bool inside; /* a member has begun and has not ended */
	bool behind; /* only zeros may follow */
	unsigned char chunk[CHUNK_BYTES];
};

struct inflate *inflate_new(uint64_t max_out)
{
	struct inflate *z = heap_zero(1, sizeof *z);
	z->max_out = max_out ? max_out : DEFAULT_MAX_OUT;
	int rc = inflateInit2(&z->z, GZIP_WINDOW);
	if (rc != Z_OK) /* only without memory, like heap_zero */
		log_fatal("zlib does not start", "code=%d", rc);
	return z;
}

void inflate_free(struct inflate *z)
{
	if (!z)
		return;
	inflateEnd(&z->z);
	free(z);
}

static enum rc damaged(const struct inflate *z, struct err *e)
{
	return err_set(
	    e, RC_INPUT, "the gzip data is damaged at compressed byte %" PRIu64, z->n_in - z->z.avail_in);
}

/* Inflates until the chunk is full, the input is used up or the member ends. */
static enum rc one_chunk(
    struct inflate *z, enum rc (*chunk)(void *ctx, struct sv bytes), void *ctx, struct err *e)
{
	z->z.next_out = z->chunk;
	z->z.avail_out = CHUNK_BYTES;
	int result = inflate(&z->z, Z_NO_FLUSH);
	size_t made = CHUNK_BYTES - z->z.avail_out;
	if (made > z->max_out - z->n_out)
		return err_set(e, RC_LIMIT, "inflates to more than %" PRIu64 " bytes", z->max_out);
	z->n_out += made;
	enum rc rc = made ? chunk(ctx, sv_of(z->chunk, made)) : RC_OK;
	if (rc != RC_OK)
		return rc;
	if (result == Z_STREAM_END) {
		z->inside = false;
		inflateReset(&z->z);
	} else if (result != Z_OK && result != Z_BUF_ERROR) {
		return damaged(z, e);
	}
	return RC_OK;
}

/* Between members: does another one begin, or the zeros that may follow the last? */
static enum rc next_member(struct inflate *z, struct err *e)
{
	if (z->begun && (z->behind || *z->z.next_in == 0)) {
		struct sv rest = sv_of(z->z.next_in, z->z.avail_in);
		z->behind = true;
		if (!all_zeros(rest) || rest.ptr[0] != 0)
			return damaged(z, e);
		z->z.avail_in = 0;
		return RC_OK;
	}
	z->begun = z->inside = true;
	return RC_OK;
}

enum rc inflate_feed(
    struct inflate *z, struct sv in, enum rc (*chunk)(void *ctx, struct sv bytes), void *ctx, struct err *e)
{
	while (in.len) {
		/* zlib counts in 32 bits. */
		struct sv part = sv_head(in, (size_t)1 << 30);
		in = sv_skip(in, part.len);
		z->z.next_in = (unsigned char *)(uintptr_t)part.ptr;
		z->z.avail_in = (unsigned)part.len;
		z->n_in += part.len;
		bool full = false;
		while (z->z.avail_in || full) {
			enum rc rc = z->inside ? RC_OK : next_member(z, e);
			if (rc == RC_OK && z->inside)
				rc = one_chunk(z, chunk, ctx, e);
			if (rc != RC_OK)
				return rc;
			/* A full chunk may have left more inside zlib. */
			full = z->inside && z->z.avail_out == 0;
		}
	}
	return RC_OK;
}

enum rc inflate_end(struct inflate *z, struct err *e)
{
	if (z->inside || !z->begun)
		return err_set(e, RC_INPUT, "truncated gzip after %" PRIu64 " compressed bytes", z->n_in);
	return RC_OK;
}
