/* Puts the threads together: one a source, the workers, the analyst, the dispatcher; the main thread waits
 * for signals. */
#include "agent/daemon/daemon.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "agent/analyst/analyst.h"
#include "agent/daemon/control.h"
#include "agent/daemon/notify.h"
#include "agent/daemon/orders.h"
#include "agent/daemon/reload.h"
#include "agent/daemon/sandbox.h"
#include "agent/selfwatch/selfwatch.h"
#include "agent/daemon/vitals.h"
#include "alerts/dispatch.h"
#include "alerts/state.h"
#include "base/clock.h"
#include "base/cores.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/pulse.h"

#define INTAKE_WORKS 64
#define NO_SOURCES "no sources: nothing to watch; see kendrawatch list sources"
/* A stop takes at most DRAIN_MS: what is in hand may become durable for FINISH_MS of that, the rest is for
 * deliveries. */
#define DRAIN_MS 10000
#define FINISH_MS 5000
#define LONGEST_STEP_MS 60000

struct daemon;

/* A source and its thread. */
struct feed {
	struct daemon *daemon;
	struct source *source;
	struct ledger ledger;
	pthread_t thread;
	bool running;
};

struct daemon {
	const struct cli *cli;
	struct setup *setup;
	const char *state_folder;
	struct store *store;
	struct quarantine *quarantine;
	struct queue *works; /* from sources */
	struct intake *intake;
	struct rules_box *rules;
	struct reload *reload;
	struct analyst *analyst;
	struct dispatch *dispatch;
	struct selfwatch *selfwatch;
	struct feed *feeds;
	size_t n_feeds;
	struct source **sources;          /* of the feeds */
	struct sink_context sink_context; /* the sinks borrow it */
	struct dispatch_sink *sinks;
	size_t n_sinks;
	pthread_t main_thread, analyst_thread, worker_threads[CORES_MAX];
	size_t n_workers; /* that run */
	bool analyst_running;
	_Atomic size_t n_ended; /* sources that have no more */
	_Atomic bool hurry;     /* what is in hand is dropped unacknowledged */
	struct queue *stopped;  /* closed when the stop is done: ends the timer */
	struct vitals *vitals;
	struct listen *listen; /* NULL: nowhere */
	struct orders *orders;
	struct control *control;
	int64_t watchdog_ms; /* half of what the service manager allows; 0: it does not ask */
	bool told_stuck;
};

/* --- glue between the threads -------------------------------------------------------------------- */

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

static void tell_of_source(
    void *ctx, const char *rule, const char *title, enum level level, const char *summary, const char *detail)
{
	analyst_self(((struct daemon *)ctx)->analyst, rule, title, level, summary, detail);
}

static void added(void *ctx)
{
	dispatch_wake(((struct daemon *)ctx)->dispatch);
}

static void settled(void *ctx, const struct outbox_result *results, size_t n)
{
	dispatch_settled(((struct daemon *)ctx)->dispatch, results, n);
}

static void arrived(void *ctx, const struct stretch *s)
{
	selfwatch_arrived(((struct daemon *)ctx)->selfwatch, s);
}

static void report(void *ctx, struct outbox_result *results, size_t n)
{
	analyst_results(((struct daemon *)ctx)->analyst, results, n);
}

/* --- opening ------------------------------------------------------------------------------------- */

static struct sink_context sink_context_of(const struct setup *setup)
{
	return (struct sink_context){.agent = setup_agent_name(setup),
	    .timezone = options_text(&setup->config->agent, "timezone"),
	    .config_folder = setup->config->folder,
	    .stdout_fd = 1};
}

