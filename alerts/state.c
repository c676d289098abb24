/* The state file's tables. Opened by the analyst for writing, by the dispatcher and by commands for reading.
 * A change of these tables is a new migration at the end, never an edit of one that was released. */
#include "alerts/state.h"

#include <stdlib.h>

#include "alerts/outbox.h"
#include "base/file.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static const struct store_migration migrations[] = {
    {
	/* Every alert, delivered or not. `folded` counts matches that were folded into it after it was made.
	 */
	"CREATE TABLE alert("
	" n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, handle TEXT NOT NULL, rule TEXT NOT NULL,"
	" level INTEGER NOT NULL, kind INTEGER NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,"
	" actor TEXT NOT NULL, fold_key TEXT NOT NULL, event_key TEXT NOT NULL, time_ms INTEGER NOT NULL,"
	" detected_ms INTEGER NOT NULL, folded INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL);"
	"CREATE INDEX alert_handle ON alert(handle);"
	"CREATE INDEX alert_detected ON alert(detected_ms);"

	/* Every match that was handled, folded ones too: what comes again is a duplicate. The fingerprint
	 * tells a duplicate from another event under the same key. */
	"CREATE TABLE seen("
	" id TEXT PRIMARY KEY, fingerprint INTEGER NOT NULL, seen_ms INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX seen_at ON seen(seen_ms);"

	/* The windows of a fold_set. */
	"CREATE TABLE fold("
	" key TEXT NOT NULL, opened_ms INTEGER NOT NULL, alert_id TEXT NOT NULL, count INTEGER NOT NULL,"
	" carried INTEGER NOT NULL, touched_ms INTEGER NOT NULL, PRIMARY KEY(key, opened_ms)) WITHOUT ROWID;"
	"CREATE INDEX fold_touched ON fold(touched_ms);"

	/* status: enum outbox_status. The two partial indexes answer what is asked every second. */
	"CREATE TABLE delivery("
	" n INTEGER PRIMARY KEY, alert_id TEXT NOT NULL, sink TEXT NOT NULL, key TEXT NOT NULL,"
	" status INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, next_ms INTEGER NOT NULL,"
	" error TEXT NOT NULL DEFAULT '', created_ms INTEGER NOT NULL, done_ms INTEGER,"
	" bytes INTEGER NOT NULL, UNIQUE(alert_id, sink));"
	"CREATE INDEX delivery_pending ON delivery(sink, n, next_ms, bytes) WHERE status=0;"
	"CREATE INDEX delivery_dead ON delivery(n, bytes) WHERE status=2;"

	/* What sources have read: `identity` is an etag, or size and time; `position` is where to go on. */
	"CREATE TABLE object("
	" source TEXT NOT NULL, object TEXT NOT NULL, identity TEXT NOT NULL, position INTEGER NOT NULL,"
	" records INTEGER NOT NULL, done INTEGER NOT NULL, touched_ms INTEGER NOT NULL,"
	" PRIMARY KEY(source, object, identity)) WITHOUT ROWID;"
	"CREATE INDEX object_touched ON object(touched_ms);",
    },
    {
	/* The delivery ledger (agent/ledger/trail_ledger.h). Hours are sums over trail_object that outlive
	 * its rows.
	 */
	"CREATE TABLE trail_hour("
	" account TEXT NOT NULL, region TEXT NOT NULL, hour_ms INTEGER NOT NULL, delivered INTEGER NOT NULL,"
	" read INTEGER NOT NULL, missing INTEGER NOT NULL, altered INTEGER NOT NULL, late INTEGER NOT NULL,"
	" PRIMARY KEY(account, region, hour_ms)) WITHOUT ROWID;"
	"CREATE TABLE trail_begin(one INTEGER PRIMARY KEY CHECK(one=1), ms INTEGER NOT NULL);"

	/* Logs, by their key from AWSLogs/ on; flags: enum trail_flag. */
	"CREATE TABLE trail_object("
	" key TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, time_ms INTEGER NOT NULL,"
	" flags INTEGER NOT NULL, object TEXT NOT NULL, hash TEXT NOT NULL, listed_hash TEXT NOT NULL,"
	" read_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX trail_object_time ON trail_object(time_ms);"
	"CREATE INDEX trail_object_place ON trail_object(account, region, time_ms);"
	"CREATE INDEX trail_object_due ON trail_object(due_ms) WHERE flags=1;"

	/* Digests, and what each says of the one before it. */
	"CREATE TABLE trail_digest("
	" key TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, trail TEXT NOT NULL,"
	" backfill INTEGER NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, hash TEXT NOT NULL,"
	" signature TEXT NOT NULL, previous_key TEXT NOT NULL, previous_hash TEXT NOT NULL,"
	" previous_signature TEXT NOT NULL, valid INTEGER NOT NULL, read_ms INTEGER NOT NULL,"
	" due_ms INTEGER NOT NULL, swept INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
	"CREATE INDEX trail_digest_previous ON trail_digest(previous_key);"
	"CREATE INDEX trail_digest_chain ON trail_digest(account, region, trail, end_ms);"
	"CREATE INDEX trail_digest_due ON trail_digest(due_ms) WHERE NOT swept;",
    },
    {
	/* What the agent remembers about itself: rhythms of its feeds and the like, a text each. */
	"CREATE TABLE memory("
	" key TEXT PRIMARY KEY, value TEXT NOT NULL, touched_ms INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX memory_touched ON memory(touched_ms);",
    },
};

