/* Inflating whole objects and streams. */
#include "base/inflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <zlib.h>

/* Appends one gzip member that holds `text`. */
static void add_member(struct buf *out, struct sv text)
{
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_true(buf_room(out, deflateBound(&z, text.len) + 64));
	z.next_in = (unsigned char *)(uintptr_t)text.ptr;
	z.avail_in = (unsigned)text.len;
	z.next_out = (unsigned char *)out->ptr + out->len;
	z.avail_out = (unsigned)(out->cap - out->len);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len += z.total_out;
	deflateEnd(&z);
}

/* `n` bytes that do not compress to nothing. */
static void add_text(struct buf *out, size_t n)
{
	uint32_t x = 1;
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		buf_addc(out, (char)('a' + (x >> 28)));
	}
}

struct sink {
	struct buf all;
	size_t n_chunks;
	enum rc answer;
};

static enum rc on_chunk(void *ctx, struct sv bytes)
{
	struct sink *s = ctx;
	assert_true(bytes.len > 0 && bytes.len <= 256 << 10);
	buf_add(&s->all, bytes);
	s->n_chunks++;
	return s->answer;
}

/* Feeds `gz` in pieces of `step`; the rc of the first failing call, with its text in `e`. */
static enum rc stream(struct sv gz, size_t step, uint64_t max_out, struct sink *s, struct err *e)
{
	struct inflate *z = inflate_new(max_out);
	enum rc rc = RC_OK;
	for (size_t at = 0; at < gz.len && rc == RC_OK; at += step)
		rc = inflate_feed(z, sv_head(sv_skip(gz, at), step), on_chunk, s, e);
	if (rc == RC_OK)
		rc = inflate_end(z, e);
	inflate_free(z);
	return rc;
}

static void both_agree(struct sv gz, struct sv wanted)
{
	static const size_t steps[] = {1, 2, 7, 1000, 1 << 20};
	struct buf out = {0};
	struct err e = {0};
	assert_int_equal(inflate_whole(gz, 16 << 20, &out, &e), RC_OK);
	assert_true(sv_eq(buf_sv(&out), wanted));
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct sink s = {0};
		assert_int_equal(stream(gz, steps[i], 0, &s, &e), RC_OK);
		assert_true(sv_eq(buf_sv(&s.all), wanted));
		buf_fini(&s.all);
	}
	buf_fini(&out);
}

static void members_are_one_object(void **state)
{
	struct buf gz = {0}, text = {0};
	(void)state;
	add_member(&gz, SV("hello "));
	both_agree(buf_sv(&gz), SV("hello "));
	add_member(&gz, SV(""));
	add_member(&gz, SV("world"));
	both_agree(buf_sv(&gz), SV("hello world"));
	/* Zeros behind the last one are filling. */
	for (int i = 0; i < 100; i++)
		buf_addc(&gz, 0);
	both_agree(buf_sv(&gz), SV("hello world"));
	buf_reset(&gz);
	add_text(&text, 700000);
	add_member(&gz, buf_sv(&text));
	both_agree(buf_sv(&gz), buf_sv(&text));
	buf_fini(&gz);
	buf_fini(&text);
}

static void appends(void **state)
{
	struct buf gz = {0}, out = {0};
	(void)state;
	buf_adds(&out, "before ");
	add_member(&gz, SV("after"));
	assert_int_equal(inflate_whole(buf_sv(&gz), 5, &out, NULL), RC_OK);
	assert_string_equal(out.ptr, "before after");
	/* A failure leaves it as it was. */
	add_member(&gz, SV("more"));
	assert_int_equal(inflate_whole(buf_sv(&gz), 8, &out, NULL), RC_LIMIT);
	assert_string_equal(out.ptr, "before after");
	buf_fini(&gz);
	buf_fini(&out);
}

