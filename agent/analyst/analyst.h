/* The analyst: the one thread that owns all state. Takes stretches from the workers and results from the
 * dispatcher, decides what becomes of each match, and commits alerts, folds, deliveries and checkpoint in one
 * transaction; only then the source is told. */
#ifndef KW_AGENT_ANALYST_ANALYST_H
#define KW_AGENT_ANALYST_ANALYST_H

#include "agent/analyst/quarantine.h"
#include "agent/worker/worker.h"
#include "alerts/alert.h"
#include "alerts/outbox.h"
#include "config/config.h"

struct analyst_setup {
	struct store *store; /* opened for writing; used by the analyst's thread only */
	struct quarantine *quarantine;
	const struct config *config; /* routes, sinks, suppress_for, outbox_max */
	struct alert_agent agent;    /* rules_revision is taken from each batch's own rules */
	/* Deliveries were added / these results are durable: the dispatcher. */
	void (*added)(void *ctx);
	void (*settled)(void *ctx, const struct outbox_result *results, size_t n);
	/* This stretch is durable: the self-watch. May be NULL. */
	void (*arrived)(void *ctx, const struct stretch *s);
	void *ctx;
};

struct analyst;
struct analyst *analyst_new(const struct analyst_setup *setup);
void analyst_free(struct analyst *a);

/* The thread's function: until analyst_stop, and all that was handed over is committed. */
void analyst_run(struct analyst *a);

/* Hands a stretch over (taken); waits while there are too many. False when stopped or given up: the caller
 * still owns it. Any worker's thread; stretches of one work, and works of one stream, keep their order. */
bool analyst_take(struct analyst *a, struct stretch *s);

/* Hands results over (heap, taken); never waits. The dispatcher's thread. */
void analyst_results(struct analyst *a, struct outbox_result *results, size_t n);

/* An alert of the agent about itself. `rule` and `title` are literals; texts are copied. Any thread; never
 * waits. */
void analyst_self(struct analyst *a, const char *rule, const char *title, enum level level,
    const char *summary, const char *detail);

/* Keeps a text about the agent itself in the state (memory.h); copied. Any thread; never waits. */
void analyst_remember(struct analyst *a, struct sv key, struct sv value);

/* Sums up, now, what was too old on arrival to be sent; it happens by itself a minute after such came. */
void analyst_digest(struct analyst *a);

/* Runs `job` on the analyst's thread in a transaction of its own, which is rolled back when the job fails,
 * and waits for it. RC_RETRY when the analyst did not come to it within 10 s (then it does not run any more),
 * or another one is waiting; RC_STOPPED when the agent is ending; else what the job or the commit says. Any
 * thread. */
enum rc analyst_ask(
    struct analyst *a, enum rc (*job)(void *ctx, struct store *s, struct err *e), void *ctx, struct err *e);

/* How it is doing, for health and metrics. */
struct analyst_vitals {
	size_t waiting;       /* stretches that were handed over and are not durable */
	bool full;            /* the outbox is at its cap: input waits */
	bool failing;         /* the state can't be written: input waits */
	int64_t committed_ms; /* monotonic: when something was committed last; 0: nothing was */
};
void analyst_look(struct analyst *a, struct analyst_vitals *out);

/* Waits until everything handed over so far is committed. */
void analyst_settle(struct analyst *a);

/* Nothing waits any longer for a state that can't be written or an outbox that is full: stretches that are
 * not durable are dropped without telling their source, which gives them again at the next start. For a stop
 * that must end. Any thread. */
void analyst_give_up(struct analyst *a);

/* Ends the thread once nothing is left. */
void analyst_stop(struct analyst *a);

#endif