static enum rc open_sinks(struct daemon *d, struct err *e)
{
	const struct config *config = d->setup->config;
	d->sink_context = sink_context_of(d->setup);
	d->sinks = heap_zero(config->sinks.n, sizeof *d->sinks);
	for (size_t i = 0; i < config->sinks.n; i++) {
		const struct config_block *block = &config->sinks.items[i];
		struct dispatch_sink *s = &d->sinks[d->n_sinks];
		*s =
		    (struct dispatch_sink){.name = block->name, .type = sink_type_find(sv_from(block->type))};
		enum rc rc = s->type->open(&block->options, &d->sink_context, &s->sink, e);
		if (rc != RC_OK)
			return err_at(e, "sink %s", block->name);
		if (s->type->ordered && s->type->ordered(s->sink))
			s->max_in_flight = 1;
		d->n_sinks++;
	}
	if (!d->n_sinks)
		log_warn(
		    "no sinks", "next=\"alerts are recorded in the state only; see kendrawatch list sinks\"");
	return RC_OK;
}

/* Deliveries of earlier runs whose sink was renamed or taken out: no lane asks for them. */
static bool tell_stranger(void *ctx, const struct outbox_row *row)
{
	struct daemon *d = ctx;
	for (size_t i = 0; i < d->n_sinks; i++)
		if (sv_eq(row->sink, sv_from(d->sinks[i].name)))
			return true;
	if (row->status == OUTBOX_PENDING)
		log_warn("a delivery waits for a sink that is not configured",
		    "sink=%.*s alert=%.*s next=\"configure a sink of this name, and it is delivered\"",
		    SV_ARG(row->sink), SV_ARG(row->alert_id));
	return true;
}

/* What no two sources can share. */
static enum rc check_source(const struct config *config, size_t index, struct err *e)
{
	const struct config_block *block = &config->sources.items[index];
	for (size_t i = 0; i < index && strcmp(block->type, "stdin") == 0; i++)
		if (strcmp(config->sources.items[i].type, block->type) == 0)
			return err_set(e, RC_CONFIG, "source %s: source %s reads standard input already",
			    block->name, config->sources.items[i].name);
	return RC_OK;
}

/* A path that is not there yet may be there at the start, or on the machine that this configuration is for.
 */
static void try_source(const struct config *config, size_t index, struct faults *faults)
{
	const struct config_block *block = &config->sources.items[index];
	const struct options *o = &block->options;
	struct ledger nothing = {0};
	struct source *source;
	struct err e = {0};
	const struct source_type *type = source_type_find(block->type);
	if (check_source(config, index, &e) != RC_OK)
		fault_add(faults, FAULT_ERROR, o->file, o->line, o->col, "%s", e.text);
	else if (type->open(&(struct source_setup){.name = block->name, .options = o, .ledger = &nothing},
		     &source, &e) == RC_OK)
		type->close(source);
	else
		fault_add(faults, FAULT_WARNING, o->file, o->line, o->col, "%s", e.text);
}

void daemon_check(const struct setup *setup, struct faults *faults)
{
	const struct config *config = setup->config;
	struct sink_context context = sink_context_of(setup);
	if (!config->sources.n)
		fault_add(faults, FAULT_ERROR, config->file ? config->file : "-", 0, 0, "%s", NO_SOURCES);
	listen_check(&config->listen, faults);
	for (size_t i = 0; i < config->sources.n; i++)
		try_source(config, i, faults);
	for (size_t i = 0; i < config->sinks.n; i++) {
		const struct config_block *block = &config->sinks.items[i];
		const struct sink_type *type = sink_type_find(sv_from(block->type));
		struct sink *sink;
		struct err e = {0};
		if (!type->request)
			continue;
		if (type->open(&block->options, &context, &sink, &e) == RC_OK)
			type->close(sink);
		else
			fault_add(faults, FAULT_ERROR, block->options.file, block->options.line,
			    block->options.col, "sink %s: %s", block->name, e.text);
	}
}

