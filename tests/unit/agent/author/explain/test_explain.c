/* Changes that are claimed to turn a verdict do turn it: on generated rules and events, and on the shipped
 * rules beside built-in events. Each claim is tried here once more, from its edits alone. Runs from the root
 * of the repository. */
#include "agent/author/explain/explain.h"

#include "agent/author/builtin.h"
#include "agent/author/explain/explain_words.h"
#include "rules/eval.h"

#include "tests/unit/rules/corpus.h"

struct tally {
	size_t n_turned, n_verified;
};

static void check_claim(const struct rule *rule, struct record *r, struct explain *x)
{
	const struct tree *changed;
	struct record copy;
	struct err e = {0};
	bool before = eval_rule(rule, r, NULL);
	assert_int_equal(x->verdict == TRUTH_TRUE, before);
	assert_int_equal(
	    edit_all(r->root, x->change.edits, x->change.n_edits, r->arena, &changed, &e), RC_OK);
	assert_int_equal(record_open(&copy, r->arena, changed->raw, r->names, &e), RC_OK);
	if (eval_rule(rule, &copy, NULL) == before)
		fail_msg("%.*s is not turned by the change of\n%.*s\nto\n%.*s", SV_ARG(rule->name),
		    SV_ARG(r->root->raw), SV_ARG(changed->raw));
}

static void check_rule(const struct rule *rule, struct record *r, struct tally *tally)
{
	struct explain x;
	struct buf words = {0};
	if (rule->kind != RULE_DETECTION || rule->state != RULE_ACTIVE)
		return;
	explain_begin(&x, rule, r);
	explain_finish(&x);
	tally->n_turned += x.change.n > 0;
	if (x.change.verified) {
		tally->n_verified++;
		check_claim(rule, r, &x);
	}
	for (size_t i = 0; i < x.change.n; i++)
		explain_change_words(&x.change, i, r, &(struct redact){0}, &words);
	assert_int_equal(words.len > 0, x.change.n > 0);
	/* The views take whatever there is. */
	struct explain_style style = {0};
	struct jout j = jout_on(&words);
	explain_page(&x, &style, &words);
	buf_reset(&words);
	explain_json(&x, &style, &j);
	const struct tree *json;
	assert_int_equal(tree_read(r->arena, buf_sv(&words), &json, NULL), RC_OK);
	buf_fini(&words);
	explain_fini(&x);
}

