/* The ledger of objects read. Written on the analyst's thread, read at start. */
#include "agent/ledger/ledger.h"

#include <stdlib.h>

#include "base/heap.h"

void ledger_row_fini(struct ledger_row *row)
{
	free(row->object);
	free(row->identity);
	*row = (struct ledger_row){0};
}

static void row_free(struct ledger_row *row)
{
	if (!row)
		return;
	ledger_row_fini(row);
	free(row);
}

void ledger_fini(struct ledger *l)
{
	for (size_t i = 0; i < l->rows.n; i++)
		row_free(l->rows.entries[i].value);
	map_fini(&l->rows);
}

enum rc ledger_read(struct store *s, const char *source, struct ledger *out, struct err *e)
{
	/* Should an object ever have two rows, the one touched last counts. */
	struct store_stmt *st = store_prepare(
	    s, "SELECT object, identity, position, done FROM object WHERE source=? ORDER BY touched_ms");
	store_bind_text(st, 1, sv_from(source));
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK) {
		struct ledger_row *row = heap_zero(1, sizeof *row);
		*row = (struct ledger_row){heap_text(store_text(st, 0)), heap_text(store_text(st, 1)),
		    store_int(st, 2), store_int(st, 3) != 0};
		row_free(map_put(&out->rows, sv_from(row->object), row));
	}
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : err_at(e, "ledger of source %s", source);
}

enum rc ledger_look(
    struct store *s, const char *source, const char *object, struct ledger_row *out, struct err *e)
{
	struct store_stmt *st = store_prepare(s, "SELECT identity, position, done FROM object"
						 " WHERE source=? AND object=? ORDER BY touched_ms DESC");
	store_bind_text(st, 1, sv_from(source));
	store_bind_text(st, 2, sv_from(object));
	enum rc rc = store_step(st, e);
	if (rc == RC_OK)
		*out = (struct ledger_row){
		    heap_copy(object), heap_text(store_text(st, 0)), store_int(st, 1), store_int(st, 2) != 0};
	store_reset(st);
	return rc;
}

enum rc ledger_write(struct store *s, const char *source, const struct ledger_row *row, int64_t records,
    int64_t now_ms, struct err *e)
{
	struct store_stmt *old =
	    store_prepare(s, "DELETE FROM object WHERE source=? AND object=? AND identity<>?");
	store_bind_text(old, 1, sv_from(source));
	store_bind_text(old, 2, sv_from(row->object));
	store_bind_text(old, 3, sv_from(row->identity));
	enum rc rc = store_run(old, NULL, e);
	if (rc != RC_OK)
		return rc;
	struct store_stmt *st =
	    store_prepare(s, "INSERT INTO object(source,object,identity,position,records,done,touched_ms) "
			     "VALUES(?,?,?,?,?,?,?)"
			     " ON CONFLICT(source,object,identity) DO UPDATE SET position=excluded.position, "
			     "records=excluded.records,"
			     " done=excluded.done, touched_ms=excluded.touched_ms");
	store_bind_text(st, 1, sv_from(source));
	store_bind_text(st, 2, sv_from(row->object));
	store_bind_text(st, 3, sv_from(row->identity));
	store_bind_int(st, 4, row->position);
	store_bind_int(st, 5, records);
	store_bind_int(st, 6, row->done);
	store_bind_int(st, 7, now_ms);
	return store_run(st, NULL, e);
}

const struct ledger_row *ledger_find(const struct ledger *l, const char *object)
{
	return map_get(&l->rows, sv_from(object));
}

enum rc ledger_objects(struct store *s, bool (*each)(void *ctx, const char *object), void *ctx, struct err *e)
{
	struct store_stmt *st = store_prepare(
	    s, "SELECT object FROM object GROUP BY object ORDER BY max(touched_ms) DESC, object");
	enum rc rc;
	bool more = true;
	while (more && (rc = store_step(st, e)) == RC_OK) {
		char *object = heap_text(store_text(st, 0));
		more = each(ctx, object);
		free(object);
	}
	store_reset(st);
	return !more || rc == RC_NOTFOUND ? RC_OK : err_at(e, "ledger");
}

bool ledger_touched(struct store *s, struct sv object, char **out_source, int64_t *out_ms)
{
	struct store_stmt *st = store_prepare(
	    s, "SELECT source, touched_ms FROM object WHERE object=? ORDER BY touched_ms DESC LIMIT 1");
	store_bind_text(st, 1, object);
	bool found = store_step(st, NULL) == RC_OK;
	if (found) {
		*out_source = heap_text(store_text(st, 0));
		*out_ms = store_int(st, 1);
	}
	store_reset(st);
	return found;
}
