/* `kendrawatch timeline`: everything that the actor of an alert did around it, from the objects that the
 * ledger names. */
#include <inttypes.h>

#include "agent/command/commands.h"
#include "agent/event_at.h"
#include "agent/ledger/ledger.h"
#include "agent/state_reader.h"
#include "agent/ledger/trail_ledger.h"
#include "alerts/outbox.h"
#include "base/clock.h"
#include "base/jout.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    SETUP_OPTION_LISTS,
    STATE_OPTION,
    {"around", "SPAN", false, "so long before and after the alert's event (default 30m)"},
    {"output", "FORM", false, "text (default) or ndjson: an event a line"},
};

#define DEFAULT_AROUND ((int64_t)30 * 60000)
#define DELIVERY_MS ((int64_t)60 * 60000) /* CloudTrail delivers within some minutes, seldom later */
#define MAX_OTHERS 500                    /* objects whose names tell no time, the newest */
#define MAX_LINES 20000

struct line {
	int64_t time_ms;
	char *what, *outcome, *from, *id, *rules; /* printable; rules "a, b" or "" */
};

struct timeline {
	struct setup setup;
	struct state_reader state;
	struct sv account, actor, handle, event;
	struct arena arena;
	int64_t from_ms, to_ms, at_ms;
	VEC(char *) objects;
	VEC(struct line) lines;
	size_t n_unread, n_others;
};

/* --- which objects ---------------------------------------------------------------------------------- */

static bool take_log(void *ctx, const struct trail_log *l)
{
	struct timeline *t = ctx;
	if (l->object.len)
		vec_push(&t->objects, heap_text(l->object));
	return true;
}

static bool take_other(void *ctx, const char *object)
{
	struct timeline *t = ctx;
	struct trail_name name;
	if (!trail_name_read(sv_from(object), &name) && t->n_others++ < MAX_OTHERS)
		vec_push(&t->objects, heap_copy(object));
	return t->n_others < MAX_OTHERS;
}

/* --- which events ----------------------------------------------------------------------------------- */

static char *printable(struct sv s)
{
	struct buf b = {0};
	buf_add_printable(&b, s.len ? s : SV("-"));
	return buf_take(&b);
}

static char *rules_of(const struct timeline *t, struct record *r)
{
	struct buf names = {0};
	for (size_t i = 0; i < t->setup.rules->rules.n; i++) {
		const struct rule *rule = t->setup.rules->rules.items[i];
		if (rule->kind != RULE_DETECTION ||
		    (rule->state != RULE_ACTIVE && rule->state != RULE_SHADOW) || !eval_rule(rule, r, NULL))
			continue;
		buf_adds(&names, names.len ? ", " : "");
		buf_add_printable(&names, rule->name.len ? rule->name : rule->key);
	}
	return buf_take(&names);
}

static bool take_event(void *ctx, struct record *r, uint64_t number)
{
	struct timeline *t = ctx;
	(void)number;
	if (r->time_ms == RECORD_NO_TIME || r->time_ms < t->from_ms || r->time_ms > t->to_ms ||
	    !sv_eq(r->account, t->account) || !sv_eq(record_derived(r, KW_FIELD_ACTOR), t->actor))
		return true;
	struct sv service = r->event_source;
	if (sv_ends(service, SV(".amazonaws.com")))
		service.len -= strlen(".amazonaws.com");
	struct sv what = arena_printf(
	    r->arena, "%.*s:%.*s %.*s", SV_ARG(service), SV_ARG(r->event_name), SV_ARG(r->region));
	struct line line = {r->time_ms, printable(what), printable(record_derived(r, KW_FIELD_OUTCOME)),
	    printable(tree_text(tree_get(r->root, SV("sourceIPAddress")))), printable(r->event_id),
	    rules_of(t, r)};
	vec_push(&t->lines, line);
	return t->lines.n < MAX_LINES;
}

