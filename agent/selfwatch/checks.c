/* The looks of the self-watch. An alert's detail holds the day, so that each cause is one alert a day, also
 * across restarts. */
#include "agent/selfwatch/checks.h"

#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/pulse.h"
#include "config/secret.h"

#define MINUTE_MS ((int64_t)60000)
#define HOUR_MS (60 * MINUTE_MS)
#define WEEK_MS (168 * HOUR_MS)
#define JUMP_MS (5 * MINUTE_MS)
#define OLDEST_MS (30 * MINUTE_MS)
#define INTAKE_MS (10 * MINUTE_MS)
#define SINK_MS (15 * MINUTE_MS)
#define CREDENTIALS_MS (5 * MINUTE_MS) /* they are renewed from 15 minutes before their end */
#define MALFORMED_LEAST 100
#define MALFORMED_SHARE 100

/* What a look is about, and what it was told. */
struct scene {
	struct checks *c;
	const struct selfwatch_setup *s;
	int64_t wall_ms, mono_ms;
};

/* Was this told today? Marks it as told. */
static bool told(struct checks *c, int64_t wall_ms, enum self_kind kind, const char *detail)
{
	uint64_t mark = hash_sv(sv_from(detail)) + (uint64_t)kind;
	if (wall_ms / (24 * HOUR_MS) != c->told_day) {
		c->told_day = wall_ms / (24 * HOUR_MS);
		c->n_told = 0;
	}
	for (size_t i = 0; i < c->n_told; i++)
		if (c->told[i] == mark)
			return true;
	if (c->n_told < CHECKS_TOLD)
		c->told[c->n_told++] = mark;
	return false;
}

/* Raises `kind` about `what`, once a day. Takes `summary`. */
static void tell(const struct scene *l, enum self_kind kind, const char *what, char *summary)
{
	char day[CLK_TEXT];
	clk_format(l->wall_ms, false, day);
	char *detail = heap_printf("%s %.10s", what, day);
	if (!told(l->c, l->wall_ms, kind, detail)) {
		log_warn(self_text(kind)->title, "what=\"%s\"", summary);
		self_tell(l->s->analyst, kind, summary, detail);
	}
	free(detail);
	free(summary);
}

/* --- input ---------------------------------------------------------------------------------------- */

static void look_at_source(const struct scene *l, struct source *w, struct source_gauges *g)
{
	const char *name = w->setup.name;
	source_read_gauges(w, g);
	if (w->counts.ended && !w->type->once)
		tell(l, SELF_SOURCE_ENDED, name,
		    heap_printf("Source %s has stopped reading and will not go on by itself.", name));
	if (g->oldest_ms >= OLDEST_MS)
		tell(l, SELF_QUEUE_GROWING, name,
		    heap_printf(
			"The oldest message in the queue of source %s has waited for %lld min; %lld wait.",
			name, (long long)(g->oldest_ms / MINUTE_MS), (long long)g->waiting));
	if (g->trouble[0])
		tell(l, SELF_CREDENTIALS_FAILING, name,
		    heap_printf("Source %s can't get credentials: %s", name, g->trouble));
	else if (g->credentials_end_ms && g->credentials_end_ms - l->wall_ms < CREDENTIALS_MS)
		tell(l, SELF_CREDENTIALS_FAILING, name,
		    heap_printf("The credentials of source %s end within 5 min and were not renewed.", name));
}

static void look_at_sources(const struct scene *l)
{
	int64_t waiting = 0, oldest_ms = 0;
	for (size_t i = 0; i < l->s->n_sources; i++) {
		struct source_gauges g;
		look_at_source(l, l->s->sources[i], &g);
		waiting += g.waiting;
		oldest_ms = g.oldest_ms > oldest_ms ? g.oldest_ms : oldest_ms;
	}
	metric_set(METRIC_QUEUE_WAITING, (uint64_t)waiting);
	metric_set(METRIC_QUEUE_SECONDS, (uint64_t)(oldest_ms / 1000));
}

