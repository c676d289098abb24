/* UTF-8: what is valid, and what bad bytes become. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void boundaries(void **state)
{
	(void)state;
	static const uint32_t points[] = {
	    0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		char out[4];
		size_t n = utf8_put(points[i], out);
		struct sv s = sv_of(out, n);
		assert_true(utf8_valid(s));
		assert_true(utf8_next(&s) == points[i]);
		assert_int_equal(s.len, 0);
	}
}

static void every_code_point_comes_back(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		char out[4];
		struct sv s = sv_of(out, utf8_put(cp, out));
		bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
		assert_true((utf8_next(&s) == cp) != surrogate);
	}
}

static void bad_bytes(void **state)
{
	(void)state;
	/* overlong forms, surrogates, past the end of Unicode, lone tails, cut sequences */
	static const struct sv bad[] = {SV_INIT("\xc0\x80"), SV_INIT("\xc1\xbf"), SV_INIT("\xe0\x9f\xbf"),
	    SV_INIT("\xf0\x8f\xbf\xbf"), SV_INIT("\xed\xa0\x80"), SV_INIT("\xed\xbf\xbf"),
	    SV_INIT("\xf4\x90\x80\x80"), SV_INIT("\xf5\x80\x80\x80"), SV_INIT("\x80"), SV_INIT("\xff"),
	    SV_INIT("\xc3"), SV_INIT("\xe2\x82"), SV_INIT("\xf0\x9f\x98"),
	    SV_INIT("\xc3"
		    "a")};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct sv s = bad[i];
		assert_false(utf8_valid(s));
		assert_true(utf8_next(&s) == (UTF8_BAD | (unsigned char)bad[i].ptr[0]));
		assert_int_equal(s.len, bad[i].len - 1);
	}
}

static void cutting_and_counting(void **state)
{
	(void)state;
	struct sv s = SV("a\xc3\xa4\xf0\x9f\x98\x80"
			 "b");
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 3, 7, 8, 8};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_int_equal(utf8_cut(s, i).len, want[i]);
	assert_int_equal(utf8_count(s), 4);
	assert_int_equal(utf8_count(SV("a\xff\xffz")), 4);
	/* Text that is none is cut all the same. */
	assert_true(utf8_cut(SV("\x80\x80\x80\x80\x80\x80"), 5).len <= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(boundaries),
	    cmocka_unit_test(every_code_point_comes_back),
	    cmocka_unit_test(bad_bytes),
	    cmocka_unit_test(cutting_and_counting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
