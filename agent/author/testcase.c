/* Runs the tests inside rule files, for `kendrawatch test`. One thread. */
#include "agent/author/testcase.h"

#include <stdlib.h>

#include "agent/author/builtin.h"
#include "alerts/gate.h"
#include "alerts/summary.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "rules/eval.h"
#include "rules/load.h"

/* 2026-01-15T10:00:00Z, a Thursday: the first event of every case that does not say `at`. */
#define FIRST_MS 1768471200000
#define DEFAULT_SUPPRESS_MS 3600000
#define MAX_EVENTS 100000

static const char *const tests_keys[] = {"lists", "base", "cases"};
static const char *const times_keys[] = {"count", "every"};
static const char *const event_keys[] = {"api", "as", "event", "set", "unset", "at", "times"};
static const char *const case_keys[] = {"name", "api", "as", "event", "set", "unset", "at", "times", "events",
    "match", "alerts", "folded", "summary_has", "why_has"};

/* The tests of one rule. */
struct suite {
	const struct rule *rule; /* loaded with the tests' own lists */
	const struct ydoc_node *tests;
	const char *file;
	struct faults *faults;
	uint64_t serial; /* of events, so that each has its own eventID */
};

/* What one case led to. */
struct outcome {
	int64_t matches, alerts, folded;
	struct buf summaries, whys; /* of all matches, a line each */
};

static bool known_keys(
    const struct suite *s, const struct ydoc_node *map, const char *what, const char *const *keys, size_t n)
{
	bool good = true;
	if (map->kind != YDOC_MAP) {
		fault_add(s->faults, FAULT_ERROR, s->file, map->line, map->col, "%s must be a mapping", what);
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
		fault_add(s->faults, FAULT_ERROR, s->file, map->keys[i]->line, map->keys[i]->col,
		    "%s has no key \"%.*s\"%s%s%s", what, SV_ARG(key), near >= 0 ? "; did you mean \"" : "",
		    near >= 0 ? keys[near] : "", near >= 0 ? "\"?" : "");
		good = false;
	}
	return good;
}

static bool wrong(const struct suite *s, const struct ydoc_node *at, const char *text)
{
	fault_add(s->faults, FAULT_ERROR, s->file, at->line, at->col, "%s", text);
	return false;
}

static bool apply_unset(const struct suite *s, struct draft *d, const struct ydoc_node *unset)
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

static bool apply_changes(const struct suite *s, struct draft *d, const struct ydoc_node *map)
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
static bool build(const struct suite *s, const struct layers *l, struct draft *d)
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

static bool read_times(const struct suite *s, const struct layers *l, struct times *out)
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

static void note_match(struct record *r, const struct rule *rule, const struct why *why, struct outcome *out)
{
	struct redact redact = {0};
	summary_write(rule->summary, r, &redact, &out->summaries);
	buf_addc(&out->summaries, '\n');
	for (size_t i = 0; i < why->leaves.n; i++) {
		const struct why_leaf *leaf = &why->leaves.items[i];
		buf_printf(&out->whys, "%s%.*s%s%.*s = %.*s (%.*s%s%.*s)\n", leaf->negated ? "not " : "",
		    SV_ARG(leaf->field), leaf->modifier.len ? "|" : "", SV_ARG(leaf->modifier),
		    SV_ARG(leaf->value.ptr ? leaf->value : SV("absent")), SV_ARG(leaf->pattern),
		    leaf->list.ptr ? " of list " : "", SV_ARG(leaf->list));
	}
}

/* One event through rule, dedup and fold. */
static void run_event(
    struct suite *s, struct gate *gate, const struct draft *d, int64_t time_ms, struct outcome *out)
{
	struct draft *stamped = draft_copy(d);
	struct buf json = {0};
	struct arena arena = {0};
	struct record r;
	struct why why = {0};
	struct err e = {0};
	struct gate_verdict verdict;
	builtin_stamp(stamped, ++s->serial, time_ms);
	draft_write(stamped, &json);
	if (record_open(&r, &arena, buf_sv(&json), NULL, &e) == RC_OK && eval_rule(s->rule, &r, &why)) {
		out->matches++;
		note_match(&r, s->rule, &why, out);
		if (gate_match(gate, s->rule, &r, time_ms, &verdict, &e) == RC_OK) {
			out->alerts += verdict.fate == GATE_ALERT;
			out->folded += verdict.fate == GATE_FOLDED;
		}
	}
	vec_fini(&why.leaves);
	arena_fini(&arena);
	buf_fini(&json);
	draft_free(stamped);
}

