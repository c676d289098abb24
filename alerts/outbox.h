/* Alerts and their deliveries in the state file: written in the analyst's transaction, read by the dispatcher
 * and by commands. What is in here survives kill -9. */
#ifndef KW_ALERTS_OUTBOX_H
#define KW_ALERTS_OUTBOX_H

#include "alerts/alert.h"
#include "alerts/route.h"
#include "base/store.h"

enum outbox_kind {
	OUTBOX_ROUTED,   /* has deliveries */
	OUTBOX_UNROUTED, /* no route took it: recorded only */
	OUTBOX_SHADOW,   /* its rule is in shadow: recorded only */
	OUTBOX_LATE, /* its event was too old on arrival to be sent: recorded, and summed up by a digest */
};

struct outbox_alert {
	const char *id, *fold_key; /* from the gate; fold_key may be NULL */
	struct sv rule_key;
	enum level level;
	struct sv account, region, actor, event_key;
	int64_t time_ms; /* of the event */
	int64_t detected_ms;
	struct sv body; /* frozen from here on */
	bool shadow;
	bool late; /* its age alone kept it from all sinks */
};

/* Keeps the alert and one pending delivery for each sink, inside the caller's transaction. An id that is
 * there already changes nothing (RC_OK, *out_new false). Counts METRIC_ALERTS. */
enum rc outbox_add(
    struct store *s, const struct outbox_alert *a, const struct route *to, bool *out_new, struct err *e);

/* A delivery to make. Heap; outbox_due_fini. */
struct outbox_due {
	int64_t n;    /* its number: order of creation */
	char *key;    /* idempotency key: the alert's id */
	int attempts; /* made so far */
	int64_t created_ms;
	struct buf body;
};
void outbox_due_fini(struct outbox_due *d);

/* Up to `limit` deliveries of `sink` that are due at `now_ms`, oldest first; `skip` (NULL: none) leaves out
 * those in flight. *out_next_ms: when the next one after `now_ms` falls due, INT64_MAX when none does. Cost:
 * one index range. */
enum rc outbox_due(struct store *s, const char *sink, int64_t now_ms, size_t limit,
    bool (*skip)(void *ctx, int64_t n), void *ctx, struct outbox_due *out, size_t *out_n,
    int64_t *out_next_ms, struct err *e);

/* Alerts of the kind OUTBOX_LATE since the last alert of the agent about such (rule `digest_rule`). */
struct outbox_late {
	int64_t n;        /* 0: none */
	int64_t last;     /* number of the newest: what makes one digest different from the next */
	enum level level; /* the highest among them */
};
enum rc outbox_late(struct store *s, const char *digest_rule, struct outbox_late *out, struct err *e);

/* What became of one attempt. */
enum outbox_status { OUTBOX_PENDING, OUTBOX_SENT, OUTBOX_DEAD };
struct outbox_result {
	int64_t n;
	enum outbox_status status; /* PENDING: again at next_ms */
	int64_t next_ms, done_ms;
	char error[300]; /* without secrets; empty when sent */
};

/* Writes results, inside the caller's transaction. A result of a delivery that was dropped meanwhile is
 * ignored. */
enum rc outbox_results(struct store *s, const struct outbox_result *results, size_t n, struct err *e);

/* How much waits: for outbox_max and for `outbox`. */
struct outbox_size {
	int64_t pending, dead, bytes; /* bytes: bodies of pending and dead deliveries */
};
enum rc outbox_measure(struct store *s, struct outbox_size *out, struct err *e);

/* Calls `each` for every sink that deliveries wait for, with their number. Cost: one index range. */
enum rc outbox_pending(
    struct store *s, void (*each)(void *ctx, struct sv sink, int64_t pending), void *ctx, struct err *e);

/* A sink whose deliveries fail: the oldest that was tried and still waits, among its first 1,000. */
struct outbox_failing {
	struct sv sink, error; /* borrowed for the call */
	int64_t since_ms;      /* when that delivery was made */
	int64_t n;             /* how many were tried and wait */
};
enum rc outbox_failing(
    struct store *s, void (*each)(void *ctx, const struct outbox_failing *f), void *ctx, struct err *e);

/* One line of `kendrawatch outbox`; borrowed for the call. */
struct outbox_row {
	int64_t n;
	struct sv alert_id, handle, sink, error;
	enum outbox_status status;
	int attempts;
	int64_t next_ms, created_ms, bytes, done_ms; /* done_ms: 0 while it is pending */
};
/* All deliveries of one alert, in order. */
enum rc outbox_deliveries(struct store *s, struct sv alert_id,
    bool (*each)(void *ctx, const struct outbox_row *row), void *ctx, struct err *e);

/* Pending and dead deliveries (or dead ones only), oldest first. `each` returns false to stop. */
enum rc outbox_list(struct store *s, bool dead_only, bool (*each)(void *ctx, const struct outbox_row *row),
    void *ctx, struct err *e);

/* Every delivery that was not made, with the body of its alert, oldest first: what `state export` saves. Goes
 * on as far as a damaged file can be read. */
enum rc outbox_export(struct store *s, bool (*each)(void *ctx, const struct outbox_row *row, struct sv body),
    void *ctx, struct err *e);

/* Dead letters back to pending (due at `now_ms`, attempts kept), or away for good. `n` 0: all of them. Inside
 * the caller's transaction; *out_rows: how many. */
enum rc outbox_retry(struct store *s, int64_t n, int64_t now_ms, int64_t *out_rows, struct err *e);
enum rc outbox_drop(struct store *s, int64_t n, int64_t *out_rows, struct err *e);

/* One recorded alert, for `kendrawatch alerts`; borrowed for the call. */
struct outbox_record {
	struct sv id, handle, rule_key, account, region, actor, body;
	enum level level;
	enum outbox_kind kind;
	int64_t time_ms, detected_ms;
	int64_t folded;              /* matches folded into it since */
	int64_t pending, sent, dead; /* its deliveries */
	int64_t number;              /* order of recording; `after` of the next query */
};

/* What to look for; zeros and empty views: anything. */
struct outbox_query {
	struct sv handle; /* in stored spelling: alert_handle_parse */
	struct sv id;     /* whole id */
	struct sv event;  /* eventID */
	int64_t since_ms; /* detected at or after */
	int64_t after;    /* `number` greater than this: how `alerts tail` goes on */
	enum level min_level;
	bool newest_first;
	size_t limit; /* 0: none */
};
enum rc outbox_alerts(struct store *s, const struct outbox_query *q,
    bool (*each)(void *ctx, const struct outbox_record *a), void *ctx, struct err *e);

/* Was this match (alert_id of rule and event) handled? *out_id is the alert that was made of it, else the
 * newest of the same fold, which it was counted into; empty when that one is forgotten. */
bool outbox_handled(struct store *s, const char *id, const char *fold_key, char out_id[ALERT_ID_TEXT]);

#endif
