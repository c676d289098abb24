/* `kendrawatch audit`: the life of one event, from the object that brought it to the deliveries it led to. */
#include <inttypes.h>

#include "agent/author/explain/explain.h"
#include "agent/command/commands.h"
#include "agent/event_at.h"
#include "agent/ledger/ledger.h"
#include "agent/state_reader.h"
#include "agent/ledger/trail_ledger.h"
#include "alerts/fold.h"
#include "alerts/outbox.h"
#include "base/clock.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    SETUP_OPTION_LISTS,
    STATE_OPTION,
};

#define NEAR_RULES 5

struct audit {
	struct setup setup;
	struct state_reader state;
	struct arena arena;
	struct event_found found;
	struct buf out;
	VEC(char *) alerts; /* ids, to be shown */
};

/* "2026-11-24 03:00:05 UTC" */
static void put_time(struct buf *out, int64_t ms)
{
	char text[CLK_TEXT];
	clk_format(ms, false, text);
	buf_printf(out, "%.10s %.8s UTC", text, text + 11);
}

static void put_after(struct buf *out, int64_t ms, const char *what)
{
	if (ms >= 0 && ms < 120000)
		buf_printf(out, ", %" PRId64 " s after %s", ms / 1000, what);
	else if (ms >= 0 && ms < 7200000)
		buf_printf(out, ", %" PRId64 " min after %s", ms / 60000, what);
	else if (ms >= 0)
		buf_printf(out, ", %" PRId64 " h after %s", ms / 3600000, what);
}

static void put_event(struct audit *a)
{
	struct record *r = &a->found.record;
	buf_adds(&a->out, "Event      ");
	buf_add_printable(&a->out, r->event_name);
	buf_adds(&a->out, " (");
	buf_add_printable(&a->out, r->event_source);
	buf_adds(&a->out, ") by ");
	buf_add_printable(&a->out, record_derived(r, KW_FIELD_ACTOR));
	buf_adds(&a->out, ": ");
	buf_add_printable(&a->out, record_derived(r, KW_FIELD_OUTCOME));
	buf_adds(&a->out, "\n           ");
	buf_add_printable(&a->out, r->account);
	buf_addc(&a->out, ' ');
	buf_add_printable(&a->out, r->region);
	buf_adds(&a->out, ", eventID ");
	buf_add_printable(&a->out, r->event_id);
	buf_addc(&a->out, '\n');
}

/* The object of "path:17". */
static struct sv object_of(struct sv where)
{
	size_t at = where.len;
	while (at && where.ptr[at - 1] != ':')
		at--;
	int64_t number;
	return at && sv_int(sv_skip(where, at), 1, INT64_MAX, &number) ? sv_head(where, at - 1) : where;
}

static void put_proof(struct audit *a, const struct trail_log *log)
{
	buf_adds(&a->out, "Proof      ");
	if (log->altered)
		buf_adds(&a->out, "ALTERED: the object is not what CloudTrail delivered");
	else if (log->listed)
		buf_adds(&a->out, "listed by a digest");
	else
		buf_adds(&a->out, "no digest has listed it");
	buf_adds(&a->out, log->late ? "; read late\n" : "\n");
}

