/* Opens and closes what the daemon runs, and ties the parts to each other. */
#include <stdlib.h>

#include "agent/daemon/daemon_parts.h"
#include "alerts/state.h"
#include "base/log.h"

#define INTAKE_WORKS 64

/* --- glue between the parts ----------------------------------------------------------------------- */

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

static enum rc open_sinks(struct daemon *d, struct err *e)
{
	const struct config *config = d->setup->config;
	d->sink_context = daemon_sink_context(d->setup);
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

static enum rc open_sources(struct daemon *d, struct err *e)
{
	const struct config *config = d->setup->config;
	if (!config->sources.n)
		return err_set(e, RC_CONFIG, "%s: %s", config->file ? config->file : "-", DAEMON_NO_SOURCES);
	d->feeds = heap_zero(config->sources.n, sizeof *d->feeds);
	d->sources = heap_zero(config->sources.n, sizeof(struct source *));
	for (size_t i = 0; i < config->sources.n; i++) {
		const struct config_block *block = &config->sources.items[i];
		struct feed *f = &d->feeds[d->n_feeds++];
		f->daemon = d;
		const struct source_type *type = source_type_find(block->type);
		enum rc rc = daemon_check_source(config, i, e);
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
		if (rc == RC_NOTFOUND)
			rc = e->rc = RC_CONFIG; /* for a person to mend, here */
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

enum rc daemon_open(struct daemon *d, struct err *e)
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
	reload_attach(d->reload, d->rules, d->analyst);
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

void daemon_close(struct daemon *d)
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
	free(d->feeds);
	free(d->sources);
	free(d->sinks);
}
