/* Rates and intervals against values worked out by hand. */
#include "agent/author/backtest/forecast.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void close_to(double a, double b)
{
	if (fabs(a - b) > 1e-6)
		fail_msg("%f is not %f", a, b);
}

static void median_of_days(void **state)
{
	(void)state;
	uint32_t odd[] = {9, 1, 4}, even[] = {8, 2, 4, 1};
	close_to(forecast_median(odd, 3), 4);
	close_to(forecast_median(even, 4), 3);
	close_to(forecast_median(NULL, 0), 0);
}

static void bursts(void **state)
{
	(void)state;
	/* Mean 1, squares 6 + 36 = 42, over 6: variance 7. */
	uint32_t burst[] = {7, 0, 0, 0, 0, 0, 0}, even[] = {2, 2, 2, 2, 2, 2, 2}, none[7] = {0};
	close_to(forecast_burst(burst, 7), 7);
	close_to(forecast_burst(even, 7), 1);
	close_to(forecast_burst(none, 7), 1);
	/* Too few days to tell. */
	close_to(forecast_burst(burst, 6), 1);
}

/* Nothing in one week: r = 1/2, p = 1/2. P(0) = .7071, P(<=1) = .8839, P(<=2) = .9502. */
static void nothing_says_little(void **state)
{
	(void)state;
	struct forecast f = forecast_week(0, 7, 1);
	close_to(f.mean, 0);
	close_to(f.low, 0);
	close_to(f.high, 2);
	/* Ten weeks of nothing: p = 10/11, P(0) = .9535. */
	close_to(forecast_week(0, 70, 1).high, 0);
}

/* One in one week: r = 3/2, p = 1/2. P(0) = .3536, then times 1.5/2, 2.5/4, 3.5/6, 4.5/8, 5.5/10: sums .3536,
 * .6187, .7844, .8811, .9355, .9654. */
static void one_a_week(void **state)
{
	(void)state;
	struct forecast f = forecast_week(1, 7, 1);
	close_to(f.mean, 1);
	close_to(f.low, 0);
	close_to(f.high, 5);
}

/* The same number, but it came as bursts of four: four times as wide a step. */
static void bursts_widen(void **state)
{
	(void)state;
	struct forecast even = forecast_week(40, 70, 1), burst = forecast_week(40, 70, 4);
	close_to(even.mean, 4);
	close_to(burst.mean, 4);
	assert_true(burst.low <= even.low);
	assert_true(burst.high > even.high);
}

/* Where the sum of terms gives way to the normal distribution, both say nearly the same. */
static void large_numbers(void **state)
{
	(void)state;
	struct forecast below = forecast_week(49900, 70, 1), above = forecast_week(50100, 70, 1);
	assert_true(fabs(above.low - below.low - 20) < 4);
	assert_true(fabs(above.high - below.high - 20) < 4);
	/* 5010 +- 1.645 sqrt(5010 * 1.1). */
	assert_true(fabs(above.high - 5132) < 3);
	assert_true(forecast_week(UINT64_C(1) << 40, 1, 1).high > 1e12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(median_of_days),
	    cmocka_unit_test(bursts),
	    cmocka_unit_test(nothing_says_little),
	    cmocka_unit_test(one_a_week),
	    cmocka_unit_test(bursts_widen),
	    cmocka_unit_test(large_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