static void put_way(struct audit *a)
{
	const struct record *r = &a->found.record;
	struct sv object = object_of(a->found.where);
	struct trail_name name;
	struct trail_log log;
	char *source = NULL;
	int64_t read_ms = 0, before_ms = r->time_ms;
	buf_adds(&a->out, "Object     ");
	buf_add_printable(&a->out, a->found.where);
	bool touched = ledger_touched(a->state.store, object, &source, &read_ms);
	if (touched)
		buf_printf(&a->out, "  (source %s)", source);
	buf_adds(&a->out, "\nHappened   ");
	if (r->time_ms == RECORD_NO_TIME)
		buf_adds(&a->out, "at no time that can be read");
	else
		put_time(&a->out, r->time_ms);
	buf_addc(&a->out, '\n');
	if (trail_name_read(object, &name)) {
		buf_adds(&a->out, "Delivered  ");
		put_time(&a->out, name.time_ms);
		if (r->time_ms != RECORD_NO_TIME)
			put_after(&a->out, name.time_ms - r->time_ms, "it happened");
		buf_addc(&a->out, '\n');
		before_ms = name.time_ms;
	}
	if (touched) {
		buf_adds(&a->out, "Read       ");
		put_time(&a->out, read_ms);
		if (before_ms != RECORD_NO_TIME)
			put_after(&a->out, read_ms - before_ms,
			    trail_name_read(object, &name) ? "its delivery" : "it happened");
		buf_addc(&a->out, '\n');
	}
	if (trail_ledger_log(a->state.store, object, &log))
		put_proof(a, &log);
	free(source);
}

/* --- rules ------------------------------------------------------------------------------------------ */

static void keep_alert(struct audit *a, const char *id)
{
	for (size_t i = 0; i < a->alerts.n; i++)
		if (strcmp(a->alerts.items[i], id) == 0)
			return;
	vec_push(&a->alerts, heap_copy(id));
}

static void put_match(struct audit *a, const struct rule *rule)
{
	char id[ALERT_ID_TEXT], key[FOLD_KEY_TEXT], made[ALERT_ID_TEXT], handle[ALERT_HANDLE_TEXT];
	alert_id(rule, &a->found.record, id);
	fold_key(rule, &a->found.record, key);
	buf_adds(&a->out, "  match    ");
	buf_add_printable(&a->out, rule->name.len ? rule->name : rule->key);
	if (!outbox_handled(a->state.store, id, key, made)) {
		buf_adds(
		    &a->out, ": not alerted; the rule came later, or the event was not read by this agent\n");
		return;
	}
	if (!made[0]) {
		buf_adds(&a->out, ": handled, its alert is forgotten\n");
		return;
	}
	alert_handle(made, handle);
	buf_printf(&a->out, ": %s #%s\n", strcmp(made, id) == 0 ? "alert" : "counted into alert", handle);
	keep_alert(a, made);
}

static int nearer(const void *x, const void *y)
{
	const struct explain *a = x, *b = y;
	size_t far_a = a->distance ? a->distance : SIZE_MAX, far_b = b->distance ? b->distance : SIZE_MAX;
	if (far_a != far_b)
		return far_a < far_b ? -1 : 1;
	return a->rule->index < b->rule->index ? -1 : 1;
}

static void put_rules(struct audit *a)
{
	const struct ruleset *set = a->setup.rules;
	VEC(struct explain) misses = {0};
	struct buf matches = a->out;
	size_t n_matches = 0, n_tried = 0;
	a->out = (struct buf){0};
	for (size_t i = 0; i < set->rules.n; i++) {
		struct explain x;
		const struct rule *rule = set->rules.items[i];
		if (rule->kind != RULE_DETECTION ||
		    (rule->state != RULE_ACTIVE && rule->state != RULE_SHADOW))
			continue;
		n_tried++;
		explain_begin(&x, rule, &a->found.record);
		if (x.verdict == TRUTH_TRUE) {
			n_matches++;
			put_match(a, rule);
			explain_fini(&x);
		} else {
			vec_push(&misses, x);
		}
	}
	struct buf lines = a->out;
	a->out = matches;
	buf_printf(&a->out, "Rules      %zu of %zu match (as they are now)\n", n_matches, n_tried);
	buf_add(&a->out, buf_sv(&lines));
	if (misses.n)
		qsort(misses.items, misses.n, sizeof *misses.items, nearer);
	for (size_t i = 0; i < misses.n && i < NEAR_RULES; i++)
		if (misses.items[i].distance) {
			buf_printf(&a->out, "  %zu change%s away  ", misses.items[i].distance,
			    misses.items[i].distance == 1 ? "" : "s");
			buf_add_printable(&a->out, misses.items[i].rule->name.len
						       ? misses.items[i].rule->name
						       : misses.items[i].rule->key);
			buf_addc(&a->out, '\n');
		}
	for (size_t i = 0; i < misses.n; i++)
		explain_fini(&misses.items[i]);
	vec_fini(&misses);
	buf_fini(&lines);
}