static void bombs_meet_the_cap(void **state)
{
	struct buf gz = {0}, zeros = {0}, out = {0};
	struct sink s = {0};
	struct err e = {0};
	(void)state;
	for (size_t i = 0; i < 3 << 20; i++)
		buf_addc(&zeros, ' ');
	add_member(&gz, buf_sv(&zeros));
	assert_true(gz.len < 8192);
	assert_int_equal(inflate_whole(buf_sv(&gz), (3 << 20) - 1, &out, &e), RC_LIMIT);
	assert_int_equal(out.len, 0);
	assert_int_equal(inflate_whole(buf_sv(&gz), 3 << 20, &out, &e), RC_OK);
	assert_int_equal(out.len, 3 << 20);
	assert_int_equal(stream(buf_sv(&gz), 100, (3 << 20) - 1, &s, &e), RC_LIMIT);
	assert_true(s.all.len < 3 << 20);
	buf_reset(&s.all);
	assert_int_equal(stream(buf_sv(&gz), 100, 3 << 20, &s, &e), RC_OK);
	assert_int_equal(s.all.len, 3 << 20);
	buf_fini(&gz);
	buf_fini(&zeros);
	buf_fini(&out);
	buf_fini(&s.all);
}

/* Cut anywhere and with any byte changed: an error or, where the byte does not matter, the same text. */
static void damage_is_noticed(void **state)
{
	struct buf gz = {0};
	(void)state;
	add_member(&gz, SV("hello hello hello hello"));
	for (size_t cut = 0; cut < gz.len; cut++) {
		struct buf out = {0};
		struct sink s = {0};
		struct err e = {0};
		assert_int_equal(inflate_whole(sv_head(buf_sv(&gz), cut), 1 << 20, &out, &e), RC_INPUT);
		assert_int_equal(stream(sv_head(buf_sv(&gz), cut), 3, 0, &s, &e), RC_INPUT);
		buf_fini(&out);
		buf_fini(&s.all);
	}
	for (size_t i = 10; i < gz.len; i++) {
		struct buf out = {0};
		struct sink s = {0};
		struct err e = {0};
		gz.ptr[i] ^= 0x55;
		assert_int_equal(inflate_whole(buf_sv(&gz), 1 << 20, &out, &e), RC_INPUT);
		assert_int_equal(stream(buf_sv(&gz), 3, 0, &s, &e), RC_INPUT);
		gz.ptr[i] ^= 0x55;
		buf_fini(&out);
		buf_fini(&s.all);
	}
	buf_fini(&gz);
}

static void what_is_no_gzip_is_refused(void **state)
{
	struct buf gz = {0}, out = {0};
	struct sink s = {0};
	struct err e = {0};
	(void)state;
	assert_false(inflate_is_gzip(SV("\x1f\x8b")));
	assert_false(inflate_is_gzip((struct sv){0}));
	assert_int_equal(inflate_whole(SV("{\"Records\":[]}"), 100, &out, &e), RC_INPUT);
	assert_int_equal(stream(SV("{\"Records\":[]}"), 4, 0, &s, &e), RC_INPUT);
	assert_non_null(strstr(e.text, "compressed byte"));
	add_member(&gz, SV("x"));
	assert_true(inflate_is_gzip(buf_sv(&gz)));
	buf_adds(&gz, "trailing");
	assert_int_equal(inflate_whole(buf_sv(&gz), 100, &out, &e), RC_INPUT);
	assert_int_equal(stream(buf_sv(&gz), 4, 0, &s, &e), RC_INPUT);
	buf_fini(&gz);
	buf_fini(&out);
	buf_fini(&s.all);
}

static void the_chunk_taker_can_stop(void **state)
{
	struct buf gz = {0}, text = {0};
	struct sink s = {.answer = RC_STOPPED};
	(void)state;
	add_text(&text, 700000);
	add_member(&gz, buf_sv(&text));
	assert_int_equal(stream(buf_sv(&gz), gz.len, 0, &s, NULL), RC_STOPPED);
	assert_int_equal(s.n_chunks, 1);
	inflate_free(NULL);
	buf_fini(&gz);
	buf_fini(&text);
	buf_fini(&s.all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(members_are_one_object),
	    cmocka_unit_test(appends),
	    cmocka_unit_test(bombs_meet_the_cap),
	    cmocka_unit_test(damage_is_noticed),
	    cmocka_unit_test(what_is_no_gzip_is_refused),
	    cmocka_unit_test(the_chunk_taker_can_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
