/* The delivery ledger: logs. Each has a row for as long as digests may speak of it; hours are sums that are
 * kept along, and stay. The analyst's thread writes, commands read. */
#include "agent/ledger/trail_ledger.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "agent/ledger/trail_ledger_parts.h"
#include "base/clock.h"

#define HOUR_MS ((int64_t)3600000)

void trail_alarms_fini(struct trail_alarms *a)
{
	for (size_t i = 0; i < a->all.n; i++) {
		free(a->all.items[i].detail);
		free(a->all.items[i].summary);
	}
	vec_fini(&a->all);
}

void trail_alarm_add(struct trail_alarms *a, enum flaw_kind kind, char *detail, const char *fmt, ...)
{
	char text[900];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	vec_push(&a->all, (struct trail_alarm){kind, detail, heap_copy(text)});
}

/* --- one log ---------------------------------------------------------------------------------------- */

enum rc trail_row_get(struct store *s, const struct trail_name *name, struct trail_row *out, struct err *e)
{
	*out = (struct trail_row){.name = *name};
	struct store_stmt *st =
	    store_prepare(s, "SELECT flags, hash, listed_hash FROM trail_object WHERE key=?");
	store_bind_text(st, 1, name->key);
	enum rc rc = store_step(st, e);
	if (rc == RC_OK) {
		out->known = true;
		out->flags = (unsigned)store_int(st, 0);
		snprintf(out->hash, sizeof out->hash, "%.*s", SV_ARG(store_text(st, 1)));
		snprintf(out->listed_hash, sizeof out->listed_hash, "%.*s", SV_ARG(store_text(st, 2)));
	}
	out->was = out->flags;
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

static int step_of(unsigned was, unsigned is, unsigned flags)
{
	return ((is & flags) != 0) - ((was & flags) != 0);
}

/* The sums of its hour follow what has changed about the log. */
static enum rc move_hour(struct store *s, const struct trail_row *r, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "INSERT INTO trail_hour(account,region,hour_ms,delivered,read,missing,altered,late) "
	    "VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(account,region,hour_ms) DO UPDATE SET "
	    "delivered=delivered+excluded.delivered, read=read+excluded.read, "
	    "missing=missing+excluded.missing, altered=altered+excluded.altered, late=late+excluded.late");
	store_bind_text(st, 1, r->name.account);
	store_bind_text(st, 2, r->name.region);
	store_bind_int(st, 3, r->name.time_ms / HOUR_MS * HOUR_MS);
	store_bind_int(st, 4, step_of(r->was, r->flags, TRAIL_LISTED | TRAIL_READ));
	store_bind_int(st, 5, step_of(r->was, r->flags, TRAIL_READ));
	store_bind_int(st, 6, step_of(r->was, r->flags, TRAIL_MISSING));
	store_bind_int(st, 7, step_of(r->was, r->flags, TRAIL_ALTERED));
	store_bind_int(st, 8, step_of(r->was, r->flags, TRAIL_LATE));
	return store_run(st, NULL, e);
}

enum rc trail_row_put(struct store *s, const struct trail_row *r, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "INSERT INTO "
	    "trail_object(key,account,region,time_ms,flags,object,hash,listed_hash,read_ms,due_ms) "
	    "VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT(key) DO UPDATE SET flags=excluded.flags, "
	    "object=CASE excluded.object WHEN '' THEN object ELSE excluded.object END, hash=excluded.hash, "
	    "listed_hash=excluded.listed_hash, read_ms=max(read_ms, excluded.read_ms), "
	    "due_ms=max(due_ms, excluded.due_ms)");
	store_bind_text(st, 1, r->name.key);
	store_bind_text(st, 2, r->name.account);
	store_bind_text(st, 3, r->name.region);
	store_bind_int(st, 4, r->name.time_ms);
	store_bind_int(st, 5, r->flags);
	store_bind_text(st, 6, r->object.ptr ? r->object : SV(""));
	store_bind_text(st, 7, sv_from(r->hash));
	store_bind_text(st, 8, sv_from(r->listed_hash));
	store_bind_int(st, 9, r->read_ms);
	store_bind_int(st, 10, r->due_ms);
	enum rc rc = store_run(st, NULL, e);
	return rc == RC_OK && r->was != r->flags ? move_hour(s, r, e) : rc;
}

char *trail_hour_name(const struct trail_name *name)
{
	char hour[CLK_TEXT];
	clk_format(name->time_ms / HOUR_MS * HOUR_MS, false, hour);
	return heap_printf("%.*s %.*s %.16s", SV_ARG(name->account), SV_ARG(name->region), hour);
}

void trail_row_compare(struct trail_row *r, struct trail_alarms *alarms)
{
	if (!r->hash[0] || !r->listed_hash[0])
		return;
	r->flags &= ~(unsigned)TRAIL_ALTERED;
	if (sv_eq_nocase(sv_from(r->hash), sv_from(r->listed_hash)))
		return;
	r->flags |= TRAIL_ALTERED;
	if (r->was & TRAIL_ALTERED)
		return;
	char *hour = trail_hour_name(&r->name);
	trail_alarm_add(alarms, FLAW_TAMPERED_LOG, heap_printf("altered %s", hour),
	    "A log of %s UTC is not what CloudTrail delivered: the bytes that were read hash to %.16s…, and "
	    "its "
	    "digest lists %.16s…: %.*s. kendrawatch verify looks at all of them.",
	    hour, r->hash, r->listed_hash, SV_ARG(sv_head(r->name.key, 300)));
	free(hour);
}

