/* Growing buffers: adding, limits, and text made fit to print. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void adds_and_ends_with_nul(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_add(&b, (struct sv){NULL, 0});
	buf_adds(&b, "ab");
	buf_addc(&b, 'c');
	buf_printf(&b, "%05d", 42);
	assert_string_equal(b.ptr, "abc00042");
	buf_consume(&b, 3);
	assert_string_equal(b.ptr, "00042");
	buf_consume(&b, 99);
	assert_int_equal(b.len, 0);
	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "%d,", i);
	assert_int_equal(b.len, 48890);
	assert_int_equal(b.ptr[b.len], 0);
	buf_reset(&b);
	assert_string_equal(b.ptr, "");
	char *text = buf_take(&b);
	assert_string_equal(text, "");
	free(text);
	text = buf_take(&b);
	assert_string_equal(text, "");
	free(text);
	buf_fini(&b);
	buf_fini(NULL);
}

static void limit_drops_what_would_pass_it(void **state)
{
	(void)state;
	struct buf b = {.limit = 4};
	buf_adds(&b, "abc");
	buf_adds(&b, "de");
	assert_true(b.full);
	buf_addc(&b, 'x');
	assert_string_equal(b.ptr, "abc");
	assert_false(buf_room(&b, SIZE_MAX));
	buf_reset(&b);
	assert_false(b.full);
	buf_printf(&b, "%s", "abcd");
	assert_string_equal(b.ptr, "abcd");
	buf_fini(&b);
	assert_int_equal(b.limit, 4);
}

static void printable(void **state)
{
	(void)state;
	static const struct {
		struct sv in;
		const char *want;
	} rows[] = {{SV_INIT("plain \xc3\xa4"), "plain \xc3\xa4"},
	    {SV_INIT("a\x1b[31m\n\t"), "a\\x1b[31m\\x0a\\x09"}, {SV_INIT("\x7f\xff\xc3"), "\\x7f\\xff\\xc3"},
	    {SV_INIT("a\0b"), "a\\x00b"}, {SV_INIT("\xc2\x9b"), "\\u{9b}"},
	    {SV_INIT("\xe2\x80\xae"
		     "evil"),
		"\\u{202e}evil"},
	    {SV_INIT("\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c"), "\\u{2066}\\u{200f}\\u{61c}"},
	    {SV_INIT("\xe2\x80\xa8"), "\\u{2028}"}, {SV_INIT("\xef\xbb\xbf"), "\\u{feff}"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = {0};
		buf_add_printable(&b, rows[i].in);
		assert_string_equal(b.ptr, rows[i].want);
		buf_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(adds_and_ends_with_nul),
	    cmocka_unit_test(limit_drops_what_would_pass_it),
	    cmocka_unit_test(printable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
