/* Puts the threads together: one a source, the workers, the analyst, the dispatcher; the main thread waits
 * for signals. */
#include <signal.h>

#include "agent/daemon/daemon_parts.h"
#include "agent/daemon/notify.h"
#include "agent/daemon/sandbox.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/pulse.h"

/* A stop takes at most DRAIN_MS: what is in hand may become durable for FINISH_MS of that, the rest is for
 * deliveries. */
#define DRAIN_MS 10000
#define FINISH_MS 5000
/* Deliveries under way may end before the next flow is opened. */
#define REOPEN_DRAIN_MS 2000
#define LONGEST_STEP_MS 60000

/* --- threads ------------------------------------------------------------------------------------- */

static bool hand_over(void *ctx, struct stretch *s)
{
	return analyst_take(((struct daemon *)ctx)->analyst, s);
}

static bool hurry(void *ctx)
{
	return ((struct daemon *)ctx)->hurry;
}

static void *worker_main(void *arg)
{
	struct daemon *d = arg;
	pulse_join("worker");
	worker_run(&(struct worker_setup){d->intake, d->rules, &d->setup->names, hand_over, hurry, d});
	pulse_leave();
	return NULL;
}

static void *analyst_main(void *arg)
{
	pulse_join("analyst");
	analyst_run(((struct daemon *)arg)->analyst);
	pulse_leave();
	return NULL;
}

static void *feed_main(void *arg)
{
	struct feed *f = arg;
	f->source->type->run(f->source);
	log_debug("source has ended", "source=%s", f->source->setup.name);
	f->source->counts.ended = true;
	f->daemon->n_ended++;
	pthread_kill(f->daemon->main_thread, SIGUSR1);
	return NULL;
}

static size_t wanted_workers(const struct config *config)
{
	const struct option_value *v = options_get(&config->agent, "workers");
	return v->set ? (size_t)v->number : cores_usable();
}

static enum rc start_threads(struct daemon *d, struct err *e)
{
	int bad = pthread_create(&d->analyst_thread, NULL, analyst_main, d);
	d->analyst_running = !bad;
	for (size_t n = wanted_workers(d->setup->config); d->n_workers < n && !bad;) {
		bad = pthread_create(&d->worker_threads[d->n_workers], NULL, worker_main, d);
		d->n_workers += !bad;
	}
	for (size_t i = 0; i < d->n_feeds && !bad; i++) {
		bad = pthread_create(&d->feeds[i].thread, NULL, feed_main, &d->feeds[i]);
		d->feeds[i].running = !bad;
	}
	if (bad)
		return err_errno(e, RC_IO, bad, "can't start a thread");
	enum rc rc = selfwatch_start(d->selfwatch, e);
	if (rc != RC_OK)
		return rc;
	size_t n;
	const struct control_order *orders = orders_list(&n);
	return control_start(d->state_folder, orders, n, d->orders, &d->control, e);
}

/* --- running ------------------------------------------------------------------------------------- */

/* The watchdog hears nothing while a thread is stuck, and restarts us. */
static void feed_watchdog(struct daemon *d)
{
	const char *stuck = vitals_stuck();
	if (stuck && !d->told_stuck)
		log_error("a thread is stuck",
		    "thread=%s next=\"the service manager restarts the agent; nothing is lost by that\"",
		    stuck);
	d->told_stuck = stuck != NULL;
	if (!stuck && d->watchdog_ms)
		notify_send("WATCHDOG=1");
}

static void tell_manager(struct daemon *d)
{
	const struct ruleset *rules = reload_rules(d->reload);
	notify_send("READY=1\nSTATUS=%zu rules active, %zu waiting, %zu refused", rules->n_active,
	    rules->n_waiting, rules->n_refused);
}

