/* base64 at three alignments and UTF-16. */
#include "rules/encode.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void offsets_by_hand(void **state)
{
	struct buf b = {0};

	(void)state;
	encode_base64(SV("foobar"), &b);
	assert_string_equal(b.ptr, "Zm9vYmFy");
	buf_reset(&b);
	encode_base64(SV("foob"), &b);
	assert_string_equal(b.ptr, "Zm9vYg==");
	static const char *want[] = {"Zm9v", "Zvb", "mb2"};
	for (unsigned shift = 0; shift < 3; shift++) {
		buf_reset(&b);
		encode_base64_offset(SV("foo"), shift, &b);
		assert_string_equal(b.ptr, want[shift]);
	}
	buf_fini(&b);
}

/* Wherever a text stands inside another one, the characters for that alignment are in the base64. */
static void determined_characters_are_always_there(void **state)
{
	unsigned seed = 11;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char bytes[24];
		size_t before = (size_t)rand_r(&seed) % 8,
		       length = ENCODE_OFFSET_MIN + (size_t)rand_r(&seed) % 8,
		       after = (size_t)rand_r(&seed) % 4;
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (char)rand_r(&seed);
		struct buf whole = {0}, part = {0};
		encode_base64(sv_of(bytes, before + length + after), &whole);
		encode_base64_offset(sv_of(bytes + before, length), (unsigned)(before % 3), &part);
		assert_true(part.len >= (length * 8 - 10) / 6);
		assert_int_not_equal(sv_find(buf_sv(&whole), buf_sv(&part)), SV_NONE);
		buf_fini(&whole);
		buf_fini(&part);
	}
}

static void utf16_forms(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_true(encode_utf16(SV("a\xc3\xa4\xf0\x9f\x98\x80"), ENCODE_UTF16_LE, &b));
	assert_int_equal(b.len, 8);
	assert_memory_equal(b.ptr, "a\0\xe4\0\x3d\xd8\x00\xde", 8);
	buf_reset(&b);
	assert_true(encode_utf16(SV("a"), ENCODE_UTF16_BE, &b));
	assert_memory_equal(b.ptr, "\0a", 2);
	buf_reset(&b);
	assert_true(encode_utf16(SV("a"), ENCODE_UTF16_MARKED, &b));
	assert_memory_equal(b.ptr,
	    "\xff\xfe"
	    "a\0",
	    4);
	assert_false(encode_utf16(SV("\xff"), ENCODE_UTF16_LE, &b));
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(offsets_by_hand),
	    cmocka_unit_test(determined_characters_are_always_there),
	    cmocka_unit_test(utf16_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
