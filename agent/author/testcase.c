/* Runs the tests inside rule files and shows what came of them, for `kendrawatch test`. One thread. */
#include "agent/author/testcase.h"

#include <stdlib.h>

#include "agent/author/suite.h"
#include "base/clock.h"
#include "base/jout.h"

/* Lines of one kind in a difference: more is not read. */
#define MAX_LINES 8

/* --- what differed -------------------------------------------------------------------------------- */

/* The first lines of `text`, each behind `before`. */
static void show_lines(struct buf *diff, const char *before, const struct buf *text)
{
	struct sv rest = buf_sv(text), line;
	int n = 0;
	while (sv_cut(&rest, '\n', &line) && (line.len || rest.len)) {
		if (n++ == MAX_LINES) {
			buf_printf(diff, "%s…\n", before);
			return;
		}
		buf_adds(diff, before);
		buf_add_printable(diff, line);
		buf_addc(diff, '\n');
	}
}

static void differ_match(struct buf *diff, const struct suite_case *c, const struct outcome *got)
{
	if (c->match < 0 || c->match == (got->matches > 0))
		return;
	buf_printf(diff, "  - match: %s\n  + match: %s\n", c->match ? "true" : "false",
	    got->matches ? "true" : "false");
	const struct buf *why = got->matches ? &got->whys : &got->why_not;
	if (!why->len)
		return;
	buf_printf(diff, "  it %s because\n", got->matches ? "matched" : "did not match");
	show_lines(diff, "    ", why);
}

static void differ_count(struct buf *diff, const char *what, int64_t want, int64_t got)
{
	if (want >= 0 && want != got)
		buf_printf(diff, "  - %s: %lld\n  + %s: %lld\n", what, (long long)want, what, (long long)got);
}

static void differ_text(struct buf *diff, const char *what, struct sv want, const struct buf *got)
{
	if (!want.ptr || sv_find(buf_sv(got), want) != SV_NONE)
		return;
	buf_printf(diff, "  - %s: ", what);
	buf_add_printable(diff, want);
	buf_addc(diff, '\n');
	if (!got->len)
		buf_adds(diff, "  + (nothing: no match)\n");
	show_lines(diff, "  + ", got);
}

/* What the rule asks about, on one line: where the deciding leaves are not the whole story. */
static void show_seen(struct buf *diff, const struct outcome *got)
{
	struct sv rest = buf_sv(&got->seen), line;
	const char *before = "  the event: ";
	while (sv_cut(&rest, '\n', &line) && line.len) {
		buf_adds(diff, before);
		buf_add_printable(diff, line);
		before = " · ";
	}
	if (got->seen.len)
		buf_addc(diff, '\n');
}

static char *difference(const struct suite *s, const struct suite_case *c)
{
	struct outcome got;
	struct buf diff = {0};
	if (c->malformed)
		return heap_copy("  the case is malformed\n");
	suite_run(s, c, true, &got);
	differ_match(&diff, c, &got);
	differ_count(&diff, "alerts", c->alerts, got.alerts);
	differ_count(&diff, "folded", c->folded, got.folded);
	differ_text(&diff, "summary_has", c->summary_has, &got.summaries);
	differ_text(&diff, "why_has", c->why_has, &got.whys);
	show_seen(&diff, &got);
	if (s->rule->state != RULE_ACTIVE)
		buf_printf(&diff, "  the rule is %s: %.*s\n", rule_state_name(s->rule->state),
		    SV_ARG(s->rule->state_reason));
	outcome_fini(&got);
	return buf_take(&diff);
}

/* --- running -------------------------------------------------------------------------------------- */

static void run_case(const struct suite *s, const struct suite_case *c, struct testcase_report *report)
{
	int64_t start_ns = clk_mono_ns();
	bool passed = !c->malformed && suite_passes(s, c);
	int64_t took_us = (clk_mono_ns() - start_ns) / 1000;
	vec_push(&report->results, (struct testcase_result){
				       .rule = s->rule->name.ptr ? s->rule->name : s->rule->key,
				       .name = c->name.len ? c->name : SV("?"),
				       .file = s->file,
				       .line = c->node->line,
				       .passed = passed,
				       .difference = passed ? NULL : difference(s, c),
				       .took_us = took_us,
				   });
	report->n_passed += passed;
	report->n_failed += !passed;
}

