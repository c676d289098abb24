/* What the files of the analyst share. Private to them. */
#ifndef KW_AGENT_ANALYST_ANALYST_PARTS_H
#define KW_AGENT_ANALYST_ANALYST_PARTS_H

#include <pthread.h>
#include <stdlib.h>

#include "agent/analyst/analyst.h"
#include "agent/analyst/degraded.h"
#include "alerts/gate.h"
#include "base/clock.h"

#define ANALYST_RETRY_MS 1000
/* Late alerts are summed up so long after the first of them came. */
#define ANALYST_LATE_MS 60000

struct analyst_results {
	struct outbox_result *items;
	size_t n;
};

struct analyst_alert {
	const char *rule, *title;
	enum level level;
	char *summary, *detail;
};

struct analyst_note {
	char *key, *value;
};

/* What one transaction takes. */
struct analyst_batch {
	VEC(struct stretch *) stretches;
	VEC(struct analyst_results) results;
	VEC(struct analyst_alert) selves;
	VEC(struct analyst_note) notes;
};

/* What somebody else asks for; on the asker's stack. */
struct analyst_job {
	enum rc (*run)(void *ctx, struct store *s, struct err *e);
	void *ctx;
	struct err *err;
	enum rc rc;
	bool running, done;
};

struct analyst {
	struct analyst_setup setup;
	struct gate *gate;
	pthread_mutex_t lock;
	pthread_cond_t came, taken, idle;
	struct analyst_batch inbox; /* under the lock, with the three below */
	bool stopping, working, given_up;
	bool full;               /* the outbox is at its cap: stretches wait, results don't */
	struct analyst_job *job; /* under the lock: asked for, and not done */
	bool ended;              /* under the lock: the thread takes no job any more */
	pthread_cond_t answered;
	_Atomic bool failing; /* the state could not be written, and is tried again */
	int64_t committed_ms; /* monotonic; under the lock */
	int64_t pruned_ms;
	int64_t late_due_ms;       /* monotonic: when to look for late alerts to sum up; 0: none came */
	bool digest_now;           /* under the lock */
	char told_dead[CLK_TEXT];  /* day of the last alert about a dead letter */
	char warned_day[CLK_TEXT]; /* of the last alert about a filling outbox */
	struct degraded degraded;
	int64_t trail_swept_ms; /* monotonic; 0: never */
	int64_t
	    trail_due_ms; /* wall clock: when a log of a digest is overdue; INT64_MAX: none is waited for */
	bool trail_news;  /* a digest came since the last look */
};

/* analyst.c */

void analyst_batch_fini(struct analyst_batch *b);
/* Drops a batch's stretches unacknowledged. */
void analyst_drop_stretches(struct analyst_batch *b);
/* Waits ANALYST_RETRY_MS, or until given up; true when it is. */
bool analyst_wait_to_retry(struct analyst *a);

/* analyst_commit.c */

/* Until it is durable: a full disk is waited for, with everything in memory and nothing acknowledged. False
 * when given up. */
bool analyst_commit(struct analyst *a, struct analyst_batch *b);
/* Tells the dispatcher, the sources and people of a batch that is durable, and empties it. */
void analyst_committed(struct analyst *a, struct analyst_batch *b);

/* analyst_trail.c */

/* Writes what a stretch means for the delivery ledger, with its alarms, into the open transaction. */
enum rc analyst_trail_take(struct analyst *a, const struct stretch *s, int64_t now_ms, struct err *e);
/* Looks, when it is time, for logs and digests that should have come. */
void analyst_trail_sweep(struct analyst *a);
/* How long until then, at most `most_ms`. */
int64_t analyst_trail_pause_ms(const struct analyst *a, int64_t most_ms);

/* analyst_self.c */

/* Renders and routes an alert of the agent about itself into the open transaction. */
enum rc analyst_self_add(struct analyst *a, const struct analyst_alert *s, int64_t now_ms, struct err *e);
/* A sink that refuses for good would take every alert with it unseen: the others are told, once a day. */
void analyst_tell_dead(struct analyst *a, const struct analyst_results *r);
/* Rules that reached their limit. */
void analyst_tell_degraded(struct analyst *a, const struct ruleset *rules);
/* At 80 % of outbox_max an alert says so, at 100 % stretches wait until deliveries have made room. */
void analyst_watch_outbox(struct analyst *a);
/* Old events wake nobody: one alert says how many there were. It goes into the batch, whose transaction
 * begins only after this look. */
void analyst_sum_up_late(struct analyst *a, struct analyst_batch *b);

/* analyst_job.c */

/* Is there a job to begin? Under the lock. */
bool analyst_job_waits(const struct analyst *a);
/* Does the job that waits, if there is one; true when it changed the state. */
bool analyst_job_do(struct analyst *a);
/* Whoever waits for a job, or will ask for one, hears that there is no analyst any more. */
void analyst_job_end(struct analyst *a);

#endif
