/* Files and folders, also those that refuse. */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/kw_file_XXXXXX";

static int make_top(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_top(void **state)
{
	(void)state;
	return rmdir(folder);
}

static char *path_of(const char *name)
{
	return file_join(folder, name);
}

static void put(const char *name, const char *text)
{
	char *path = path_of(name);
	assert_int_equal(file_write_atomic(path, sv_from(text), 0600, NULL), RC_OK);
	free(path);
}

static void put_folder(const char *name)
{
	char *path = path_of(name);
	assert_int_equal(file_make_folder(path, 0755, NULL), RC_OK);
	free(path);
}

static void reading_and_writing(void **state)
{
	(void)state;
	struct buf b = {0};
	struct err e = {0};
	struct stat st;
	char *path = path_of("x");
	assert_int_equal(file_read(path, 10, &b, &e), RC_NOTFOUND);
	put("x", "0123456789");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_read(path, 10, &b, &e), RC_OK);
	assert_string_equal(b.ptr, "0123456789");
	assert_int_equal(file_read(path, 9, &b, &e), RC_LIMIT);
	buf_reset(&b);
	put("x", "new");
	assert_int_equal(file_read(path, 10, &b, &e), RC_OK);
	assert_string_equal(b.ptr, "new");
	assert_int_equal(file_read(folder, 10, &b, &e), RC_IO);
	/* No temporary file stays behind, and a folder that is not there is an error with its name. */
	struct file_list l = {0};
	assert_int_equal(file_walk(folder, &l, NULL, NULL, NULL), RC_OK);
	assert_int_equal(l.paths.n, 1);
	file_list_fini(&l);
	unlink(path);
	free(path);
	assert_int_equal(file_write_atomic("/nowhere/x", SV("a"), 0600, &e), RC_IO);
	assert_non_null(strstr(e.text, "/nowhere/x"));
	buf_fini(&b);
}

static void paths(void **state)
{
	(void)state;
	static const struct {
		const char *path, *want;
	} rows[] = {{"a/b", "a"}, {"/b", "/"}, {"b", "."}, {"/a/b/c", "/a/b"}, {"", "."}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *got = file_folder_of(rows[i].path);
		assert_string_equal(got, rows[i].want);
		free(got);
	}
	char *joined = file_join("a/", "b");
	assert_string_equal(joined, "a/b");
	free(joined);
	char *own = file_own_folder();
	assert_non_null(strstr(own, "unit/base"));
	free(own);
}

struct refusals {
	int n;
	char last[200];
};

static void note(void *ctx, const char *path, int errnum)
{
	struct refusals *r = ctx;
	r->n++;
	snprintf(r->last, sizeof r->last, "%s %d", path + strlen(folder), errnum);
}

static void remove_tree(void)
{
	static const char *const names[] = {"t/b/2", "t/b/10", "t/b/.hidden", "t/a", "t/c", "t/loop",
	    "t/gone", "t/locked/x", "t/locked", "t/b", "t"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *path = path_of(names[i]);
		remove(path);
		free(path);
	}
}

static void walking(void **state)
{
	(void)state;
	put_folder("t/b");
	put_folder("t/locked");
	static const char *const names[] = {"t/b/2", "t/b/10", "t/b/.hidden", "t/c", "t/a", "t/locked/x"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		put(names[i], "x");
	char *top = path_of("t/"), *locked = path_of("t/locked"), *loop = path_of("t/loop"),
	     *gone = path_of("t/gone");
	assert_int_equal(symlink("..", loop), 0);
	assert_int_equal(symlink("none", gone), 0);
	assert_int_equal(chmod(folder, 0755) | chmod(locked, 0), 0);
	/* Root reads everything, so it steps down for this. */
	bool root = geteuid() == 0;
	if (root)
		assert_int_equal(seteuid(65534), 0);
	struct refusals refused = {0};
	struct file_list l = {0};
	struct err e = {0};
	enum rc rc = file_walk(top, &l, note, &refused, &e);
	if (root)
		assert_int_equal(seteuid(0), 0);
	chmod(locked, 0755);
	assert_int_equal(rc, RC_OK);
	static const char *const want[] = {"/t/a", "/t/b/10", "/t/b/2", "/t/c"};
	assert_int_equal(l.paths.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(l.paths.items[i] + strlen(folder), want[i]);
	/* The dangling link and the locked folder were told, the link to a folder was not followed. */
	assert_int_equal(refused.n, 2);
	assert_string_equal(refused.last, "/t/locked 13");
	file_list_fini(&l);
	char *one = path_of("t/a");
	assert_int_equal(file_walk(one, &l, NULL, NULL, &e), RC_OK);
	assert_int_equal(l.paths.n, 1);
	file_list_fini(&l);
	assert_int_equal(file_walk("/nowhere", &l, NULL, NULL, &e), RC_NOTFOUND);
	free(one);
	free(top);
	free(locked);
	free(loop);
	free(gone);
	remove_tree();
}

static void making_folders(void **state)
{
	(void)state;
	struct err e = {0};
	char *path = path_of("m/n/o"), *file = path_of("f"), *below = path_of("f/g");
	assert_int_equal(file_make_folder(path, 0700, &e), RC_OK);
	assert_int_equal(file_make_folder(path, 0700, &e), RC_OK);
	put("f", "x");
	assert_int_equal(file_make_folder(file, 0700, &e), RC_IO);
	assert_int_equal(file_make_folder(below, 0700, &e), RC_IO);
	static const char *const names[] = {"m/n/o", "m/n", "m", "f"};
	for (size_t i = 0; i < 4; i++) {
		char *p = path_of(names[i]);
		assert_int_equal(remove(p), 0);
		free(p);
	}
	free(path);
	free(file);
	free(below);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reading_and_writing),
	    cmocka_unit_test(paths),
	    cmocka_unit_test(walking),
	    cmocka_unit_test(making_folders),
	};
	return cmocka_run_group_tests(tests, make_top, remove_top);
}
