/* Alerts and deliveries in the state file. The analyst writes (outbox_add, outbox_results, within its
 * transaction), the dispatcher and commands read. Owns nothing but what it hands out. */
#include "alerts/outbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/metric.h"

void outbox_due_fini(struct outbox_due *d)
{
	free(d->key);
	d->key = NULL;
	buf_fini(&d->body);
}

/* --- adding
 * ----------------------------------------------------------------------------------------------------- */

static enum outbox_kind kind_of(const struct outbox_alert *a, const struct route *to)
{
	if (a->shadow)
		return OUTBOX_SHADOW;
	if (to->sinks.n)
		return OUTBOX_ROUTED;
	return a->late ? OUTBOX_LATE : OUTBOX_UNROUTED;
}

static enum rc insert_alert(
    struct store *s, const struct outbox_alert *a, enum outbox_kind kind, int64_t *out_rows, struct err *e)
{
	char handle[ALERT_HANDLE_TEXT];
	struct store_stmt *st = store_prepare(s,
	    "INSERT INTO "
	    "alert(id,handle,rule,level,kind,account,region,actor,fold_key,event_key,time_ms,detected_ms,"
	    "body)"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13) ON CONFLICT(id) DO NOTHING");
	alert_handle(a->id, handle);
	store_bind_text(st, 1, sv_from(a->id));
	store_bind_text(st, 2, sv_from(handle));
	store_bind_text(st, 3, a->rule_key);
	store_bind_int(st, 4, (int64_t)a->level);
	store_bind_int(st, 5, (int64_t)kind);
	store_bind_text(st, 6, a->account);
	store_bind_text(st, 7, a->region);
	store_bind_text(st, 8, a->actor);
	store_bind_text(st, 9, sv_from(a->fold_key));
	store_bind_text(st, 10, a->event_key);
	store_bind_int(st, 11, a->time_ms);
	store_bind_int(st, 12, a->detected_ms);
	store_bind_blob(st, 13, a->body);
	return store_run(st, out_rows, e);
}

static enum rc insert_delivery(struct store *s, const struct outbox_alert *a, const char *sink, struct err *e)
{
	struct store_stmt *st = store_prepare(
	    s, "INSERT INTO delivery(alert_id,sink,key,next_ms,created_ms,bytes) VALUES(?1,?2,?1,?3,?3,?4)");
	store_bind_text(st, 1, sv_from(a->id));
	store_bind_text(st, 2, sv_from(sink));
	store_bind_int(st, 3, a->detected_ms);
	store_bind_int(st, 4, (int64_t)a->body.len);
	return store_run(st, NULL, e);
}

enum rc outbox_add(
    struct store *s, const struct outbox_alert *a, const struct route *to, bool *out_new, struct err *e)
{
	enum outbox_kind kind = kind_of(a, to);
	int64_t rows = 0;
	enum rc rc = insert_alert(s, a, kind, &rows, e);
	if (kind == OUTBOX_ROUTED && rows > 0)
		for (size_t i = 0; i < to->sinks.n && rc == RC_OK; i++)
			rc = insert_delivery(s, a, to->sinks.items[i], e);
	if (rc != RC_OK)
		return rc;
	metric_add(METRIC_ALERTS, rows > 0);
	*out_new = rows > 0;
	return RC_OK;
}

/* --- delivering
 * ------------------------------------------------------------------------------------------------- */

static void take_row(struct store_stmt *st, struct outbox_due *out)
{
	*out = (struct outbox_due){.n = store_int(st, 0),
	    .key = heap_text(store_text(st, 1)),
	    .attempts = (int)store_int(st, 2),
	    .created_ms = store_int(st, 3)};
	buf_add(&out->body, store_text(st, 4));
}

static enum rc find_next(
    struct store *s, const char *sink, int64_t now_ms, int64_t *out_next_ms, struct err *e)
{
	struct store_stmt *st =
	    store_prepare(s, "SELECT min(next_ms) FROM delivery WHERE status=0 AND sink=?1 AND next_ms>?2");
	store_bind_text(st, 1, sv_from(sink));
	store_bind_int(st, 2, now_ms);
	enum rc rc = store_step(st, e);
	if (rc != RC_OK)
		return rc;
	*out_next_ms = store_is_null(st, 0) ? INT64_MAX : store_int(st, 0);
	store_reset(st);
	return RC_OK;
}

