/* Runs every .test file below tests/lang, the cases of the rule language: one cmocka test a file. Every event
 * is asked of the reference evaluator, and of the fast program, which must not lose a match. The format is
 * described in tests/lang/README.md. Runs from the root of the repository. */
#include "rules/eval.h"
#include "rules/fast/program.h"
#include "rules/load.h"
#include "rules/trace.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define LANG_FOLDER "tests/lang"
#define LANG_MAX_BYTES ((size_t)1 << 20)
#define LANG_GROUPS 33

/* Put in front of a `### detection` body, whose lines are indented by two. */
static const char prologue[] = "title: t\n"
			       "id: 00000000-0000-4000-8000-000000000001\n"
			       "level: low\n"
			       "logsource: {product: aws, service: cloudtrail}\n"
			       "detection:\n";
#define PROLOGUE_LINES 5
#define PROLOGUE_COLUMNS 2

struct section {
	struct sv word; /* "match" */
	struct sv rest; /* what stands behind it on the header line */
	struct sv body;
	int line;
};

struct lang_case {
	const char *file;
	struct sv title;
	int line;
	VEC(struct section) sections;
};

/* Every word a section may begin with. */
static const char *const words[] = {
    "rule", "detection", "lists", "match", "no match", "why", "error", "warning", "note", "waiting", "off"};

static bool is_given(struct sv word)
{
	return sv_eq(word, SV("rule")) || sv_eq(word, SV("detection")) || sv_eq(word, SV("lists"));
}

static struct section section_open(const char *file, int line, struct sv header)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct sv word = sv_from(words[i]);

		if (sv_starts(header, word) && (header.len == word.len || header.ptr[word.len] == ' '))
			return (struct section){
			    .word = word, .rest = sv_trim(sv_skip(header, word.len)), .line = line};
	}
	fail_msg("%s:%d: no such section: \"%.*s\"", file, line, SV_ARG(header));
	return (struct section){.line = line};
}

static const struct section *section_find(const struct lang_case *c, const char *word)
{
	for (size_t i = 0; i < c->sections.n; i++)
		if (sv_eq(c->sections.items[i].word, sv_from(word)))
			return &c->sections.items[i];
	return NULL;
}

/* The rule text of a case: `### rule` as it is, `### detection` inside its prologue. */
static void rule_text(const struct lang_case *c, struct buf *out)
{
	const struct section *whole = section_find(c, "rule");
	const struct section *part = section_find(c, "detection");

	if (!whole == !part)
		fail_msg("%s:%d: a case has either `### rule` or `### detection`", c->file, c->line);
	if (whole) {
		buf_add(out, whole->body);
		return;
	}
	buf_adds(out, prologue);
	struct sv rest = part->body, line;
	while (sv_cut(&rest, '\n', &line)) {
		if (line.len > 0)
			buf_adds(out, "  ");
		buf_add(out, line);
		buf_addc(out, '\n');
	}
}

static void check_faults(const struct lang_case *c, const struct faults *faults)
{
	bool shifted = section_find(c, "detection") != NULL;
	size_t expected = 0;
	struct buf all = {0};

	for (size_t i = 0; i < faults->list.n; i++) {
		const struct fault *f = &faults->list.items[i];
		int line = shifted && f->line > PROLOGUE_LINES ? f->line - PROLOGUE_LINES : f->line;
		int col = shifted && f->line > PROLOGUE_LINES ? f->col - PROLOGUE_COLUMNS : f->col;

		buf_printf(&all, "%s %d:%d: %s\n", fault_level_name(f->level), line, col, f->text);
	}
	for (size_t i = 0; i < c->sections.n; i++) {
		const struct section *s = &c->sections.items[i];
		struct buf want = {0};

		if (!sv_eq(s->word, SV("error")) && !sv_eq(s->word, SV("warning")) &&
		    !sv_eq(s->word, SV("note")))
			continue;
		expected++;
		buf_printf(&want, "\n%.*s %.*s\n", SV_ARG(s->word), SV_ARG(s->rest));
		struct buf have = {0};
		buf_addc(&have, '\n');
		buf_add(&have, buf_sv(&all));
		if (sv_find(buf_sv(&have), buf_sv(&want)) == SV_NONE)
			fail_msg("%s:%d: expected%sbut loading \"%.*s\" gave%s", c->file, s->line, want.ptr,
			    SV_ARG(c->title), have.len > 1 ? have.ptr : " no fault");
		buf_fini(&want);
		buf_fini(&have);
	}
	if (expected != faults->list.n)
		fail_msg("%s:%d: \"%.*s\" expects %zu faults, loading gave %zu:\n%s", c->file, c->line,
		    SV_ARG(c->title), expected, faults->list.n, all.ptr ? all.ptr : "");
	buf_fini(&all);
}

