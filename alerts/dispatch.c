/* The dispatcher's thread: outbox to sinks. Owns its reading connection, the HTTP client and the schedule of
 * each sink; shares with other threads only `settled` and `stopping`.
 *
 * A delivery is busy from the moment it is taken until its result is durable; `busy` holds those, so that the
 * outbox, which this thread can't write, is not asked for the same one twice. */
#include "alerts/dispatch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "alerts/state.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/net/crypto.h"
#include "base/point.h"
#include "base/pulse.h"
#include "base/utf8.h"

#define IN_FLIGHT 4
#define TAKE 16       /* deliveries taken from the outbox at once, a sink */
#define MOST_BUSY 256 /* unsettled deliveries; more would only wait in the analyst's queue */
#define LONGEST_SLEEP_MS 1000
#define LONGEST_TRUST_MS 60000 /* how long an empty outbox is believed without a wake */
#define GIVE_UP_MS ((int64_t)7 * 24 * 60 * 60 * 1000)
#define PATIENT_ATTEMPTS 20 /* at up to 60 s: some quarter of an hour with full jitter */
#define HOUR_MS (60 * 60 * 1000)
#define CLOCK_STEP_MS 5000  /* the wall clock was set, not slewed */
#define FAILURES_TO_PAUSE 3 /* in a row: then the sink as a whole waits, not only the delivery */

struct lane {
	const struct dispatch_sink *sink;
	size_t in_flight, cap;
	int failures;         /* in a row */
	int64_t paused_until; /* wall clock */
	int64_t next_ms;      /* when to ask the outbox again */
};

/* One attempt under way. */
struct attempt {
	struct dispatch *dispatch;
	struct lane *lane;
	struct outbox_due due;
	struct jdoc *alert;
	struct delivery delivery;
	struct attempt *prev, *next;
};

struct dispatch {
	struct dispatch_options options;
	struct store *store;
	struct http *http;
	struct lane *lanes;
	pthread_t thread;
	bool started;

	VEC(int64_t) busy;                 /* own thread only */
	VEC(struct outbox_result) results; /* not reported yet; own thread only */
	struct attempt *attempts;          /* own thread only */
	int64_t latest_ms, ahead_ms; /* latest wall clock seen; wall minus monotonic clock; own thread only */

	pthread_mutex_t lock;
	VEC(int64_t) settled; /* under `lock` */
	atomic_bool woken;
	atomic_bool stopping;
	_Atomic int64_t stop_at; /* monotonic */
};

int64_t dispatch_backoff_ms(int attempts)
{
	int64_t ms = 1000;
	for (int i = 1; i < attempts && ms < HOUR_MS; i++)
		if (ms < 60000 || i >= PATIENT_ATTEMPTS)
			ms *= 2;
	if (attempts <= PATIENT_ATTEMPTS && ms > 60000)
		return 60000;
	return ms < HOUR_MS ? ms : HOUR_MS;
}

static int64_t jittered(int64_t most_ms)
{
	return (int64_t)(crypto_unit() * (double)most_ms);
}

/* --- busy deliveries
 * -------------------------------------------------------------------------------------------- */

static bool busy_has(void *ctx, int64_t n)
{
	const struct dispatch *d = ctx;
	for (size_t i = 0; i < d->busy.n; i++)
		if (d->busy.items[i] == n)
			return true;
	return false;
}

static void busy_drop(struct dispatch *d, int64_t n)
{
	for (size_t i = 0; i < d->busy.n; i++)
		if (d->busy.items[i] == n) {
			d->busy.items[i] = d->busy.items[--d->busy.n];
			return;
		}
}

static void take_settled(struct dispatch *d)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->settled.n; i++)
		busy_drop(d, d->settled.items[i]);
	if (d->settled.n > 0)
		for (size_t i = 0; i < d->options.n_sinks; i++)
			d->lanes[i].next_ms = 0;
	d->settled.n = 0;
	pthread_mutex_unlock(&d->lock);
}

/* --- results
 * ---------------------------------------------------------------------------------------------------- */

/* One failure more. Of several that were under way at once only those up to the pause count: they tell the
 * same thing. */