static void check_event(const struct ruleset *set, struct sv event, struct tally *tally)
{
	struct arena arena = {0};
	struct record r;
	struct err e = {0};
	if (record_open(&r, &arena, event, NULL, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < set->rules.n; i++)
		check_rule(set->rules.items[i], &r, tally);
	arena_fini(&arena);
}

static void generated_claims_hold(void **state)
{
	(void)state;
	struct tally tally = {0};
	struct buf event = {0};
	for (unsigned round = 0; round < 10; round++) {
		struct ruleset *set = generate_rules(12, false);
		for (unsigned i = 0; i < 5; i++) {
			write_event(&event, i % 2 == 0);
			check_event(set, buf_sv(&event), &tally);
		}
		ruleset_unref(set);
	}
	buf_fini(&event);
	print_message("%zu verdicts could turn, %zu changes were found\n", tally.n_turned, tally.n_verified);
	assert_true(tally.n_turned > 400);
	/* Made by chance, many of them can hardly be turned; of the shipped ones nearly all can. */
	assert_true(tally.n_verified * 10 > tally.n_turned * 6);
}

static void claims_about_shipped_rules_hold(void **state)
{
	(void)state;
	static const char *const calls[] = {"kendra:DeleteIndex", "kendra:Query", "kendra:BatchPutDocument",
	    "iam:CreateUser", "signin:ConsoleLogin", "cloudtrail:StopLogging"};
	static const char *const callers[] = {"role/app", "sso/alice@example.com", "root"};
	const char *const packs[] = {"rules/packs"};
	struct faults faults = {0};
	struct tally tally = {0};
	struct err e = {0};
	struct ruleset *set = rules_load(&(struct load_input){.paths = packs, .n_paths = 1}, &faults);
	assert_int_equal(faults.n_errors, 0);
	for (size_t i = 0; i < 6; i++)
		for (size_t k = 0; k < 3; k++) {
			struct draft *d = draft_new();
			struct buf event = {0};
			assert_int_equal(builtin_api(d, sv_from(calls[i]), &e), RC_OK);
			assert_int_equal(builtin_identity(d, sv_from(callers[k]), &e), RC_OK);
			builtin_stamp(d, i * 3 + k, 1768471200000);
			draft_write(d, &event);
			check_event(set, buf_sv(&event), &tally);
			buf_fini(&event);
			draft_free(d);
		}
	faults_fini(&faults);
	ruleset_unref(set);
	print_message("%zu verdicts could turn, %zu changes were found\n", tally.n_turned, tally.n_verified);
	assert_true(tally.n_turned > 500);
	assert_true(tally.n_verified * 100 > tally.n_turned * 95);
}

/* --- words ------------------------------------------------------------------------------------------ */

static void says(const char *item, const char *want)
{
	struct faults faults = {0};
	struct arena arena = {0};
	struct trace t;
	struct buf out = {0};
	char *yaml = heap_printf(
	    "title: t\nlevel: low\nlogsource: {product: aws}\ndetection:\n  s:\n    %s\n  condition: s\n",
	    item);
	struct lists lists = {0};
	struct ydoc *doc = ydoc_parse("l", SV("{nets: [10.0.0.0/8]}"), 0, &faults);
	lists_read(&lists, ydoc_root(doc, 0), "l", ".", NULL, &faults);
	struct ruleset *set = rules_load_text("r.yml", sv_from(yaml), &lists, &faults);
	assert_true(trace_build(set->rules.items[0], &arena, &t));
	explain_words(t.items.items[0], &out);
	assert_string_equal(out.ptr, want);
	trace_fini(&t);
	buf_fini(&out);
	arena_fini(&arena);
	faults_fini(&faults);
	ruleset_unref(set);
	lists_fini(&lists);
	ydoc_free(doc);
	free(yaml);
}

static void items_in_words(void **state)
{
	(void)state;
	says("a: x", "a is x");
	says("a: ''", "a is \"\"");
	says("a|neq: x", "a is not x");
	says("a: [x, y]", "a is one of x, y");
	says("a|neq: [x, y]", "a is not any of x, y");
	says("a: null", "a is absent or null");
	says("a: '*'", "a is present");
	says("a|exists: true", "a exists");
	says("a|exists: false", "a does not exist");
	says("a|exists|neq: true", "a does not exist");
	says("a|contains|all: [x, y]", "a contains all of x, y");
	says("a|startswith: x", "a starts with x");
	says("a|endswith|neq: x", "a does not end with x");
	says("a|cased: x", "a is x (case counts)");
	says("a|re: ^x$", "a matches /^x$/");
	says("a|re|i: ^x$", "a matches /^x$/i");
	says("a|cidr: 10.0.0.0/8", "a is in 10.0.0.0/8");
	says("a|gte: 5", "a is at least 5");
	says("a|hour|lt: 6", "hour of a is less than 6");
	says("a|fieldref: b", "a is the value of b");
	says("a|expand: '%nets%'", "a is in list nets");
	says("a|expand|contains: '%nets%'", "a contains an entry of list nets");
	says("a|wide|base64offset|contains: x12", "a contains x12 (wide, base64offset)");
	says("'|contains': foo", "any value contains foo");
	says("a: [aaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbb, ccccccccccccc, d]",
	    "a is one of aaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbb … (4)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(generated_claims_hold),
	    cmocka_unit_test(claims_about_shipped_rules_hold),
	    cmocka_unit_test(items_in_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