/* The rule a section asks: by name, else the first that is no filter. */
static const struct rule *rule_asked(
    const struct lang_case *c, const struct section *s, const struct ruleset *set)
{
	if (s->rest.len > 0 && (sv_eq(s->word, SV("match")) || sv_eq(s->word, SV("no match")))) {
		const struct rule *named = ruleset_find(set, s->rest);

		if (!named)
			fail_msg("%s:%d: no rule \"%.*s\"", c->file, s->line, SV_ARG(s->rest));
		return named;
	}
	for (size_t i = 0; i < set->rules.n; i++)
		if (set->rules.items[i]->kind != RULE_FILTER)
			return set->rules.items[i];
	fail_msg("%s:%d: no rule was loaded for \"%.*s\"", c->file, s->line, SV_ARG(c->title));
	return NULL;
}

static void why_text(const struct why *why, struct buf *out)
{
	for (size_t i = 0; i < why->leaves.n; i++) {
		const struct why_leaf *l = &why->leaves.items[i];

		buf_printf(out, "%s%.*s: %.*s%s%.*s: %.*s = ", l->negated ? "not " : "", SV_ARG(l->selection),
		    SV_ARG(l->field), l->modifier.len > 0 ? "|" : "", SV_ARG(l->modifier),
		    SV_ARG(l->pattern));
		buf_add(out, l->value.ptr ? l->value : SV("(absent)"));
		if (l->list.ptr)
			buf_printf(out, " (list %.*s)", SV_ARG(l->list));
		buf_addc(out, '\n');
	}
}

/* Is the rule among those that the program would have the reference evaluator ask? */
static bool is_candidate(struct program *program, const struct rule *rule, struct sv event)
{
	struct program_state *state = program_state_new(program);
	struct scan_state *scan = scan_state_new();
	struct scan_slot *slots = heap_zero(program_n_slots(program), sizeof *slots);
	const struct rule **rules = heap_zero(program_n_rules(program) + 1, sizeof *rules);
	bool found = false, certain;
	size_t n = 0;

	event = sv_trim(event);
	assert_int_equal(scan_record(program_plan(program), scan, event.ptr, event.len, slots), event.len);
	n = program_candidates(state, slots, rules, &certain);
	for (size_t i = 0; i < n; i++)
		found |= rules[i] == rule;
	free(rules);
	free(slots);
	scan_state_free(scan);
	program_state_free(state);
	return found;
}

/* The trace agrees, and hangs on lists without values only where the rule waits for them. */
static void check_trace(const struct lang_case *c, const struct section *s, const struct rule *rule,
    struct record *r, bool matches)
{
	struct trace t;

	if (!trace_build(rule, r->arena, &t)) {
		if (rule->state != RULE_REFUSED && rule->kind != RULE_CORRELATION)
			fail_msg("%s:%d: \"%.*s\" has no trace", c->file, s->line, SV_ARG(c->title));
		return;
	}
	if ((rule->state == RULE_ACTIVE || rule->state == RULE_SHADOW) &&
	    trace_event(&t, r) != (matches ? TRUTH_TRUE : TRUTH_FALSE))
		fail_msg("%s:%d: the trace of \"%.*s\" does not say %d", c->file, s->line, SV_ARG(c->title),
		    matches);
	trace_fini(&t);
}

