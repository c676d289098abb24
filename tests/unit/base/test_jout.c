/* Writing JSON: commas, nesting, escapes. */
#include "base/jout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void nesting_and_commas(void **state)
{
	(void)state;
	struct buf b = {0};
	struct jout j = jout_on(&b);
	jout_begin_object(&j);
	jout_kv(&j, "a", SV("x"));
	jout_kv_int(&j, "b", INT64_MIN);
	jout_kv_bool(&j, "c", true);
	jout_key(&j, "d");
	jout_begin_array(&j);
	jout_begin_array(&j);
	jout_end_array(&j);
	jout_begin_object(&j);
	jout_end_object(&j);
	jout_null(&j);
	jout_bool(&j, false);
	jout_fixed(&j, 1.005, 1);
	jout_raw(&j, SV("1e400"));
	jout_end_array(&j);
	jout_key_sv(&j, SV("e\"\0"));
	jout_int(&j, 7);
	jout_end_object(&j);
	assert_string_equal(b.ptr, "{\"a\":\"x\",\"b\":-9223372036854775808,\"c\":true,\"d\":[[],{},null,"
				   "false,1.0,1e400],\"e\\\"\\u0000\":7}");
	buf_fini(&b);
}

static void deep_nesting(void **state)
{
	(void)state;
	struct buf b = {0};
	struct jout j = jout_on(&b);
	for (int i = 0; i < 60; i++)
		jout_begin_array(&j);
	for (int i = 0; i < 60; i++) {
		jout_end_array(&j);
		if (i < 59)
			jout_int(&j, 1);
	}
	assert_int_equal(b.len, 60 * 2 + 59 * 2);
	assert_true(sv_ends(buf_sv(&b), SV("[],1],1],1]")) || sv_ends(buf_sv(&b), SV(",1],1],1]")));
	buf_fini(&b);
}

static void escapes(void **state)
{
	(void)state;
	static const struct {
		struct sv in;
		const char *want;
	} rows[] = {{SV_INIT(""), "\"\""}, {SV_INIT("a\"b\\c/"), "\"a\\\"b\\\\c/\""},
	    {SV_INIT("\n\r\t\b\0\x1f\x7f"), "\"\\n\\r\\t\\u0008\\u0000\\u001f\\u007f\""},
	    {SV_INIT("\xc3\xa4\xf0\x9f\x98\x80"), "\"\xc3\xa4\xf0\x9f\x98\x80\""},
	    {SV_INIT("a\xff"
		     "b\xed\xa0\x80"),
		"\"a\xef\xbf\xbd"
		"b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = {0};
		jout_quote(&b, rows[i].in);
		assert_string_equal(b.ptr, rows[i].want);
		buf_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nesting_and_commas),
	    cmocka_unit_test(deep_nesting),
	    cmocka_unit_test(escapes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