static enum rc open_sources(struct daemon *d, struct err *e)
{
	const struct config *config = d->setup->config;
	if (!config->sources.n)
		return err_set(e, RC_CONFIG, "%s: %s", config->file ? config->file : "-", NO_SOURCES);
	d->feeds = heap_zero(config->sources.n, sizeof *d->feeds);
	d->sources = heap_zero(config->sources.n, sizeof(struct source *));
	for (size_t i = 0; i < config->sources.n; i++) {
		const struct config_block *block = &config->sources.items[i];
		struct feed *f = &d->feeds[d->n_feeds++];
		f->daemon = d;
		const struct source_type *type = source_type_find(block->type);
		enum rc rc = check_source(config, i, e);
		if (rc == RC_OK && !type->looks_up)
			rc = ledger_read(d->store, block->name, &f->ledger, e);
		if (rc != RC_OK)
			return rc;
		struct source_setup setup = {.name = block->name,
		    .options = &block->options,
		    .intake = d->works,
		    .ledger = &f->ledger,
		    .state_folder = d->state_folder,
		    .tell = tell_of_source,
		    .ctx = d};
		rc = type->open(&setup, &f->source, e);
		if (rc != RC_OK)
			return rc;
		d->sources[i] = f->source;
	}
	return RC_OK;
}

static enum rc open_state(struct daemon *d, struct err *e)
{
	const struct options *agent = &d->setup->config->agent;
	d->state_folder = options_text(agent, "state");
	enum rc rc = state_open(d->state_folder, STORE_WRITE, &d->store, e);
	if (rc == RC_OK)
		rc = quarantine_open(
		    d->state_folder, options_number(agent, "quarantine_max"), &d->quarantine, e);
	return rc;
}

static struct alert_agent alert_agent_of(const struct setup *setup)
{
	const struct config *config = setup->config;
	return (struct alert_agent){.name = setup_agent_name(setup),
	    .public_url = options_text(&config->listen, "public_url"),
	    .redact = {options_number(&config->agent, "show_content") != 0},
	    .max_age_ms = options_number(&config->agent, "max_age")};
}

/* A port that is taken must not stop the agent from watching: it runs without the pages, and says so. */
static enum rc open_pages(struct daemon *d, struct err *e)
{
	d->vitals = vitals_new(&(struct vitals_setup){.config = d->setup->config,
	    .state_folder = d->state_folder,
	    .works = d->works,
	    .rules = d->rules,
	    .analyst = d->analyst,
	    .sources = d->sources,
	    .n_sources = d->n_feeds});
	d->listen = listen_new(&d->setup->config->listen);
	vitals_routes(d->vitals, d->listen);
	enum rc rc = listen_start(d->listen, e);
	if (rc != RC_IO)
		return rc;
	log_error("health and metrics can't be served",
	    "error=\"%s\" next=\"the agent runs without them; free the address and start it again\"",
	    e->text);
	analyst_self(d->analyst, "kendrawatch.self.listen_failed", "Health and metrics are not served",
	    LEVEL_MEDIUM, e->text, e->text);
	return RC_OK;
}

static enum rc open_selfwatch(struct daemon *d, struct err *e)
{
	return selfwatch_new(&(struct selfwatch_setup){.config = d->setup->config,
				 .agent = setup_agent_name(d->setup),
				 .state_folder = d->state_folder,
				 .analyst = d->analyst,
				 .works = d->works,
				 .rules = d->rules,
				 .sources = d->sources,
				 .n_sources = d->n_feeds},
	    &d->selfwatch, e);
}

static enum rc open_all(struct daemon *d, struct err *e)
{
	enum rc rc = open_state(d, e);
	if (rc != RC_OK)
		return rc;
	d->works = queue_new(INTAKE_WORKS);
	d->intake = intake_new(d->works);
	d->rules = rules_box_new(ruleset_ref(d->setup->rules));
	rc = open_sinks(d, e);
	if (rc == RC_OK)
		rc = outbox_list(d->store, false, tell_stranger, d, e);
	if (rc == RC_OK)
		rc = open_sources(d, e);
	if (rc != RC_OK)
		return rc;
	d->analyst = analyst_new(&(struct analyst_setup){.store = d->store,
	    .quarantine = d->quarantine,
	    .config = d->setup->config,
	    .agent = alert_agent_of(d->setup),
	    .added = added,
	    .settled = settled,
	    .arrived = arrived,
	    .ctx = d});
	d->reload = reload_new(d->cli, d->setup, d->rules, d->analyst);
	d->orders = orders_new(d->analyst, d->main_thread);
	rc = open_pages(d, e);
	if (rc == RC_OK)
		rc = open_selfwatch(d, e);
	if (rc != RC_OK)
		return rc;
	return dispatch_start(&(struct dispatch_options){.state_folder = d->state_folder,
				  .sinks = d->sinks,
				  .n_sinks = d->n_sinks,
				  .report = report,
				  .ctx = d},
	    &d->dispatch, e);
}

