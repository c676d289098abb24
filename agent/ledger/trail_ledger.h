/* The delivery ledger: for each account, region and hour how many logs were delivered, read, missing, altered
 * and late. It is kept by the names of objects, whichever source they come from, and by the digests that list
 * them. Written in the analyst's transaction. */
#ifndef KW_AGENT_LEDGER_TRAIL_LEDGER_H
#define KW_AGENT_LEDGER_TRAIL_LEDGER_H

#include "agent/digest/news.h"
#include "base/store.h"

/* A log that is read so long after its delivery is late, unless it was delivered before the ledger began. */
#define TRAIL_LEDGER_LATE_MS ((int64_t)30 * 60 * 1000)

/* Something that people must hear, once. Texts are heap-owned. */
struct trail_alarm {
	enum flaw_kind kind;
	char *detail;  /* what makes it the same alarm: a second one of these is not told */
	char *summary; /* a sentence or two */
};
struct trail_alarms {
	VEC(struct trail_alarm) all;
};
void trail_alarms_fini(struct trail_alarms *a);

/* The object of that name was read to its end; `hash` is of its inflated bytes, empty: not known. Objects of
 * other names are passed by. */
enum rc trail_ledger_read(struct store *s, struct sv object, struct sv hash, int64_t now_ms,
    struct trail_alarms *alarms, struct err *e);

/* A digest came. Its logs are expected until `now_ms` + n->patience_ms. */
enum rc trail_ledger_digest(
    struct store *s, const struct digest_news *n, int64_t now_ms, struct trail_alarms *alarms, struct err *e);

/* What should have come and did not; logs that nobody lists; chains without a new digest. *out_next_ms: when
 * the next log falls due, INT64_MAX: none is waited for. */
enum rc trail_ledger_sweep(
    struct store *s, int64_t now_ms, struct trail_alarms *alarms, int64_t *out_next_ms, struct err *e);

/* One hour; borrowed for the call. */
struct trail_hour {
	struct sv account, region;
	int64_t hour_ms;
	int64_t delivered, read, missing, altered, late;
};
/* Hours from `since_ms` on, by account, region and time. */
enum rc trail_ledger_hours(struct store *s, int64_t since_ms,
    bool (*each)(void *ctx, const struct trail_hour *h), void *ctx, struct err *e);

/* One log, as the ledger knows it; borrowed for the call. */
struct trail_log {
	struct sv object; /* where it was read; empty: it was not */
	struct sv key;
	int64_t delivered_ms, read_ms; /* 0: not read */
	bool listed, missing, altered, late;
};
/* Logs of `account` (empty: any) that were delivered in [from_ms, to_ms], oldest first. */
enum rc trail_ledger_logs(struct store *s, struct sv account, int64_t from_ms, int64_t to_ms,
    bool (*each)(void *ctx, const struct trail_log *l), void *ctx, struct err *e);
/* The log of that object; false when the ledger does not know it. */
bool trail_ledger_log(struct store *s, struct sv object, struct trail_log *out);

#endif
