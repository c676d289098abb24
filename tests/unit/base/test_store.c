/* store: opening, refusing, locking, migrating, transactions; on real files in a folder of their own. */
#include "base/store.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/heap.h"

#include <cmocka.h>

static const struct store_migration steps[] = {
    {"CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER); CREATE TABLE u(b BLOB)"},
    {"ALTER TABLE t ADD COLUMN w INTEGER NOT NULL DEFAULT 5"},
};
static const struct store_migration broken[] = {
    {"CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER); CREATE TABLE u(b BLOB)"},
    {"ALTER TABLE t ADD COLUMN w INTEGER; CREATE TABLE t(x)"},
};

struct place {
	char folder[64];
	char *path;
};

static int set_up(void **state)
{
	struct place *p = heap_zero(1, sizeof *p);
	snprintf(p->folder, sizeof p->folder, "/tmp/kw-store-XXXXXX");
	if (!mkdtemp(p->folder))
		return -1;
	p->path = heap_printf("%s/state/x.db", p->folder);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	char *command = heap_printf("rm -rf %s", p->folder);
	int rc = system(command);
	free(command);
	free(p->path);
	free(p);
	return rc;
}

static struct store *open_ok(const struct place *p, enum store_mode mode, size_t n)
{
	struct store *s = NULL;
	struct err e = {0};
	if (store_open(p->path, mode, steps, n, &s, &e) != RC_OK)
		fail_msg("%s", e.text);
	return s;
}

static void refused(const struct place *p, enum store_mode mode, size_t n, enum rc want, const char *text)
{
	struct store *s = NULL;
	struct err e = {0};
	assert_int_equal(store_open(p->path, mode, steps, n, &s, &e), want);
	assert_null(s);
	if (!strstr(e.text, text))
		fail_msg("\"%s\" does not say \"%s\"", e.text, text);
}

static void put(struct store *s, const char *k, int64_t v)
{
	struct err e = {0};
	struct store_stmt *st = store_prepare(s, "INSERT INTO t(k,v) VALUES(?1,?2)");
	store_bind_text(st, 1, sv_from(k));
	store_bind_int(st, 2, v);
	int64_t changes = 0;
	if (store_run(st, &changes, &e) != RC_OK)
		fail_msg("%s", e.text);
	assert_int_equal(changes, 1);
}

static int64_t count(struct store *s)
{
	struct err e = {0};
	struct store_stmt *st = store_prepare(s, "SELECT count(*) FROM t");
	assert_int_equal(store_step(st, &e), RC_OK);
	int64_t n = store_int(st, 0);
	store_reset(st);
	return n;
}

static unsigned mode_of(const char *path)
{
	struct stat info;
	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 0777;
}

static void makes_private_folder_and_file(void **state)
{
	struct place *p = *state;
	umask(0);
	struct store *s = open_ok(p, STORE_WRITE, 1);
	put(s, "a", 1);
	char *folder = heap_printf("%s/state", p->folder), *wal = heap_printf("%s-wal", p->path);
	assert_int_equal(mode_of(folder), 0700);
	assert_int_equal(mode_of(p->path), 0600);
	assert_int_equal(mode_of(wal), 0600);
	free(folder);
	free(wal);
	store_close(s);
	umask(022);
}

static void keeps_values_of_every_kind(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct store *s = open_ok(p, STORE_WRITE, 1);
	struct store_stmt *st = store_prepare(s, "INSERT INTO u(b) VALUES(?1)");
	store_bind_blob(st, 1, sv_of("a\0b", 3));
	assert_int_equal(store_run(st, NULL, &e), RC_OK);
	assert_int_equal(store_last_id(s), 1);
	st = store_prepare(s, "INSERT INTO u(b) VALUES(?1)");
	store_bind_null(st, 1);
	assert_int_equal(store_run(st, NULL, &e), RC_OK);
	st = store_prepare(s, "INSERT INTO u(b) VALUES(?1)");
	store_bind_text(st, 1, (struct sv){NULL, 0});
	assert_int_equal(store_run(st, NULL, &e), RC_OK);
	store_close(s);
	s = open_ok(p, STORE_WRITE, 1);
	st = store_prepare(s, "SELECT b FROM u ORDER BY rowid");
	assert_int_equal(store_step(st, &e), RC_OK);
	assert_int_equal(store_text(st, 0).len, 3);
	assert_memory_equal(store_text(st, 0).ptr, "a\0b", 3);
	assert_int_equal(store_step(st, &e), RC_OK);
	assert_true(store_is_null(st, 0));
	assert_int_equal(store_step(st, &e), RC_OK);
	assert_false(store_is_null(st, 0));
	assert_int_equal(store_text(st, 0).len, 0);
	assert_int_equal(store_step(st, &e), RC_NOTFOUND);
	store_close(s);
}

