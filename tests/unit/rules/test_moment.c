/* Parts of written dates. */
#include "rules/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static int part(const char *text, enum moment_part which)
{
	int value;
	return moment_part(sv_from(text), which, &value) ? value : -1;
}

static void parts_as_written(void **state)
{
	(void)state;
	assert_int_equal(part("2026-11-24T03:04:05Z", MOMENT_MINUTE), 4);
	assert_int_equal(part("2026-11-24T03:04:05Z", MOMENT_HOUR), 3);
	assert_int_equal(part("2026-11-24T23:04:05+14:00", MOMENT_HOUR), 23);
	assert_int_equal(part("2026-11-24T23:04:05-09:00", MOMENT_DAY), 24);
	assert_int_equal(part("2026-12-31T23:59:60Z", MOMENT_MINUTE), 59);
	assert_int_equal(part("2026-12-31T23:59:60Z", MOMENT_YEAR), 2026);
	assert_int_equal(part("20261124T030405Z", MOMENT_HOUR), 3);
	assert_int_equal(part("2026-11-24T03:04:05.123456Z", MOMENT_MONTH), 11);
	assert_int_equal(part("2027-01-01T00:00:00Z", MOMENT_WEEK), 53);
	assert_int_equal(part("2026-01-01", MOMENT_WEEK), 1);
	assert_int_equal(part("2026-01-01", MOMENT_DAY), 1);
	assert_int_equal(part("20260101", MOMENT_YEAR), 2026);
}

static void other_texts_have_no_parts(void **state)
{
	static const char *rows[] = {"", "now", "2026-13-01", "2026-02-30T00:00:00Z", "1764000000", "2026",
	    "2026-11-24T25:00:00Z", "03:04:05"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(part(rows[i], MOMENT_DAY), -1);
	assert_int_equal(part("2026-11-24", MOMENT_HOUR), -1);
	assert_int_equal(part("2026-11-24", MOMENT_MINUTE), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_as_written),
	    cmocka_unit_test(other_texts_have_no_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