/* --- running ------------------------------------------------------------------------------------- */

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

static void reload(struct daemon *d)
{
	struct err e = {0};
	notify_send("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(clk_mono_ns() / 1000));
	orders_reload_begins(d->orders);
	enum rc rc = reload_now(d->reload, &e);
	vitals_reloaded(d->vitals, rc == RC_OK);
	orders_reload_done(d->orders, rc, &e, reload_rules(d->reload));
	tell_manager(d);
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
		if (sig == SIGHUP)
			reload(d);
		if (sig == SIGTERM || sig == SIGINT) {
			log_info("stopping",
			    "signal=%s next=\"finishing what is in hand, up to %d s for deliveries\"",
			    sigabbrev_np(sig), DRAIN_MS / 1000);
			return;
		}
	}
	log_info("every source has ended", "next=\"delivering what is left, up to %d s\"", DRAIN_MS / 1000);
}

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
static void stop_flow(struct daemon *d)
{
	int64_t end_ms = clk_mono_ms() + DRAIN_MS;
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

static void stop_all(struct daemon *d)
{
	pthread_t timer;
	notify_send("STOPPING=1\nSTATUS=finishing what is in hand");
	if (d->vitals)
		vitals_enter(d->vitals, VITALS_STOPPING);
	if (d->orders)
		orders_stop(d->orders);
	d->stopped = queue_new(1);
	bool timed = d->analyst && pthread_create(&timer, NULL, timer_main, d) == 0;
	stop_flow(d);
	queue_close(d->stopped);
	if (timed)
		pthread_join(timer, NULL);
	queue_free(d->stopped);
}

static void close_all(struct daemon *d)
{
	listen_free(d->listen);
	vitals_free(d->vitals);
	orders_free(d->orders);
	selfwatch_free(d->selfwatch);
	dispatch_free(d->dispatch);
	for (size_t i = 0; i < d->n_feeds; i++) {
		if (d->feeds[i].source)
			d->feeds[i].source->type->close(d->feeds[i].source);
		ledger_fini(&d->feeds[i].ledger);
	}
	for (size_t i = 0; i < d->n_sinks; i++)
		d->sinks[i].type->close(d->sinks[i].sink);
	analyst_free(d->analyst);
	for (struct work *w; d->works && (w = queue_take(d->works, 0));)
		work_unref(w);
	intake_free(d->intake);
	queue_free(d->works);
	rules_box_free(d->rules);
	quarantine_close(d->quarantine);
	store_close(d->store);
	reload_free(d->reload);
	free(d->feeds);
	free(d->sources);
	free(d->sinks);
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

enum rc daemon_run(const struct cli *c, struct setup *setup, struct err *e)
{
	struct daemon d = {.cli = c, .setup = setup, .main_thread = pthread_self()};
	sigset_t signals, old;
	/* Blocked before any thread starts, so that all inherit it and only sigwaitinfo gets them. */
	block_signals(&signals, &old);
	enter_sandbox(setup->config);
	d.watchdog_ms = notify_watchdog_ms() / 2;
	enum rc rc = open_all(&d, e);
	if (rc == RC_OK)
		rc = start_threads(&d, e);
	if (rc == RC_OK) {
		vitals_enter(d.vitals, VITALS_READY);
		reload_tell(d.reload, "ready");
		tell_manager(&d);
		wait_for_end(&d, &signals);
	}
	stop_all(&d);
	close_all(&d);
	if (rc == RC_OK)
		tell_end();
	/* What came while it stopped, its own SIGUSR1 among it, must not kill it now. */
	while (sigtimedwait(&signals, NULL, &(struct timespec){0, 0}) > 0)
		;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return rc;
}
