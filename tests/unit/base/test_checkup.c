/* Findings of `doctor`: counted, printable, each with its station. */
#include "base/checkup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_lines(void **state)
{
	(void)state;
	struct checkup c = {0};
	checkup_say(&c, CHECKUP_SKIP, NULL, "before any station");
	checkup_at(&c, "source %s", "org");
	checkup_say(&c, CHECKUP_OK, NULL, "%d messages", 3);
	checkup_at(&c, "sink %s", "team");
	checkup_say(&c, CHECKUP_FAIL, "ask \033[31msomebody", "AWS says \033[31m%s", "no");
	assert_int_equal(c.lines.n, 3);
	assert_string_equal(c.lines.items[0].station, "");
	assert_string_equal(c.lines.items[1].station, "source org");
	assert_string_equal(c.lines.items[1].text, "3 messages");
	assert_null(c.lines.items[1].advice);
	assert_string_equal(c.lines.items[2].text, "AWS says \\x1b[31mno");
	assert_string_equal(c.lines.items[2].advice, "ask \\x1b[31msomebody");
	assert_int_equal(c.n_marks[CHECKUP_FAIL], 1);
	assert_int_equal(c.n_marks[CHECKUP_WARN], 0);
	assert_string_equal(checkup_mark_name(CHECKUP_FAIL), "FAIL");
	checkup_fini(&c);
	checkup_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
