/* Heap words, and the end of memory. */
#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void texts(void **state)
{
	(void)state;
	char *t = heap_text(SV("a\0b"));
	assert_memory_equal(t, "a\0b", 4);
	free(t);
	t = heap_text((struct sv){NULL, 0});
	assert_string_equal(t, "");
	free(t);
	assert_null(heap_copy(NULL));
	t = heap_copy("x");
	assert_string_equal(t, "x");
	free(t);
	t = heap_printf("%s%d", "n", 5);
	assert_string_equal(t, "n5");
	free(t);
	int *zero = heap_zero(100, sizeof *zero);
	for (int i = 0; i < 100; i++)
		assert_int_equal(zero[i], 0);
	zero = heap_resize(zero, 200, sizeof *zero);
	assert_int_equal(zero[99], 0);
	free(zero);
	free(heap_alloc(0));
	free(heap_zero(0, 8));
}

/* What a child says on standard error before it dies of `signal`. */
static void overflow(void)
{
	heap_resize(NULL, SIZE_MAX / 2, 16);
}

static void exhaustion_ends_with_one_line(void **state)
{
	(void)state;
	int ends[2], status;
	char said[200] = "";
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		overflow();
		_exit(0);
	}
	close(ends[1]);
	for (ssize_t n, at = 0; (n = read(ends[0], said + at, sizeof said - 1 - (size_t)at)) > 0;)
		at += n;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
	assert_true(strncmp(said, "fatal out of memory elements=", 29) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts),
	    cmocka_unit_test(exhaustion_ends_with_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