static void look_at_intake(const struct scene *l)
{
	struct checks *c = l->c;
	size_t n = queue_length(l->s->works);
	if (n < queue_capacity(l->s->works))
		c->intake_full_ms = 0;
	else if (!c->intake_full_ms)
		c->intake_full_ms = l->mono_ms;
	if (c->intake_full_ms && l->mono_ms - c->intake_full_ms >= INTAKE_MS)
		tell(l, SELF_INTAKE_FULL, "intake",
		    heap_printf(
			"%zu pieces of input have waited for a worker for 10 min; sources wait too.", n));
}

/* --- delivery ------------------------------------------------------------------------------------- */

static bool is_configured(const struct config *config, struct sv sink)
{
	for (size_t i = 0; i < config->sinks.n; i++)
		if (sv_eq(sink, sv_from(config->sinks.items[i].name)))
			return true;
	return false;
}

static void look_at_sink(void *ctx, const struct outbox_failing *f)
{
	const struct scene *l = ctx;
	if (l->wall_ms - f->since_ms < SINK_MS || !is_configured(l->s->config, f->sink))
		return;
	l->c->n_failing++;
	char *name = heap_text(f->sink);
	tell(l, SELF_SINK_FAILING, name,
	    heap_printf("Sink %s has not taken an alert for %lld min; at least %lld wait. Last answer: %.*s",
		name, (long long)((l->wall_ms - f->since_ms) / MINUTE_MS), (long long)f->n,
		SV_ARG(f->error)));
	free(name);
}

static void look_at_secrets(const struct scene *l, const struct options *o, const char *whose)
{
	for (size_t i = 0; i < o->table->n; i++) {
		const struct secret *secret = o->values[i].secret;
		if (secret && !secret_readable(secret))
			tell(l, SELF_SECRET_UNREADABLE, secret_name(secret),
			    heap_printf(
				"The secret %s of %s can't be read any more; the value read before is in "
				"use until the next start.",
				secret_name(secret), whose));
	}
}

static void look_at_all_secrets(const struct scene *l)
{
	const struct config *config = l->s->config;
	for (size_t i = 0; i < config->sources.n; i++)
		look_at_secrets(l, &config->sources.items[i].options, config->sources.items[i].name);
	for (size_t i = 0; i < config->sinks.n; i++)
		look_at_secrets(l, &config->sinks.items[i].options, config->sinks.items[i].name);
	look_at_secrets(l, &config->heartbeat, "heartbeat");
}

/* --- the machine ---------------------------------------------------------------------------------- */

static void look_at_disk(const struct scene *l)
{
	const struct selfwatch_setup *s = l->s;
	struct statvfs fs;
	int64_t least = options_number(&s->config->watch, "disk_free");
	if (statvfs(s->state_folder, &fs) != 0)
		return;
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
	metric_set(METRIC_STATE_FREE, room);
	if (room < (uint64_t)least)
		tell(l, SELF_STATE_SPACE, "state",
		    heap_printf("%s has room for %llu MiB more. When it is full, nothing is read until there "
				"is room.",
			s->state_folder, (unsigned long long)(room >> 20)));
}

static void look_at_clock(const struct scene *l)
{
	struct checks *c = l->c;
	int64_t jump_ms = c->mono_ms ? (l->wall_ms - c->wall_ms) - (l->mono_ms - c->mono_ms) : 0;
	c->wall_ms = l->wall_ms;
	c->mono_ms = l->mono_ms;
	if (jump_ms > -JUMP_MS && jump_ms < JUMP_MS)
		return;
	tell(l, SELF_CLOCK_JUMPED, "clock",
	    heap_printf("The clock jumped by %lld min %s.",
		(long long)((jump_ms < 0 ? -jump_ms : jump_ms) / MINUTE_MS),
		jump_ms < 0 ? "back" : "forward"));
}