/* When the ledger began: what was delivered before it is history that is read now, not late. */
static enum rc begun(struct store *s, int64_t now_ms, int64_t *out_ms, struct err *e)
{
	struct store_stmt *put = store_prepare(s, "INSERT OR IGNORE INTO trail_begin(one,ms) VALUES(1,?)");
	store_bind_int(put, 1, now_ms);
	enum rc rc = store_run(put, NULL, e);
	if (rc != RC_OK)
		return rc;
	struct store_stmt *get = store_prepare(s, "SELECT ms FROM trail_begin");
	rc = store_step(get, e);
	*out_ms = rc == RC_OK ? store_int(get, 0) : now_ms;
	store_reset(get);
	return rc;
}

enum rc trail_ledger_read(struct store *s, struct sv object, struct sv hash, int64_t now_ms,
    struct trail_alarms *alarms, struct err *e)
{
	struct trail_name name;
	struct trail_row r;
	int64_t begun_ms;
	if (!trail_name_read(object, &name) || name.kind != TRAIL_LOG)
		return RC_OK;
	enum rc rc = begun(s, now_ms, &begun_ms, e);
	if (rc == RC_OK)
		rc = trail_row_get(s, &name, &r, e);
	if (rc != RC_OK)
		return rc;
	if (!(r.flags & TRAIL_READ) && name.time_ms >= begun_ms &&
	    now_ms - name.time_ms > TRAIL_LEDGER_LATE_MS)
		r.flags |= TRAIL_LATE;
	r.flags |= TRAIL_READ;
	r.flags &= ~(unsigned)TRAIL_MISSING;
	r.object = object;
	r.read_ms = now_ms;
	if (hash.len)
		snprintf(r.hash, sizeof r.hash, "%.*s", SV_ARG(hash));
	trail_row_compare(&r, alarms);
	return trail_row_put(s, &r, e);
}

/* --- for commands ----------------------------------------------------------------------------------- */

enum rc trail_ledger_hours(struct store *s, int64_t since_ms,
    bool (*each)(void *ctx, const struct trail_hour *h), void *ctx, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "SELECT account,region,hour_ms,delivered,read,missing,altered,late FROM trail_hour "
	    "WHERE hour_ms >= ? ORDER BY account,region,hour_ms");
	store_bind_int(st, 1, since_ms);
	enum rc rc;
	bool more = true;
	while (more && (rc = store_step(st, e)) == RC_OK)
		more = each(ctx, &(struct trail_hour){store_text(st, 0), store_text(st, 1), store_int(st, 2),
				     store_int(st, 3), store_int(st, 4), store_int(st, 5), store_int(st, 6),
				     store_int(st, 7)});
	store_reset(st);
	return !more || rc == RC_NOTFOUND ? RC_OK : err_at(e, "delivery ledger");
}

#define LOG_COLUMNS "object,key,time_ms,read_ms,flags"

static struct trail_log log_of(struct store_stmt *st)
{
	unsigned flags = (unsigned)store_int(st, 4);
	return (struct trail_log){store_text(st, 0), store_text(st, 1), store_int(st, 2), store_int(st, 3),
	    (flags & TRAIL_LISTED) != 0, (flags & TRAIL_MISSING) != 0, (flags & TRAIL_ALTERED) != 0,
	    (flags & TRAIL_LATE) != 0};
}

enum rc trail_ledger_logs(struct store *s, struct sv account, int64_t from_ms, int64_t to_ms,
    bool (*each)(void *ctx, const struct trail_log *l), void *ctx, struct err *e)
{
	struct store_stmt *st =
	    store_prepare(s, "SELECT " LOG_COLUMNS " FROM trail_object WHERE time_ms BETWEEN ?2 AND ?3 "
			     "AND (?1='' OR account=?1) ORDER BY time_ms, key");
	store_bind_text(st, 1, account.ptr ? account : SV(""));
	store_bind_int(st, 2, from_ms);
	store_bind_int(st, 3, to_ms);
	enum rc rc;
	bool more = true;
	while (more && (rc = store_step(st, e)) == RC_OK) {
		struct trail_log log = log_of(st);
		more = each(ctx, &log);
	}
	store_reset(st);
	return !more || rc == RC_NOTFOUND ? RC_OK : err_at(e, "delivery ledger");
}

bool trail_ledger_log(struct store *s, struct sv object, struct trail_log *out)
{
	struct trail_name name;
	if (!trail_name_read(object, &name))
		return false;
	struct store_stmt *st = store_prepare(s, "SELECT " LOG_COLUMNS " FROM trail_object WHERE key=?");
	store_bind_text(st, 1, name.key);
	bool found = store_step(st, NULL) == RC_OK;
	if (found)
		*out = log_of(st);
	if (!found)
		store_reset(st);
	return found;
}
