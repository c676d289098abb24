/* The dispatcher: takes due deliveries out of the outbox and brings them to their sinks, on one thread with
 * its own reading connection. It never writes to the store: results go to `report`, the analyst commits them
 * and says so. Until then a delivery counts as busy, so that none is sent twice by one process; after a crash
 * it is sent again with the same key and the same bytes. */
#ifndef KW_ALERTS_DISPATCH_H
#define KW_ALERTS_DISPATCH_H

#include "alerts/outbox.h"
#include "alerts/sink/sink.h"

struct dispatch_sink {
	const char *name; /* as configured */
	const struct sink_type *type;
	struct sink *sink;
	size_t max_in_flight; /* 0: 4; 1 keeps the order strictly while nothing fails */
};

struct dispatch_options {
	const char *state_folder;
	const struct dispatch_sink *sinks; /* borrowed until dispatch_free */
	size_t n_sinks;
	struct http_options http;
	int64_t give_up_ms; /* dead letter after this age; 0: 7 days */

	/* Called on the dispatcher's thread with what finished; `results` (heap) is taken. Must not wait: put
	 * it into the analyst's queue. The analyst calls outbox_results in its transaction, then
	 * dispatch_settled, then free(). */
	void (*report)(void *ctx, struct outbox_result *results, size_t n);
	void *ctx;
};

struct dispatch;

/* Starts the thread. RC_STATE, RC_IO: the store can't be read. */
enum rc dispatch_start(const struct dispatch_options *o, struct dispatch **out, struct err *e);

/* There may be something due. Any thread. */
void dispatch_wake(struct dispatch *d);

/* These results are durable. Any thread. */
void dispatch_settled(struct dispatch *d, const struct outbox_result *results, size_t n);

/* Sends what is due, waits for what is in flight, for at most `drain_ms`, and ends the thread; what was not
 * sent stays in the outbox. Results should go on being settled meanwhile: no more than 256 deliveries are
 * taken ahead of that. `report` may be called until it returns. */
void dispatch_stop(struct dispatch *d, int64_t drain_ms);
void dispatch_free(struct dispatch *d);

/* The wait before attempt number `attempts + 1`, before jitter: 1, 2, 4 … 60 s for the first 20 attempts,
 * then doubling up to 1 h. */
int64_t dispatch_backoff_ms(int attempts);

#endif