static void a_rolled_back_transaction_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct store *s = open_ok(p, STORE_WRITE, 1);
	assert_int_equal(store_begin(s, &e), RC_OK);
	put(s, "a", 1);
	store_rollback(s);
	store_rollback(s);
	assert_int_equal(count(s), 0);
	assert_int_equal(store_begin(s, &e), RC_OK);
	put(s, "a", 1);
	assert_int_equal(store_commit(s, &e), RC_OK);
	assert_int_equal(count(s), 1);
	store_close(s);
}

static void a_wrong_statement_tells_at_the_first_step(void **state)
{
	struct err e = {0};
	struct store *s = open_ok(*state, STORE_WRITE, 1);
	struct store_stmt *st = store_prepare(s, "SELECT x FROM nowhere");
	store_bind_int(st, 1, 1);
	assert_int_equal(store_step(st, &e), RC_IO);
	if (!strstr(e.text, "no such table: nowhere"))
		fail_msg("%s", e.text);
	store_close(s);
}

static void readers_see_what_is_committed(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	refused(p, STORE_READ, 1, RC_NOTFOUND, "no state file");
	struct store *w = open_ok(p, STORE_WRITE, 1), *r = open_ok(p, STORE_READ, 1);
	assert_int_equal(store_begin(w, &e), RC_OK);
	put(w, "a", 1);
	assert_int_equal(count(r), 0);
	assert_int_equal(store_commit(w, &e), RC_OK);
	assert_int_equal(count(r), 1);
	assert_int_not_equal(store_exec(r, "DELETE FROM t", &e), RC_OK);
	store_close(w);
	assert_int_equal(count(r), 1);
	store_close(r);
	r = open_ok(p, STORE_READ, 1);
	assert_int_equal(count(r), 1);
	store_close(r);
}

/* Whoever answers the page may not be the agent's user: "there is no state" would be a wrong track. In a
 * child, since root may read everything. */