static void pause_lane(struct lane *lane, int64_t now_ms, const struct sink_verdict *v)
{
	int64_t wait_ms = v->retry_after_ms > 0 ? v->retry_after_ms : 0;
	if (lane->paused_until <= now_ms)
		lane->failures++;
	if (wait_ms == 0 && lane->failures >= FAILURES_TO_PAUSE && lane->paused_until <= now_ms)
		wait_ms = jittered(dispatch_backoff_ms(lane->failures - FAILURES_TO_PAUSE + 1));
	if (wait_ms > HOUR_MS)
		wait_ms = HOUR_MS;
	if (now_ms + wait_ms > lane->paused_until)
		lane->paused_until = now_ms + wait_ms;
	log_warn("sink is failing", "sink=%s failures=%d next_try_ms=%lld why=\"%s\"", lane->sink->name,
	    lane->failures, (long long)(lane->paused_until - now_ms), v->why.text);
}

static void say_recovered(struct lane *lane)
{
	if (lane->failures >= FAILURES_TO_PAUSE)
		log_info("sink works again", "sink=%s failures=%d", lane->sink->name, lane->failures);
	lane->failures = 0;
}

static void set_retry(
    struct attempt *a, int64_t now_ms, const struct sink_verdict *v, struct outbox_result *out)
{
	int64_t give_up_ms = a->dispatch->options.give_up_ms ? a->dispatch->options.give_up_ms : GIVE_UP_MS;
	pause_lane(a->lane, now_ms, v);
	if (now_ms - a->due.created_ms > give_up_ms) {
		out->status = OUTBOX_DEAD;
		snprintf(out->error, sizeof out->error, "gave up after %lld h: %.*s",
		    (long long)(give_up_ms / HOUR_MS), SV_ARG(utf8_cut(sv_from(v->why.text), 250)));
		log_error("gave up delivering an alert",
		    "sink=%s alert=%s why=\"%s\" next=\"kendrawatch outbox dead\"", a->lane->sink->name,
		    a->due.key, v->why.text);
		return;
	}
	out->status = OUTBOX_PENDING;
	out->next_ms = now_ms + (v->retry_after_ms >= 0 ? v->retry_after_ms
							: jittered(dispatch_backoff_ms(a->due.attempts + 1)));
	metric_add(METRIC_DELIVERY_RETRIES, 1);
}

static void set_result(struct attempt *a, const struct sink_verdict *v, struct outbox_result *out)
{
	int64_t now_ms = clk_now_ms();
	*out = (struct outbox_result){.n = a->due.n, .done_ms = now_ms, .next_ms = now_ms};
	if (v->answer != SINK_SENT)
		snprintf(out->error, sizeof out->error, "%.*s",
		    SV_ARG(utf8_cut(sv_from(v->why.text), sizeof out->error - 1)));
	switch (v->answer) {
	case SINK_SENT:
		out->status = OUTBOX_SENT;
		metric_add(METRIC_DELIVERED, 1);
		say_recovered(a->lane);
		break;
	case SINK_RETRY: set_retry(a, now_ms, v, out); break;
	case SINK_REJECT:
		out->status = OUTBOX_DEAD;
		log_error("sink refused an alert",
		    "sink=%s alert=%s why=\"%s\" next=\"kendrawatch outbox dead\"", a->lane->sink->name,
		    a->due.key, v->why.text);
		break;
	}
	if (out->status == OUTBOX_DEAD)
		metric_add(METRIC_DELIVERY_DEAD, 1);
}

static void free_attempt(struct attempt *a)
{
	if (a->prev)
		a->prev->next = a->next;
	else
		a->dispatch->attempts = a->next;
	if (a->next)
		a->next->prev = a->prev;
	outbox_due_fini(&a->due);
	jdoc_free(a->alert);
	free(a);
}

static void end_attempt(struct attempt *a, const struct sink_verdict *v)
{
	struct dispatch *d = a->dispatch;
	struct outbox_result result;
	POINT(after_send);
	set_result(a, v, &result);
	vec_push(&d->results, result);
	a->lane->in_flight--;
	a->lane->next_ms = 0;
	free_attempt(a);
}

static void report(struct dispatch *d)
{
	if (d->results.n == 0)
		return;
	struct outbox_result *results = d->results.items;
	size_t n = d->results.n;
	d->results.items = NULL;
	d->results.n = d->results.cap = 0;
	d->options.report(d->options.ctx, results, n);
}

/* --- attempts
 * --------------------------------------------------------------------------------------------------- */

static void answered(void *ctx, struct http_reply *reply)
{
	struct attempt *a = ctx;
	const struct dispatch_sink *s = a->lane->sink;
	struct sink_verdict v = s->type->judge(s->sink, &a->delivery, reply);
	end_attempt(a, &v);
}