/* Asks every event of a `match` or `no match`; `out_why` gets the leaves of the last one that matches. */
static void check_events(
    const struct lang_case *c, const struct section *s, struct ruleset *set, struct buf *out_why)
{
	struct program *program = program_new(set);
	const struct rule *rule = rule_asked(c, s, set);
	bool want = sv_eq(s->word, SV("match"));
	struct sv rest = s->body, line;
	size_t n = 0;

	while (sv_cut(&rest, '\n', &line)) {
		struct arena arena = {0};
		struct record r;
		struct why why = {0};
		struct err e = {0};

		if (sv_trim(line).len == 0)
			continue;
		n++;
		if (record_open(&r, &arena, line, NULL, &e))
			fail_msg("%s:%d: event %zu: %s", c->file, s->line, n, e.text);
		bool plain = eval_rule(rule, &r, NULL);
		bool explained = eval_rule(rule, &r, &why);
		if (plain != want)
			fail_msg("%s:%d: \"%.*s\": event %zu should %s: %.*s", c->file, s->line,
			    SV_ARG(c->title), n, want ? "match" : "not match", SV_ARG(line));
		assert_int_equal(plain, explained);
		check_trace(c, s, rule, &r, plain);
		if (plain && !is_candidate(program, rule, line))
			fail_msg("%s:%d: \"%.*s\": the program loses event %zu: %.*s", c->file, s->line,
			    SV_ARG(c->title), n, SV_ARG(line));
		if (want) {
			buf_reset(out_why);
			why_text(&why, out_why);
		}
		vec_fini(&why.leaves);
		arena_fini(&arena);
	}
	program_unref(program);
	if (n == 0)
		fail_msg("%s:%d: no event below `### %.*s`", c->file, s->line, SV_ARG(s->word));
}

static void check_state(
    const struct lang_case *c, const struct section *s, const struct ruleset *set, enum rule_state want)
{
	const struct rule *rule = rule_asked(c, s, set);

	if (rule->state != want || !sv_eq(rule->state_reason, s->rest))
		fail_msg("%s:%d: \"%.*s\" is %s: %.*s", c->file, s->line, SV_ARG(c->title),
		    rule_state_name(rule->state), SV_ARG(rule->state_reason));
}

static void check_expectations(const struct lang_case *c, struct ruleset *set)
{
	struct buf why = {0};
	size_t n = 0;

	for (size_t i = 0; i < c->sections.n; i++) {
		const struct section *s = &c->sections.items[i];

		if (is_given(s->word))
			continue;
		n++;
		if (sv_eq(s->word, SV("match")) || sv_eq(s->word, SV("no match")))
			check_events(c, s, set, &why);
		else if (sv_eq(s->word, SV("waiting")))
			check_state(c, s, set, RULE_WAITING);
		else if (sv_eq(s->word, SV("off")))
			check_state(c, s, set, RULE_OFF);
		else if (sv_eq(s->word, SV("why")) && !sv_eq(sv_trim(buf_sv(&why)), sv_trim(s->body)))
			fail_msg("%s:%d: \"%.*s\" was decided by\n%sand not by\n%.*s", c->file, s->line,
			    SV_ARG(c->title), why.ptr ? why.ptr : "", SV_ARG(s->body));
	}
	if (n == 0)
		fail_msg("%s:%d: \"%.*s\" expects nothing", c->file, c->line, SV_ARG(c->title));
	buf_fini(&why);
}

