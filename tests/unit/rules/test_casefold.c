/* Simple case folding. */
#include "rules/casefold.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void folds_one_to_one(void **state)
{
	static const uint32_t rows[][2] = {
	    {'A', 'a'},
	    {'Z', 'z'},
	    {'a', 'a'},
	    {'@', '@'},
	    {'[', '['},
	    {0x00c4, 0x00e4},
	    {0x00d7, 0x00d7},
	    {0x00df, 0x00df},
	    {0x1e9e, 0x00df},
	    {0x0130, 0x0130},
	    {0x0131, 0x0131},
	    {0x212a, 'k'},
	    {0x017f, 's'},
	    {0x00b5, 0x03bc},
	    {0x03a3, 0x03c3},
	    {0x03c2, 0x03c3},
	    {0x0100, 0x0101},
	    {0x0101, 0x0101},
	    {0x0178, 0x00ff},
	    {0x0410, 0x0430},
	    {0x10400, 0x10428},
	    {0x1e921, 0x1e943},
	    {0x13a0, 0x13a0},
	    {0xab70, 0x13a0},
	    {0xff21, 0xff41},
	    {0x10ffff, 0x10ffff},
	    {UTF8_BAD | 0xc4, UTF8_BAD | 0xc4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(casefold_cp(rows[i][0]), rows[i][1]);
}

/* Comparing folded with folded needs this. */
static void folding_twice_is_folding_once(void **state)
{
	size_t n = 0;

	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		uint32_t folded = casefold_cp(cp);
		n += folded != cp;
		assert_int_equal(casefold_cp(folded), folded);
	}
	assert_int_equal(n, 1454); /* rows C and S of Unicode 15.0 */
}

static void folds_text_and_keeps_bad_bytes(void **state)
{
	struct buf b = {0};

	(void)state;
	casefold_add(&b, SV("\xff"
			    "STRASSE \xe1\xba\x9e \xe2\x84\xaa"
			    "\xc4"));
	assert_string_equal(b.ptr, "\xff"
				   "strasse \xc3\x9f k\xc4");
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(folds_one_to_one),
	    cmocka_unit_test(folding_twice_is_folding_once),
	    cmocka_unit_test(folds_text_and_keeps_bad_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