enum rc outbox_due(struct store *s, const char *sink, int64_t now_ms, size_t limit,
    bool (*skip)(void *ctx, int64_t n), void *ctx, struct outbox_due *out, size_t *out_n,
    int64_t *out_next_ms, struct err *e)
{
	size_t n = 0;
	struct store_stmt *st = store_prepare(s,
	    "SELECT d.n,d.key,d.attempts,d.created_ms,a.body FROM delivery d JOIN alert a ON a.id=d.alert_id"
	    " WHERE d.status=0 AND d.sink=?1 AND d.next_ms<=?2 ORDER BY d.n");
	store_bind_text(st, 1, sv_from(sink));
	store_bind_int(st, 2, now_ms);
	enum rc rc = RC_OK;
	while (n < limit && (rc = store_step(st, e)) == RC_OK)
		if (!skip || !skip(ctx, store_int(st, 0)))
			take_row(st, &out[n++]);
	store_reset(st);
	int64_t next_ms = INT64_MAX;
	if (rc == RC_OK || rc == RC_NOTFOUND)
		rc = find_next(s, sink, now_ms, &next_ms, e);
	if (rc != RC_OK) {
		while (n > 0)
			outbox_due_fini(&out[--n]);
		return rc;
	}
	*out_n = n;
	*out_next_ms = next_ms;
	return RC_OK;
}

static enum rc write_result(struct store *s, const struct outbox_result *r, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "UPDATE delivery SET status=?2, attempts=attempts+1, next_ms=?3, done_ms=?4, error=?5"
	    " WHERE n=?1 AND status=0");
	store_bind_int(st, 1, r->n);
	store_bind_int(st, 2, (int64_t)r->status);
	store_bind_int(st, 3, r->next_ms);
	if (r->status == OUTBOX_PENDING)
		store_bind_null(st, 4);
	else
		store_bind_int(st, 4, r->done_ms);
	store_bind_text(st, 5, sv_from(r->error));
	return store_run(st, NULL, e);
}

enum rc outbox_late(struct store *s, const char *digest_rule, struct outbox_late *out, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "SELECT count(*), coalesce(max(n),0), coalesce(max(level),0) FROM alert WHERE kind=?"
	    " AND n > (SELECT coalesce(max(n),0) FROM alert WHERE rule=?)");
	store_bind_int(st, 1, OUTBOX_LATE);
	store_bind_text(st, 2, sv_from(digest_rule));
	enum rc rc = store_step(st, e);
	if (rc == RC_OK)
		*out = (struct outbox_late){store_int(st, 0), store_int(st, 1), (enum level)store_int(st, 2)};
	store_reset(st);
	return rc;
}

