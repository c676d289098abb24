/* String views: comparing, finding, cutting, numbers. */
#include "base/sv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void equality_and_order(void **state)
{
	(void)state;
	const struct sv none = {NULL, 0};
	assert_true(sv_eq(none, SV("")) && sv_eq(sv_from(NULL), none));
	assert_true(sv_eq(sv_of("a\0b", 3), SV("a\0b")));
	assert_false(sv_eq(SV("a"), SV("ab")) || sv_eq(SV("a"), SV("A")));
	assert_true(sv_eq_nocase(SV("AbZ[`{"), SV("aBz[`{")));
	assert_false(sv_eq_nocase(SV("["), SV("{")));
	/* Only A-Z fold, never bytes of other letters. */
	assert_false(sv_eq_nocase(SV("\xc3\x84"), SV("\xc3\xa4")));
	assert_true(
	    sv_cmp(SV("a"), SV("b")) < 0 && sv_cmp(SV("b"), SV("a")) > 0 && sv_cmp(SV("a"), SV("a")) == 0);
	assert_true(
	    sv_cmp(SV("a"), SV("ab")) < 0 && sv_cmp(SV("ab"), SV("a")) > 0 && sv_cmp(none, SV("")) == 0);
	assert_true(sv_cmp(SV("\x7f"), SV("\x80")) < 0);
}

static void parts(void **state)
{
	(void)state;
	assert_true(
	    sv_starts(SV("abc"), SV("ab")) && sv_starts(SV("abc"), SV("")) && !sv_starts(SV("a"), SV("ab")));
	assert_true(sv_ends(SV("abc"), SV("bc")) && sv_ends(SV(""), SV("")) && !sv_ends(SV("c"), SV("bc")));
	assert_int_equal(sv_find(SV("abcabc"), SV("ca")), 2);
	assert_int_equal(sv_find(SV("abc"), SV("")), 0);
	assert_true(sv_find(SV("ab"), SV("abc")) == SV_NONE && sv_find(SV("abc"), SV("x")) == SV_NONE);
	assert_int_equal(sv_find_char(SV("abc"), 'c'), 2);
	assert_true(sv_find_char((struct sv){NULL, 0}, 'c') == SV_NONE);
	assert_true(sv_eq(sv_skip(SV("abc"), 1), SV("bc")) && sv_skip(SV("abc"), 9).len == 0);
	assert_true(sv_eq(sv_head(SV("abc"), 2), SV("ab")) && sv_head(SV("abc"), 9).len == 3);
	assert_true(sv_eq(sv_trim(SV(" \t\r\na b\n ")), SV("a b")) && sv_trim(SV(" \n ")).len == 0);
}

static void cut(void **state)
{
	(void)state;
	struct sv s = SV("a,,b,"), part;
	static const char *const want[] = {"a", "", "b", ""};
	for (size_t i = 0; i < 4; i++) {
		assert_true(sv_cut(&s, ',', &part));
		assert_true(sv_eq(part, sv_from(want[i])));
	}
	assert_false(sv_cut(&s, ',', &part));
	s = SV("");
	assert_true(sv_cut(&s, ',', &part) && part.len == 0 && !sv_cut(&s, ',', &part));
}

static void numbers(void **state)
{
	(void)state;
	int64_t v = 7;
	assert_true(sv_int(SV("9223372036854775807"), 0, INT64_MAX, &v) && v == INT64_MAX);
	assert_true(sv_int(SV("-5"), -10, 10, &v) && v == -5);
	assert_true(sv_int(SV("007"), 0, 10, &v) && v == 7);
	static const char *const bad[] = {"", "-", "+1", "1 ", " 1", "1x", "0x1", "9223372036854775808",
	    "99999999999999999999", "11", "-11", "1.0"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(sv_int(sv_from(bad[i]), -10, 10, &v));
	assert_true(v == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(equality_and_order),
	    cmocka_unit_test(parts),
	    cmocka_unit_test(cut),
	    cmocka_unit_test(numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
