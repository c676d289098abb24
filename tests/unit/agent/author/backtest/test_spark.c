/* Small bars, and numbers as people read them. */
#include "agent/author/backtest/spark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "agent/author/backtest/figure.h"

static void draws(const uint32_t *values, size_t n, bool ascii, const char *want)
{
	struct buf out = {0};
	buf_adds(&out, "");
	spark_write(values, n, ascii, &out);
	assert_string_equal(out.ptr ? out.ptr : "", want);
	buf_fini(&out);
}

static void bars(void **state)
{
	(void)state;
	uint32_t steps[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, one[] = {1, 0, 1000}, none[] = {0, 0},
		 most[] = {UINT32_MAX, 1};
	draws(steps, 9, false, "·▁▂▃▄▅▆▇█");
	draws(steps, 9, true, ".:--=+*#@");
	draws(one, 3, false, "▁·█");
	draws(none, 2, true, "..");
	draws(most, 2, false, "█▁");
	draws(NULL, 0, false, "");
}

static void squeezed(void **state)
{
	(void)state;
	uint32_t values[] = {1, 2, 3, 4, 5, 6, 7}, out[7];
	size_t n;
	assert_int_equal(spark_squeeze(values, 7, 7, out, &n), 1);
	assert_int_equal(n, 7);
	assert_int_equal(spark_squeeze(values, 7, 3, out, &n), 3);
	assert_int_equal(n, 3);
	assert_int_equal(out[0], 6);
	assert_int_equal(out[1], 15);
	assert_int_equal(out[2], 7);
	spark_squeeze(values, 0, 3, out, &n);
	assert_int_equal(n, 0);
}

static void locales(void **state)
{
	(void)state;
	unsetenv("LC_CTYPE");
	unsetenv("LANG");
	setenv("LC_ALL", "C.UTF-8", 1);
	assert_true(spark_unicode());
	setenv("LC_ALL", "C", 1);
	setenv("LANG", "de_DE.UTF-8", 1);
	assert_false(spark_unicode());
	setenv("LC_ALL", "", 1);
	assert_true(spark_unicode());
	unsetenv("LANG");
	assert_false(spark_unicode());
}

static void figures(void **state)
{
	(void)state;
	static const struct {
		double rate;
		const char *text;
	} rates[] = {{0, "0"}, {0.004, "0"}, {0.03, "0.03"}, {0.4, "0.4"}, {9.94, "9.9"}, {9.96, "10"},
	    {1234.4, "1,234"}};
	char text[FIGURE_TEXT];
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		figure_rate(rates[i].rate, text);
		assert_string_equal(text, rates[i].text);
	}
	figure_count(UINT64_MAX, text);
	assert_string_equal(text, "18,446,744,073,709,551,615");
	figure_count(999, text);
	assert_string_equal(text, "999");
	figure_change(-2.5, text);
	assert_string_equal(text, "-2.5");
	figure_change(0.001, text);
	assert_string_equal(text, "=");
	figure_span(870, text);
	assert_string_equal(text, "870 ns");
	figure_span(4200, text);
	assert_string_equal(text, "4.2 us");
	figure_span(1.3e9, text);
	assert_string_equal(text, "1.3 s");
	figure_span(2e12, text);
	assert_string_equal(text, "2000 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bars),
	    cmocka_unit_test(squeezed),
	    cmocka_unit_test(locales),
	    cmocka_unit_test(figures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
