/* Health, readiness and metrics. The handlers run on the HTTP server's thread, which has its own reading
 * connection to the state; everything else they look at is atomic, counted or locked for a moment. */
#include "agent/daemon/vitals.h"

#include <stdlib.h>
#include <unistd.h>

#include "agent/daemon/exposition.h"
#include "alerts/state.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/pulse.h"

#define NO_LABEL ((struct sv){0})

struct vitals {
	struct vitals_setup setup;
	int64_t started_ms;
	_Atomic(enum vitals_phase) phase;
	_Atomic bool reload_refused;
	struct store *store; /* the server's thread; opened when it is first asked for */
};

struct vitals *vitals_new(const struct vitals_setup *setup)
{
	struct vitals *v = heap_zero(1, sizeof *v);
	v->setup = *setup;
	v->started_ms = clk_now_ms();
	return v;
}

void vitals_free(struct vitals *v)
{
	if (!v)
		return;
	store_close(v->store);
	free(v);
}

void vitals_enter(struct vitals *v, enum vitals_phase phase)
{
	v->phase = phase;
}

void vitals_reloaded(struct vitals *v, bool ok)
{
	v->reload_refused = !ok;
}

const char *vitals_stuck(void)
{
	return pulse_stuck(clk_mono_ms());
}

/* --- health -------------------------------------------------------------------------------------- */

static void on_healthz(void *ctx, const struct listen_request *request, struct listen_reply *reply)
{
	const char *stuck = vitals_stuck();
	(void)ctx;
	(void)request;
	if (stuck) {
		reply->status = 503;
		buf_printf(&reply->body, "stuck: the %s has not moved for a minute\n", stuck);
	} else {
		buf_adds(&reply->body, "ok\n");
	}
}

/* Why it is not ready, a line each; nothing when it is. */
static void reasons(const struct vitals *v, struct buf *out)
{
	struct analyst_vitals analyst;
	const char *stuck = vitals_stuck();
	enum vitals_phase phase = v->phase;
	struct ruleset *rules = rules_box_get(v->setup.rules);
	analyst_look(v->setup.analyst, &analyst);
	if (phase != VITALS_READY)
		buf_printf(out, "the agent is %s\n", phase == VITALS_STARTING ? "starting" : "stopping");
	if (!rules->n_active && !rules->n_shadow)
		buf_adds(out, "no rule is active\n");
	if (analyst.failing)
		buf_adds(out, "the state can't be written: input waits; the log says why\n");
	if (analyst.full)
		buf_adds(
		    out, "the outbox is full: input waits; mend the sinks, or see kendrawatch outbox dead\n");
	if (stuck)
		buf_printf(out, "the %s has not moved for a minute\n", stuck);
	for (size_t i = 0; i < v->setup.n_sources; i++)
		if (v->setup.sources[i]->counts.ended)
			buf_printf(out, "source %s has ended\n", v->setup.sources[i]->setup.name);
	ruleset_unref(rules);
}

static bool degraded(const struct vitals *v)
{
	struct ruleset *rules = rules_box_get(v->setup.rules);
	bool refused = rules->n_refused > 0 || v->reload_refused;
	ruleset_unref(rules);
	return refused;
}

static void on_readyz(void *ctx, const struct listen_request *request, struct listen_reply *reply)
{
	const struct vitals *v = ctx;
	(void)request;
	reasons(v, &reply->body);
	if (reply->body.len)
		reply->status = 503;
	else
		buf_adds(&reply->body, "ready\n");
	if (degraded(v))
		buf_adds(&reply->body,
		    v->reload_refused
			? "degraded: the last reload was refused, the old configuration is in force\n"
			: "degraded: rules were refused; kendrawatch check names them\n");
}

/* --- metrics ------------------------------------------------------------------------------------- */

static void show_rules(const struct vitals *v, struct buf *out)
{
	struct ruleset *rules = rules_box_get(v->setup.rules);
	exposition_head(out, GAUGE_RULES);
	exposition_value(out, GAUGE_RULES, SV("active"), (int64_t)rules->n_active);
	exposition_value(out, GAUGE_RULES, SV("waiting"), (int64_t)rules->n_waiting);
	exposition_value(out, GAUGE_RULES, SV("shadow"), (int64_t)rules->n_shadow);
	exposition_value(out, GAUGE_RULES, SV("off"), (int64_t)rules->n_off);
	exposition_value(out, GAUGE_RULES, SV("refused"), (int64_t)rules->n_refused);
	ruleset_unref(rules);
}

static void show_flow(const struct vitals *v, struct buf *out)
{
	struct analyst_vitals analyst;
	analyst_look(v->setup.analyst, &analyst);
	exposition_head(out, GAUGE_QUEUE);
	exposition_value(out, GAUGE_QUEUE, SV("intake"), (int64_t)queue_length(v->setup.works));
	exposition_value(out, GAUGE_QUEUE, SV("analyst"), (int64_t)analyst.waiting);
	exposition_one(out, GAUGE_STATE_FAILING, analyst.failing);
	exposition_one(out, GAUGE_OUTBOX_FULL, analyst.full);
}