static void run_rule(
    const char *path, const struct rule *rule, struct testcase_report *report, struct faults *faults)
{
	struct suite s;
	if (suite_open(&s, path, rule->key, faults))
		for (size_t i = 0; i < s.cases.n; i++)
			run_case(&s, &s.cases.items[i], report);
	if (s.set)
		vec_push(&report->kept, ruleset_ref(s.set));
	suite_close(&s);
}

void testcase_run_file(const char *path, struct testcase_report *report, struct faults *faults)
{
	struct ruleset *set = rules_load(&(struct load_input){.paths = &path, .n_paths = 1}, faults);
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct rule *rule = set->rules.items[i];
		if (rule->kind != RULE_DETECTION || rule->state == RULE_REFUSED)
			continue;
		report->n_rules++;
		if (rule->tests)
			run_rule(path, rule, report, faults);
		else
			report->n_untested++;
	}
	vec_push(&report->kept, set);
}

struct ruleset *testcase_rules(const struct testcase_report *r)
{
	return r->kept.items[r->kept.n - 1];
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

/* --- showing -------------------------------------------------------------------------------------- */

static void show_failure(const struct testcase_result *r, struct buf *out)
{
	buf_adds(out, "FAIL  ");
	buf_add_printable(out, r->rule);
	buf_adds(out, ": ");
	buf_add_printable(out, r->name);
	buf_printf(out, "\n  %s:%d\n%s", r->file, r->line, r->difference);
}

/* The results of one rule from `i` on: its line, or its failures; gives where the next rule begins. */
static size_t show_rule(const struct testcase_report *r, size_t i, bool quiet, struct buf *out)
{
	const struct testcase_result *first = &r->results.items[i];
	size_t n = 0, failed = 0;
	for (; i + n < r->results.n && sv_eq(first[n].rule, first->rule) && first[n].file == first->file; n++)
		if (!first[n].passed) {
			failed++;
			show_failure(&first[n], out);
		}
	if (!failed && !quiet) {
		buf_adds(out, "ok    ");
		buf_add_printable(out, first->rule);
		buf_printf(out, ": %zu case%s\n", n, n == 1 ? "" : "s");
	}
	return i + n;
}

void testcase_show_failures(const struct testcase_report *r, struct buf *out)
{
	for (size_t i = 0; i < r->results.n;)
		i = show_rule(r, i, true, out);
}

void testcase_show_text(const struct testcase_report *r, bool quiet, struct buf *out)
{
	for (size_t i = 0; i < r->results.n;)
		i = show_rule(r, i, quiet, out);
	buf_printf(out, "%zu passed, %zu failed", r->n_passed, r->n_failed);
	if (r->n_untested)
		buf_printf(out, "; %zu rule%s without tests", r->n_untested, r->n_untested == 1 ? "" : "s");
	buf_addc(out, '\n');
}

void testcase_show_ndjson(const struct testcase_report *report, struct buf *out)
{
	for (size_t i = 0; i < report->results.n; i++) {
		const struct testcase_result *r = &report->results.items[i];
		struct jout j = jout_on(out);
		jout_begin_object(&j);
		jout_kv(&j, "rule", r->rule);
		jout_kv(&j, "case", r->name);
		jout_kv(&j, "file", sv_from(r->file));
		jout_kv_int(&j, "line", r->line);
		jout_kv_bool(&j, "passed", r->passed);
		if (r->difference)
			jout_kv(&j, "difference", sv_from(r->difference));
		jout_key(&j, "seconds");
		jout_fixed(&j, (double)r->took_us / 1e6, 6);
		jout_end_object(&j);
		buf_addc(out, '\n');
	}
}
