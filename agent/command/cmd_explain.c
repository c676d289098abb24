/* `kendrawatch explain`: one event beside one rule, or beside all of them. */
#include <unistd.h>

#include "agent/author/explain/explain.h"
#include "agent/command/commands.h"
#include "agent/event_at.h"
#include "agent/state_reader.h"
#include "base/log.h"
#include "base/nearest.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    SETUP_OPTION_LISTS,
    STATE_OPTION,
    {"all", NULL, false, "without RULE: every rule, not only the ten nearest"},
    {"limit", "N", false, "without RULE: at most so many rules besides those that match (default 10)"},
    {"output", "FORM", false, "text (default) or json"},
};

struct view {
	struct setup setup;
	struct ruleset *own; /* of a RULE that is a file which was not loaded; NULL: none */
	struct arena arena;
	struct event_found found;
	struct explain_style style;
	VEC(struct explain) rules;
	bool json;
	int64_t limit;
};

/* --- which rules ------------------------------------------------------------------------------------- */

static void add_rule(struct view *v, const struct rule *r)
{
	struct explain x;
	if (r->kind == RULE_FILTER)
		return;
	explain_begin(&x, r, &v->found.record);
	vec_push(&v->rules, x);
}

static void add_rules_of(struct view *v, const struct ruleset *set, const char *file)
{
	for (size_t i = 0; i < set->rules.n; i++)
		if (!file || sv_eq(set->rules.items[i]->file, sv_from(file)))
			add_rule(v, set->rules.items[i]);
}

static enum exit_code no_rule(const struct cli *c, const struct ruleset *set, const char *word)
{
	VEC(const char *) names = {0};
	for (size_t i = 0; i < set->rules.n; i++)
		if (set->rules.items[i]->name.len)
			vec_push(&names, set->rules.items[i]->name.ptr);
	int near = nearest_find(sv_from(word), names.items, names.n);
	const char *name = near >= 0 ? names.items[near] : NULL;
	vec_fini(&names);
	if (name)
		return cli_usage(c, "no rule \"%s\" is loaded; did you mean \"%s\"?", word, name);
	return cli_usage(c, "no rule \"%s\" is loaded; `kendrawatch list rules` names those that are", word);
}

static enum exit_code pick(const struct cli *c, struct view *v, const char *word)
{
	const struct ruleset *set = v->setup.rules;
	const struct rule *r = word ? ruleset_find(set, sv_from(word)) : NULL;
	if (!word) {
		add_rules_of(v, set, NULL);
	} else if (r && sv_eq(r->file, sv_from(word))) {
		add_rules_of(v, set, word);
	} else if (r) {
		add_rule(v, r);
	} else if (access(word, F_OK) == 0) {
		v->own =
		    rules_load(&(struct load_input){.paths = &word, .n_paths = 1, .lists = v->setup.lists},
			&v->setup.faults);
		v->style.rules = v->own;
		add_rules_of(v, v->own, NULL);
	}
	if (word && !v->rules.n)
		return no_rule(c, set, word);
	return EXIT_FINE;
}

/* Thousandths of the items that are true: of two misses as far away, the one that fits more is nearer. */
static int64_t fit(const struct explain *x)
{
	size_t n_true = 0;
	for (size_t i = 0; i < x->trace.items.n; i++)
		n_true += x->trace.items.items[i]->truth == TRUTH_TRUE;
	return x->trace.items.n ? (int64_t)(n_true * 1000 / x->trace.items.n) : 0;
}

/* Matches first, then the nearest misses, rules that are not evaluated behind those that are, what can't
 * match last. */
static int64_t rank(const struct explain *x)
{
	bool evaluated = x->rule->state == RULE_ACTIVE || x->rule->state == RULE_SHADOW;
	if (evaluated && x->verdict == TRUTH_TRUE)
		return 0;
	int64_t far = x->verdict == TRUTH_TRUE ? 0 : x->distance ? (int64_t)x->distance : 1000000;
	return 1 + 2 * far + !evaluated;
}

static int compare(const void *a, const void *b)
{
	const struct explain *x = a, *y = b;
	int64_t rx = rank(x), ry = rank(y);
	if (rx != ry)
		return rx < ry ? -1 : 1;
	if (fit(x) != fit(y))
		return fit(x) > fit(y) ? -1 : 1;
	return x->rule->index < y->rule->index ? -1 : x->rule->index > y->rule->index;
}

static bool is_match(const struct explain *x)
{
	return rank(x) == 0;
}

/* --- what is shown ----------------------------------------------------------------------------------- */

static void show_event(struct view *v, struct buf *out)
{
	struct record *r = &v->found.record;
	event_found_note(&v->found, out);
	buf_adds(out, "Event ");
	buf_add_printable(out, r->event_name.len ? r->event_name : SV("?"));
	buf_adds(out, " by ");
	struct sv actor = record_derived(r, KW_FIELD_ACTOR);
	buf_add_printable(out, actor.len ? actor : SV("?"));
	buf_adds(out, ", ");
	buf_add_printable(out, r->event_time.len ? r->event_time : SV("at no time"));
	buf_adds(out, "    ");
	buf_add_printable(out, v->found.where);
	buf_adds(out, "\n\n");
}

