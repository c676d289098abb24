/* Counters: names are unique, adding counts, also from many threads. */
#include "base/metric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

static void names_are_unique_and_well_formed(void **state)
{
	(void)state;
	for (int i = 0; i < METRIC_COUNT; i++) {
		const char *name = metric_name((enum metric)i);
		assert_true(strncmp(name, "kw_", 3) == 0);
		/* A counter ends in _total, a gauge does not. */
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		assert_true(strlen(metric_help((enum metric)i)) > 0);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(name, metric_name((enum metric)j));
	}
}

static void *count(void *arg)
{
	for (int i = 0; i < 10000; i++)
		metric_add(METRIC_MATCHES, 2);
	return arg;
}

static void threads_do_not_lose_counts(void **state)
{
	(void)state;
	pthread_t t[4];
	uint64_t before = metric_get(METRIC_MATCHES), other = metric_get(METRIC_EVENTS);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, count, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	assert_true(metric_get(METRIC_MATCHES) - before == 80000);
	assert_true(metric_get(METRIC_EVENTS) == other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_unique_and_well_formed),
	    cmocka_unit_test(threads_do_not_lose_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
