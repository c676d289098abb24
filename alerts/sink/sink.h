/* Where alerts go: what every sink answers to. The dispatcher (alerts/dispatch) owns the outbox, the schedule
 * of retries and the HTTP client; a sink only turns one delivery into one request, or one write, and says
 * what became of it. Sinks never touch the store. All calls come from the dispatcher's thread.
 *
 * A new sink is one file that defines its `struct sink` and its sink_type, plus one line in sink_list.h. */
#ifndef KW_ALERTS_SINK_SINK_H
#define KW_ALERTS_SINK_SINK_H

#include "base/aws/grant.h"
#include "base/checkup.h"
#include "base/err.h"
#include "base/jdoc.h"
#include "base/net/http.h"
#include "config/schema.h"

/* What becomes of a delivery. */
enum sink_answer {
	SINK_SENT,   /* the receiver has it */
	SINK_RETRY,  /* not now: try again, by retry_after_ms or the dispatcher's own schedule */
	SINK_REJECT, /* never: keep it as a dead letter */
};

struct sink_verdict {
	enum sink_answer answer;
	int64_t retry_after_ms; /* SINK_RETRY: not before this many ms; 0: at once; -1: the usual schedule */
	struct err why;         /* not SENT: what a person must mend, without secrets */
};

/* One alert on its way to one sink; everything is borrowed for the call. */
struct delivery {
	struct sv key;            /* idempotency key, the same on every retry; no dots, printable ASCII */
	struct sv body;           /* alert form v1, frozen when it was enqueued */
	const struct jdoc *alert; /* the same, parsed */
	int attempt;              /* from 1 */
};

enum sink_colour { SINK_COLOUR_AUTO, SINK_COLOUR_ALWAYS, SINK_COLOUR_NEVER };

/* What a sink may know of the agent; borrowed until the sink is closed. */
struct sink_context {
	const char *agent;         /* agent.name; NULL: none */
	const char *timezone;      /* IANA name; NULL: UTC */
	const char *config_folder; /* relative paths were resolved against it already; NULL: none */
	enum sink_colour colour;   /* AUTO: on a terminal, unless NO_COLOR is set */
	int stdout_fd;             /* where the stdout sink writes; 1 but in tests */
};

/* One configured target. Each sink's .c file defines its own; nobody else looks inside. */
struct sink;

struct sink_type {
	const char *name; /* `type:` in the configuration */
	const struct option_table *table;

	/* RC_CONFIG: the options do not fit together, RC_IO: a local target can't be opened. `options` is
	 * borrowed until close. */
	enum rc (*open)(const struct options *options, const struct sink_context *context,
	    struct sink **out_sink, struct err *e);
	void (*close)(struct sink *sink);

	/* HTTP sinks, else NULL. Fills `out` ({0}; the caller fini's it) with the request of this attempt:
	 * signatures and times are new each time, the rest is byte-identical. RC_RETRY: not now (no
	 * credentials), RC_REJECT: this alert can't be sent to this sink, ever. */
	enum rc (*request)(
	    struct sink *sink, const struct delivery *delivery, struct http_request *out, struct err *e);

	/* HTTP sinks: reads the answer to `request`. */
	struct sink_verdict (*judge)(
	    struct sink *sink, const struct delivery *delivery, const struct http_reply *reply);

	/* Does the target keep an order that several requests in flight would break? May be NULL: no. */
	bool (*ordered)(const struct sink *sink);

	/* Local sinks, else NULL: when it says SENT the alert is with the receiver (for files: durable). */
	struct sink_verdict (*write)(struct sink *sink, const struct delivery *delivery);

	/* For `doctor`, on the main thread, without the sink being open; both may be NULL. What it needs of
	 * AWS; and a look at the target that sends no alert: a line of `out` a thing. */
	void (*grants)(const struct options *options, struct grants *out);
	void (*check)(const struct options *options, struct checkup *out);
};

#define SINK(name) extern const struct sink_type sink_##name;
#include "alerts/sink/sink_list.h"
#undef SINK

/* All types in the order of sink_list.h. */
const struct sink_type *const *sink_types(size_t *out_n);

/* The type called `name`; NULL when there is none. */
const struct sink_type *sink_type_find(struct sv name);

/* The option tables of all types, in the same order: what config is given. */
const struct option_table *const *sink_tables(size_t *out_n);

/* Verdicts. */
struct sink_verdict sink_sent(void);
struct sink_verdict sink_retry(int64_t retry_after_ms, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct sink_verdict sink_reject(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What a plain HTTP answer means to any sink (Standard Webhooks 1.0): 2xx SENT; 408, 425, 429 and 5xx RETRY
 * with the reply's Retry-After; no answer at all (network, TLS, an unusable URL) RETRY, since people mend
 * such things and the alert must outlive it; 3xx REJECT, since secrets never follow a redirect; 410 REJECT,
 * the endpoint is gone; other 4xx REJECT. `where` names the target without secrets
 * ("https://hooks.example/…"). */
struct sink_verdict sink_judge_http(const struct http_reply *reply, const char *where);

#endif