static void show_faults(struct view *v, const struct rule *rule, struct buf *out)
{
	for (size_t i = 0; i < v->setup.faults.list.n; i++) {
		const struct fault *f = &v->setup.faults.list.items[i];
		if (rule->state == RULE_REFUSED && f->level == FAULT_ERROR &&
		    sv_eq(rule->file, sv_from(f->file)))
			fault_show(f, out);
	}
}

static void show_pages(struct view *v, struct buf *out)
{
	show_event(v, out);
	for (size_t i = 0; i < v->rules.n; i++) {
		buf_adds(out, i ? "\n" : "");
		explain_finish(&v->rules.items[i]);
		explain_page(&v->rules.items[i], &v->style, out);
		show_faults(v, v->rules.items[i].rule, out);
	}
}

/* How many of the ranked rules are shown. */
static size_t shown_of(const struct view *v)
{
	size_t n = 0;
	while (n < v->rules.n && is_match(&v->rules.items[n]))
		n++;
	return v->limit < 0 || v->rules.n - n < (size_t)v->limit ? v->rules.n : n + (size_t)v->limit;
}

static void show_table(struct view *v, struct buf *out)
{
	size_t n_matches = 0, n = shown_of(v);
	for (size_t i = 0; i < v->rules.n; i++)
		n_matches += is_match(&v->rules.items[i]);
	for (size_t i = 0; i < n; i++)
		explain_finish(&v->rules.items[i]);
	show_event(v, out);
	explain_table(v->rules.items, n, &v->style, out);
	buf_printf(out, "\n%zu of %zu rules match", n_matches, v->rules.n);
	if (n < v->rules.n)
		buf_printf(
		    out, "; the %zu nearest of the others are shown, --all shows every one", n - n_matches);
	buf_adds(out, "\n");
	if (n)
		buf_adds(out, "Name a rule to see its condition as a tree.\n");
}

static void show_json(struct view *v, bool one, struct buf *out)
{
	struct record *r = &v->found.record;
	struct jout j = jout_on(out);
	size_t n = one ? v->rules.n : shown_of(v);
	jout_begin_object(&j);
	jout_kv(&j, "schema", SV("kendrawatch.explain/1"));
	jout_key(&j, "event");
	jout_begin_object(&j);
	jout_kv(&j, "id", r->event_id);
	jout_kv(&j, "name", r->event_name);
	jout_kv(&j, "source", r->event_source);
	jout_kv(&j, "time", r->event_time);
	jout_kv(&j, "where", v->found.where);
	jout_kv_bool(&j, "redacted", v->found.redacted);
	jout_end_object(&j);
	jout_key(&j, "rules");
	jout_begin_array(&j);
	for (size_t i = 0; i < n; i++) {
		explain_finish(&v->rules.items[i]);
		explain_json(&v->rules.items[i], &v->style, &j);
	}
	jout_end_array(&j);
	jout_end_object(&j);
	buf_addc(out, '\n');
}

static enum exit_code explain_all(struct cli *c, struct view *v)
{
	const char *word = c->n_words == 2 ? c->words[1] : NULL;
	struct buf out = {0};
	enum exit_code code = pick(c, v, word);
	if (code != EXIT_FINE)
		return code;
	if (!word && v->rules.n)
		qsort(v->rules.items, v->rules.n, sizeof *v->rules.items, compare);
	if (v->json)
		show_json(v, word != NULL, &out);
	else if (word)
		show_pages(v, &out);
	else
		show_table(v, &out);
	cli_print(buf_sv(&out));
	buf_fini(&out);
	return EXIT_FINE;
}

static enum exit_code read_options(struct cli *c, struct view *v)
{
	const char *output = cli_value(c, "output"), *limit = cli_value(c, "limit");
	if (c->n_words < 1 || c->n_words > 2)
		return cli_usage(c, "name one event (" EVENT_FORMS "), and a rule if it is about one");
	if (output && strcmp(output, "text") != 0 && strcmp(output, "json") != 0)
		return cli_usage(c, "--output is text or json, not \"%s\"", output);
	v->limit = cli_flag(c, "all") ? -1 : 10;
	if (limit && !sv_int(sv_from(limit), 0, 1000000, &v->limit))
		return cli_usage(c, "--limit is a number from 0 to 1000000, not \"%s\"", limit);
	v->json = output && strcmp(output, "json") == 0;
	return EXIT_FINE;
}

static enum exit_code run(struct cli *c)
{
	struct view v = {0};
	struct err e = {0};
	enum exit_code code = read_options(c, &v);
	if (code != EXIT_FINE)
		return code;
	enum rc loaded = setup_load(c, &v.setup);
	if (loaded != RC_OK)
		setup_tell(&v.setup.faults, FAULT_ERROR);
	v.style = (struct explain_style){.colour = cli_colours(), .rules = v.setup.rules};
	enum rc rc = event_find(c, c->words[0], &v.arena, &v.setup.names, &v.found, &e);
	if (rc != RC_OK) {
		log_tell("kendrawatch explain: %s\n", e.text);
		code = cli_exit_of(rc);
	} else {
		code = explain_all(c, &v);
	}
	for (size_t i = 0; i < v.rules.n; i++)
		explain_fini(&v.rules.items[i]);
	vec_fini(&v.rules);
	arena_fini(&v.arena);
	ruleset_unref(v.own);
	setup_fini(&v.setup);
	return code;
}

const struct command cli_explain = {"explain", options, sizeof options / sizeof *options, run};
