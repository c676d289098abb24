/* The analyst's thread and its inbox: what comes in, and when it is worked off. */
#include <time.h>

#include "agent/analyst/analyst_parts.h"
#include "alerts/state.h"
#include "base/log.h"
#include "base/pulse.h"

/* Group commit: whatever arrives within so many milliseconds shares one transaction. */
#define GROUP_MS 5
#define GROUP_STRETCHES 32
/* Stretches that may wait: workers stop when the store is slower than they. */
#define WAITING_STRETCHES 16
#define PRUNE_EVERY_MS 600000
#define PRUNE_ROWS 1000

struct analyst *analyst_new(const struct analyst_setup *setup)
{
	struct analyst *a = heap_zero(1, sizeof *a);
	pthread_condattr_t attr;
	a->setup = *setup;
	a->gate = gate_new(&(struct gate_options){
	    .store = setup->store, .suppress_ms = options_number(&setup->config->agent, "suppress_for")});
	/* An earlier run may have ended before it summed up. */
	a->late_due_ms = clk_mono_ms() + ANALYST_LATE_MS;
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->came, &attr);
	pthread_cond_init(&a->taken, &attr);
	pthread_cond_init(&a->idle, &attr);
	pthread_cond_init(&a->answered, &attr);
	pthread_condattr_destroy(&attr);
	return a;
}

void analyst_batch_fini(struct analyst_batch *b)
{
	for (size_t i = 0; i < b->stretches.n; i++)
		stretch_free(b->stretches.items[i]);
	for (size_t i = 0; i < b->results.n; i++)
		free(b->results.items[i].items);
	for (size_t i = 0; i < b->selves.n; i++) {
		free(b->selves.items[i].summary);
		free(b->selves.items[i].detail);
	}
	for (size_t i = 0; i < b->notes.n; i++) {
		free(b->notes.items[i].key);
		free(b->notes.items[i].value);
	}
	vec_fini(&b->notes);
	vec_fini(&b->stretches);
	vec_fini(&b->results);
	vec_fini(&b->selves);
}

