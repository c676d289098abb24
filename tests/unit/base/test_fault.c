/* Fault lists: counting, order, showing. */
#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void sorted_and_stable(void **state)
{
	(void)state;
	struct faults f = {0};
	fault_add(&f, FAULT_ERROR, "b.yml", 1, 1, "five");
	fault_add(&f, FAULT_WARNING, "a.yml", 10, 2, "four");
	fault_add(&f, FAULT_NOTE, "a.yml", 2, 9, "two");
	fault_add(&f, FAULT_ERROR, "a.yml", 2, 9, "three");
	fault_add(&f, FAULT_ERROR, "a.yml", 0, 0, "one");
	assert_int_equal(f.n_errors, 3);
	assert_int_equal(f.n_warnings, 1);
	faults_sort(&f);
	struct buf out = {0};
	for (size_t i = 0; i < f.list.n; i++)
		fault_show(&f.list.items[i], &out);
	assert_string_equal(out.ptr, "a.yml: error: one\na.yml:2:9: note: two\na.yml:2:9: error: three\n"
				     "a.yml:10:2: warning: four\nb.yml:1:1: error: five\n");
	buf_fini(&out);
	faults_fini(&f);
	faults_fini(&f);
	assert_int_equal(f.n_errors, 0);
}

static void hostile_text_is_escaped(void **state)
{
	(void)state;
	struct faults f = {0};
	struct buf out = {0};
	fault_add(&f, FAULT_ERROR, "a\x1b.yml", 1, 2, "unknown \"%s\"", "x\x1b[2Jy\n\xff");
	fault_add(&f, FAULT_ERROR, NULL, 0, 0, "%d", 1);
	fault_show(&f.list.items[0], &out);
	fault_show(&f.list.items[1], &out);
	assert_string_equal(
	    out.ptr, "a\\x1b.yml:1:2: error: unknown \"x\\x1b[2Jy\\x0a\\xff\"\n-: error: 1\n");
	buf_fini(&out);
	faults_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sorted_and_stable),
	    cmocka_unit_test(hostile_text_is_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
