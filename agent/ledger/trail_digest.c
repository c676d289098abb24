/* The delivery ledger: digests, and what is due. A digest is compared with its neighbours when the second of
 * two has come, in whatever order they come. The analyst's thread. */
#include <inttypes.h>

#include "agent/ledger/trail_ledger_parts.h"
#include "base/clock.h"

#define HOUR_MS ((int64_t)3600000)
#define STALE_MS (2 * HOUR_MS)
/* As in digest/verify.c: a log may be listed by the digest of the next hour. */
#define EDGE_MS ((int64_t)300000)
#define SWEEP_ROWS 1000

/* --- a digest has come ------------------------------------------------------------------------------ */

static void alarm_of(
    struct trail_alarms *alarms, enum flaw_kind kind, const struct trail_name *name, const char *reason)
{
	trail_alarm_add(alarms, kind, heap_printf("%s %.*s", flaw_name(kind), SV_ARG(name->key)),
	    "%s %.*s: %.300s. %s", flaw_meaning(kind), SV_ARG(sv_head(name->key, 250)), reason,
	    flaw_remedy(kind));
}

static enum rc keep_digest(struct store *s, const struct digest_news *n, int64_t now_ms, struct err *e)
{
	const struct digest *d = &n->digest;
	struct trail_name previous = {0};
	if (d->previous_object.ptr)
		trail_name_read(d->previous_object, &previous);
	struct store_stmt *st = store_prepare(s,
	    "INSERT INTO trail_digest(key,account,region,trail,backfill,start_ms,end_ms,hash,signature,"
	    "previous_key,previous_hash,previous_signature,valid,read_ms,due_ms) "
	    "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(key) DO UPDATE SET hash=excluded.hash, "
	    "signature=excluded.signature, valid=excluded.valid, read_ms=excluded.read_ms");
	store_bind_text(st, 1, n->name.key);
	store_bind_text(st, 2, n->name.account);
	store_bind_text(st, 3, n->name.region);
	store_bind_text(st, 4, n->name.trail);
	store_bind_int(st, 5, n->name.backfill);
	store_bind_int(st, 6, d->start_ms);
	store_bind_int(st, 7, d->end_ms);
	store_bind_text(st, 8, sv_from(d->hash));
	store_bind_text(st, 9, n->metadata.signature.ptr ? n->metadata.signature : SV(""));
	store_bind_text(st, 10, previous.key.ptr ? previous.key : SV(""));
	store_bind_text(st, 11, d->previous_hash.ptr ? d->previous_hash : SV(""));
	store_bind_text(st, 12, d->previous_signature.ptr ? d->previous_signature : SV(""));
	store_bind_int(st, 13, n->verdict == FLAW_KINDS);
	store_bind_int(st, 14, now_ms);
	store_bind_int(st, 15, now_ms + n->patience_ms);
	return store_run(st, NULL, e);
}

/* Does what one says of its predecessor hold, in either direction? A predecessor with a bad signature has
 * been told of. */
static enum rc compare_neighbours(
    struct store *s, const struct digest_news *n, struct trail_alarms *alarms, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "SELECT p.key FROM trail_digest n JOIN trail_digest p ON p.key=n.previous_key "
	    "WHERE (n.key=?1 OR p.key=?1) AND n.valid AND p.valid "
	    "AND (lower(n.previous_hash)<>lower(p.hash) OR lower(n.previous_signature)<>lower(p.signature))");
	enum rc rc;
	store_bind_text(st, 1, n->name.key);
	while ((rc = store_step(st, e)) == RC_OK) {
		struct trail_name name = {.key = store_text(st, 0)};
		alarm_of(alarms, FLAW_REPLACED_DIGEST, &name, "the next digest names another one");
	}
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc list_log(struct store *s, const struct digest_news *n, const struct digest_log *log,
    int64_t now_ms, struct trail_alarms *alarms, struct err *e)
{
	struct trail_name name;
	struct trail_row r;
	if (!trail_name_read(log->object, &name) || name.kind != TRAIL_LOG)
		return RC_OK;
	enum rc rc = trail_row_get(s, &name, &r, e);
	if (rc != RC_OK)
		return rc;
	r.flags |= TRAIL_LISTED;
	r.flags &= ~(unsigned)TRAIL_STRANGER;
	r.due_ms = now_ms + n->patience_ms;
	snprintf(r.listed_hash, sizeof r.listed_hash, "%.*s", SV_ARG(log->hash));
	trail_row_compare(&r, alarms);
	return trail_row_put(s, &r, e);
}

