/* Runs of ASCII: every byte at every place of a word and behind it. */
#include "base/ascii.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void a_run_ends_where_its_first_other_byte_is(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++)
		for (size_t len = 1; len <= 20; len++)
			for (size_t at = 0; at < len; at++) {
				char text[20];
				memset(text, at % 2 ? '~' : ' ', sizeof text);
				text[at] = (char)c;
				bool printable = c >= 0x20 && c < 0x7f;
				bool unescaped = printable && c != '"' && c != '\\';
				struct sv s = sv_of(text, len);
				assert_int_equal(ascii_printable(s), printable ? len : at);
				assert_int_equal(ascii_unescaped(s), unescaped ? len : at);
			}
	assert_int_equal(ascii_printable((struct sv){NULL, 0}), 0);
	assert_int_equal(ascii_unescaped((struct sv){NULL, 0}), 0);
}

/* A borrow out of one byte may only ever reach a word that is odd already. */
static void neighbours_do_not_hide_each_other(void **state)
{
	(void)state;
	for (int a = 0; a < 256; a++)
		for (int b = 0; b < 256; b++) {
			char text[8] = {'x', (char)a, (char)b, 'x', (char)b, (char)a, 'x', 'x'};
			struct sv s = sv_of(text, sizeof text);
			size_t n = 0;
			while (n < s.len && (unsigned char)text[n] >= 0x20 && (unsigned char)text[n] < 0x7f &&
			       text[n] != '"' && text[n] != '\\')
				n++;
			assert_int_equal(ascii_unescaped(s), n);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_run_ends_where_its_first_other_byte_is),
	    cmocka_unit_test(neighbours_do_not_hide_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
