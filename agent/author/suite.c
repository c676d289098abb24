/* Reads `tests:` into cases and runs one over rule, dedup and folding. For testcase.c, mutate.c and tune.c;
 * one thread. */
#include "agent/author/suite.h"

#include <stdlib.h>

#include "agent/author/builtin.h"
#include "alerts/gate.h"
#include "alerts/summary.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "rules/detection.h"
#include "rules/eval.h"

/* 2026-01-15T10:00:00Z, a Thursday: the first event of every case that does not say `at`. */
#define FIRST_MS 1768471200000
#define DEFAULT_SUPPRESS_MS 3600000
#define MAX_EVENTS 100000

static const char *const tests_keys[] = {"lists", "base", "cases"};
static const char *const times_keys[] = {"count", "every"};
static const char *const event_keys[] = {"api", "as", "event", "set", "unset", "at", "times"};
static const char *const case_keys[] = {"name", "api", "as", "event", "set", "unset", "at", "times", "events",
    "match", "alerts", "folded", "summary_has", "why_has"};

/* Who reads: whose tests, and where faults go. */
struct reader {
	const struct suite *suite;
	struct faults *faults;
};

static bool known_keys(
    const struct reader *s, const struct ydoc_node *map, const char *what, const char *const *keys, size_t n)
{
	bool good = true;
	if (map->kind != YDOC_MAP) {
		fault_add(s->faults, FAULT_ERROR, s->suite->file, map->line, map->col, "%s must be a mapping",
		    what);
		return false;
	}
	for (size_t i = 0; i < map->n; i++) {
		struct sv key = map->keys[i]->text;
		bool found = false;
		for (size_t k = 0; k < n; k++)
			found |= sv_eq(key, sv_from(keys[k]));
		if (found)
			continue;
		int near = nearest_find(key, keys, n);
		fault_add(s->faults, FAULT_ERROR, s->suite->file, map->keys[i]->line, map->keys[i]->col,
		    "%s has no key \"%.*s\"%s%s%s", what, SV_ARG(key), near >= 0 ? "; did you mean \"" : "",
		    near >= 0 ? keys[near] : "", near >= 0 ? "\"?" : "");
		good = false;
	}
	return good;
}

static bool wrong(const struct reader *s, const struct ydoc_node *at, const char *text)
{
	fault_add(s->faults, FAULT_ERROR, s->suite->file, at->line, at->col, "%s", text);
	return false;
}

static bool apply_unset(const struct reader *s, struct draft *d, const struct ydoc_node *unset)
{
	if (unset->kind == YDOC_SCALAR) {
		draft_unset(d, unset->text);
		return true;
	}
	if (unset->kind != YDOC_LIST)
		return wrong(s, unset, "unset must be a path or a list of paths");
	for (size_t i = 0; i < unset->n; i++)
		draft_unset(d, ydoc_text(unset->items[i]));
	return true;
}

/* Mappings that describe an event together: `base`, the case, an entry of its `events`. */
struct layers {
	const struct ydoc_node *maps[3];
	size_t n;
};

static struct layers with(struct layers l, const struct ydoc_node *map)
{
	if (map)
		l.maps[l.n++] = map;
	return l;
}

/* What the last layer that has the key says. */
static const struct ydoc_node *last_of(const struct layers *l, const char *key)
{
	const struct ydoc_node *found = NULL;
	for (size_t i = 0; i < l->n; i++) {
		const struct ydoc_node *n = ydoc_get(l->maps[i], key);
		found = n ? n : found;
	}
	return found;
}

static bool apply_changes(const struct reader *s, struct draft *d, const struct ydoc_node *map)
{
	const struct ydoc_node *set = ydoc_get(map, "set"), *unset = ydoc_get(map, "unset");
	if (set && set->kind != YDOC_MAP)
		return wrong(s, set, "set must be a mapping of path to value");
	for (size_t i = 0; set && i < set->n; i++)
		draft_set_yaml(d, set->keys[i]->text, set->items[i]);
	return !unset || apply_unset(s, d, unset);
}

/* The event that the layers describe: the call and the caller of the last layer that names them, then every
 * layer's changes in order. */
