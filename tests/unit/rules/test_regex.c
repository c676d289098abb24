/* Regular expressions: faults with their place, bytes that are no UTF-8, and work that stays bounded. */
#include "rules/regex.h"

#include "base/heap.h"
#include "base/metric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static bool found(const char *written, struct sv text)
{
	struct regex *re = NULL;
	struct err e = {0};
	if (regex_new(sv_from(written), (struct regex_flags){0}, &re, &e))
		fail_msg("%s: %s", written, e.text);
	uint64_t steps_left = REGEX_MAX_STEPS;
	bool yes = regex_found(re, text, &steps_left);
	regex_free(re);
	return yes;
}

static void searches_anywhere(void **state)
{
	(void)state;
	assert_true(found("b+", SV("abba")));
	assert_false(found("B", SV("abba")));
	assert_true(found("(?i)B", SV("abba")));
	assert_true(found("^a.c$", SV("abc")));
	assert_false(found("^a.c$", SV("a\nc")));
	assert_true(found("", SV("")));
	assert_true(found("\\d{3}", SV("x123")));
	assert_true(found("[[:upper:]]", SV("aBc")));
	assert_true(found("(a)\\1", SV("xaa")));
	assert_true(found("^.$", SV("\xc3\xa4")));
	assert_true(found("a.b", SV("a\xc3\xa4"
				    "b")));
	assert_true(found("foo", SV("\xff\xfe"
				    "foo")));
	assert_true(found("a\\x00b", SV("a\0b")));
}

static void flags_of_their_own(void **state)
{
	struct regex *re = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(
	    regex_new(SV("^B.c$"),
		(struct regex_flags){.ignore_case = true, .multi_line = true, .dot_all = true}, &re, &e),
	    RC_OK);
	uint64_t steps_left = 100;
	assert_true(regex_found(re, SV("x\nb\nC\ny"), &steps_left));
	assert_true(steps_left < 100);
	regex_free(re);
	regex_free(NULL);
}

static void faults_name_their_place(void **state)
{
	struct regex *re = NULL;
	struct err e = {0};
	static char long_one[REGEX_MAX_BYTES + 1];

	(void)state;
	assert_int_equal(regex_new(SV("\xc3\xa4(b"), (struct regex_flags){0}, &re, &e), RC_CONFIG);
	assert_string_equal(e.text, "is wrong at character 4: missing closing parenthesis");
	assert_int_equal(regex_new(SV("*a"), (struct regex_flags){0}, &re, &e), RC_CONFIG);
	assert_string_equal(e.text, "is wrong at character 1: quantifier does not follow a repeatable item");
	assert_int_equal(regex_new(SV("\\C"), (struct regex_flags){0}, &re, &e), RC_CONFIG);
	assert_int_equal(regex_new(SV("((ab){1000}){1000}"), (struct regex_flags){0}, &re, &e), RC_CONFIG);
	assert_int_equal(
	    regex_new(sv_of(long_one, sizeof long_one), (struct regex_flags){0}, &re, &e), RC_LIMIT);
	assert_null(re);
}

static struct sv filled(const char *unit, size_t n)
{
	size_t length = strlen(unit);
	char *text = heap_alloc(n);
	for (size_t i = 0; i < n; i++)
		text[i] = unit[i % length];
	return sv_of(text, n);
}

/* Each of these would take minutes to ages without a count of all work done in one search. */
static void expensive_searches_stop(void **state)
{
	static const struct {
		const char *expression, *unit;
	} rows[] = {
	    {"(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"},
	    {"(a+)+$", "aaaaaaaaaaaaaaab"},
	    {"(a|aa)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"},
	    {"a.*[xy]", "a"},
	    {"a[^x]*+y?z{2}", "a"},
	    {"(?=(a*+))(?:b|c)\\1d", "ab"},
	    {"(.*?,){11}P", "1,2,3,4,5,6,7,8,9,10,11,12,"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t before = metric_get(METRIC_PATTERN_LIMIT);
		struct sv text = filled(rows[i].unit, (size_t)1 << 20);
		assert_false(found(rows[i].expression, text));
		if (i < 2)
			assert_int_equal(metric_get(METRIC_PATTERN_LIMIT), before + 1);
		free((char *)(uintptr_t)text.ptr);
	}
}

/* A budget is shared by all texts of a field: many short ones cost no more than a long one. */
static void steps_are_shared(void **state)
{
	struct regex *re = NULL;
	uint64_t steps_left = 10000, before = metric_get(METRIC_PATTERN_LIMIT);

	(void)state;
	assert_int_equal(regex_new(SV("(a+)+$"), (struct regex_flags){0}, &re, NULL), RC_OK);
	assert_true(regex_found(re, SV("aaa"), &steps_left));
	assert_false(regex_found(re, SV("aaaaaaaaaaaaaaaaaaaaaaaab"), &steps_left));
	assert_int_equal(steps_left, 0);
	assert_false(regex_found(re, SV("aaa"), &steps_left));
	assert_int_equal(metric_get(METRIC_PATTERN_LIMIT), before + 1);
	regex_free(re);
}

/* Deep but honest work is not a limit: JIT's small stack hands over to the interpreter. */
static void long_matches_are_found(void **state)
{
	struct sv text = filled("ab", 100000);

	(void)state;
	assert_true(found("^(ab|cd)+$", text));
	assert_true(found("^(?:a(?=b)|b)*$", text));
	free((char *)(uintptr_t)text.ptr);
}

/* The first searches are interpreted, later ones run machine code: the answers are the same. */
static void answers_stay_the_same(void **state)
{
	struct regex *re = NULL;

	(void)state;
	assert_int_equal(regex_new(SV("^a+b?$"), (struct regex_flags){0}, &re, NULL), RC_OK);
	for (int i = 0; i < 40; i++) {
		uint64_t steps_left = 10000;
		assert_true(regex_found(re, SV("aaab"), &steps_left));
		assert_false(regex_found(re, SV("aaabc"), &steps_left));
		assert_true(steps_left > 0);
	}
	regex_free(re);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(searches_anywhere),
	    cmocka_unit_test(flags_of_their_own),
	    cmocka_unit_test(faults_name_their_place),
	    cmocka_unit_test(expensive_searches_stop),
	    cmocka_unit_test(steps_are_shared),
	    cmocka_unit_test(long_matches_are_found),
	    cmocka_unit_test(answers_stay_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
