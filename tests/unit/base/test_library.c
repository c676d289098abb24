/* Libraries that are loaded on demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/library.h"

static struct library_calls calls, other;

static void calls_are_found_in_their_order(void **state)
{
	static const char *const names[] = {"floor", "ceil"};
	(void)state;
	library_load("libm.so.6", names, 2, &calls);
	assert_true(((double (*)(double))calls.at[0])(1.5) == 1.0);
	assert_true(((double (*)(double))calls.at[1])(1.5) == 2.0);
}

/* How a child ends that loads `name` from `file`, with what it says about it. */
static int load_elsewhere(const char *file, const char *name, char *said, size_t size)
{
	int ends[2], status;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		library_load(file, &name, 1, &other);
		_exit(0);
	}
	close(ends[1]);
	size_t len = 0;
	for (ssize_t n; len + 1 < size && (n = read(ends[0], said + len, size - 1 - len)) > 0;)
		len += (size_t)n;
	said[len] = 0;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void what_is_missing_ends_the_process_with_a_line(void **state)
{
	char said[512];
	(void)state;
	assert_int_not_equal(load_elsewhere("libnowhere.so.3", "floor", said, sizeof said), 0);
	assert_non_null(strstr(said, "install the package that has libnowhere.so.3"));
	assert_int_not_equal(load_elsewhere("libm.so.6", "kw_no_such_call", said, sizeof said), 0);
	assert_non_null(strstr(said, "missing=kw_no_such_call"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls_are_found_in_their_order),
	    cmocka_unit_test(what_is_missing_ends_the_process_with_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