enum rc state_open(const char *folder, enum store_mode mode, struct store **out, struct err *e)
{
	char *path = file_join(folder, "state.db");
	enum rc rc = store_open(path, mode, migrations, sizeof migrations / sizeof *migrations, out, e);
	free(path);
	return rc;
}

enum rc state_restore(const char *folder, const char *from, char **out_aside, struct err *e)
{
	char *path = file_join(folder, "state.db");
	enum rc rc =
	    store_restore(path, from, migrations, sizeof migrations / sizeof *migrations, out_aside, e);
	free(path);
	return rc;
}

enum rc state_measure(struct store *s, struct state_size *out, struct err *e)
{
	struct outbox_size outbox;
	struct store_stmt *st = store_prepare(s,
	    "SELECT (SELECT count(*) FROM alert), (SELECT count(*) FROM fold), (SELECT count(*) FROM seen),"
	    " (SELECT count(*) FROM object), coalesce((SELECT min(detected_ms) FROM alert),0),"
	    " coalesce((SELECT max(detected_ms) FROM alert),0)");
	enum rc rc = outbox_measure(s, &outbox, e);
	if (rc == RC_OK)
		rc = store_step(st, e);
	if (rc != RC_OK)
		return rc;
	*out = (struct state_size){.version = store_version(s),
	    .alerts = store_int(st, 0),
	    .folds = store_int(st, 1),
	    .seen = store_int(st, 2),
	    .objects = store_int(st, 3),
	    .pending = outbox.pending,
	    .dead = outbox.dead,
	    .outbox_bytes = outbox.bytes,
	    .oldest_ms = store_int(st, 4),
	    .newest_ms = store_int(st, 5)};
	store_reset(st);
	return RC_OK;
}

static const struct {
	int64_t keep_ms;
	const char *sql; /* ?1: older than this, ?2: at most this many */
} stale[] = {
    {90 * DAY_MS, "DELETE FROM seen WHERE id IN (SELECT id FROM seen WHERE seen_ms < ?1 LIMIT ?2)"},
    /* suppress_for goes up to 365 days. */
    {366 * DAY_MS, "DELETE FROM fold WHERE (key, opened_ms) IN"
		   " (SELECT key, opened_ms FROM fold WHERE touched_ms < ?1 LIMIT ?2)"},
    {90 * DAY_MS,
	"DELETE FROM delivery WHERE n IN (SELECT d.n FROM alert a CROSS JOIN delivery d ON d.alert_id=a.id"
	" WHERE a.detected_ms < ?1 AND d.status=1 LIMIT ?2)"},
    {90 * DAY_MS, "DELETE FROM alert WHERE n IN (SELECT n FROM alert WHERE detected_ms < ?1 AND NOT EXISTS"
		  " (SELECT 1 FROM delivery d WHERE d.alert_id = alert.id) LIMIT ?2)"},
    {400 * DAY_MS, "DELETE FROM object WHERE (source, object, identity) IN"
		   " (SELECT source, object, identity FROM object WHERE touched_ms < ?1 LIMIT ?2)"},
    {40 * DAY_MS,
	"DELETE FROM trail_object WHERE key IN"
	" (SELECT key FROM trail_object WHERE time_ms < ?1 AND max(read_ms, due_ms) < ?1 LIMIT ?2)"},
    {40 * DAY_MS, "DELETE FROM trail_digest WHERE key IN"
		  " (SELECT key FROM trail_digest WHERE read_ms < ?1 LIMIT ?2)"},
    {400 * DAY_MS, "DELETE FROM trail_hour WHERE (account, region, hour_ms) IN"
		   " (SELECT account, region, hour_ms FROM trail_hour WHERE hour_ms < ?1 LIMIT ?2)"},
    {400 * DAY_MS, "DELETE FROM memory WHERE key IN (SELECT key FROM memory WHERE touched_ms < ?1 LIMIT ?2)"},
};

enum rc state_prune(struct store *s, int64_t now_ms, int limit, int64_t *out_rows, struct err *e)
{
	int64_t total = 0;
	for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) {
		struct store_stmt *st = store_prepare(s, stale[i].sql);
		int64_t rows = 0;
		store_bind_int(st, 1, now_ms - stale[i].keep_ms);
		store_bind_int(st, 2, limit);
		enum rc rc = store_run(st, &rows, e);
		if (rc != RC_OK)
			return rc;
		total += rows;
	}
	*out_rows = total;
	return RC_OK;
}