/* The events that the layers describe, through rule, dedup and fold. */
static bool run_events(
    struct suite *s, struct gate *gate, const struct layers *l, struct times times, struct outcome *out)
{
	struct draft *d = draft_new();
	bool good = build(s, l, d) && read_times(s, l, &times);
	for (int64_t i = 0; good && i < times.count; i++)
		run_event(s, gate, d, times.at_ms + i * times.every_ms, out);
	draft_free(d);
	return good;
}

static bool run_case_events(
    struct suite *s, struct layers base, const struct ydoc_node *c, struct outcome *out)
{
	struct gate *gate = gate_new(&(struct gate_options){.suppress_ms = DEFAULT_SUPPRESS_MS});
	const struct ydoc_node *events = ydoc_get(c, "events");
	struct layers l = with(base, c);
	bool good = true;
	if (events && events->kind != YDOC_LIST)
		good = wrong(s, events, "events must be a list of {api, as, set, …}");
	else if (events && !events->n)
		good = wrong(s, events, "events is empty");
	else if (!events)
		good = run_events(s, gate, &l, (struct times){FIRST_MS, 1, 1000}, out);
	for (size_t i = 0; events && good && i < events->n; i++) {
		struct layers one = with(l, events->items[i]);
		good = known_keys(s, events->items[i], "an entry of events", event_keys,
			   sizeof event_keys / sizeof *event_keys) &&
		       run_events(s, gate, &one, (struct times){FIRST_MS + (int64_t)i * 1000, 1, 1000}, out);
	}
	gate_free(gate);
	return good;
}

static void differ_count(struct buf *diff, const char *what, const struct ydoc_node *want, int64_t got)
{
	int64_t n;
	if (want && ydoc_int(want, &n) && n != got)
		buf_printf(diff, "  - %s: %lld\n  + %s: %lld\n", what, (long long)n, what, (long long)got);
}

static void differ_text(
    struct buf *diff, const char *what, const struct ydoc_node *want, const struct buf *got)
{
	if (!want || sv_find(buf_sv(got), ydoc_text(want)) != SV_NONE)
		return;
	buf_printf(diff, "  - %s: %.*s\n", what, SV_ARG(ydoc_text(want)));
	struct sv rest = buf_sv(got), line;
	if (!rest.len)
		buf_printf(diff, "  + (nothing: no match)\n");
	for (int i = 0; i < 8 && rest.len && sv_cut(&rest, '\n', &line); i++) {
		buf_adds(diff, "  + ");
		buf_add_printable(diff, line);
		buf_addc(diff, '\n');
	}
}

/* What the case expects and what came, as lines; empty when they agree. */
static bool compare(struct suite *s, const struct ydoc_node *c, const struct outcome *got, struct buf *diff)
{
	const struct ydoc_node *match = ydoc_get(c, "match"), *alerts = ydoc_get(c, "alerts"),
			       *folded = ydoc_get(c, "folded");
	const struct ydoc_node *summary = ydoc_get(c, "summary_has"), *why = ydoc_get(c, "why_has");
	bool want;
	int64_t n;
	if (!match && !alerts && !folded && !summary && !why)
		return wrong(
		    s, c, "the case expects nothing: give match, alerts, folded, summary_has or why_has");
	if ((match && !ydoc_bool(match, &want)) || (alerts && !ydoc_int(alerts, &n)) ||
	    (folded && !ydoc_int(folded, &n)))
		return wrong(s, c, "match is true or false; alerts and folded are numbers");
	if (match && ydoc_bool(match, &want) && want != (got->matches > 0))
		buf_printf(diff, "  - match: %s\n  + match: %s\n", want ? "true" : "false",
		    got->matches ? "true" : "false");
	if (diff->len && got->whys.len) {
		buf_adds(diff, "  it matched because\n");
		struct sv rest = buf_sv(&got->whys), line;
		for (int i = 0; i < 8 && rest.len && sv_cut(&rest, '\n', &line); i++) {
			buf_adds(diff, "    ");
			buf_add_printable(diff, line);
			buf_addc(diff, '\n');
		}
	}
	differ_count(diff, "alerts", alerts, got->alerts);
	differ_count(diff, "folded", folded, got->folded);
	differ_text(diff, "summary_has", summary, &got->summaries);
	differ_text(diff, "why_has", why, &got->whys);
	if (diff->len && s->rule->state != RULE_ACTIVE)
		buf_printf(diff, "  the rule is %s: %.*s\n", rule_state_name(s->rule->state),
		    SV_ARG(s->rule->state_reason));
	return true;
}

