/* The state file. SQLite is included here and nowhere else. Opened once for writing by `run` (the analyst's
 * thread drives it), and for reading by the dispatcher and by commands; each connection stays with one
 * thread. Owns the connection, the lock's descriptor and the prepared statements. */
#include "base/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/heap.h"
#include "base/vec.h"

#include <sqlite3.h>

#define APPLICATION_ID 0x4b575354 /* "KWST" */
#define BUSY_MS 5000
/* quick_check reads the whole file; above this the check is left to the pages that are read anyway, so that a
 * large outbox does not delay the start. */
#define QUICK_CHECK_BYTES (16 * 1024 * 1024)

struct store_stmt {
	struct store *store;
	const char *sql;
	sqlite3_stmt *handle; /* NULL: did not prepare */
	char *fault;          /* why, heap */
};

struct store {
	sqlite3 *db;
	char *path;
	int lock_fd; /* -1: none */
	VEC(struct store_stmt *) stmts;
};

const char *store_network_fs(long f_type)
{
	static const struct {
		unsigned magic;
		const char *name;
	} known[] = {
	    {0x6969, "NFS"},
	    {0x517b, "SMB"},
	    {0xfe534d42, "SMB"},
	    {0xff534d42, "CIFS"},
	    {0x65735546, "FUSE"},
	    {0x5346414f, "AFS"},
	    {0x00c36400, "Ceph"},
	    {0x73757245, "Coda"},
	    {0x01161970, "GFS2"},
	    {0x7461636f, "OCFS2"},
	    {0x0bd00bd0, "Lustre"},
	    {0x01021997, "9P"},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if ((unsigned)f_type == known[i].magic)
			return known[i].name;
	return NULL;
}

/* --- errors
 * ----------------------------------------------------------------------------------------------------- */

static enum rc damaged(const char *path, const char *reason, struct err *e)
{
	return err_set(e, RC_STATE,
	    "%s: the state file is damaged (%s). Move it away and start again from an empty one, or put back "
	    "a copy "
	    "(%s.before-vN, or your backup); what an agent alerted on before may then be alerted on again",
	    path, reason, path);
}

static enum rc failed(const struct store *s, int code, const char *doing, struct err *e)
{
	const char *reason = s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(code);
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return err_set(e, RC_RETRY, "%s: %s: %s", s->path, doing, reason);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return damaged(s->path, reason, e);
	default: return err_set(e, RC_IO, "%s: %s: %s", s->path, doing, reason);
	}
}

/* --- opening
 * ---------------------------------------------------------------------------------------------------- */

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return heap_copy(".");
	return heap_text(sv_of(path, slash == path ? 1 : (size_t)(slash - path)));
}

static enum rc check_folder(const char *folder, struct err *e)
{
	struct statfs fs;
	if (statfs(folder, &fs) != 0)
		return err_errno(e, RC_IO, errno, "%s: can't look at the state folder", folder);
	const char *name = store_network_fs((long)fs.f_type);
	if (name)
		return err_set(e, RC_STATE,
		    "%s: the state folder is on a network file system (%s), where SQLite's write-ahead log "
		    "is not safe; "
		    "set `agent: state:` to a local disk",
		    folder, name);
	return RC_OK;
}

/* The lock outlives no process: flock goes with the descriptor. The pid inside is for people. */
enum rc store_lock(const char *folder, int *out_fd, struct err *e)
{
	char *path = file_join(folder, "lock");
	enum rc rc = RC_OK;
	char pid[32] = "";
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		rc = err_errno(e, RC_IO, errno, "%s: can't open", path);
	} else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		ssize_t n = read(fd, pid, sizeof pid - 1);
		struct sv who = sv_trim(sv_of(pid, n > 0 ? (size_t)n : 0));
		rc = err_set(e, RC_STATE,
		    "%s: the state folder is in use by a running kendrawatch%s%.*s; stop that one, or give "
		    "this one its own "
		    "`agent: state:`",
		    folder, who.len ? ", pid " : "", SV_ARG(who));
	} else {
		int len = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
		if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)len, 0) != len)
			rc = err_errno(e, RC_IO, errno, "%s: can't write", path);
	}
	if (rc == RC_OK)
		*out_fd = fd;
	else if (fd >= 0)
		close(fd);
	free(path);
	return rc;
}

