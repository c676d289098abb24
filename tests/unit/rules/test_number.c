/* Exact comparison of written numbers. */
#include "rules/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static int cmp(const char *a, const char *b)
{
	struct number na, nb;
	assert_true(number_read(sv_from(a), &na));
	assert_true(number_read(sv_from(b), &nb));
	assert_int_equal(number_cmp(&na, &nb), -number_cmp(&nb, &na));
	return number_cmp(&na, &nb);
}

static void reads_what_json_calls_a_number(void **state)
{
	static const char *good[] = {"0", "-0", "7", "10", "1.5", "0.0", "1e3", "1E+3", "1e-3", "-1.25e10",
	    "123456789012345678901234567890", "1e99999999999999999999999"};
	static const char *bad[] = {"", "-", "+1", "01", "-01", ".5", "5.", "1e", "1e+", "0x10", " 1", "1 ",
	    "1,5", "NaN", "Infinity", "1_000", "--1", "1.2.3"};
	struct number n;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(number_read(sv_from(good[i]), &n));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(number_read(sv_from(bad[i]), &n));
	assert_false(number_read(SV("1\0"), &n));
}

static void compares_exactly(void **state)
{
	(void)state;
	assert_int_equal(cmp("1.10", "1.1"), 0);
	assert_int_equal(cmp("100", "1e2"), 0);
	assert_int_equal(cmp("0.001", "1e-3"), 0);
	assert_int_equal(cmp("-0", "0.00e5"), 0);
	assert_int_equal(cmp("0e999999999999", "0"), 0);
	assert_int_equal(cmp("9007199254740993", "9007199254740992"), 1);
	assert_int_equal(cmp("9223372036854775808", "9223372036854775807"), 1);
	assert_int_equal(cmp("18446744073709551616", "1.8446744073709551616e19"), 0);
	assert_int_equal(cmp("-2", "-10"), 1);
	assert_int_equal(cmp("-1", "1"), -1);
	assert_int_equal(cmp("0", "-1e-400"), 1);
	assert_int_equal(cmp("1e400", "1e401"), -1);
	assert_int_equal(cmp("0.1", "0.09999999999999999999999"), 1);
	assert_int_equal(cmp("12", "1.2"), 1);
	assert_int_equal(cmp("5", "50"), -1);
	assert_int_equal(cmp("1e99999999999999999999", "2"), 1);
	assert_int_equal(cmp("1e-99999999999999999999", "0"), 1);
}

static void reads_yaml_numbers(void **state)
{
	static const struct {
		const char *yaml, *json;
	} rows[] = {{"010", "10"}, {"+5", "5"}, {".5", "0.5"}, {"5.", "5"}, {"0x1F", "31"}, {"0o17", "15"},
	    {"-3e2", "-300"}, {"0xffffffffffffffff", "18446744073709551615"}};
	static const char *bad[] = {
	    ".inf", "-.inf", ".nan", "", "0x", "0xg", "0o8", "0x10000000000000000", "ten", "."};
	struct arena a = {0};
	struct number n, m;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(number_read_yaml(sv_from(rows[i].yaml), &a, &n));
		assert_true(number_read(sv_from(rows[i].json), &m));
		assert_int_equal(number_cmp(&n, &m), 0);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(number_read_yaml(sv_from(bad[i]), &a, &n));
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_what_json_calls_a_number),
	    cmocka_unit_test(compares_exactly),
	    cmocka_unit_test(reads_yaml_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