static void read_objects(struct timeline *t)
{
	for (size_t i = 0; i < t->objects.n && t->lines.n < MAX_LINES; i++)
		if (event_at_each(t->objects.items[i], &t->setup.names, take_event, t, NULL) == RC_NOTFOUND)
			t->n_unread++;
}

/* The same event may have come several times. */
static int compare(const void *x, const void *y)
{
	const struct line *a = x, *b = y;
	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void line_fini(struct line *l)
{
	free(l->what);
	free(l->outcome);
	free(l->from);
	free(l->id);
	free(l->rules);
}

static void drop_copies(struct timeline *t)
{
	size_t kept = 0;
	if (t->lines.n)
		qsort(t->lines.items, t->lines.n, sizeof *t->lines.items, compare);
	for (size_t i = 0; i < t->lines.n; i++) {
		struct line *last = kept ? &t->lines.items[kept - 1] : NULL, *l = &t->lines.items[i];
		if (last && compare(last, l) == 0 && strcmp(l->id, "-") != 0)
			line_fini(l);
		else
			t->lines.items[kept++] = *l;
	}
	t->lines.n = kept;
}

/* --- showing ---------------------------------------------------------------------------------------- */

static bool alike(const struct timeline *t, const struct line *a, const struct line *b)
{
	return strcmp(a->what, b->what) == 0 && strcmp(a->outcome, b->outcome) == 0 &&
	       strcmp(a->from, b->from) == 0 && strcmp(a->rules, b->rules) == 0 &&
	       !sv_eq(sv_from(a->id), t->event) && !sv_eq(sv_from(b->id), t->event);
}

static void show_text(const struct timeline *t, struct buf *out)
{
	char from[CLK_TEXT], to[CLK_TEXT];
	clk_format(t->from_ms, false, from);
	clk_format(t->to_ms, false, to);
	buf_adds(out, "What ");
	buf_add_printable(out, t->actor);
	buf_printf(out, " did in %.*s, %.10s %.8s to %.8s UTC, around alert #%.*s\n\n", SV_ARG(t->account),
	    from, from + 11, to + 11, SV_ARG(t->handle));
	for (size_t i = 0, next; i < t->lines.n; i = next) {
		const struct line *l = &t->lines.items[i];
		char at[CLK_TEXT];
		for (next = i + 1; next < t->lines.n && alike(t, l, &t->lines.items[next]);)
			next++;
		clk_format(l->time_ms, false, at);
		buf_printf(out, "%c %.8s  %-9s %s  from %s", sv_eq(sv_from(l->id), t->event) ? '>' : ' ',
		    at + 11, l->outcome, l->what, l->from);
		if (next - i > 1)
			buf_printf(out, "  x%zu", next - i);
		if (l->rules[0])
			buf_printf(out, "  <- %s", l->rules);
		buf_addc(out, '\n');
	}
	buf_printf(out, "\n%zu event%s in %zu objects", t->lines.n, t->lines.n == 1 ? "" : "s", t->objects.n);
	if (t->n_unread)
		buf_printf(out, "; %zu of them can't be read here any more", t->n_unread);
	buf_addc(out, '\n');
}

static void show_ndjson(const struct timeline *t, struct buf *out)
{
	for (size_t i = 0; i < t->lines.n; i++) {
		const struct line *l = &t->lines.items[i];
		char at[CLK_TEXT];
		struct jout j = jout_on(out);
		clk_format(l->time_ms, true, at);
		jout_begin_object(&j);
		jout_kv(&j, "time", sv_from(at));
		jout_kv(&j, "outcome", sv_from(l->outcome));
		jout_kv(&j, "call", sv_from(l->what));
		jout_kv(&j, "from", sv_from(l->from));
		jout_kv(&j, "event", sv_from(l->id));
		jout_kv(&j, "rules", sv_from(l->rules));
		jout_end_object(&j);
		buf_addc(out, '\n');
	}
}

/* --- the alert -------------------------------------------------------------------------------------- */

static bool take_alert(void *ctx, const struct outbox_record *a)
{
	struct timeline *t = ctx;
	const struct tree *body;
	t->account = arena_copy(&t->arena, a->account);
	t->actor = arena_copy(&t->arena, a->actor);
	t->handle = arena_copy(&t->arena, a->handle);
	t->at_ms = a->time_ms;
	if (tree_read(&t->arena, arena_copy(&t->arena, a->body), &body, NULL) == RC_OK)
		t->event = tree_text(tree_at(body, "event.eventID"));
	return false;
}

static enum rc find_alert(struct timeline *t, const char *word, struct err *e)
{
	struct outbox_query q = {.newest_first = true, .limit = 1};
	char handle[ALERT_HANDLE_TEXT];
	if (strlen(word) == ALERT_ID_TEXT - 1)
		q.id = sv_from(word);
	else if (alert_handle_parse(sv_from(word), handle))
		q.handle = sv_from(handle);
	else
		return err_set(e, RC_USAGE, "\"%s\" is no handle, as in #K7F2Q, and no alert id", word);
	enum rc rc = outbox_alerts(t->state.store, &q, take_alert, t, e);
	if (rc == RC_OK && !t->handle.len)
		return err_set(e, RC_NOTFOUND, "no alert \"%s\" in %s", word, t->state.folder);
	if (rc == RC_OK && !t->actor.len)
		return err_set(
		    e, RC_NOTFOUND, "alert #%.*s is about the agent itself: nobody acted", SV_ARG(t->handle));
	return rc;
}

static enum exit_code timeline(struct cli *c, struct timeline *t, int64_t around_ms)
{
	struct buf out = {0};
	struct err e = {0};
	const char *output = cli_value(c, "output");
	enum rc rc = find_alert(t, c->words[0], &e);
	t->from_ms = t->at_ms - around_ms;
	t->to_ms = t->at_ms + around_ms;
	if (rc == RC_OK)
		rc = trail_ledger_logs(
		    t->state.store, t->account, t->from_ms, t->to_ms + DELIVERY_MS, take_log, t, &e);
	if (rc == RC_OK)
		rc = ledger_objects(t->state.store, take_other, t, &e);
	if (rc == RC_OK) {
		read_objects(t);
		drop_copies(t);
		if (output && strcmp(output, "ndjson") == 0)
			show_ndjson(t, &out);
		else
			show_text(t, &out);
		cli_print(buf_sv(&out));
	} else {
		log_tell("kendrawatch timeline: %s\n", e.text);
	}
	buf_fini(&out);
	return cli_exit_of(rc);
}

static enum exit_code run(struct cli *c)
{
	struct timeline t = {0};
	const char *around = cli_value(c, "around"), *output = cli_value(c, "output");
	int64_t around_ms = DEFAULT_AROUND;
	if (c->n_words != 1)
		return cli_usage(c, "name one alert, by its handle or id");
	if (around && !clk_span(sv_from(around), &around_ms))
		return cli_usage(c, "--around is a span such as 30m, not \"%s\"", around);
	if (output && strcmp(output, "text") != 0 && strcmp(output, "ndjson") != 0)
		return cli_usage(c, "--output is text or ndjson, not \"%s\"", output);
	enum exit_code code = state_reader_open(c, STORE_READ, &t.state);
	if (code != EXIT_FINE)
		return code;
	if (setup_load(c, &t.setup) != RC_OK)
		setup_tell(&t.setup.faults, FAULT_ERROR);
	code = timeline(c, &t, around_ms);
	for (size_t i = 0; i < t.objects.n; i++)
		free(t.objects.items[i]);
	for (size_t i = 0; i < t.lines.n; i++)
		line_fini(&t.lines.items[i]);
	vec_fini(&t.objects);
	vec_fini(&t.lines);
	arena_fini(&t.arena);
	setup_fini(&t.setup);
	state_reader_close(&t.state);
	return code;
}

const struct command cli_timeline = {"timeline", options, sizeof options / sizeof *options, run};
