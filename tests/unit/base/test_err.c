/* Error values: code, text, place, and texts that are too long. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

static void set_returns_its_code(void **state)
{
	(void)state;
	struct err e = {0};
	assert_int_equal(err_set(&e, RC_LIMIT, "%d of %d", 3, 2), RC_LIMIT);
	assert_int_equal(e.rc, RC_LIMIT);
	assert_string_equal(e.text, "3 of 2");
	assert_int_equal(err_set(&e, RC_IO, "later"), RC_IO);
	assert_string_equal(e.text, "later");
	assert_int_equal(err_set(NULL, RC_INPUT, "%s", "nobody asks"), RC_INPUT);
}

static void errno_and_place(void **state)
{
	(void)state;
	struct err e = {0};
	assert_int_equal(err_errno(&e, RC_IO, ENOENT, "can't open %s", "x"), RC_IO);
	assert_string_equal(e.text, "can't open x: No such file or directory");
	assert_int_equal(err_at(&e, "%s:%d", "f.yml", 7), RC_IO);
	assert_int_equal(err_at(&e, "sink \"a\""), RC_IO);
	assert_string_equal(e.text, "sink \"a\": f.yml:7: can't open x: No such file or directory");
	assert_int_equal(err_errno(NULL, RC_IO, EIO, "x"), RC_IO);
	assert_int_equal(err_at(NULL, "x"), RC_OK);
}

static void long_texts_are_cut_visibly(void **state)
{
	(void)state;
	struct err e = {0};
	char big[3000];
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = 0;
	err_set(&e, RC_IO, "%s", big);
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_string_equal(e.text + sizeof e.text - 5, "x...");
	err_at(&e, "place");
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_true(strncmp(e.text, "place: xxx", 10) == 0);
	assert_string_equal(e.text + sizeof e.text - 4, "...");
	err_set(&e, RC_IO, "%.*s", (int)sizeof e.text - 2, big);
	err_errno(&e, RC_IO, ENOENT, "%.*s", (int)sizeof e.text - 2, big);
	assert_string_equal(e.text + sizeof e.text - 4, "...");
}

static void codes_have_names(void **state)
{
	(void)state;
	for (int i = RC_OK; i <= RC_STOPPED; i++)
		for (int j = RC_OK; j < i; j++)
			assert_string_not_equal(err_name((enum rc)i), err_name((enum rc)j));
	assert_string_equal(err_name(RC_RETRY), "retry");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(set_returns_its_code),
	    cmocka_unit_test(errno_and_place),
	    cmocka_unit_test(long_texts_are_cut_visibly),
	    cmocka_unit_test(codes_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