static void show_sources(const struct vitals *v, struct buf *out)
{
	struct source *const *sources = v->setup.sources;
	size_t n = v->setup.n_sources;
	exposition_head(out, GAUGE_SOURCE_RUNNING);
	for (size_t i = 0; i < n; i++)
		exposition_value(
		    out, GAUGE_SOURCE_RUNNING, sv_from(sources[i]->setup.name), !sources[i]->counts.ended);
	exposition_head(out, GAUGE_SOURCE_EVENTS);
	for (size_t i = 0; i < n; i++)
		exposition_value(out, GAUGE_SOURCE_EVENTS, sv_from(sources[i]->setup.name),
		    (int64_t)sources[i]->counts.events);
	exposition_head(out, GAUGE_SOURCE_LAST);
	for (size_t i = 0; i < n; i++)
		if (sources[i]->counts.event_ms)
			exposition_seconds(out, GAUGE_SOURCE_LAST, sv_from(sources[i]->setup.name),
			    sources[i]->counts.event_ms);
}

/* Every configured sink has its line; one that is gone from the configuration too, while something waits for
 * it. */
struct sinks_shown {
	const struct config *config;
	struct buf *out;
	int64_t *counts;
};

static void take_sink(void *ctx, struct sv sink, int64_t pending)
{
	struct sinks_shown *s = ctx;
	for (size_t i = 0; i < s->config->sinks.n; i++)
		if (sv_eq(sv_from(s->config->sinks.items[i].name), sink)) {
			s->counts[i] = pending;
			return;
		}
	exposition_value(s->out, GAUGE_OUTBOX_PENDING, sink, pending);
}

/* Left out while the state can't be read: kw_state_failing or a log line says more than a zero would. */
static void show_outbox(struct vitals *v, struct buf *out)
{
	const struct config *config = v->setup.config;
	struct outbox_size size;
	struct buf lines = {0};
	struct sinks_shown shown = {config, &lines, heap_zero(config->sinks.n + 1, sizeof(int64_t))};
	if ((v->store || state_open(v->setup.state_folder, STORE_READ, &v->store, NULL) == RC_OK) &&
	    outbox_measure(v->store, &size, NULL) == RC_OK &&
	    outbox_pending(v->store, take_sink, &shown, NULL) == RC_OK) {
		exposition_head(out, GAUGE_OUTBOX_PENDING);
		for (size_t i = 0; i < config->sinks.n; i++)
			exposition_value(
			    out, GAUGE_OUTBOX_PENDING, sv_from(config->sinks.items[i].name), shown.counts[i]);
		buf_add(out, buf_sv(&lines));
		exposition_one(out, GAUGE_OUTBOX_DEAD, size.dead);
		exposition_one(out, GAUGE_OUTBOX_BYTES, size.bytes);
	}
	exposition_one(out, GAUGE_OUTBOX_LIMIT, options_number(&config->agent, "outbox_max"));
	free(shown.counts);
	buf_fini(&lines);
}

static void show_process(const struct vitals *v, struct buf *out)
{
	struct buf text = {0};
	struct sv rest, pages;
	int64_t n;
	exposition_head(out, GAUGE_START);
	exposition_seconds(out, GAUGE_START, NO_LABEL, v->started_ms);
	exposition_head(out, GAUGE_CPU);
	exposition_seconds(out, GAUGE_CPU, NO_LABEL, clk_cpu_ms());
	if (file_read("/proc/self/statm", 4096, &text, NULL) == RC_OK) {
		/* The second number: resident pages. */
		rest = buf_sv(&text);
		sv_cut(&rest, ' ', &pages);
		if (sv_cut(&rest, ' ', &pages) && sv_int(pages, 0, INT64_MAX, &n))
			exposition_one(out, GAUGE_MEMORY, n * sysconf(_SC_PAGESIZE));
	}
	buf_fini(&text);
}

static void on_metrics(void *ctx, const struct listen_request *request, struct listen_reply *reply)
{
	struct vitals *v = ctx;
	struct buf why = {0};
	(void)request;
	reply->content_type = EXPOSITION_TYPE;
	reasons(v, &why);
	exposition_head(&reply->body, GAUGE_BUILD);
	exposition_value(&reply->body, GAUGE_BUILD, SV(KW_VERSION), 1);
	exposition_one(&reply->body, GAUGE_READY, !why.len);
	exposition_one(&reply->body, GAUGE_DEGRADED, degraded(v));
	exposition_one(&reply->body, GAUGE_RELOAD_OK, !v->reload_refused);
	exposition_counters(&reply->body);
	show_rules(v, &reply->body);
	show_flow(v, &reply->body);
	show_outbox(v, &reply->body);
	show_sources(v, &reply->body);
	show_process(v, &reply->body);
	buf_fini(&why);
}

void vitals_routes(struct vitals *v, struct listen *l)
{
	listen_route(l, &(struct listen_route){"GET", "/healthz", 0, on_healthz, v});
	listen_route(l, &(struct listen_route){"GET", "/readyz", 0, on_readyz, v});
	listen_route(l, &(struct listen_route){"GET", "/metrics", 0, on_metrics, v});
}