static void run_case(
    struct suite *s, struct layers base, const struct ydoc_node *c, struct testcase_report *report)
{
	struct outcome got = {0};
	struct buf diff = {0};
	struct sv name = ydoc_text(ydoc_get(c, "name"));
	bool good = known_keys(s, c, "a case", case_keys, sizeof case_keys / sizeof *case_keys);
	if (good && !name.len)
		good = wrong(s, c, "the case has no name");
	good = good && run_case_events(s, base, c, &got) && compare(s, c, &got, &diff);
	bool passed = good && !diff.len;
	if (!good)
		buf_adds(&diff, "  the case is malformed\n");
	vec_push(&report->results, (struct testcase_result){
				       .rule = s->rule->name.ptr ? s->rule->name : s->rule->key,
				       .name = name.ptr ? name : SV("?"),
				       .file = s->file,
				       .line = c->line,
				       .passed = passed,
				       .difference = passed ? NULL : buf_take(&diff),
				   });
	report->n_passed += passed;
	report->n_failed += !passed;
	buf_fini(&diff);
	buf_fini(&got.summaries);
	buf_fini(&got.whys);
}

static void run_suite(struct suite *s, struct testcase_report *report)
{
	const struct ydoc_node *cases = ydoc_get(s->tests, "cases"), *base = ydoc_get(s->tests, "base");
	if (!known_keys(s, s->tests, "tests", tests_keys, sizeof tests_keys / sizeof *tests_keys))
		return;
	if (!cases || cases->kind != YDOC_LIST || !cases->n) {
		wrong(s, s->tests, "tests: needs cases, a list");
		return;
	}
	if (base && !known_keys(s, base, "base", event_keys, sizeof event_keys / sizeof *event_keys))
		return;
	for (size_t i = 0; i < cases->n; i++)
		run_case(s, with((struct layers){0}, base), cases->items[i], report);
}

/* Loads the file anew with the lists that the rule's tests bring, and runs them. */
static void run_rule(
    const char *path, const struct rule *rule, struct testcase_report *report, struct faults *faults)
{
	struct lists lists = {0};
	struct faults unheard = {0};
	const struct ydoc_node *own = ydoc_get(rule->tests, "lists");
	if (own)
		lists_read(&lists, own, path, NULL, NULL, faults);
	struct ruleset *set =
	    rules_load(&(struct load_input){.paths = &path, .n_paths = 1, .lists = &lists}, &unheard);
	const struct rule *again = NULL;
	for (size_t i = 0; i < set->rules.n; i++)
		if (sv_eq(set->rules.items[i]->key, rule->key))
			again = set->rules.items[i];
	if (again && again->tests)
		run_suite(
		    &(struct suite){.rule = again, .tests = again->tests, .file = path, .faults = faults},
		    report);
	vec_push(&report->kept, set);
	faults_fini(&unheard);
	lists_fini(&lists);
}

void testcase_run_file(const char *path, struct testcase_report *report, struct faults *faults)
{
	struct ruleset *set = rules_load(&(struct load_input){.paths = &path, .n_paths = 1}, faults);
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct rule *rule = set->rules.items[i];
		if (rule->kind == RULE_DETECTION && rule->state != RULE_REFUSED && rule->tests)
			run_rule(path, rule, report, faults);
		else
			report->n_untested += rule->kind == RULE_DETECTION && rule->state != RULE_REFUSED;
	}
	vec_push(&report->kept, set);
}

void testcase_report_fini(struct testcase_report *r)
{
	for (size_t i = 0; i < r->results.n; i++)
		free(r->results.items[i].difference);
	for (size_t i = 0; i < r->kept.n; i++)
		ruleset_unref(r->kept.items[i]);
	vec_fini(&r->results);
	vec_fini(&r->kept);
}
