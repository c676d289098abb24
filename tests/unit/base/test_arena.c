/* Arena: alignment, zeroes, reset. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void aligned_and_apart(void **state)
{
	(void)state;
	struct arena a = {0};
	char *last = NULL;
	for (size_t i = 1; i < 3000; i += 7) {
		char *p = arena_alloc(&a, i);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		memset(p, (int)(i & 0x7f), i);
		if (last)
			assert_true(last[0] == (char)((i - 7) & 0x7f));
		last = p;
	}
	char *zero = arena_zero(&a, 200000);
	for (size_t i = 0; i < 200000; i++)
		assert_int_equal(zero[i], 0);
	arena_fini(&a);
	arena_fini(&a);
	arena_fini(NULL);
}

static void copies_and_texts(void **state)
{
	(void)state;
	struct arena a = {0};
	struct sv s = arena_copy(&a, SV("a\0b"));
	assert_true(sv_eq(s, SV("a\0b")) && s.ptr[3] == 0);
	s = arena_copy(&a, (struct sv){NULL, 0});
	assert_true(s.len == 0 && s.ptr[0] == 0);
	s = arena_printf(&a, "%s-%d", "x", 42);
	assert_string_equal(s.ptr, "x-42");
	assert_int_equal(s.len, 4);
	arena_fini(&a);
}

static void reset_keeps_memory_within_its_bound(void **state)
{
	(void)state;
	struct arena a = {0};
	void *first = arena_alloc(&a, 100);
	arena_alloc(&a, 1000);
	assert_int_equal(a.used, 112 + 1008);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	/* Many rounds of many blocks neither grow nor lose anything. */
	for (int round = 0; round < 20; round++) {
		arena_reset(&a);
		for (int i = 0; i < 100; i++)
			memset(arena_alloc(&a, 60000), round, 60000);
		memset(arena_alloc(&a, 5 << 20), round, 5 << 20);
	}
	arena_reset(&a);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(aligned_and_apart),
	    cmocka_unit_test(copies_and_texts),
	    cmocka_unit_test(reset_keeps_memory_within_its_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