static void look_at_quarantine(const struct scene *l)
{
	struct checks *c = l->c;
	int64_t hour = l->wall_ms / HOUR_MS;
	uint64_t malformed = metric_get(METRIC_MALFORMED), events = metric_get(METRIC_EVENTS);
	if (hour != c->hour) {
		c->hour = hour;
		c->malformed = malformed;
		c->events = events;
	}
	uint64_t bad = malformed - c->malformed, good = events - c->events;
	if (bad > MALFORMED_LEAST && bad > (bad + good) / MALFORMED_SHARE)
		tell(l, SELF_QUARANTINE_GROWING, "quarantine",
		    heap_printf(
			"%llu records of this hour are not valid JSON, %llu are. They are in %s/quarantine.",
			(unsigned long long)bad, (unsigned long long)good, l->s->state_folder));
}

/* --- rules ---------------------------------------------------------------------------------------- */

static void look_at_rules(const struct scene *l)
{
	struct checks *c = l->c;
	int64_t wall_ms = l->wall_ms;
	struct ruleset *rules = rules_box_get(l->s->rules);
	if (!rules->n_waiting)
		c->waiting_since_ms = 0;
	else if (!c->waiting_since_ms)
		c->waiting_since_ms = wall_ms;
	if (c->waiting_since_ms && wall_ms - c->waiting_since_ms >= WEEK_MS) {
		/* Once a week; the day of the others would be too often. */
		char *detail = heap_printf("%lld %lld", (long long)c->waiting_since_ms,
		    (long long)((wall_ms - c->waiting_since_ms) / WEEK_MS));
		char *summary = heap_printf("%zu %s for values in a list, for a week now, and can't run. "
					    "kendrawatch list rules --state waiting names them.",
		    rules->n_waiting,
		    rules->n_waiting == 1 ? "rule has waited" : "rules have waited, the first");
		if (!told(c, wall_ms, SELF_RULES_WAITING, detail))
			self_tell(l->s->analyst, SELF_RULES_WAITING, summary, detail);
		free(detail);
		free(summary);
	}
	ruleset_unref(rules);
}

void checks_look(
    struct checks *c, const struct selfwatch_setup *s, struct store *reader, int64_t wall_ms, int64_t mono_ms)
{
	struct err e = {0};
	struct scene l = {c, s, wall_ms, mono_ms};
	look_at_clock(&l);
	look_at_sources(&l);
	look_at_intake(&l);
	look_at_disk(&l);
	look_at_quarantine(&l);
	look_at_all_secrets(&l);
	look_at_rules(&l);
	c->n_failing = 0;
	if (outbox_failing(reader, look_at_sink, &l, &e) != RC_OK)
		log_warn("the self-watch can't read the outbox", "error=\"%s\"", e.text);
}

/* --- for the heartbeat ---------------------------------------------------------------------------- */

static const char *source_why_not(struct source *w, int64_t mono_ms)
{
	struct source_gauges g;
	if (w->counts.ended && !w->type->once)
		return "a source has ended";
	source_read_gauges(w, &g);
	return g.due_ms && mono_ms > g.due_ms ? "a source hangs" : NULL;
}

static const char *strict_why_not(const struct checks *c, const struct selfwatch_setup *s)
{
	struct ruleset *rules = rules_box_get(s->rules);
	bool refused = rules->n_refused > 0;
	ruleset_unref(rules);
	return refused ? "rules are refused" : c->n_failing ? "a sink takes nothing" : NULL;
}

const char *checks_why_not(
    const struct checks *c, const struct selfwatch_setup *s, const char *needs, int64_t mono_ms)
{
	const char *why = NULL;
	if (strcmp(needs, "alive") == 0)
		return NULL;
	for (size_t i = 0; i < s->n_sources && !why; i++)
		why = source_why_not(s->sources[i], mono_ms);
	if (why)
		return why;
	struct analyst_vitals analyst;
	analyst_look(s->analyst, &analyst);
	if (analyst.full)
		return "the outbox is full";
	if (pulse_stuck(mono_ms))
		return "a thread is stuck";
	if (c->intake_full_ms && mono_ms - c->intake_full_ms >= INTAKE_MS)
		return "the intake is full";
	if (c->n_failing && c->n_failing >= s->config->sinks.n)
		return "no sink takes anything";
	return strcmp(needs, "strict") == 0 ? strict_why_not(c, s) : NULL;
}