int64_t store_holder(const char *folder)
{
	char *path = file_join(folder, "lock"), pid[32] = "";
	int64_t holder = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		ssize_t n = read(fd, pid, sizeof pid - 1);
		if (!sv_int(sv_trim(sv_of(pid, n > 0 ? (size_t)n : 0)), 1, INT64_MAX, &holder))
			holder = -1;
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return holder;
}

/* SQLite gives -wal and -shm the mode of the main file, so it must be there with ours before SQLite makes it.
 */
static enum rc touch(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, RC_IO, errno, "%s: can't open", path);
	close(fd);
	return RC_OK;
}

static enum rc run_sql(struct store *s, const char *sql, const char *doing, struct err *e)
{
	int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? RC_OK : failed(s, code, doing, e);
}

static enum rc query_int(struct store *s, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(st);
	if (code == SQLITE_ROW)
		*out = sqlite3_column_int64(st, 0);
	enum rc rc = code == SQLITE_ROW ? RC_OK : failed(s, code, "can't read", e);
	sqlite3_finalize(st);
	return rc;
}

static enum rc quick_check(struct store *s, bool all, struct err *e)
{
	struct stat info;
	if (!all && stat(s->path, &info) == 0 && info.st_size > QUICK_CHECK_BYTES)
		return RC_OK;
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v2(
	    s->db, all ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", -1, &st, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(st);
	enum rc rc = RC_OK;
	if (code != SQLITE_ROW)
		rc = failed(s, code, "can't check", e);
	else if (strcmp((const char *)sqlite3_column_text(st, 0), "ok") != 0)
		rc = damaged(s->path, (const char *)sqlite3_column_text(st, 0), e);
	sqlite3_finalize(st);
	return rc;
}

/* Ours, whole, and of a version we know? *out_version is 0 for a file that was just made. */
static enum rc inspect(
    struct store *s, enum store_mode mode, size_t n_migrations, int64_t *out_version, struct err *e)
{
	int64_t things = 0, app = 0, version = 0;
	enum rc rc;
	if ((rc = query_int(s, "SELECT count(*) FROM sqlite_schema", &things, e)) != RC_OK ||
	    (rc = query_int(s, "PRAGMA application_id", &app, e)) != RC_OK ||
	    (rc = query_int(s, "PRAGMA user_version", &version, e)) != RC_OK)
		return rc;
	/* An empty file, or a database without anything in it: a crash came before our first migration. */
	if (things == 0 && app == 0 && version == 0) {
		*out_version = 0;
		return RC_OK;
	}
	if (app != APPLICATION_ID)
		return err_set(e, RC_STATE,
		    "%s: this SQLite file is not a kendrawatch state file; set `agent: state:` to a folder "
		    "of its own",
		    s->path);
	if (version < 0 || version > (int64_t)n_migrations)
		return err_set(e, RC_STATE,
		    "%s: the state file is version %lld, this kendrawatch knows %zu: run the newer "
		    "kendrawatch, or put back "
		    "the copy it made before the upgrade (%s.before-v%lld)",
		    s->path, (long long)version, n_migrations, s->path, (long long)version);
	if (mode != STORE_SALVAGE && (rc = quick_check(s, mode == STORE_COPY, e)) != RC_OK)
		return rc;
	*out_version = version;
	return RC_OK;
}

enum rc store_backup(struct store *s, const char *path, struct err *e)
{
	sqlite3_stmt *st = NULL;
	unlink(path);
	enum rc rc = touch(path, e); /* VACUUM INTO takes an empty file as it is, with our mode */
	if (rc != RC_OK)
		return rc;
	int code = sqlite3_prepare_v2(s->db, "VACUUM INTO ?1", -1, &st, NULL);
	if (code == SQLITE_OK) {
		sqlite3_bind_text(st, 1, path, -1, SQLITE_STATIC);
		code = sqlite3_step(st);
	}
	if (code != SQLITE_DONE)
		rc = failed(s, code, "can't copy", e);
	sqlite3_finalize(st);
	if (rc != RC_OK) {
		unlink(path);
		return rc;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		rc = err_errno(e, RC_IO, errno, "%s: can't make the copy durable", path);
	if (fd >= 0)
		close(fd);
	return rc;
}

static enum rc migrate(
    struct store *s, int64_t from, const struct store_migration *migrations, size_t n, struct err *e)
{
	enum rc rc = RC_OK;
	char mark[96];
	if (from == (int64_t)n)
		return RC_OK;
	if (from > 0) {
		char *copy = heap_printf("%s.before-v%zu", s->path, n);
		rc = store_backup(s, copy, e);
		free(copy);
		if (rc != RC_OK)
			return rc;
	}
	if ((rc = store_begin(s, e)) != RC_OK)
		return rc;
	for (size_t i = (size_t)from; i < n && rc == RC_OK; i++)
		rc = run_sql(s, migrations[i].sql, "can't upgrade", e);
	snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%zu", APPLICATION_ID, n);
	if (rc == RC_OK)
		rc = run_sql(s, mark, "can't upgrade", e);
	if (rc == RC_OK)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

static enum rc open_write(struct store *s, const struct store_migration *migrations, size_t n, struct err *e)
{
	char *folder = folder_of(s->path);
	enum rc rc = file_make_folder(folder, 0700, e);
	int64_t version = 0;
	if (rc == RC_OK)
		rc = check_folder(folder, e);
	if (rc == RC_OK)
		rc = store_lock(folder, &s->lock_fd, e);
	free(folder);
	if (rc == RC_OK)
		rc = touch(s->path, e);
	if (rc != RC_OK)
		return rc;
	int code = sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK)
		return failed(s, code, "can't open", e);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	if ((rc = inspect(s, STORE_WRITE, n, &version, e)) != RC_OK)
		return rc;
	rc = run_sql(s,
	    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA "
	    "trusted_schema=OFF;"
	    "PRAGMA cell_size_check=ON",
	    "can't set up", e);
	return rc == RC_OK ? migrate(s, version, migrations, n, e) : rc;
}

static enum rc open_read(struct store *s, enum store_mode mode, size_t n, struct err *e)
{
	int64_t version = 0;
	if (access(s->path, R_OK) != 0 && (errno == EACCES || errno == EPERM))
		return err_errno(e, RC_STATE, errno,
		    "%s: can't be read by this user; run the command as the user that the agent runs as",
		    s->path);
	if (access(s->path, F_OK) != 0)
		return err_set(
		    e, RC_NOTFOUND, "%s: there is no state file; `kendrawatch run` makes it", s->path);
	int code = sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK)
		return failed(s, code, "can't open", e);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	enum rc rc = inspect(s, mode, n, &version, e);
	if (rc == RC_OK && mode == STORE_READ && version < (int64_t)n)
		rc = err_set(e, RC_STATE,
		    "%s: the state file is version %lld, this kendrawatch reads %zu: `kendrawatch run` "
		    "upgrades it when it "
		    "starts",
		    s->path, (long long)version, n);
	return rc == RC_OK ? run_sql(s, "PRAGMA trusted_schema=OFF", "can't set up", e) : rc;
}

enum rc store_open(const char *path, enum store_mode mode, const struct store_migration *migrations,
    size_t n_migrations, struct store **out, struct err *e)
{
	struct store *s = heap_zero(1, sizeof *s);
	s->path = heap_copy(path);
	s->lock_fd = -1;
	enum rc rc = mode == STORE_WRITE ? open_write(s, migrations, n_migrations, e)
					 : open_read(s, mode, n_migrations, e);
	if (rc != RC_OK) {
		store_close(s);
		return rc;
	}
	*out = s;
	return RC_OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->stmts.n; i++) {
		sqlite3_finalize(s->stmts.items[i]->handle);
		free(s->stmts.items[i]->fault);
		free(s->stmts.items[i]);
	}
	vec_fini(&s->stmts);
	int code = sqlite3_close(s->db);
	assert(code == SQLITE_OK);
	(void)code;
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->path);
	free(s);
}