static void send_http(struct attempt *a)
{
	const struct dispatch_sink *s = a->lane->sink;
	struct http_request request = {0};
	struct err e = {0};
	enum rc rc = s->type->request(s->sink, &a->delivery, &request, &e);
	if (rc == RC_OK) {
		http_start(a->dispatch->http, &request, answered, a);
	} else {
		struct sink_verdict v =
		    rc == RC_REJECT ? sink_reject("%s", e.text) : sink_retry(-1, "%s", e.text);
		end_attempt(a, &v);
	}
	http_request_fini(&request);
}

static void start(struct dispatch *d, struct lane *lane, struct outbox_due *due)
{
	struct attempt *a = heap_zero(1, sizeof *a);
	struct err e = {0};
	a->dispatch = d;
	a->lane = lane;
	a->due = *due;
	a->next = d->attempts;
	if (a->next)
		a->next->prev = a;
	d->attempts = a;
	lane->in_flight++;
	vec_push(&d->busy, a->due.n);
	enum rc rc = jdoc_read(buf_sv(&a->due.body), &a->alert, &e);
	a->delivery = (struct delivery){.key = sv_from(a->due.key),
	    .body = buf_sv(&a->due.body),
	    .alert = a->alert,
	    .attempt = a->due.attempts + 1};
	POINT(before_send);
	struct sink_verdict v;
	if (rc != RC_OK)
		v = sink_reject("the stored alert can't be read: %s", e.text);
	else if (lane->sink->type->write)
		v = lane->sink->type->write(lane->sink->sink, &a->delivery);
	else {
		send_http(a);
		return;
	}
	end_attempt(a, &v);
}

/* A wall clock that is set back must not have alerts wait until it comes round again: pauses move with it,
 * and what was due by the latest time seen stays due. */
static void follow_clock(struct dispatch *d, int64_t now_ms)
{
	int64_t ahead_ms = now_ms - clk_mono_ms(), back_ms = d->ahead_ms - ahead_ms;
	if (d->latest_ms && back_ms > CLOCK_STEP_MS) {
		log_warn("clock was set back", "by_s=%lld next=\"check this machine's time service\"",
		    (long long)(back_ms / 1000));
		for (size_t i = 0; i < d->options.n_sinks; i++) {
			d->lanes[i].paused_until -= back_ms;
			d->lanes[i].next_ms = 0;
		}
	}
	d->ahead_ms = ahead_ms;
	d->latest_ms = now_ms > d->latest_ms ? now_ms : d->latest_ms;
}

/* Takes what is due for one sink. False when the store could not be read. */
static bool feed(struct dispatch *d, struct lane *lane, int64_t now_ms)
{
	struct outbox_due due[TAKE];
	struct err e = {0};
	size_t n = 0, room = lane->cap - lane->in_flight;
	if (lane->paused_until > now_ms || lane->next_ms > now_ms || room == 0 || d->busy.n >= MOST_BUSY)
		return true;
	/* On trial after a pause: one at a time, so that a dead receiver costs one attempt and the order
	 * holds. */
	if (lane->failures >= FAILURES_TO_PAUSE)
		room = lane->in_flight > 0 ? 0 : 1;
	if (room == 0)
		return true;
	if (outbox_due(d->store, lane->sink->name, d->latest_ms, room < TAKE ? room : TAKE, busy_has, d, due,
		&n, &lane->next_ms, &e) != RC_OK) {
		log_error("outbox can't be read", "why=\"%s\"", e.text);
		lane->next_ms = now_ms + LONGEST_SLEEP_MS;
		return false;
	}
	if (n > 0)
		lane->next_ms = 0;
	else if (lane->next_ms > now_ms + LONGEST_TRUST_MS)
		lane->next_ms = now_ms + LONGEST_TRUST_MS;
	for (size_t i = 0; i < n; i++)
		if (lane->paused_until > now_ms)
			outbox_due_fini(&due[i]); /* an earlier one failed at once: not now */
		else
			start(d, lane, &due[i]);
	return true;
}

/* --- the loop
 * --------------------------------------------------------------------------------------------------- */

static int64_t time_to_sleep(const struct dispatch *d, int64_t now_ms)
{
	int64_t wake_ms = now_ms + LONGEST_SLEEP_MS;
	if (d->busy.n >= MOST_BUSY)
		return LONGEST_SLEEP_MS;
	for (size_t i = 0; i < d->options.n_sinks; i++) {
		const struct lane *lane = &d->lanes[i];
		int64_t at = lane->next_ms > lane->paused_until ? lane->next_ms : lane->paused_until;
		bool waits_for_answer = lane->in_flight == lane->cap ||
					(lane->in_flight > 0 && lane->failures >= FAILURES_TO_PAUSE);
		if (!waits_for_answer && at < wake_ms)
			wake_ms = at;
	}
	return wake_ms > now_ms ? wake_ms - now_ms : 0;
}

