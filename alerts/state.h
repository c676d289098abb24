/* What the agent remembers between runs: one SQLite file, its tables, their migrations. The analyst's thread
 * writes; everybody else opens it for reading. */
#ifndef KW_ALERTS_STATE_H
#define KW_ALERTS_STATE_H

#include "base/store.h"

/* Opens FOLDER/state.db; errors as store_open. */
enum rc state_open(const char *folder, enum store_mode mode, struct store **out, struct err *e);

/* Puts a copy in the place of FOLDER's state file; as store_restore. */
enum rc state_restore(const char *folder, const char *from, char **out_aside, struct err *e);

/* What is in it, for `kendrawatch state info`. Times are 0 when there is none. */
struct state_size {
	int64_t version, alerts, folds, seen, objects, pending, dead, outbox_bytes;
	int64_t oldest_ms, newest_ms; /* alerts, by when they were made */
};
enum rc state_measure(struct store *s, struct state_size *out, struct err *e);

/* Forgets what is past its time, in steps of at most `limit` rows a table, inside the caller's transaction:
 * marks of seen matches and delivered alerts after 90 days, folds after 8 days, objects of the ledger and
 * what the agent remembers about itself after 400, logs and digests of the delivery ledger 40 days after they
 * came, its hours after 400. Alerts that still have a pending or dead delivery stay. *out_rows: how many
 * went; call again while it is not 0. */
enum rc state_prune(struct store *s, int64_t now_ms, int limit, int64_t *out_rows, struct err *e);

#endif