static bool build(const struct reader *s, const struct layers *l, struct draft *d)
{
	struct err e = {0};
	const struct ydoc_node *api = last_of(l, "api"), *as = last_of(l, "as"), *event = last_of(l, "event");
	if (event && event->kind != YDOC_MAP)
		return wrong(s, event, "event must be a mapping: one whole CloudTrail record");
	if (event)
		draft_set_yaml(d, SV(""), event);
	if (api && builtin_api(d, ydoc_text(api), &e) != RC_OK)
		return wrong(s, api, e.text);
	if (as && builtin_identity(d, ydoc_text(as), &e) != RC_OK)
		return wrong(s, as, e.text);
	for (size_t i = 0; i < l->n; i++)
		if (!apply_changes(s, d, l->maps[i]))
			return false;
	return true;
}

struct times {
	int64_t at_ms, count, every_ms;
};

static bool read_times(const struct reader *s, const struct layers *l, struct times *out)
{
	const struct ydoc_node *at = last_of(l, "at"), *times = last_of(l, "times");
	if (at && !clk_parse(ydoc_text(at), &out->at_ms))
		return wrong(s, at, "at: is no time; write 2026-01-15T10:00:00Z");
	if (!times)
		return true;
	if (!known_keys(s, times, "times", times_keys, sizeof times_keys / sizeof *times_keys))
		return false;
	const struct ydoc_node *count = ydoc_get(times, "count"), *every = ydoc_get(times, "every");
	if (!ydoc_int(count, &out->count) || out->count < 1 || out->count > MAX_EVENTS)
		return wrong(s, times, "times: needs count, from 1 to 100000, as in {count: 60, every: 1s}");
	if (every && !clk_span(ydoc_text(every), &out->every_ms))
		return wrong(s, every, "every: is no span; write 1s, 5m or 1h");
	return true;
}

/* --- reading -------------------------------------------------------------------------------------- */

static bool add_event(
    const struct reader *s, const struct layers *l, int64_t first_ms, struct suite_case *out)
{
	struct times times = {first_ms, 1, 1000};
	struct draft *d = draft_new();
	if (!build(s, l, d) || !read_times(s, l, &times)) {
		draft_free(d);
		return false;
	}
	vec_push(&out->events, (struct suite_event){d, times.at_ms, times.count, times.every_ms});
	out->n_events += times.count;
	return true;
}

static bool read_events(const struct reader *s, const struct ydoc_node *c, struct suite_case *out)
{
	const struct ydoc_node *events = ydoc_get(c, "events");
	struct layers l = with(with((struct layers){0}, s->suite->base), c);
	if (!events)
		return add_event(s, &l, FIRST_MS, out);
	if (events->kind != YDOC_LIST)
		return wrong(s, events, "events must be a list of {api, as, set, …}");
	if (!events->n)
		return wrong(s, events, "events is empty");
	for (size_t i = 0; i < events->n; i++) {
		struct layers one = with(l, events->items[i]);
		if (!known_keys(s, events->items[i], "an entry of events", event_keys,
			sizeof event_keys / sizeof *event_keys) ||
		    !add_event(s, &one, FIRST_MS + (int64_t)i * 1000, out))
			return false;
	}
	return true;
}

static bool read_expectations(const struct reader *s, const struct ydoc_node *c, struct suite_case *out)
{
	const struct ydoc_node *match = ydoc_get(c, "match"), *alerts = ydoc_get(c, "alerts"),
			       *folded = ydoc_get(c, "folded");
	bool want = false;
	out->summary_has = ydoc_text(ydoc_get(c, "summary_has"));
	out->why_has = ydoc_text(ydoc_get(c, "why_has"));
	if (!match && !alerts && !folded && !out->summary_has.ptr && !out->why_has.ptr)
		return wrong(
		    s, c, "the case expects nothing: give match, alerts, folded, summary_has or why_has");
	if ((match && !ydoc_bool(match, &want)) || (alerts && !ydoc_int(alerts, &out->alerts)) ||
	    (folded && !ydoc_int(folded, &out->folded)))
		return wrong(s, c, "match is true or false; alerts and folded are numbers");
	if (match)
		out->match = want;
	return true;
}

