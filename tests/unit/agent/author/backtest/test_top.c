/* The most frequent of a million names in a table of 64. */
#include "agent/author/backtest/top.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void few_names_are_exact(void **state)
{
	(void)state;
	struct top t = {0};
	for (int i = 0; i < 10; i++)
		top_count(&t, SV("alice"), i == 0);
	for (int i = 0; i < 20; i++)
		top_count(&t, SV("bob"), true);
	top_count(&t, (struct sv){0}, false);
	top_sort(&t);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.total, 31);
	assert_true(sv_eq(sv_of(t.names[0].text, t.names[0].len), SV("bob")));
	assert_int_equal(t.names[0].pages, 20);
	assert_int_equal(t.names[1].alerts, 10);
	assert_int_equal(t.names[1].pages, 1);
	assert_true(sv_eq(sv_of(t.names[2].text, t.names[2].len), SV("unknown")));
	assert_int_equal(t.names[2].over, 0);
}

static void many_names_keep_the_frequent(void **state)
{
	(void)state;
	struct top t = {0};
	char name[32];
	for (int i = 0; i < 100000; i++) {
		int n = snprintf(name, sizeof name, "role/%d", i);
		top_count(&t, sv_of(name, (size_t)n), false);
		if (i % 10 == 0)
			top_count(&t, SV("role/busy"), false);
	}
	top_sort(&t);
	assert_int_equal(t.n, TOP_NAMES);
	assert_true(sv_eq(sv_of(t.names[0].text, t.names[0].len), SV("role/busy")));
	assert_true(t.names[0].alerts >= 10000);
	assert_true(t.names[0].alerts - t.names[0].over <= 10000);
	assert_true(t.names[0].over <= t.total / TOP_NAMES);
}

static void long_names_are_cut(void **state)
{
	(void)state;
	struct top t = {0};
	char name[200];
	for (size_t i = 0; i + 1 < sizeof name; i += 2)
		memcpy(name + i, "\xc3\xa4", 2);
	top_count(&t, sv_of(name, 199), false);
	top_count(&t, sv_of(name, 97), false);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.names[0].len, TOP_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(few_names_are_exact),
	    cmocka_unit_test(many_names_keep_the_frequent),
	    cmocka_unit_test(long_names_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