/* --- transactions
 * ----------------------------------------------------------------------------------------------- */

enum rc store_begin(struct store *s, struct err *e)
{
	return run_sql(s, "BEGIN IMMEDIATE", "can't begin a transaction", e);
}

enum rc store_commit(struct store *s, struct err *e)
{
	enum rc rc = run_sql(s, "COMMIT", "can't commit", e);
	if (rc != RC_OK)
		store_rollback(s);
	return rc;
}

void store_rollback(struct store *s)
{
	/* Disk full and the like roll back by themselves; a second ROLLBACK would be an error then. */
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

enum rc store_exec(struct store *s, const char *sql, struct err *e)
{
	return run_sql(s, sql, "can't run a statement", e);
}

/* --- statements
 * ------------------------------------------------------------------------------------------------- */

struct store_stmt *store_prepare(struct store *s, const char *sql)
{
	for (size_t i = 0; i < s->stmts.n; i++)
		if (s->stmts.items[i]->sql == sql && s->stmts.items[i]->handle) {
			sqlite3_reset(s->stmts.items[i]->handle);
			sqlite3_clear_bindings(s->stmts.items[i]->handle);
			return s->stmts.items[i];
		}
	struct store_stmt *st = heap_zero(1, sizeof *st);
	st->store = s;
	st->sql = sql;
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->handle, NULL) != SQLITE_OK)
		st->fault = heap_copy(sqlite3_errmsg(s->db));
	vec_push(&s->stmts, st);
	return st;
}