static bool read_case(const struct reader *s, const struct ydoc_node *c, struct suite_case *out)
{
	*out = (struct suite_case){.node = c, .match = -1, .alerts = -1, .folded = -1};
	if (!known_keys(s, c, "a case", case_keys, sizeof case_keys / sizeof *case_keys))
		return false;
	out->name = ydoc_text(ydoc_get(c, "name"));
	if (!out->name.len)
		return wrong(s, c, "the case has no name");
	return read_events(s, c, out) && read_expectations(s, c, out);
}

bool suite_read_case(
    const struct suite *s, const struct ydoc_node *node, struct suite_case *out, struct faults *faults)
{
	return read_case(&(struct reader){s, faults}, node, out);
}

void suite_case_fini(struct suite_case *c)
{
	for (size_t i = 0; i < c->events.n; i++)
		draft_free(c->events.items[i].draft);
	vec_fini(&c->events);
}

static bool read_tests(struct suite *s, const struct ydoc_node *tests, struct faults *faults)
{
	struct reader r = {s, faults};
	const struct ydoc_node *cases = ydoc_get(tests, "cases");
	if (!known_keys(&r, tests, "tests", tests_keys, sizeof tests_keys / sizeof *tests_keys))
		return false;
	if (!cases || cases->kind != YDOC_LIST || !cases->n)
		return wrong(&r, tests, "tests: needs cases, a list");
	s->base = ydoc_get(tests, "base");
	if (s->base && !known_keys(&r, s->base, "base", event_keys, sizeof event_keys / sizeof *event_keys))
		return false;
	for (size_t i = 0; i < cases->n; i++) {
		struct suite_case c;
		bool good = read_case(&r, cases->items[i], &c);
		c.malformed = !good;
		vec_push(&s->cases, c);
	}
	return true;
}

static struct rule *find_rule(const struct ruleset *set, struct sv key)
{
	for (size_t i = 0; i < set->rules.n; i++)
		if (sv_eq(set->rules.items[i]->key, key))
			return set->rules.items[i];
	return NULL;
}

/* Twice where the tests bring lists: to find them, and with them. Faults of loading are whose who names the
 * file. */
bool suite_open(struct suite *s, const char *file, struct sv key, struct faults *faults)
{
	struct faults unheard = {0};
	struct load_input in = {.paths = &file, .n_paths = 1, .lists = &s->lists};
	*s = (struct suite){.file = file};
	s->set = rules_load(&in, &unheard);
	s->rule = find_rule(s->set, key);
	const struct ydoc_node *own = s->rule ? ydoc_get(s->rule->tests, "lists") : NULL;
	if (own) {
		lists_read(&s->lists, own, file, NULL, NULL, faults);
		struct ruleset *again = rules_load(&in, &unheard);
		s->rule = find_rule(again, key);
		ruleset_unref(s->set);
		s->set = again;
	}
	faults_fini(&unheard);
	return s->rule && s->rule->tests && read_tests(s, s->rule->tests, faults);
}

void suite_close(struct suite *s)
{
	for (size_t i = 0; i < s->cases.n; i++)
		suite_case_fini(&s->cases.items[i]);
	vec_fini(&s->cases);
	if (s->set)
		ruleset_unref(s->set);
	lists_fini(&s->lists);
}

/* --- running -------------------------------------------------------------------------------------- */

static void note_leaves(const struct why *why, struct buf *out)
{
	for (size_t i = 0; i < why->leaves.n; i++) {
		const struct why_leaf *leaf = &why->leaves.items[i];
		buf_printf(out, "%s%.*s%s%.*s = %.*s (%.*s%s%.*s)\n", leaf->negated ? "not " : "",
		    SV_ARG(leaf->field), leaf->modifier.len ? "|" : "", SV_ARG(leaf->modifier),
		    SV_ARG(leaf->value.ptr ? leaf->value : SV("absent")), SV_ARG(leaf->pattern),
		    leaf->list.ptr ? " of list " : "", SV_ARG(leaf->list));
	}
}

static bool has_line(const struct buf *b, struct sv name)
{
	struct sv rest = buf_sv(b), line;
	while (sv_cut(&rest, '\n', &line))
		if (sv_starts(line, name) && line.len > name.len && line.ptr[name.len] == ' ')
			return true;
	return false;
}

