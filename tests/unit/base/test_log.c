/* Log lines as they reach standard error. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static int old_stderr, out;

static void capture(void)
{
	char path[] = "/tmp/kw_log_XXXXXX";
	out = mkstemp(path);
	unlink(path);
	old_stderr = dup(STDERR_FILENO);
	dup2(out, STDERR_FILENO);
}

static const char *captured(void)
{
	static char text[20000];
	dup2(old_stderr, STDERR_FILENO);
	close(old_stderr);
	ssize_t n = pread(out, text, sizeof text - 1, 0);
	close(out);
	text[n > 0 ? n : 0] = 0;
	return text;
}

static void lines_hold_time_level_and_phrase(void **state)
{
	(void)state;
	capture();
	log_info("started", "rules=%d", 12);
	log_debug("unseen", "x=1");
	log_error("sink is failing", "reason=\"%s\"", "a\nb\x1b[0m");
	log_warn("no values", "%s", "");
	const char *text = captured();
	int64_t ms;
	assert_true(text[23] == 'Z' && clk_parse(sv_of(text, 24), &ms));
	assert_true(strncmp(text + 24, " info  started rules=12\n", 24) == 0);
	assert_non_null(strstr(text, " error sink is failing reason=\"a\\x0ab\\x1b[0m\"\n"));
	assert_non_null(strstr(text, " warn  no values\n"));
	assert_null(strstr(text, "unseen"));
}

static void levels(void **state)
{
	(void)state;
	enum log_level level = LOG_LEVEL_INFO;
	assert_true(log_level_parse("debug", &level) && level == LOG_LEVEL_DEBUG);
	assert_true(log_level_parse("error", &level) && level == LOG_LEVEL_ERROR);
	assert_false(log_level_parse("loud", &level));
	log_set_level(LOG_LEVEL_ERROR);
	capture();
	log_warn("below", "x=1");
	assert_string_equal(captured(), "");
	log_set_level(LOG_LEVEL_DEBUG);
	capture();
	log_debug("above", "x=1");
	assert_non_null(strstr(captured(), " debug above x=1\n"));
	log_set_level(LOG_LEVEL_INFO);
}

static void repeats_are_held_back(void **state)
{
	(void)state;
	static const char phrase[] = "again and again";
	capture();
	for (int i = 0; i < 1000; i++)
		log_warn(phrase, "n=%d", i);
	log_warn("something else", "n=1");
	const char *text = captured();
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, phrase)); p++)
		n++;
	assert_int_equal(n, 20);
	assert_non_null(strstr(text, "something else"));
}

static void a_file_is_no_terminal(void **state)
{
	(void)state;
	capture();
	bool terminal = log_on_terminal();
	captured();
	assert_false(terminal);
}

static void telling_is_verbatim(void **state)
{
	(void)state;
	capture();
	log_tell("kendrawatch: %s\n", "no such command");
	assert_string_equal(captured(), "kendrawatch: no such command\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_hold_time_level_and_phrase),
	    cmocka_unit_test(levels),
	    cmocka_unit_test(repeats_are_held_back),
	    cmocka_unit_test(a_file_is_no_terminal),
	    cmocka_unit_test(telling_is_verbatim),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
