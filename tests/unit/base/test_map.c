/* Hash map: many keys, order, replacing. */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

static void ten_thousand_keys(void **state)
{
	(void)state;
	struct map m = {0};
	static int values[10000];
	char key[32];
	for (int i = 0; i < 10000; i++) {
		int n = snprintf(key, sizeof key, "key-%d", i * 7919);
		assert_null(map_put(&m, sv_of(key, (size_t)n), &values[i]));
	}
	assert_int_equal(m.n, 10000);
	for (int i = 0; i < 10000; i++) {
		int n = snprintf(key, sizeof key, "key-%d", i * 7919);
		assert_ptr_equal(map_get(&m, sv_of(key, (size_t)n)), &values[i]);
		/* Insertion order, the map's own copy of the key. */
		assert_true(sv_eq(m.entries[i].key, sv_of(key, (size_t)n)));
		assert_ptr_not_equal(m.entries[i].key.ptr, key);
	}
	assert_null(map_get(&m, SV("key-1")));
	map_fini(&m);
	assert_int_equal(m.n, 0);
}

static void replacing_and_odd_keys(void **state)
{
	(void)state;
	struct map m = {0};
	int a, b;
	assert_null(map_get(&m, SV("x")));
	assert_false(map_has(&m, SV("")));
	assert_null(map_put(&m, SV(""), &a));
	assert_null(map_put(&m, SV("a\0b"), NULL));
	assert_null(map_put(&m, SV("a"), &b));
	assert_true(map_has(&m, (struct sv){NULL, 0}));
	assert_true(map_has(&m, SV("a\0b")));
	assert_null(map_get(&m, SV("a\0b")));
	assert_ptr_equal(map_put(&m, SV("a"), &a), &b);
	assert_ptr_equal(map_get(&m, SV("a")), &a);
	assert_int_equal(m.n, 3);
	map_fini(&m);
	map_fini(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ten_thousand_keys),
	    cmocka_unit_test(replacing_and_odd_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
