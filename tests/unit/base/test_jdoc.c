/* jdoc: reading, descending and writing JSON that is not CloudTrail. */
#include "base/jdoc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct jdoc *read_ok(const char *text)
{
	struct jdoc *v = NULL;
	struct err e = {0};
	if (jdoc_read(sv_from(text), &v, &e) != RC_OK)
		fail_msg("%s", e.text);
	return v;
}

static void is_text(struct sv got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.ptr, want, got.len);
}

static void descends_through_objects_and_arrays(void **state)
{
	(void)state;
	struct jdoc *v = read_ok("{\"a\":{\"b\":[1,{\"c\":\"x\"}]},\"t\":true,\"n\":-7}");
	is_text(jdoc_text(v, "a.b.1.c"), "x");
	assert_int_equal(jdoc_int(v, "a.b.0", 5), 1);
	assert_int_equal(jdoc_int(v, "n", 5), -7);
	assert_true(jdoc_bool(v, "t", false));
	assert_null(jdoc_at(v, "a.b.2"));
	assert_null(jdoc_at(v, "a.x.y"));
	assert_null(jdoc_at(v, "t.x"));
	assert_null(jdoc_text(v, "n").ptr);
	assert_int_equal(jdoc_int(v, "t", 5), 5);
	assert_true(jdoc_bool(v, "n", true));
	assert_ptr_equal(jdoc_at(v, ""), v);
	assert_int_equal(jdoc_count(jdoc_at(v, "a.b")), 2);
	assert_int_equal(jdoc_count(v), 3);
	assert_int_equal(jdoc_count(jdoc_at(v, "t")), 0);
	assert_int_equal(jdoc_int(jdoc_item(v, 2), "", 0), -7);
	assert_null(jdoc_item(v, 3));
	jdoc_free(v);
}

static void add_key(void *ctx, struct sv key, const struct jdoc *value)
{
	(void)value;
	buf_add(ctx, key);
}

static void keeps_the_order_of_keys(void **state)
{
	(void)state;
	struct jdoc *v = read_ok("{\"z\":1,\"a\":[],\"m\":{\"k\":\"\\u00e9\\n\"}}");
	struct buf out = {0};
	jdoc_members(v, add_key, &out);
	is_text(buf_sv(&out), "zam");
	buf_reset(&out);
	jdoc_write(v, false, &out);
	is_text(buf_sv(&out), "{\"z\":1,\"a\":[],\"m\":{\"k\":\"\xc3\xa9\\n\"}}");
	buf_reset(&out);
	jdoc_write(jdoc_at(v, "m"), true, &out);
	is_text(buf_sv(&out), "{\n  \"k\": \"\xc3\xa9\\n\"\n}");
	buf_fini(&out);
	jdoc_free(v);
}

static void a_number_that_no_type_holds_reads_as_its_spelling(void **state)
{
	(void)state;
	struct jdoc *v =
	    read_ok("{\"s\":\"9223372036854775808 \\\" 1\",\"n\":[9223372036854775808,1e999,-12,1.5]}");
	is_text(jdoc_text(v, "n.0"), "9223372036854775808");
	is_text(jdoc_text(v, "n.1"), "1e999");
	is_text(jdoc_text(v, "s"), "9223372036854775808 \" 1");
	assert_int_equal(jdoc_int(v, "n.2", 0), -12);
	jdoc_free(v);
}

static void keeps_nul_in_a_string(void **state)
{
	(void)state;
	struct jdoc *v = read_ok("[\"a\\u0000b\"]");
	assert_int_equal(jdoc_text(v, "0").len, 3);
	jdoc_free(v);
}

static void refuses_with_a_place(void **state)
{
	(void)state;
	struct jdoc *v = NULL;
	struct err e = {0};
	assert_int_equal(jdoc_read(sv_from("{\"a\":1,\n \"b\":}"), &v, &e), RC_INPUT);
	assert_non_null(strstr(e.text, "line 2, column 6"));
	assert_int_equal(jdoc_read(sv_from(""), &v, &e), RC_INPUT);
	assert_int_equal(jdoc_read(sv_from("{} x"), &v, &e), RC_INPUT);
	assert_int_equal(jdoc_read(sv_from("[\"\xff\"]"), &v, &e), RC_INPUT);
	assert_null(v);
}

static void stops_at_its_caps(void **state)
{
	(void)state;
	struct jdoc *v = NULL;
	struct err e = {0};
	struct buf deep = {0};
	for (int i = 0; i < 64; i++)
		buf_addc(&deep, '[');
	for (int i = 0; i < 64; i++)
		buf_addc(&deep, ']');
	assert_int_equal(jdoc_read(buf_sv(&deep), &v, &e), RC_OK);
	jdoc_free(v);
	v = NULL;
	buf_reset(&deep);
	for (int i = 0; i < 1000000; i++)
		buf_addc(&deep, '[');
	assert_int_equal(jdoc_read(buf_sv(&deep), &v, &e), RC_LIMIT);
	buf_reset(&deep);
	for (int i = 0; i < 8 * 1024 * 1024; i++)
		buf_addc(&deep, ' ');
	buf_addc(&deep, '1');
	assert_int_equal(jdoc_read(buf_sv(&deep), &v, &e), RC_LIMIT);
	assert_null(v);
	buf_fini(&deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(descends_through_objects_and_arrays),
	    cmocka_unit_test(keeps_the_order_of_keys),
	    cmocka_unit_test(a_number_that_no_type_holds_reads_as_its_spelling),
	    cmocka_unit_test(keeps_nul_in_a_string),
	    cmocka_unit_test(refuses_with_a_place),
	    cmocka_unit_test(stops_at_its_caps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
