/* How many threads can work at the same time. */
#include "base/cores.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_quota_is_rounded_up_to_cores(void **state)
{
	(void)state;
	assert_int_equal(cores_of_quota(-1, 100000), 0);
	assert_int_equal(cores_of_quota(0, 100000), 0);
	assert_int_equal(cores_of_quota(100000, 0), 0);
	assert_int_equal(cores_of_quota(50000, 100000), 1);
	assert_int_equal(cores_of_quota(200000, 100000), 2);
	assert_int_equal(cores_of_quota(200001, 100000), 3);
	assert_int_equal(cores_of_quota(INT64_MAX, 1), CORES_MAX);
}

static void the_affinity_mask_counts(void **state)
{
	(void)state;
	cpu_set_t all, one;
	unsigned n = cores_usable();
	assert_true(n >= 1 && n <= CORES_MAX);
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	CPU_ZERO(&one);
	for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	assert_int_equal(cores_usable(), 1);
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_quota_is_rounded_up_to_cores),
	    cmocka_unit_test(the_affinity_mask_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