void store_bind_int(struct store_stmt *st, int at, int64_t v)
{
	sqlite3_bind_int64(st->handle, at, v);
}

void store_bind_text(struct store_stmt *st, int at, struct sv s)
{
	sqlite3_bind_text64(st->handle, at, s.ptr ? s.ptr : "", s.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void store_bind_blob(struct store_stmt *st, int at, struct sv s)
{
	sqlite3_bind_blob64(st->handle, at, s.ptr ? s.ptr : "", s.len, SQLITE_TRANSIENT);
}

void store_bind_null(struct store_stmt *st, int at)
{
	sqlite3_bind_null(st->handle, at);
}

enum rc store_step(struct store_stmt *st, struct err *e)
{
	if (!st->handle)
		return err_set(e, RC_IO, "%s: can't prepare: %s", st->store->path, st->fault);
	int code = sqlite3_step(st->handle);
	if (code == SQLITE_ROW)
		return RC_OK;
	enum rc rc = code == SQLITE_DONE ? RC_NOTFOUND : failed(st->store, code, "can't run a statement", e);
	sqlite3_reset(st->handle);
	return rc;
}

enum rc store_run(struct store_stmt *st, int64_t *out_changes, struct err *e)
{
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK)
		;
	if (rc != RC_NOTFOUND)
		return rc;
	if (out_changes)
		*out_changes = sqlite3_changes64(st->store->db);
	return RC_OK;
}

void store_reset(struct store_stmt *st)
{
	sqlite3_reset(st->handle);
}

int64_t store_int(struct store_stmt *st, int col)
{
	return sqlite3_column_int64(st->handle, col);
}

struct sv store_text(struct store_stmt *st, int col)
{
	const char *ptr = sqlite3_column_blob(st->handle, col);
	return sv_of(ptr ? ptr : "", (size_t)sqlite3_column_bytes(st->handle, col));
}

bool store_is_null(struct store_stmt *st, int col)
{
	return sqlite3_column_type(st->handle, col) == SQLITE_NULL;
}

int64_t store_version(struct store *s)
{
	int64_t version = 0;
	query_int(s, "PRAGMA user_version", &version, NULL);
	return version;
}

int64_t store_last_id(struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}