static void a_reader_without_permission_is_told_so(void **state)
{
	struct place *p = *state;
	store_close(open_ok(p, STORE_WRITE, 1));
	pid_t child = fork();
	if (child == 0) {
		struct store *s = NULL;
		struct err e = {0};
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
			_exit(2);
		bool hidden = geteuid() == 65534 || chmod(p->folder, 0) == 0;
		enum rc rc = store_open(p->path, STORE_READ, steps, 1, &s, &e);
		chmod(p->folder, 0700);
		_exit(hidden && rc == RC_STATE && strstr(e.text, "can't be read by this user") ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void one_writer_only(void **state)
{
	struct place *p = *state;
	struct store *s = open_ok(p, STORE_WRITE, 1);
	char pid[32];
	snprintf(pid, sizeof pid, "pid %d", (int)getpid());
	refused(p, STORE_WRITE, 1, RC_STATE, pid);
	store_close(s);
	store_close(open_ok(p, STORE_WRITE, 1));
}

static void upgrades_after_a_copy(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct store *s = open_ok(p, STORE_WRITE, 1);
	put(s, "a", 1);
	store_close(s);
	refused(p, STORE_READ, 2, RC_STATE, "version 1, this kendrawatch reads 2");
	s = open_ok(p, STORE_WRITE, 2);
	struct store_stmt *st = store_prepare(s, "SELECT w FROM t");
	assert_int_equal(store_step(st, &e), RC_OK);
	assert_int_equal(store_int(st, 0), 5);
	store_close(s);
	refused(p, STORE_WRITE, 1, RC_STATE, "version 2, this kendrawatch knows 1");
	refused(p, STORE_READ, 1, RC_STATE, "before-v2");

	char *copy = heap_printf("%s.before-v2", p->path);
	assert_int_equal(mode_of(copy), 0600);
	struct store *old = NULL;
	assert_int_equal(store_open(copy, STORE_READ, steps, 1, &old, &e), RC_OK);
	assert_int_equal(count(old), 1);
	store_close(old);
	free(copy);
}

static void a_failing_upgrade_changes_nothing(void **state)
{
	struct place *p = *state;
	struct store *s = open_ok(p, STORE_WRITE, 1);
	struct err e = {0};
	put(s, "a", 1);
	store_close(s);
	s = NULL;
	assert_int_not_equal(store_open(p->path, STORE_WRITE, broken, 2, &s, &e), RC_OK);
	assert_null(s);
	s = open_ok(p, STORE_WRITE, 1);
	assert_int_equal(count(s), 1);
	store_close(s);
}

static void overwrite(const char *path, off_t at, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), (ssize_t)n);
	close(fd);
}

static void refuses_what_is_not_ours(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct store *s = open_ok(p, STORE_WRITE, 1);
	assert_int_equal(store_exec(s, "PRAGMA application_id=7", &e), RC_OK);
	store_close(s);
	refused(p, STORE_WRITE, 1, RC_STATE, "not a kendrawatch state file");
	refused(p, STORE_READ, 1, RC_STATE, "not a kendrawatch state file");
}

static void refuses_damage_with_instructions(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct store *s = open_ok(p, STORE_WRITE, 1);
	assert_int_equal(store_begin(s, &e), RC_OK);
	for (int i = 0; i < 3000; i++) {
		char k[16];
		snprintf(k, sizeof k, "key-%d", i);
		put(s, k, i);
	}
	assert_int_equal(store_commit(s, &e), RC_OK);
	store_close(s);
	char junk[4096];
	memset(junk, 0xa5, sizeof junk);
	overwrite(p->path, 4096 * 5, junk, sizeof junk);
	refused(p, STORE_WRITE, 1, RC_STATE, "damaged");
	overwrite(p->path, 0, junk, 100);
	refused(p, STORE_WRITE, 1, RC_STATE, "Move it away");
}

static void copies_beside_the_writer(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct store *s = open_ok(p, STORE_WRITE, 1), *r = open_ok(p, STORE_READ, 1), *copied = NULL;
	put(s, "a", 1);
	char *copy = heap_printf("%s/copy.db", p->folder);
	assert_int_equal(store_backup(r, copy, &e), RC_OK);
	assert_int_equal(store_backup(s, copy, &e), RC_OK);
	assert_int_equal(store_open(copy, STORE_READ, steps, 1, &copied, &e), RC_OK);
	assert_int_equal(count(copied), 1);
	store_close(copied);
	store_close(r);
	store_close(s);
	free(copy);
}

static void knows_network_file_systems(void **state)
{
	(void)state;
	assert_string_equal(store_network_fs(0x6969), "NFS");
	assert_string_equal(store_network_fs((long)0xff534d42), "CIFS");
	assert_string_equal(store_network_fs((int)0xff534d42), "CIFS");
	assert_string_equal(store_network_fs(0x65735546), "FUSE");
	assert_null(store_network_fs(0xef53));
	assert_null(store_network_fs(0x01021994));
}

#define ON_DISK(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_DISK(makes_private_folder_and_file),
	    ON_DISK(keeps_values_of_every_kind),
	    ON_DISK(a_rolled_back_transaction_leaves_nothing),
	    ON_DISK(a_wrong_statement_tells_at_the_first_step),
	    ON_DISK(readers_see_what_is_committed),
	    ON_DISK(a_reader_without_permission_is_told_so),
	    ON_DISK(one_writer_only),
	    ON_DISK(upgrades_after_a_copy),
	    ON_DISK(a_failing_upgrade_changes_nothing),
	    ON_DISK(refuses_what_is_not_ours),
	    ON_DISK(refuses_damage_with_instructions),
	    ON_DISK(copies_beside_the_writer),
	    cmocka_unit_test(knows_network_file_systems),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