enum rc outbox_results(struct store *s, const struct outbox_result *results, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		enum rc rc = write_result(s, &results[i], e);
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

/* --- looking after it
 * ------------------------------------------------------------------------------------------- */

enum rc outbox_measure(struct store *s, struct outbox_size *out, struct err *e)
{
	/* Two statements, so that each is answered by its own partial index. */
	static const char *const sql[] = {
	    "SELECT count(*), coalesce(sum(bytes),0) FROM delivery WHERE status=0",
	    "SELECT count(*), coalesce(sum(bytes),0) FROM delivery WHERE status=2",
	};
	int64_t rows[2], bytes[2];
	for (int i = 0; i < 2; i++) {
		struct store_stmt *st = store_prepare(s, sql[i]);
		enum rc rc = store_step(st, e);
		if (rc != RC_OK)
			return rc;
		rows[i] = store_int(st, 0);
		bytes[i] = store_int(st, 1);
		store_reset(st);
	}
	*out = (struct outbox_size){.pending = rows[0], .dead = rows[1], .bytes = bytes[0] + bytes[1]};
	return RC_OK;
}

enum rc outbox_pending(
    struct store *s, void (*each)(void *ctx, struct sv sink, int64_t pending), void *ctx, struct err *e)
{
	struct store_stmt *st =
	    store_prepare(s, "SELECT sink, count(*) FROM delivery WHERE status=0 GROUP BY sink");
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK)
		each(ctx, store_text(st, 0), store_int(st, 1));
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc outbox_failing(
    struct store *s, void (*each)(void *ctx, const struct outbox_failing *f), void *ctx, struct err *e)
{
	/* SQLite takes the bare column from the row of the min(). */
	struct store_stmt *st = store_prepare(s,
	    "SELECT sink, error, min(created_ms), count(*) FROM (SELECT sink, error, created_ms, attempts"
	    " FROM delivery WHERE status=0 ORDER BY n LIMIT 1000) WHERE attempts>0 GROUP BY sink");
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK)
		each(ctx, &(struct outbox_failing){
			      store_text(st, 0), store_text(st, 1), store_int(st, 2), store_int(st, 3)});
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

static struct outbox_row row_of(struct store_stmt *st)
{
	return (struct outbox_row){.n = store_int(st, 0),
	    .alert_id = store_text(st, 1),
	    .handle = store_text(st, 2),
	    .sink = store_text(st, 3),
	    .status = (enum outbox_status)store_int(st, 4),
	    .attempts = (int)store_int(st, 5),
	    .next_ms = store_int(st, 6),
	    .created_ms = store_int(st, 7),
	    .bytes = store_int(st, 8),
	    .error = store_text(st, 9),
	    .done_ms = store_int(st, 10)};
}

#define ROW_COLUMNS                                                                                         \
	"SELECT d.n,d.alert_id,a.handle,d.sink,d.status,d.attempts,d.next_ms,d.created_ms,d.bytes,d.error," \
	"d.done_ms FROM delivery d JOIN alert a ON a.id=d.alert_id"

static enum rc tell_rows(
    struct store_stmt *st, bool (*each)(void *ctx, const struct outbox_row *row), void *ctx, struct err *e)
{
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK) {
		struct outbox_row row = row_of(st);
		if (!each(ctx, &row))
			break;
	}
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc outbox_deliveries(struct store *s, struct sv alert_id,
    bool (*each)(void *ctx, const struct outbox_row *row), void *ctx, struct err *e)
{
	struct store_stmt *st = store_prepare(s, ROW_COLUMNS " WHERE d.alert_id=? ORDER BY d.n");
	store_bind_text(st, 1, alert_id);
	return tell_rows(st, each, ctx, e);
}

enum rc outbox_list(struct store *s, bool dead_only, bool (*each)(void *ctx, const struct outbox_row *row),
    void *ctx, struct err *e)
{
	struct store_stmt *st =
	    store_prepare(s, ROW_COLUMNS " WHERE d.status=2 OR (d.status=0 AND NOT ?1) ORDER BY d.n");
	store_bind_int(st, 1, dead_only);
	return tell_rows(st, each, ctx, e);
}

enum rc outbox_export(struct store *s, bool (*each)(void *ctx, const struct outbox_row *row, struct sv body),
    void *ctx, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "SELECT "
	    "d.n,d.alert_id,a.handle,d.sink,d.status,d.attempts,d.next_ms,d.created_ms,d.bytes,d.error,"
	    "a.body FROM delivery d JOIN alert a ON a.id=d.alert_id WHERE d.status<>1 ORDER BY d.n");
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK) {
		struct outbox_row row = row_of(st);
		if (!each(ctx, &row, store_text(st, 10)))
			break;
	}
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc outbox_retry(struct store *s, int64_t n, int64_t now_ms, int64_t *out_rows, struct err *e)
{
	/* created_ms too: a delivery that was given up for its age gets its time again. */
	struct store_stmt *st =
	    store_prepare(s, "UPDATE delivery SET status=0, next_ms=?2, created_ms=?2, done_ms=NULL"
			     " WHERE status=2 AND (?1=0 OR n=?1)");
	store_bind_int(st, 1, n);
	store_bind_int(st, 2, now_ms);
	return store_run(st, out_rows, e);
}

