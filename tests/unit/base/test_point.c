/* Crash points: the n-th pass of the named point, and nothing else. */
#include "base/point.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef KW_TEST
/* Passes before_send three times and after_send once; the signal that ended it, 0 for none. */
static int run_with(const char *wish, int *out_passed)
{
	int ends[2], status;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		if (wish)
			setenv("KW_POINT", wish, 1);
		for (int i = 0; i < 3; i++) {
			POINT(before_send);
			if (write(ends[1], "x", 1) != 1)
				_exit(9);
		}
		POINT(after_send);
		_exit(0);
	}
	close(ends[1]);
	char passed[8];
	*out_passed = 0;
	for (ssize_t n; (n = read(ends[0], passed, sizeof passed)) > 0;)
		*out_passed += (int)n;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void kills_at_the_nth_pass(void **state)
{
	(void)state;
	static const struct {
		const char *wish;
		int signal, passed;
	} rows[] = {{NULL, 0, 3}, {"before_send", SIGKILL, 0}, {"before_send:1", SIGKILL, 0},
	    {"before_send:3", SIGKILL, 2}, {"before_send:4", 0, 3}, {"after_send:1", SIGKILL, 3},
	    {"before_send:x", 0, 3}, {"before_sen:1", 0, 3}, {"", 0, 3}};
	unsetenv("KW_POINT");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int passed;
		assert_int_equal(run_with(rows[i].wish, &passed), rows[i].signal);
		assert_int_equal(passed, rows[i].passed);
	}
}
#else
static void release_has_none(void **state)
{
	(void)state;
	setenv("KW_POINT", "before_send:1", 1);
	POINT(before_send);
	unsetenv("KW_POINT");
	assert_int_equal(POINT_COUNT > 0, 1);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef KW_TEST
	    cmocka_unit_test(kills_at_the_nth_pass),
#else
	    cmocka_unit_test(release_has_none),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