/* True: the flow must end, to be opened anew. */
static bool reload(struct daemon *d)
{
	struct err e = {0};
	notify_send("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(clk_mono_ns() / 1000));
	orders_reload_begins(d->orders);
	enum rc rc = reload_now(d->reload, &e);
	vitals_reloaded(d->vitals, rc == RC_OK);
	const char *reopens = reload_reopens(d->reload);
	orders_reload_done(d->orders, rc, &e, reload_rules(d->reload), reopens);
	if (!reopens)
		tell_manager(d);
	return reopens;
}

/* The next signal, or 0 when an override has ended before one came. */
static int next_signal(struct daemon *d, const sigset_t *signals)
{
	int64_t due_ms = reload_due_in_ms(d->reload);
	/* In steps, so that a wall clock that was set is noticed, and a thread that is stuck. */
	int64_t step_ms = due_ms >= 0 && due_ms < LONGEST_STEP_MS ? due_ms : LONGEST_STEP_MS;
	if (d->watchdog_ms && d->watchdog_ms < step_ms)
		step_ms = d->watchdog_ms;
	struct timespec step = {(time_t)(step_ms / 1000), (long)(step_ms % 1000) * 1000000};
	int sig = sigtimedwait(signals, NULL, &step);
	if (sig < 0 && due_ms >= 0 && due_ms <= step_ms)
		reload_overrides(d->reload);
	feed_watchdog(d);
	return sig < 0 ? 0 : sig;
}

static void wait_for_end(struct daemon *d, const sigset_t *signals)
{
	while (d->n_ended < d->n_feeds) {
		int sig = next_signal(d, signals);
		if (sig == SIGHUP && reload(d))
			return;
		if (sig == SIGTERM || sig == SIGINT) {
			log_info("stopping",
			    "signal=%s next=\"finishing what is in hand, up to %d s for deliveries\"",
			    sigabbrev_np(sig), DRAIN_MS / 1000);
			return;
		}
	}
	log_info("every source has ended", "next=\"delivering what is left, up to %d s\"", DRAIN_MS / 1000);
}

/* --- stopping ------------------------------------------------------------------------------------ */

/* A large object in hand, a full disk or a full outbox must not keep a stop waiting. */
static void *timer_main(void *arg)
{
	struct daemon *d = arg;
	queue_take(d->stopped, FINISH_MS);
	if (!queue_closed(d->stopped)) {
		d->hurry = true;
		analyst_give_up(d->analyst);
	}
	return NULL;
}

/* In the order of the flow, so that everything in hand becomes durable before its taker goes. */
static void stop_flow(struct daemon *d, int64_t drain_ms)
{
	int64_t end_ms = clk_mono_ms() + drain_ms;
	selfwatch_stop(d->selfwatch);
	for (size_t i = 0; i < d->n_feeds; i++)
		if (d->feeds[i].running)
			d->feeds[i].source->type->stop(d->feeds[i].source);
	for (size_t i = 0; i < d->n_feeds; i++)
		if (d->feeds[i].running)
			pthread_join(d->feeds[i].thread, NULL);
	if (d->works)
		queue_close(d->works);
	for (size_t i = 0; i < d->n_workers; i++)
		pthread_join(d->worker_threads[i], NULL);
	if (d->analyst_running) {
		analyst_settle(d->analyst);
		selfwatch_keep(d->selfwatch);
		analyst_digest(d->analyst);
		analyst_settle(d->analyst);
	}
	int64_t left_ms = end_ms - clk_mono_ms();
	if (d->dispatch)
		dispatch_stop(d->dispatch, left_ms > 0 ? left_ms : 0);
	if (d->analyst_running) {
		analyst_settle(d->analyst);
		analyst_stop(d->analyst);
		pthread_join(d->analyst_thread, NULL);
	}
	/* Whoever asked something of the analyst has an answer now. */
	control_stop(d->control);
}

/* `again`: another flow follows, which sends what is left. */
static void stop_all(struct daemon *d, bool again)
{
	pthread_t timer;
	if (again)
		notify_send("STATUS=opening the new configuration");
	else
		notify_send("STOPPING=1\nSTATUS=finishing what is in hand");
	if (d->vitals)
		vitals_enter(d->vitals, VITALS_STOPPING);
	if (d->orders)
		orders_stop(d->orders);
	d->stopped = queue_new(1);
	bool timed = d->analyst && pthread_create(&timer, NULL, timer_main, d) == 0;
	stop_flow(d, again ? REOPEN_DRAIN_MS : DRAIN_MS);
	queue_close(d->stopped);
	if (timed)
		pthread_join(timer, NULL);
	queue_free(d->stopped);
}

static void block_signals(sigset_t *signals, sigset_t *old)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGHUP);
	sigaddset(signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, signals, old);
}

