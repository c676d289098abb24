/* Nearest names. */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void distances(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		size_t want;
	} rows[] = {{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "ABC", 0},
	    {"abc", "abd", 1}, {"abc", "acb", 1}, {"startwith", "startswith", 1}, {"kitten", "sitting", 3},
	    {"ca", "abc", 3}, {"flaw", "lawn", 2}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(nearest_distance(sv_from(rows[i].a), sv_from(rows[i].b)), rows[i].want);
		assert_int_equal(nearest_distance(sv_from(rows[i].b), sv_from(rows[i].a)), rows[i].want);
	}
}

static void only_names_that_may_be_meant(void **state)
{
	(void)state;
	static const char *const names[] = {"contains", "startswith", "endswith", "re"};
	assert_int_equal(nearest_find(SV("startwith"), names, 4), 1);
	assert_int_equal(nearest_find(SV("CONTAINS"), names, 4), 0);
	assert_int_equal(nearest_find(SV("endswth"), names, 4), 2);
	assert_int_equal(nearest_find(SV("er"), names, 4), 3);
	assert_int_equal(nearest_find(SV("base64"), names, 4), -1);
	assert_int_equal(nearest_find(SV("x"), names, 0), -1);
	/* Words of any length are fine. */
	char big[5000];
	memset(big, 'a', sizeof big);
	assert_int_equal(nearest_find(sv_of(big, sizeof big), names, 4), -1);
	assert_true(nearest_distance(sv_of(big, sizeof big), SV("a")) <= 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(distances),
	    cmocka_unit_test(only_names_that_may_be_meant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
