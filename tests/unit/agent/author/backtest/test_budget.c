/* Budgets as people write them, right and wrong. */
#include "agent/author/backtest/budget.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void reads(const char *text, const char *rule, bool pages, bool week, double max)
{
	struct budget b;
	struct err e = {0};
	if (budget_parse(sv_from(text), &b, &e) != RC_OK)
		fail_msg("%s", e.text);
	assert_true(sv_eq(b.rule, sv_from(rule)));
	assert_int_equal(b.pages, pages);
	assert_int_equal(b.week, week);
	assert_true(b.max == max);
	assert_string_equal(b.written.ptr, text);
}

static void refuses(const char *text, const char *words)
{
	struct budget b = {.max = 7};
	struct err e = {0};
	assert_int_equal(budget_parse(sv_from(text), &b, &e), RC_USAGE);
	if (!strstr(e.text, words))
		fail_msg("%s", e.text);
	assert_true(b.max == 7);
}

static void right_ones(void **state)
{
	(void)state;
	reads("pages/week=2", NULL, true, true, 2);
	reads("pages/day=0", NULL, true, false, 0);
	reads("alerts/day=1.5", NULL, false, false, 1.5);
	reads("alerts/week=1000000", NULL, false, true, 1000000);
	reads("kendra_imdsv1:alerts/day=1", "kendra_imdsv1", false, false, 1);
	reads("c:/rules/x.yml:pages/week=3", "c:/rules/x.yml", true, true, 3);
}

static void wrong_ones(void **state)
{
	(void)state;
	refuses("", "has no number");
	refuses("pages/week", "has no number");
	refuses("pages/week=", "has no number");
	refuses("pages/week=two", "has no number");
	refuses("pages/week=-1", "has no number");
	refuses("pages/week=1e3", "has no number");
	refuses("pages/week=1.2.3", "has no number");
	refuses("pages/month=2", "is none of pages/week=N");
	refuses("page/week=2", "is none of pages/week=N");
	refuses("week=2", "is none of pages/week=N");
	refuses(":pages/week=2", "is none of pages/week=N");
}

static void rates(void **state)
{
	(void)state;
	struct budget b = {.pages = true, .week = true};
	assert_true(budget_rate(&b, 100, 4, 14) == 2);
	b = (struct budget){0};
	assert_true(budget_rate(&b, 100, 4, 10) == 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(right_ones),
	    cmocka_unit_test(wrong_ones),
	    cmocka_unit_test(rates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