enum rc outbox_drop(struct store *s, int64_t n, int64_t *out_rows, struct err *e)
{
	struct store_stmt *st = store_prepare(s, "DELETE FROM delivery WHERE status=2 AND (?1=0 OR n=?1)");
	store_bind_int(st, 1, n);
	return store_run(st, out_rows, e);
}

/* --- recorded alerts
 * -------------------------------------------------------------------------------------------- */

#define RECORD_COLUMNS                                                                                \
	"SELECT n,id,handle,rule,level,kind,account,region,actor,time_ms,detected_ms,folded,body,"    \
	" (SELECT count(*) FROM delivery d WHERE d.alert_id=alert.id AND d.status=0),"                \
	" (SELECT count(*) FROM delivery d WHERE d.alert_id=alert.id AND d.status=1),"                \
	" (SELECT count(*) FROM delivery d WHERE d.alert_id=alert.id AND d.status=2) FROM alert"      \
	" WHERE (?1='' OR handle=?1) AND (?2='' OR id=?2) AND detected_ms>=?3 AND n>?4 AND level>=?5" \
	" AND (?7='' OR substr(event_key,instr(event_key,'/')+1)=?7)"

static struct outbox_record record_of(struct store_stmt *st)
{
	return (struct outbox_record){.number = store_int(st, 0),
	    .id = store_text(st, 1),
	    .handle = store_text(st, 2),
	    .rule_key = store_text(st, 3),
	    .level = (enum level)store_int(st, 4),
	    .kind = (enum outbox_kind)store_int(st, 5),
	    .account = store_text(st, 6),
	    .region = store_text(st, 7),
	    .actor = store_text(st, 8),
	    .time_ms = store_int(st, 9),
	    .detected_ms = store_int(st, 10),
	    .folded = store_int(st, 11),
	    .body = store_text(st, 12),
	    .pending = store_int(st, 13),
	    .sent = store_int(st, 14),
	    .dead = store_int(st, 15)};
}

enum rc outbox_alerts(struct store *s, const struct outbox_query *q,
    bool (*each)(void *ctx, const struct outbox_record *a), void *ctx, struct err *e)
{
	struct store_stmt *st = store_prepare(s, q->newest_first ? RECORD_COLUMNS " ORDER BY n DESC LIMIT ?6"
								 : RECORD_COLUMNS " ORDER BY n LIMIT ?6");
	store_bind_text(st, 1, q->handle);
	store_bind_text(st, 2, q->id);
	store_bind_int(st, 3, q->since_ms);
	store_bind_int(st, 4, q->after);
	store_bind_int(st, 5, (int64_t)q->min_level);
	store_bind_int(st, 6, q->limit ? (int64_t)q->limit : -1);
	store_bind_text(st, 7, q->event);
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK) {
		struct outbox_record a = record_of(st);
		if (!each(ctx, &a))
			break;
	}
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

bool outbox_handled(struct store *s, const char *id, const char *fold_key, char out_id[ALERT_ID_TEXT])
{
	struct store_stmt *seen = store_prepare(s, "SELECT 1 FROM seen WHERE id=?");
	store_bind_text(seen, 1, sv_from(id));
	bool handled = store_step(seen, NULL) == RC_OK;
	store_reset(seen);
	struct store_stmt *st = store_prepare(
	    s, "SELECT id FROM alert WHERE id=?1 OR fold_key=?2 ORDER BY id=?1 DESC, n DESC LIMIT 1");
	store_bind_text(st, 1, sv_from(id));
	store_bind_text(st, 2, sv_from(fold_key));
	out_id[0] = 0;
	if (store_step(st, NULL) == RC_OK)
		snprintf(out_id, ALERT_ID_TEXT, "%.*s", SV_ARG(store_text(st, 0)));
	store_reset(st);
	if (!handled && strcmp(out_id, id) != 0)
		out_id[0] = 0;
	return handled || out_id[0] != 0;
}