/* --- alerts ----------------------------------------------------------------------------------------- */

static bool put_delivery(void *ctx, const struct outbox_row *d)
{
	struct audit *a = ctx;
	static const char *const words[] = {"waiting", "sent", "DEAD"};
	buf_printf(&a->out, "    %-12.*s %s, %d attempt%s", SV_ARG(d->sink), words[d->status], d->attempts,
	    d->attempts == 1 ? "" : "s");
	if (d->status == OUTBOX_SENT && d->done_ms) {
		buf_adds(&a->out, ", ");
		put_time(&a->out, d->done_ms);
	}
	if (d->error.len) {
		buf_adds(&a->out, ": ");
		buf_add_printable(&a->out, d->error);
	}
	buf_addc(&a->out, '\n');
	return true;
}

static bool put_alert(void *ctx, const struct outbox_record *r)
{
	static const char *const kinds[] = {"", "no route took it: recorded only", "in shadow: recorded only",
	    "too old on arrival to be sent: recorded, and summed up"};
	struct audit *a = ctx;
	buf_printf(&a->out, "Alert      #%.*s %s, made ", SV_ARG(r->handle), level_name(r->level));
	put_time(&a->out, r->detected_ms);
	if (r->folded)
		buf_printf(&a->out, "; %" PRId64 " like it folded since", r->folded);
	buf_addc(&a->out, '\n');
	if (r->kind != OUTBOX_ROUTED)
		buf_printf(&a->out, "    %s\n", kinds[r->kind]);
	return true;
}

static enum rc put_alerts(struct audit *a, struct err *e)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < a->alerts.n && rc == RC_OK; i++) {
		struct outbox_query q = {.id = sv_from(a->alerts.items[i])};
		rc = outbox_alerts(a->state.store, &q, put_alert, a, e);
		if (rc == RC_OK)
			rc = outbox_deliveries(a->state.store, q.id, put_delivery, a, e);
	}
	if (rc == RC_OK && !a->alerts.n)
		buf_adds(&a->out, "Alerts     none\n");
	return rc;
}

static enum exit_code audit(struct cli *c, struct audit *a)
{
	struct err e = {0};
	enum rc rc = event_find(c, c->words[0], &a->arena, &a->setup.names, &a->found, &e);
	if (rc == RC_OK) {
		event_found_note(&a->found, &a->out);
		put_event(a);
		put_way(a);
		put_rules(a);
		rc = put_alerts(a, &e);
	}
	if (rc == RC_OK)
		cli_print(buf_sv(&a->out));
	else
		log_tell("kendrawatch audit: %s\n", e.text);
	return cli_exit_of(rc);
}

static enum exit_code run(struct cli *c)
{
	struct audit a = {0};
	if (c->n_words != 1)
		return cli_usage(c, "name one event (" EVENT_FORMS ")");
	enum exit_code code = state_reader_open(c, STORE_READ, &a.state);
	if (code != EXIT_FINE)
		return code;
	if (setup_load(c, &a.setup) != RC_OK)
		setup_tell(&a.setup.faults, FAULT_ERROR);
	code = audit(c, &a);
	for (size_t i = 0; i < a.alerts.n; i++)
		free(a.alerts.items[i]);
	vec_fini(&a.alerts);
	buf_fini(&a.out);
	arena_fini(&a.arena);
	setup_fini(&a.setup);
	state_reader_close(&a.state);
	return code;
}

const struct command cli_audit = {"audit", options, sizeof options / sizeof *options, run};
