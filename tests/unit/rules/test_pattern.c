/* Wildcard patterns, also against a naive matcher. */
#include "rules/pattern.h"

#include "base/heap.h"
#include "base/metric.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static bool fits(const char *written, struct sv text, bool cased, bool head, bool tail)
{
	struct arena a = {0};
	struct pattern_builder b = {.cased = cased};
	pattern_add(&b, sv_from(written));
	struct pattern p = pattern_finish(&b, &a, head, tail);
	bool yes = pattern_fits(&p, text);
	arena_fini(&a);
	return yes;
}

static void whole_texts(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} rows[] = {
	    {"", "", true},
	    {"", "a", false},
	    {"a", "", false},
	    {"abc", "ABC", true},
	    {"abc", "abcd", false},
	    {"*", "", true},
	    {"*", "x\n\ny", true},
	    {"**", "", true},
	    {"a*", "a", true},
	    {"*a", "ba", true},
	    {"*a", "ab", false},
	    {"a*b*c", "a1b2b3c", true},
	    {"a*b*c", "a1c2b", false},
	    {"?", "", false},
	    {"?", "x", true},
	    {"?", "\n", true},
	    {"?", "\xf0\x9f\x98\x80", true},
	    {"??", "\xf0\x9f\x98\x80", false},
	    {"a?c", "abc", true},
	    {"?*?", "a", false},
	    {"?*?", "ab", true},
	    {"*?", "a", true},
	    {"a\\*b", "a*b", true},
	    {"a\\*b", "axb", false},
	    {"a\\?b", "a?b", true},
	    {"a\\?b", "axb", false},
	    {"a\\\\b", "a\\b", true},
	    {"a\\\\*", "a\\xyz", true},
	    {"C:\\Windows", "c:\\windows", true},
	    {"a\\", "a\\", true},
	    {"a\\n", "a\\n", true},
	    {"\\\\\\*", "\\*", true},
	    {"\\\\\\*", "\\x", false},
	    {"stra\xc3\x9f"
	     "e",
		"STRA\xe1\xba\x9e"
		"E",
		true},
	    {"strasse",
		"stra\xc3\x9f"
		"e",
		false},
	    {"\xc4\xb0", "i", false},
	    {"kelvin",
		"\xe2\x84\xaa"
		"elvin",
		true},
	    {"\xc3\xa4", "\xc3\x84", true},
	    {"*aab", "aaaab", true},
	    {"*ab*ab", "abab", true},
	    {"*ab*ab", "aab", false},
	    {"a*a", "a", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (fits(rows[i].pattern, sv_from(rows[i].text), false, false, false) != rows[i].fits)
			fail_msg("pattern %s, text %s", rows[i].pattern, rows[i].text);
}

static void open_ends_and_case(void **state)
{
	(void)state;
	assert_true(fits("b", SV("abc"), false, true, true));
	assert_false(fits("b", SV("abc"), false, true, false));
	assert_true(fits("c", SV("abc"), false, true, false));
	assert_true(fits("a", SV("abc"), false, false, true));
	assert_true(fits("", SV(""), false, true, true));
	assert_true(fits("Abc", SV("Abc"), true, false, false));
	assert_false(fits("abc", SV("Abc"), true, false, false));
	assert_true(fits("a?b",
	    SV("a\xff"
	       "b"),
	    false, false, false));
	assert_true(fits("a?b", SV("a\0b"), false, false, false));
	assert_true(fits("\xff", SV("\xff"), false, false, false));
}

static void literals_and_dashes(void **state)
{
	struct arena a = {0};
	struct pattern_builder b = {.windash = true};

	(void)state;
	pattern_add_literal(&b, SV("*-e?"));
	struct pattern p = pattern_finish(&b, &a, false, false);
	assert_true(pattern_fits(&p, SV("*/E?")));
	assert_true(pattern_fits(&p, SV("*\xe2\x80\x95"
					"e?")));
	assert_false(pattern_fits(&p, SV("x-e?")));
	assert_false(pattern_fits(&p, SV("*+e?")));
	arena_fini(&a);
}

static void plain_text_of_a_pattern(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_true(pattern_plain(SV("a\\*b\\\\c\\d\\?\xc3\xa4\\"), &b));
	assert_string_equal(b.ptr, "a*b\\c\\d?\xc3\xa4\\");
	assert_false(pattern_plain(SV("a*"), &b));
	assert_false(pattern_plain(SV("\\\\?"), &b));
	buf_fini(&b);
}

static bool naive(const char *p, const char *t)
{
	if (!*p)
		return !*t;
	if (*p == '*')
		return naive(p + 1, t) || (*t && naive(p, t + 1));
	return *t && (*p == '?' || *p == *t) && naive(p + 1, t + 1);
}

static void agrees_with_a_naive_matcher(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		char pattern[10], text[12];
		size_t np = (size_t)rand_r(&seed) % 9, nt = (size_t)rand_r(&seed) % 11;
		for (size_t i = 0; i < np; i++)
			pattern[i] = "ab?*"[rand_r(&seed) % 4];
		for (size_t i = 0; i < nt; i++)
			text[i] = "ab"[rand_r(&seed) % 2];
		pattern[np] = text[nt] = '\0';
		if (fits(pattern, sv_from(text), false, false, false) != naive(pattern, text))
			fail_msg("pattern %s, text %s", pattern, text);
	}
}

static void many_runs_do_not_explode(void **state)
{
	size_t n = 100000;
	char *text = heap_alloc(n);

	(void)state;
	memset(text, 'a', n);
	assert_false(fits("*a*a*a*a*a*a*a*a*a*a*a*a*b", sv_of(text, n), false, false, false));
	/* Almost fits everywhere: no byte is read again. */
	char *almost = heap_alloc(n / 2 + 3);
	memset(almost, 'a', n / 2);
	memcpy(almost + n / 2, "b*", 3);
	assert_false(fits(almost, sv_of(text, n), false, true, true));
	/* With a ? bytes are read again, up to a limit. */
	almost[7] = '?';
	uint64_t before = metric_get(METRIC_PATTERN_LIMIT);
	assert_false(fits(almost, sv_of(text, n), false, true, true));
	assert_int_equal(metric_get(METRIC_PATTERN_LIMIT), before + 1);
	free(almost);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_texts),
	    cmocka_unit_test(open_ends_and_case),
	    cmocka_unit_test(literals_and_dashes),
	    cmocka_unit_test(plain_text_of_a_pattern),
	    cmocka_unit_test(agrees_with_a_naive_matcher),
	    cmocka_unit_test(many_runs_do_not_explode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