void analyst_free(struct analyst *a)
{
	if (!a)
		return;
	gate_free(a->gate);
	analyst_batch_fini(&a->inbox);
	pthread_cond_destroy(&a->came);
	pthread_cond_destroy(&a->taken);
	pthread_cond_destroy(&a->idle);
	pthread_cond_destroy(&a->answered);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

/* --- inbox --------------------------------------------------------------------------------------- */

bool analyst_take(struct analyst *a, struct stretch *s)
{
	pthread_mutex_lock(&a->lock);
	pulse_rest();
	while (a->inbox.stretches.n >= WAITING_STRETCHES && !a->stopping && !a->given_up)
		pthread_cond_wait(&a->taken, &a->lock);
	pulse_beat();
	bool ok = !a->stopping && !a->given_up;
	if (ok) {
		vec_push(&a->inbox.stretches, s);
		pthread_cond_signal(&a->came);
	}
	pthread_mutex_unlock(&a->lock);
	return ok;
}

void analyst_results(struct analyst *a, struct outbox_result *results, size_t n)
{
	pthread_mutex_lock(&a->lock);
	vec_push(&a->inbox.results, (struct analyst_results){results, n});
	pthread_cond_signal(&a->came);
	pthread_mutex_unlock(&a->lock);
}

void analyst_self(struct analyst *a, const char *rule, const char *title, enum level level,
    const char *summary, const char *detail)
{
	pthread_mutex_lock(&a->lock);
	vec_push(&a->inbox.selves,
	    (struct analyst_alert){rule, title, level, heap_copy(summary), heap_copy(detail)});
	pthread_cond_signal(&a->came);
	pthread_mutex_unlock(&a->lock);
}

void analyst_remember(struct analyst *a, struct sv key, struct sv value)
{
	struct analyst_note *old = NULL;
	pthread_mutex_lock(&a->lock);
	/* The last value of a key counts: while the state can't be written, no more wait than there are keys.
	 */
	for (size_t i = 0; i < a->inbox.notes.n && !old; i++)
		if (sv_eq(key, sv_from(a->inbox.notes.items[i].key)))
			old = &a->inbox.notes.items[i];
	if (old) {
		free(old->value);
		old->value = heap_text(value);
	} else {
		vec_push(&a->inbox.notes, (struct analyst_note){heap_text(key), heap_text(value)});
	}
	pthread_cond_signal(&a->came);
	pthread_mutex_unlock(&a->lock);
}

void analyst_digest(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	a->digest_now = true;
	pthread_cond_signal(&a->came);
	pthread_mutex_unlock(&a->lock);
}

void analyst_settle(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	while (a->working || a->digest_now || a->inbox.stretches.n || a->inbox.results.n ||
	       a->inbox.selves.n || a->inbox.notes.n)
		pthread_cond_wait(&a->idle, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

void analyst_give_up(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	a->given_up = true;
	pthread_cond_broadcast(&a->came);
	pthread_cond_broadcast(&a->taken);
	pthread_mutex_unlock(&a->lock);
}

void analyst_stop(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	a->stopping = true;
	pthread_cond_broadcast(&a->came);
	pthread_cond_broadcast(&a->taken);
	pthread_mutex_unlock(&a->lock);
}

static struct timespec deadline_in(int64_t ms)
{
	struct timespec ts;
	int64_t at = clk_mono_ms() + ms;
	ts.tv_sec = (time_t)(at / 1000);
	ts.tv_nsec = (long)(at % 1000) * 1000000;
	return ts;
}

static bool anything(const struct analyst *a)
{
	return (a->inbox.stretches.n && !a->full) || a->inbox.results.n || a->inbox.selves.n ||
	       a->inbox.notes.n || a->digest_now || analyst_job_waits(a);
}

/* How long there is nothing to do, if nothing comes. */
static int64_t pause_ms(const struct analyst *a)
{
	int64_t pause = analyst_trail_pause_ms(a, a->full ? ANALYST_RETRY_MS : PRUNE_EVERY_MS),
		late = a->late_due_ms - clk_mono_ms();
	if (!a->late_due_ms || late >= pause)
		return pause;
	return late > 0 ? late : 0;
}

void analyst_drop_stretches(struct analyst_batch *b)
{
	for (size_t i = 0; i < b->stretches.n; i++)
		stretch_free(b->stretches.items[i]);
	b->stretches.n = 0;
}

/* Moves up to GROUP_STRETCHES stretches and everything else out of the inbox. */
static void move_inbox(struct analyst *a, struct analyst_batch *out)
{
	struct analyst_batch *in = &a->inbox;
	for (size_t i = 0; i < in->results.n; i++)
		vec_push(&out->results, in->results.items[i]);
	for (size_t i = 0; i < in->selves.n; i++)
		vec_push(&out->selves, in->selves.items[i]);
	for (size_t i = 0; i < in->notes.n; i++)
		vec_push(&out->notes, in->notes.items[i]);
	in->results.n = in->selves.n = in->notes.n = 0;
	size_t n = a->full ? 0 : in->stretches.n;
	if (n > GROUP_STRETCHES - out->stretches.n)
		n = GROUP_STRETCHES - out->stretches.n;
	for (size_t i = 0; i < n; i++)
		vec_push(&out->stretches, in->stretches.items[i]);
	if (n)
		memmove(in->stretches.items, in->stretches.items + n,
		    (in->stretches.n - n) * sizeof *in->stretches.items);
	in->stretches.n -= n;
	pthread_cond_broadcast(&a->taken);
}

/* Waits for something, then gathers what comes within GROUP_MS. False when stopped and nothing is left. */
static bool gather(struct analyst *a, struct analyst_batch *out)
{
	pthread_mutex_lock(&a->lock);
	a->working = false;
	if (a->given_up)
		analyst_drop_stretches(&a->inbox);
	if (!anything(a) && !a->inbox.stretches.n)
		pthread_cond_broadcast(&a->idle);
	struct timespec until = deadline_in(pause_ms(a));
	pulse_rest();
	while (!anything(a) && !a->stopping && !(a->given_up && a->inbox.stretches.n))
		if (pthread_cond_timedwait(&a->came, &a->lock, &until) != 0)
			break;
	pulse_beat();
	a->working = anything(a);
	bool go_on = !a->stopping || a->working;
	move_inbox(a, out);
	pthread_mutex_unlock(&a->lock);
	if (out->stretches.n && out->stretches.n < GROUP_STRETCHES) {
		nanosleep(&(struct timespec){0, GROUP_MS * 1000000L}, NULL);
		pthread_mutex_lock(&a->lock);
		move_inbox(a, out);
		pthread_mutex_unlock(&a->lock);
	}
	return go_on;
}

bool analyst_wait_to_retry(struct analyst *a)
{
	struct timespec until = deadline_in(ANALYST_RETRY_MS);
	pthread_mutex_lock(&a->lock);
	while (!a->given_up)
		if (pthread_cond_timedwait(&a->came, &a->lock, &until) != 0)
			break;
	bool given_up = a->given_up;
	pthread_mutex_unlock(&a->lock);
	return given_up;
}

static void prune(struct analyst *a)
{
	int64_t now = clk_mono_ms(), rows = 0;
	struct err e = {0};
	if (a->pruned_ms && now - a->pruned_ms < PRUNE_EVERY_MS)
		return;
	a->pruned_ms = now;
	do {
		pulse_beat();
		if (store_begin(a->setup.store, &e) != RC_OK)
			return;
		if (state_prune(a->setup.store, clk_now_ms(), PRUNE_ROWS, &rows, &e) != RC_OK ||
		    store_commit(a->setup.store, &e) != RC_OK) {
			store_rollback(a->setup.store);
			log_warn("state can't be pruned", "error=\"%s\"", e.text);
			return;
		}
	} while (rows);
}

void analyst_run(struct analyst *a)
{
	struct analyst_batch b = {0};
	while (gather(a, &b)) {
		analyst_sum_up_late(a, &b);
		bool any = b.stretches.n || b.results.n || b.selves.n || b.notes.n;
		if (any && !analyst_commit(a, &b)) {
			analyst_drop_stretches(&b);
			analyst_batch_fini(&b);
			continue;
		}
		if (any)
			analyst_committed(a, &b);
		any |= analyst_job_do(a);
		if (any || a->full)
			analyst_watch_outbox(a);
		analyst_trail_sweep(a);
		prune(a);
	}
	analyst_job_end(a);
}