/* The main counters, and every other one that is not 0; gauges say nothing any more. */
static void tell_end(void)
{
	static const bool always[METRIC_COUNT] = {[METRIC_EVENTS] = true,
	    [METRIC_ALERTS] = true,
	    [METRIC_FOLDED] = true,
	    [METRIC_DUPLICATES] = true,
	    [METRIC_MALFORMED] = true,
	    [METRIC_DELIVERED] = true};
	struct buf text = {0};
	for (int m = 0; m < METRIC_COUNT; m++) {
		struct sv name = sv_from(metric_name((enum metric)m));
		uint64_t value = metric_get((enum metric)m);
		if ((!value && !always[m]) || !sv_ends(name, SV("_total")))
			continue;
		if (sv_starts(name, SV("kw_")))
			name = sv_skip(name, 3);
		name = sv_head(name, name.len - 6);
		buf_printf(
		    &text, "%s%.*s=%llu", text.len ? " " : "", SV_ARG(name), (unsigned long long)value);
	}
	log_info("stopped", "%s", text.ptr);
	buf_fini(&text);
}

/* An agent that can't lock itself in is better than none. */
static void enter_sandbox(const struct config *config)
{
	struct err e = {0};
	sandbox_limits();
	if (!options_number(&config->agent, "sandbox"))
		return;
	enum rc rc = sandbox_enter(&e);
	if (rc == RC_NOTFOUND)
		log_debug("sandbox without a filter", "why=\"%s\"", e.text);
	else if (rc != RC_OK)
		log_warn(
		    "sandbox is incomplete", "error=\"%s\" next=\"the agent runs on without it\"", e.text);
}

static enum rc begin(struct daemon *d, struct err *e)
{
	enum log_level level;
	if (log_level_parse(options_text(&d->setup->config->agent, "log_level"), &level))
		log_set_level(level);
	enum rc rc = daemon_open(d, e);
	return rc == RC_OK ? start_threads(d, e) : rc;
}

/* One flow after the other, until a signal or the end of every source. */
static enum rc run_flows(struct reload *reload, const sigset_t *signals, struct err *e)
{
	const char *ready = "ready";
	for (;;) {
		struct daemon d = {.setup = reload_setup(reload),
		    .reload = reload,
		    .main_thread = pthread_self(),
		    .watchdog_ms = notify_watchdog_ms() / 2};
		enum rc rc = begin(&d, e);
		bool again = rc != RC_OK && reload_back(reload, e->text);
		if (rc == RC_OK) {
			vitals_enter(d.vitals, VITALS_READY);
			reload_tell(reload, ready);
			reload_opened(reload);
			tell_manager(&d);
			wait_for_end(&d, signals);
			again = reload_reopens(reload);
		}
		stop_all(&d, again);
		daemon_close(&d);
		if (!again)
			return rc;
		ready = "ready again";
	}
}

enum rc daemon_run(const struct cli *c, struct setup *setup, struct err *e)
{
	sigset_t signals, old;
	/* Blocked before any thread starts, so that all inherit it and only sigwaitinfo gets them. */
	block_signals(&signals, &old);
	enter_sandbox(setup->config);
	struct reload *reload = reload_new(c, setup);
	enum rc rc = run_flows(reload, &signals, e);
	reload_free(reload);
	if (rc == RC_OK)
		tell_end();
	/* What came while it stopped, its own SIGUSR1 among it, must not kill it now. */
	while (sigtimedwait(&signals, NULL, &(struct timespec){0, 0}) > 0)
		;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return rc;
}
