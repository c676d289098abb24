/* The table `memory`. Written on the analyst's thread, read at start. */
#include "agent/selfwatch/memory.h"

enum rc memory_write(struct store *s, struct sv key, struct sv value, int64_t now_ms, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "INSERT INTO memory(key,value,touched_ms) VALUES(?,?,?) ON CONFLICT(key) DO UPDATE "
	    "SET value=excluded.value, touched_ms=excluded.touched_ms");
	store_bind_text(st, 1, key);
	store_bind_text(st, 2, value);
	store_bind_int(st, 3, now_ms);
	return store_run(st, NULL, e);
}

enum rc memory_read(struct store *s, struct sv prefix,
    void (*each)(void *ctx, struct sv key, struct sv value), void *ctx, struct err *e)
{
	struct store_stmt *st =
	    store_prepare(s, "SELECT key, value FROM memory WHERE substr(key,1,length(?1))=?1 ORDER BY key");
	enum rc rc;
	store_bind_text(st, 1, prefix);
	while ((rc = store_step(st, e)) == RC_OK)
		each(ctx, store_text(st, 0), store_text(st, 1));
	store_reset(st);
	return rc == RC_NOTFOUND ? RC_OK : err_at(e, "memory");
}
