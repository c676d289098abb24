/* Child processes: what they say, how they end, and command lines without a shell. */
#include "base/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static enum rc run(const char *line, struct process_limits limits, struct buf *out, struct err *e)
{
	char **words;
	buf_fini(out);
	*e = (struct err){0};
	assert_int_equal(process_split(sv_from(line), &words, e), RC_OK);
	enum rc rc = process_run(words, &limits, out, e);
	process_free_words(words);
	return rc;
}

static void runs(void **state)
{
	const struct process_limits limits = {10000, 1000};
	struct buf out = {0};
	struct err e;
	(void)state;
	assert_int_equal(run("printf '%s|%s' 'a b' $HOME", limits, &out, &e), RC_OK);
	assert_string_equal(out.ptr, "a b|$HOME");             /* no shell */
	assert_int_equal(run("cat", limits, &out, &e), RC_OK); /* standard input is empty */
	assert_int_equal(out.len, 0);
	assert_int_equal(run("sh -c 'exit 3'", limits, &out, &e), RC_REJECT);
	assert_string_equal(e.text, "it ended with 3");
	assert_int_equal(run("sh -c 'kill -9 $$'", limits, &out, &e), RC_REJECT);
	assert_string_equal(e.text, "it was killed by signal 9");
	assert_int_equal(run("/nonexistent/program", limits, &out, &e), RC_NOTFOUND);
	buf_fini(&out);
}

static void is_bounded(void **state)
{
	struct buf out = {0};
	struct err e;
	(void)state;
	assert_int_equal(run("yes", (struct process_limits){10000, 1000}, &out, &e), RC_LIMIT);
	assert_true(out.len <= 1000);
	/* The grandchild holds the pipe open, so it has to go as well. */
	assert_int_equal(
	    run("sh -c 'sleep 100 & wait'", (struct process_limits){50, 1000}, &out, &e), RC_RETRY);
	buf_fini(&out);
}

static void splits(void **state)
{
	static const struct {
		const char *line, *shown;
	} cases[] = {
	    {"a b", "<a><b>"},
	    {"  a\t b\n", "<a><b>"},
	    {"'a b' \"c d\"e", "<a b><c de>"},
	    {"a\\ b", "<a b>"},
	    {"\"a\\\"b\\\\c\\d\"", "<a\"b\\c\\d>"},
	    {"'a\\b' ''", "<a\\b><>"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf shown = {0};
		char **words;
		assert_int_equal(process_split(sv_from(cases[i].line), &words, NULL), RC_OK);
		for (char **w = words; *w; w++)
			buf_printf(&shown, "<%s>", *w);
		assert_string_equal(shown.ptr, cases[i].shown);
		process_free_words(words);
		buf_fini(&shown);
	}
	char **words;
	struct err e = {0};
	assert_int_equal(process_split(SV("a 'b"), &words, &e), RC_INPUT);
	assert_string_equal(e.text, "a quote is not closed");
	assert_int_equal(process_split(SV("  "), &words, &e), RC_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(runs),
	    cmocka_unit_test(is_bounded),
	    cmocka_unit_test(splits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