static void note_fields(const struct group *g, struct record *r, struct buf *out)
{
	for (size_t i = 0; i < g->n; i++)
		note_fields(g->children[i], r, out);
	if (g->kind != GROUP_ITEM || !g->key || !g->item)
		return;
	struct sv field = g->key->text, name;
	sv_cut(&field, '|', &name);
	if (!name.len || has_line(out, name))
		return;
	struct sv value = summary_value(r, name);
	buf_printf(out, "%.*s %.*s\n", SV_ARG(name), SV_ARG(value.ptr ? value : SV("absent")));
}

/* What the rule sees of the event, and why it does not match. */
static void note_miss(const struct suite *s, struct record *r, struct outcome *out)
{
	struct why why = {0};
	const struct detection *d = s->rule->detection;
	if (out->seen.len || s->rule->state == RULE_REFUSED)
		return;
	for (size_t i = 0; i < d->selections.n; i++)
		note_fields(d->selections.items[i].group, r, &out->seen);
	if (!eval_explain(s->rule, r, &why))
		note_leaves(&why, &out->why_not);
	vec_fini(&why.leaves);
}

static void note_match(const struct suite *s, struct record *r, const struct why *why, struct outcome *out)
{
	struct redact redact = {0};
	summary_write(s->rule->summary, r, &redact, &out->summaries);
	buf_addc(&out->summaries, '\n');
	note_leaves(why, &out->whys);
}

struct run {
	const struct suite *suite;
	struct gate *gate;
	bool texts, detail;
	uint64_t serial; /* of events, so that each has its own eventID */
	struct outcome *out;
};

/* One event, whose draft is stamped anew. */
static void run_event(struct run *run, struct draft *d, int64_t time_ms)
{
	struct outcome *out = run->out;
	const struct rule *rule = run->suite->rule;
	struct buf json = {0};
	struct arena arena = {0};
	struct record r;
	struct why why = {0};
	struct err e = {0};
	struct gate_verdict verdict;
	builtin_stamp(d, ++run->serial, time_ms);
	draft_write(d, &json);
	if (record_open(&r, &arena, buf_sv(&json), NULL, &e) != RC_OK)
		goto out;
	if (run->detail)
		note_miss(run->suite, &r, out);
	if (!eval_rule(rule, &r, run->texts ? &why : NULL))
		goto out;
	out->matches++;
	if (run->texts)
		note_match(run->suite, &r, &why, out);
	if (gate_match(run->gate, rule, &r, time_ms, &verdict, &e) == RC_OK) {
		out->alerts += verdict.fate == GATE_ALERT;
		out->folded += verdict.fate == GATE_FOLDED;
	}
out:
	vec_fini(&why.leaves);
	arena_fini(&arena);
	buf_fini(&json);
}

void suite_run(const struct suite *s, const struct suite_case *c, bool detail, struct outcome *out)
{
	struct run run = {.suite = s,
	    .gate = gate_new(&(struct gate_options){.suppress_ms = DEFAULT_SUPPRESS_MS}),
	    .texts = detail || c->summary_has.ptr || c->why_has.ptr,
	    .detail = detail,
	    .out = out};
	*out = (struct outcome){0};
	for (size_t i = 0; i < c->events.n; i++) {
		const struct suite_event *e = &c->events.items[i];
		for (int64_t n = 0; n < e->count; n++)
			run_event(&run, e->draft, e->at_ms + n * e->every_ms);
	}
	gate_free(run.gate);
}

static bool holds(struct sv wanted, const struct buf *got)
{
	return !wanted.ptr || sv_find(buf_sv(got), wanted) != SV_NONE;
}

bool suite_met(const struct suite_case *c, const struct outcome *got)
{
	return (c->match < 0 || c->match == (got->matches > 0)) &&
	       (c->alerts < 0 || c->alerts == got->alerts) && (c->folded < 0 || c->folded == got->folded) &&
	       holds(c->summary_has, &got->summaries) && holds(c->why_has, &got->whys);
}

bool suite_passes(const struct suite *s, const struct suite_case *c)
{
	struct outcome got;
	suite_run(s, c, false, &got);
	bool met = suite_met(c, &got);
	outcome_fini(&got);
	return met;
}

void outcome_fini(struct outcome *o)
{
	buf_fini(&o->summaries);
	buf_fini(&o->whys);
	buf_fini(&o->why_not);
	buf_fini(&o->seen);
}