static void run_case(const struct lang_case *c)
{
	struct faults faults = {0};
	struct lists lists = {0};
	struct buf yaml = {0};
	const struct section *given = section_find(c, "lists");
	struct ydoc *doc = NULL;

	if (given) {
		doc = ydoc_parse(c->file, given->body, 0, &faults);
		lists_read(&lists, ydoc_root(doc, 0), c->file, ".", NULL, &faults);
		if (faults.list.n > 0)
			fail_msg("%s:%d: lists: %s", c->file, given->line, faults.list.items[0].text);
	}
	rule_text(c, &yaml);
	struct ruleset *set = rules_load_text("rule.yml", buf_sv(&yaml), given ? &lists : NULL, &faults);
	check_faults(c, &faults);
	check_expectations(c, set);

	ruleset_unref(set);
	buf_fini(&yaml);
	ydoc_free(doc);
	lists_fini(&lists);
	faults_fini(&faults);
}

static void case_end(struct lang_case *c, const char *at, size_t *n_cases)
{
	if (!c->title.ptr)
		return;
	if (c->sections.n > 0) {
		struct section *last = &c->sections.items[c->sections.n - 1];

		last->body.len = (size_t)(at - last->body.ptr);
	}
	run_case(c);
	vec_fini(&c->sections);
	c->title = (struct sv){0};
	++*n_cases;
}

static void runs_file(void **state)
{
	const char *file = *state;
	struct lang_case c = {.file = file};
	struct buf text = {0};
	struct err e = {0};
	size_t n_cases = 0;
	int line_no = 0;

	if (file_read(file, LANG_MAX_BYTES, &text, &e))
		fail_msg("%s", e.text);
	struct sv rest = buf_sv(&text), line;
	while (sv_cut(&rest, '\n', &line)) {
		line_no++;
		if (sv_starts(line, SV("## "))) {
			case_end(&c, line.ptr, &n_cases);
			c.title = sv_trim(sv_skip(line, 3));
			c.line = line_no;
		} else if (sv_starts(line, SV("### "))) {
			if (!c.title.ptr)
				fail_msg("%s:%d: a section before the first case", file, line_no);
			if (c.sections.n > 0) {
				struct section *last = &c.sections.items[c.sections.n - 1];

				last->body.len = (size_t)(line.ptr - last->body.ptr);
			}
			struct section s = section_open(file, line_no, sv_trim(sv_skip(line, 4)));
			s.body = (struct sv){rest.ptr ? rest.ptr : line.ptr + line.len, 0};
			vec_push(&c.sections, s);
		}
	}
	case_end(&c, text.ptr + text.len, &n_cases);
	if (n_cases == 0)
		fail_msg("%s: no case", file);
	buf_fini(&text);
}

/* Each number of the language has a group. */
static void has_group_for_each_number(void **state)
{
	const struct file_list *files = *state;

	for (int number = 1; number <= LANG_GROUPS; number++) {
		char *prefix = heap_printf(LANG_FOLDER "/S%02d-", number);
		bool found = false;

		for (size_t i = 0; i < files->paths.n; i++)
			found |= sv_starts(sv_from(files->paths.items[i]), sv_from(prefix));
		if (!found)
			fail_msg("no file %s*.test", prefix);
		free(prefix);
	}
}

int main(void)
{
	struct file_list files = {0};
	struct err e = {0};
	VEC(struct CMUnitTest) tests = {0};

	if (file_walk(LANG_FOLDER, &files, NULL, NULL, &e)) {
		print_error("%s (run from the root of the repository)\n", e.text);
		return 1;
	}
	vec_push(&tests, (struct CMUnitTest){.name = "has_group_for_each_number",
			     .test_func = has_group_for_each_number,
			     .initial_state = &files});
	for (size_t i = 0; i < files.paths.n; i++)
		if (sv_ends(sv_from(files.paths.items[i]), SV(".test")))
			vec_push(&tests, (struct CMUnitTest){.name = files.paths.items[i],
					     .test_func = runs_file,
					     .initial_state = files.paths.items[i]});
	int failed = _cmocka_run_group_tests("lang", tests.items, tests.n, NULL, NULL);
	vec_fini(&tests);
	file_list_fini(&files);
	return failed;
}