enum rc trail_ledger_digest(
    struct store *s, const struct digest_news *n, int64_t now_ms, struct trail_alarms *alarms, struct err *e)
{
	enum rc rc = RC_OK;
	if (n->verdict != FLAW_DAMAGED_DIGEST)
		rc = keep_digest(s, n, now_ms, e);
	if (n->verdict != FLAW_KINDS)
		alarm_of(alarms, n->verdict, &n->name, n->reason);
	if (rc != RC_OK || n->verdict != FLAW_KINDS)
		return rc;
	rc = compare_neighbours(s, n, alarms, e);
	for (size_t i = 0; i < n->digest.n_logs && rc == RC_OK; i++)
		rc = list_log(s, n, &n->digest.logs[i], now_ms, alarms, e);
	return rc;
}

/* --- what is due ------------------------------------------------------------------------------------ */

/* Keys of rows that `st` gives, so that they can be written after it was read to its end. */
struct keys_found {
	VEC(char *) all;
};

static enum rc find_keys(struct store_stmt *st, struct keys_found *out, struct err *e)
{
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK)
		vec_push(&out->all, heap_text(store_text(st, 0)));
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* Sets the flag of each; an hour's first one rings, once. */
static enum rc mark(struct store *s, struct keys_found *keys, enum trail_flag flag, enum flaw_kind kind,
    struct trail_alarms *alarms, struct err *e)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < keys->all.n; i++) {
		struct trail_name name;
		struct trail_row r;
		if (rc == RC_OK && trail_name_read(sv_from(keys->all.items[i]), &name))
			rc = trail_row_get(s, &name, &r, e);
		else
			continue;
		r.flags |= (unsigned)flag;
		if (rc == RC_OK)
			rc = trail_row_put(s, &r, e);
		char *hour = trail_hour_name(&name);
		trail_alarm_add(alarms, kind, heap_printf("%s %s", flaw_name(kind), hour),
		    "%s UTC: %s %.*s. kendrawatch ledger shows the hours, kendrawatch verify looks at all.",
		    hour, flaw_meaning(kind), SV_ARG(sv_head(name.key, 300)));
		free(hour);
	}
	for (size_t i = 0; i < keys->all.n; i++)
		free(keys->all.items[i]);
	vec_fini(&keys->all);
	return rc;
}

static enum rc sweep_missing(struct store *s, int64_t now_ms, struct trail_alarms *alarms, struct err *e)
{
	struct keys_found keys = {0};
	struct store_stmt *st =
	    store_prepare(s, "SELECT key FROM trail_object WHERE flags=1 AND due_ms<=? ORDER BY key LIMIT ?");
	store_bind_int(st, 1, now_ms);
	store_bind_int(st, 2, SWEEP_ROWS);
	enum rc rc = find_keys(st, &keys, e);
	enum rc marked = mark(s, &keys, TRAIL_MISSING, FLAW_MISSING_LOG, alarms, e);
	return rc == RC_OK ? marked : rc;
}

/* Read, in the middle of an hour whose digest has long been here, and not listed. */
static enum rc sweep_strangers(struct store *s, int64_t now_ms, struct trail_alarms *alarms, struct err *e)
{
	struct keys_found keys = {0};
	struct store_stmt *st = store_prepare(s,
	    "SELECT DISTINCT o.key FROM trail_digest d CROSS JOIN trail_object o ON o.account=d.account "
	    "AND o.region=d.region AND o.flags & 33 = 0 AND o.time_ms BETWEEN d.start_ms+?2 AND "
	    "d.end_ms-?2-1 "
	    "WHERE d.valid AND NOT d.swept AND d.due_ms<=?1 ORDER BY o.key");
	store_bind_int(st, 1, now_ms);
	store_bind_int(st, 2, EDGE_MS);
	enum rc rc = find_keys(st, &keys, e);
	enum rc marked = mark(s, &keys, TRAIL_STRANGER, FLAW_LOG_NOT_LISTED, alarms, e);
	return rc == RC_OK ? marked : rc;
}

/* Chains that begin anew, behind an older one. Looked at when they are due: digests that stand between the
 * two, or fill the time, may come after either. */
