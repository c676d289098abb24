/* The ledger: which objects were read, and how far. Written in the transaction that makes their alerts
 * durable. */
#ifndef KW_AGENT_LEDGER_LEDGER_H
#define KW_AGENT_LEDGER_LEDGER_H

#include "base/map.h"
#include "base/store.h"

/* One object of one source. Texts are heap-owned. */
struct ledger_row {
	char *object;     /* path */
	char *identity;   /* what makes it the same content: "size:mtime_ns", "dev:inode:hash" */
	int64_t position; /* records (whole objects) or bytes (followed files) that are durable */
	bool done;        /* nothing more will come of this identity */
};
void ledger_row_fini(struct ledger_row *row);

/* What a source had done when the agent started. */
struct ledger {
	struct map rows; /* object -> struct ledger_row * */
};
void ledger_fini(struct ledger *l);

/* Reads the rows of `source`. */
enum rc ledger_read(struct store *s, const char *source, struct ledger *out, struct err *e);

/* The row of one object, asked for one by one, for sources with too many objects to hold them all: `s` is a
 * reading store of the caller's thread and sees what is durable now. RC_NOTFOUND: none. */
enum rc ledger_look(
    struct store *s, const char *source, const char *object, struct ledger_row *out, struct err *e);

/* Writes one row inside the open transaction. `records` is the number of records seen so far in it. */
enum rc ledger_write(struct store *s, const char *source, const struct ledger_row *row, int64_t records,
    int64_t now_ms, struct err *e);

/* Tells `each` every object of every source, the one touched last first; false from it ends the walk. */
enum rc ledger_objects(
    struct store *s, bool (*each)(void *ctx, const char *object), void *ctx, struct err *e);

/* Which source read `object` last, and when (wall clock). False when none did; *out_source is heap. */
bool ledger_touched(struct store *s, struct sv object, char **out_source, int64_t *out_ms);

/* The row of `object`, or NULL; borrowed from `l`. */
const struct ledger_row *ledger_find(const struct ledger *l, const char *object);

#endif
