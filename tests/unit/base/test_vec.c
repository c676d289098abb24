/* Growing arrays. */
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void grows_and_keeps_order(void **state)
{
	(void)state;
	struct pair {
		int a, b;
	};
	VEC(struct pair) v = {0};
	for (int i = 0; i < 1000; i++)
		vec_push(&v, (struct pair){i, -i});
	assert_int_equal(v.n, 1000);
	for (int i = 0; i < 1000; i++)
		assert_true(v.items[i].a == i && v.items[i].b == -i);
	vec_reserve(&v, 5000);
	assert_true(v.cap >= 6000);
	assert_int_equal(v.items[999].a, 999);
	vec_fini(&v);
	assert_null(v.items);
	vec_push(&v, (struct pair){1, 2});
	assert_int_equal(v.n, 1);
	vec_fini(&v);
	vec_fini(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grows_and_keeps_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