/* Is nothing under way and nothing due that is not paused or busy? */
static bool drained(const struct dispatch *d, int64_t now_ms)
{
	for (size_t i = 0; i < d->options.n_sinks; i++)
		if (d->lanes[i].in_flight > 0 ||
		    (d->lanes[i].next_ms <= now_ms && d->lanes[i].paused_until <= now_ms))
			return false;
	return true;
}

static void ask_again(struct dispatch *d)
{
	for (size_t i = 0; i < d->options.n_sinks; i++)
		d->lanes[i].next_ms = 0;
}

static void *run(void *ctx)
{
	struct dispatch *d = ctx;
	pulse_join("dispatcher");
	for (;;) {
		pulse_beat();
		int64_t now_ms = clk_now_ms();
		bool stopping = atomic_load(&d->stopping), readable = true;
		follow_clock(d, now_ms);
		if (atomic_exchange(&d->woken, false))
			ask_again(d);
		take_settled(d);
		for (size_t i = 0; i < d->options.n_sinks; i++)
			readable &= feed(d, &d->lanes[i], now_ms);
		report(d);
		if (stopping &&
		    (!readable || drained(d, now_ms) || clk_mono_ms() >= atomic_load(&d->stop_at)))
			break;
		int64_t sleep_ms = time_to_sleep(d, now_ms);
		if (stopping) {
			int64_t left = atomic_load(&d->stop_at) - clk_mono_ms();
			sleep_ms = left < sleep_ms ? left : sleep_ms;
		}
		http_run(d->http, sleep_ms > 0 ? sleep_ms : 0);
		report(d);
	}
	pulse_leave();
	return NULL;
}

/* --- outside
 * ---------------------------------------------------------------------------------------------------- */

enum rc dispatch_start(const struct dispatch_options *o, struct dispatch **out, struct err *e)
{
	struct dispatch *d = heap_zero(1, sizeof *d);
	size_t in_flight = 0;
	d->options = *o;
	pthread_mutex_init(&d->lock, NULL);
	d->lanes = heap_zero(o->n_sinks, sizeof *d->lanes);
	for (size_t i = 0; i < o->n_sinks; i++) {
		d->lanes[i].sink = &o->sinks[i];
		size_t usual = o->sinks[i].type->write ? TAKE : IN_FLIGHT;
		d->lanes[i].cap = o->sinks[i].max_in_flight ? o->sinks[i].max_in_flight : usual;
		in_flight += d->lanes[i].cap;
	}
	enum rc rc = state_open(o->state_folder, STORE_READ, &d->store, e);
	if (rc == RC_OK) {
		d->http = http_new(&o->http, in_flight ? in_flight : 1);
		int failed = pthread_create(&d->thread, NULL, run, d);
		if (failed)
			rc = err_errno(e, RC_IO, failed, "can't start the dispatcher's thread");
		d->started = !failed;
	}
	if (rc != RC_OK) {
		dispatch_free(d);
		return rc;
	}
	*out = d;
	return RC_OK;
}

void dispatch_wake(struct dispatch *d)
{
	atomic_store(&d->woken, true);
	http_wake(d->http);
}

void dispatch_settled(struct dispatch *d, const struct outbox_result *results, size_t n)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < n; i++)
		vec_push(&d->settled, results[i].n);
	pthread_mutex_unlock(&d->lock);
	http_wake(d->http);
}

void dispatch_stop(struct dispatch *d, int64_t drain_ms)
{
	if (!d->started)
		return;
	atomic_store(&d->stop_at, clk_mono_ms() + drain_ms);
	atomic_store(&d->stopping, true);
	dispatch_wake(d);
	pthread_join(d->thread, NULL);
	d->started = false;
}

void dispatch_free(struct dispatch *d)
{
	if (!d)
		return;
	if (d->started)
		dispatch_stop(d, 0);
	/* Transfers that did not end in time are dropped without an answer; their deliveries stay pending. */
	http_free(d->http);
	while (d->attempts)
		free_attempt(d->attempts);
	store_close(d->store);
	vec_fini(&d->busy);
	vec_fini(&d->results);
	vec_fini(&d->settled);
	free(d->lanes);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
