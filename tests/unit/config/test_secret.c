/* Secrets: where they come from, what is said about them, and that they stay out of every text. */
#include "config/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[] = "/tmp/kw_secret_XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static char *put(const char *name, const char *text, mode_t mode)
{
	char *path = file_join(folder, name);
	unlink(path);
	assert_int_equal(file_write_atomic(path, sv_from(text), mode, NULL), RC_OK);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static enum rc get(const char *spec, struct secret **out, struct faults *f, struct err *e)
{
	*out = NULL;
	return secret_new(sv_from(spec), folder, out, f, "c.yaml", 3, 9, e);
}

static void refuses(const char *spec, const char *want)
{
	struct secret *s;
	struct faults f = {0};
	struct err e = {0};
	assert_int_equal(get(spec, &s, &f, &e), RC_CONFIG);
	assert_string_equal(e.text, want);
	assert_null(s);
	assert_int_equal(f.list.n, 0);
}

static void from_the_environment(void **state)
{
	(void)state;
	struct secret *s;
	struct err e = {0};
	setenv("KW_TEST_SECRET", "s3cret value\n", 1);
	assert_int_equal(get("env:KW_TEST_SECRET", &s, NULL, &e), RC_OK);
	assert_true(sv_eq(secret_value(s), SV("s3cret value\n")));
	assert_string_equal(secret_name(s), "env:KW_TEST_SECRET");
	secret_free(s);
	setenv("KW_TEST_SECRET", "", 1);
	refuses("env:KW_TEST_SECRET", "the environment variable KW_TEST_SECRET is empty");
	unsetenv("KW_TEST_SECRET");
	refuses("env:KW_TEST_SECRET", "the environment variable KW_TEST_SECRET is not set");
	refuses("env:", "env: must be followed by the name of a variable");
}

static void from_a_file(void **state)
{
	(void)state;
	char *path = put("key", "hunter2\r\n", 0600);
	struct secret *s;
	struct err e = {0};
	struct faults f = {0};
	assert_int_equal(get("file:key", &s, &f, &e), RC_OK);
	assert_int_equal(f.list.n, 0);
	assert_true(sv_eq(secret_value(s), SV("hunter2")));
	assert_string_equal(secret_name(s), "file:key");
	/* Only the last line end goes. */
	free(put("key", " a\n\n", 0600));
	assert_true(sv_eq(secret_value(s), SV(" a\n")));
	secret_free(s);
	char *spec = heap_printf("file:%s", path);
	assert_int_equal(get(spec, &s, &f, &e), RC_OK);
	secret_free(s);
	free(spec);
	unlink(path);
	free(path);
}

static void file_faults(void **state)
{
	(void)state;
	char *path = put("key", "\n", 0600), *want = heap_printf("the secret file %s is empty", path);
	refuses("file:key", want);
	free(want);
	unlink(path);
	want = heap_printf("can't open the secret file %s: No such file or directory", path);
	refuses("file:key", want);
	free(want);
	assert_int_equal(mkfifo(path, 0600), 0);
	want = heap_printf("the secret file %s is not a regular file", path);
	refuses("file:key", want);
	free(want);
	unlink(path);
	free(path);
	char *large = heap_alloc(65538);
	memset(large, 'x', 65537);
	large[65537] = 0;
	path = put("key", large, 0600);
	want = heap_printf("the secret file %s is larger than 65536 bytes", path);
	refuses("file:key", want);
	free(want);
	free(large);
	unlink(path);
	free(path);
	refuses("file:", "file: must be followed by the path of a file");
}

static void readable_file_is_a_warning(void **state)
{
	(void)state;
	char *path = put("key", "hunter2", 0644);
	struct secret *s;
	struct faults f = {0};
	struct buf shown = {0};
	assert_int_equal(get("file:key", &s, &f, NULL), RC_OK);
	assert_int_equal(f.n_warnings, 1);
	assert_int_equal(f.n_errors, 0);
	fault_show(&f.list.items[0], &shown);
	char *want =
	    heap_printf("c.yaml:3:9: warning: the secret file %s can be read by others than its owner (mode "
			"0644); run chmod 0600 on it\n",
		path);
	assert_string_equal(shown.ptr, want);
	assert_null(strstr(shown.ptr, "hunter2"));
	free(want);
	buf_fini(&shown);
	faults_fini(&f);
	secret_free(s);
	unlink(path);
	free(path);
}

static void in_the_open_is_refused_unquoted(void **state)
{
	(void)state;
	refuses("hunter2",
	    "a secret is never written here itself: use env:NAME for a variable or file:PATH for a file");
	refuses(
	    "", "a secret is never written here itself: use env:NAME for a variable or file:PATH for a file");
	struct secret *s = secret_of(SV("https://hook/abc"));
	assert_string_equal(secret_name(s), "***");
	assert_true(sv_eq(secret_value(s), SV("https://hook/abc")));
	secret_free(s);
	secret_free(NULL);
}

static void changed_file_is_read_again(void **state)
{
	(void)state;
	char *path = put("key", "one", 0600);
	struct secret *s;
	assert_int_equal(get("file:key", &s, NULL, NULL), RC_OK);
	assert_true(sv_eq(secret_value(s), SV("one")));
	free(put("key", "two", 0600)); /* a new inode */
	assert_true(sv_eq(secret_value(s), SV("two")));
	/* Emptied or gone: the old value stays. */
	free(put("key", "", 0600));
	assert_true(sv_eq(secret_value(s), SV("two")));
	unlink(path);
	assert_true(sv_eq(secret_value(s), SV("two")));
	secret_free(s);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(from_the_environment),
	    cmocka_unit_test(from_a_file),
	    cmocka_unit_test(file_faults),
	    cmocka_unit_test(readable_file_is_a_warning),
	    cmocka_unit_test(in_the_open_is_refused_unquoted),
	    cmocka_unit_test(changed_file_is_read_again),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
