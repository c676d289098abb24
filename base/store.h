/* State in one SQLite file (SQLite behind it): opening, locking, migrations, transactions, statements. WAL,
 * synchronous=FULL. A store belongs to one thread at a time. */
#ifndef KW_BASE_STORE_H
#define KW_BASE_STORE_H

#include "base/err.h"
#include "base/sv.h"

struct store;
struct store_stmt;

/* Steps from user_version i to i+1; `sql` may hold several statements. */
struct store_migration {
	const char *sql;
};

enum store_mode {
	STORE_WRITE,   /* the one writer: takes the folder's lock ("lock" beside the file), migrates in one
			  transaction after a copy (FILE.before-vN) */
	STORE_READ,    /* read-only, no lock, no migration */
	STORE_COPY,    /* as STORE_READ, of a copy: also an older version; all of it is checked */
	STORE_SALVAGE, /* as STORE_READ, of what may be damaged: nothing is checked but whose file it is */
};

/* Opens or creates `path` (file mode 0600, folder 0700 when we make it). RC_STATE: locked by a running agent,
 * damaged, not ours (application_id), newer than we know ("state file is version 3, this kendrawatch knows 2:
 * …"), or on a network file system; RC_NOTFOUND in STORE_READ when there is no file; RC_IO. */
enum rc store_open(const char *path, enum store_mode mode, const struct store_migration *migrations,
    size_t n_migrations, struct store **out, struct err *e);
void store_close(struct store *s);

/* The name of a network file system by its statfs(2) magic number ("NFS"), on which SQLite's WAL does not
 * work; NULL for any other. */
const char *store_network_fs(long f_type);

/* A transactionally consistent copy of the open state into `path` (mode 0600; an older file there is
 * replaced). Safe beside a running writer. RC_IO. */
enum rc store_backup(struct store *s, const char *path, struct err *e);

/* Puts the copy `from` in the place of the state file `path`, which is kept beside it as
 * FILE.before-restore-N
 * (*out_aside, heap; NULL when there was none). The copy is checked first: RC_STATE when it is damaged, not
 * ours or newer than we know; RC_NOTFOUND; RC_STATE when an agent runs; RC_IO. A failure leaves the old one
 * in place. */
enum rc store_restore(const char *path, const char *from, const struct store_migration *migrations,
    size_t n_migrations, char **out_aside, struct err *e);

/* Takes the folder's lock, as STORE_WRITE does; close(2) gives it back. RC_STATE when it is taken. */
enum rc store_lock(const char *folder, int *out_fd, struct err *e);

/* The process that holds the folder's lock: its pid, -1 when it does not say, 0 when nobody does. */
int64_t store_holder(const char *folder);

/* The version of the open file: how many migrations it has behind it. */
int64_t store_version(struct store *s);

/* One writing transaction at a time (BEGIN IMMEDIATE). RC_IO on disk full and the like, RC_RETRY when busy:
 * nothing was changed. */
enum rc store_begin(struct store *s, struct err *e);
enum rc store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);

/* Runs statements without results. */
enum rc store_exec(struct store *s, const char *sql, struct err *e);

/* Prepares (cached for the store's life: the same `sql` pointer gives the same statement, reset and unbound).
 * Never NULL: what is wrong with `sql` is told by the first step. */
struct store_stmt *store_prepare(struct store *s, const char *sql);

/* 1-based places. Texts and blobs are copied. */
void store_bind_int(struct store_stmt *st, int at, int64_t v);
void store_bind_text(struct store_stmt *st, int at, struct sv s);
void store_bind_blob(struct store_stmt *st, int at, struct sv s);
void store_bind_null(struct store_stmt *st, int at);

/* Next row: RC_OK with a row, RC_NOTFOUND at the end, else an error. */
enum rc store_step(struct store_stmt *st, struct err *e);
/* Runs to the end (INSERT, UPDATE, DELETE); *out_changes may be NULL. */
enum rc store_run(struct store_stmt *st, int64_t *out_changes, struct err *e);
void store_reset(struct store_stmt *st);

/* 0-based columns; views are valid until the next step or reset. */
int64_t store_int(struct store_stmt *st, int col);
struct sv store_text(struct store_stmt *st, int col);
bool store_is_null(struct store_stmt *st, int col);

/* The row id of the last insert on this connection. */
int64_t store_last_id(struct store *s);

#endif