static enum rc sweep_gaps(struct store *s, int64_t now_ms, struct trail_alarms *alarms, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "SELECT n.key, n.start_ms, max(o.end_ms) FROM trail_digest n JOIN trail_digest o "
	    "ON o.account=n.account AND o.region=n.region AND o.trail=n.trail AND o.end_ms<=n.start_ms "
	    "WHERE NOT n.swept AND n.due_ms<=? AND n.valid AND NOT n.backfill AND n.previous_key='' "
	    "GROUP BY n.key");
	enum rc rc;
	store_bind_int(st, 1, now_ms);
	while ((rc = store_step(st, e)) == RC_OK) {
		struct trail_name name = {.key = store_text(st, 0)};
		char from[CLK_TEXT], to[CLK_TEXT], reason[200];
		if (store_int(st, 2) >= store_int(st, 1))
			continue;
		clk_format(store_int(st, 2), false, from);
		clk_format(store_int(st, 1), false, to);
		snprintf(reason, sizeof reason, "nothing covers %s to %s", from, to);
		alarm_of(alarms, FLAW_GAP, &name, reason);
	}
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc sweep_digests(struct store *s, int64_t now_ms, struct trail_alarms *alarms, struct err *e)
{
	/* Its predecessor is named and not here, and it is not the oldest that we know. */
	struct store_stmt *st = store_prepare(s,
	    "SELECT n.previous_key, n.key FROM trail_digest n WHERE NOT n.swept AND n.due_ms<=?1 AND n.valid "
	    "AND NOT n.backfill AND n.previous_key<>'' "
	    "AND NOT EXISTS(SELECT 1 FROM trail_digest p WHERE p.key=n.previous_key) "
	    "AND EXISTS(SELECT 1 FROM trail_digest o WHERE o.account=n.account AND o.region=n.region "
	    "AND o.trail=n.trail AND o.end_ms<n.end_ms)");
	enum rc rc;
	store_bind_int(st, 1, now_ms);
	while ((rc = store_step(st, e)) == RC_OK) {
		struct trail_name name = {.key = store_text(st, 0)};
		char *reason = heap_printf("named by %.*s", SV_ARG(sv_head(store_text(st, 1), 250)));
		alarm_of(alarms, FLAW_MISSING_DIGEST, &name, reason);
		free(reason);
	}
	store_reset(st);
	if (rc != RC_NOTFOUND)
		return rc;
	struct store_stmt *done =
	    store_prepare(s, "UPDATE trail_digest SET swept=1 WHERE NOT swept AND due_ms<=?");
	store_bind_int(done, 1, now_ms);
	return store_run(done, NULL, e);
}

/* Chains that were live and have stopped. */
static enum rc sweep_stale(struct store *s, int64_t now_ms, struct trail_alarms *alarms, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "SELECT account,region,trail,end_ms FROM (SELECT account,region,trail,max(end_ms) AS end_ms,"
	    "read_ms,due_ms FROM trail_digest WHERE NOT backfill GROUP BY account,region,trail) "
	    "WHERE end_ms<?1-?2 AND read_ms-end_ms<?2 AND due_ms<?1");
	enum rc rc;
	store_bind_int(st, 1, now_ms);
	store_bind_int(st, 2, STALE_MS);
	while ((rc = store_step(st, e)) == RC_OK) {
		char end[CLK_TEXT];
		clk_format(store_int(st, 3), false, end);
		trail_alarm_add(alarms, FLAW_STALE_CHAIN,
		    heap_printf("stale %.*s %.*s %.*s %s", SV_ARG(store_text(st, 0)),
			SV_ARG(store_text(st, 1)), SV_ARG(sv_head(store_text(st, 2), 128)), end),
		    "No digest has come from trail %.*s in %.*s %.*s since the one that ends %s. %s",
		    SV_ARG(sv_head(store_text(st, 2), 128)), SV_ARG(store_text(st, 0)),
		    SV_ARG(store_text(st, 1)), end, flaw_remedy(FLAW_STALE_CHAIN));
	}
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc next_due(struct store *s, int64_t *out_ms, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "SELECT min(due_ms) FROM (SELECT min(due_ms) AS due_ms FROM trail_object WHERE flags=1 "
	    "UNION ALL SELECT min(due_ms) FROM trail_digest WHERE NOT swept)");
	enum rc rc = store_step(st, e);
	*out_ms = rc == RC_OK && !store_is_null(st, 0) ? store_int(st, 0) : INT64_MAX;
	store_reset(st);
	return rc;
}

enum rc trail_ledger_sweep(
    struct store *s, int64_t now_ms, struct trail_alarms *alarms, int64_t *out_next_ms, struct err *e)
{
	enum rc rc = sweep_missing(s, now_ms, alarms, e);
	if (rc == RC_OK)
		rc = sweep_strangers(s, now_ms, alarms, e);
	if (rc == RC_OK)
		rc = sweep_gaps(s, now_ms, alarms, e);
	if (rc == RC_OK)
		rc = sweep_digests(s, now_ms, alarms, e);
	if (rc == RC_OK)
		rc = sweep_stale(s, now_ms, alarms, e);
	return rc == RC_OK ? next_due(s, out_next_ms, e) : rc;
}
