/* What a correlation holds once it is read and bound, its printed form for Sigma 1's aggregations, and shapes
 * that are too deep or too many. Its faults are in tests/lang. */
#include "rules/correlation.h"
#include "rules/aggregation.h"
#include "rules/correlation_bind.h"
#include "rules/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define HEAD(name, digit)                                    \
	"title: " name "\n"                                  \
	"name: " name "\n"                                   \
	"id: 00000000-0000-4000-8000-00000000000" digit "\n" \
	"level: low\n"
#define RULE(name, digit)                            \
	HEAD(name, digit)                            \
	"logsource: {product: aws}\n"                \
	"detection: {sel: {x: 1}, condition: sel}\n" \
	"---\n"

static const struct correlation *load(
    const char *yaml, struct ruleset **set, struct faults *faults, const char *name)
{
	*set = rules_load_text("c.yml", sv_from(yaml), NULL, faults);
	const struct rule *r = ruleset_find(*set, sv_from(name));

	assert_non_null(r);
	if (faults->n_errors > 0)
		fail_msg("%s", faults->list.items[0].text);
	assert_int_equal(r->state, RULE_WAITING);
	assert_non_null(r->correlation);
	return r->correlation;
}

static void holds_what_was_written(void **state)
{
	struct faults faults = {0};
	struct ruleset *set;
	const struct correlation *c =
	    load(RULE("a", "1") RULE("b", "2")
		     HEAD("c", "3") "correlation:\n"
				    "  type: value_percentile\n"
				    "  rules: [b, 00000000-0000-4000-8000-000000000001]\n"
				    "  group-by: [ip, kw.actor]\n"
				    "  timespan: 2w\n"
				    "  aliases: {ip: {b: sourceIPAddress, a: address}}\n"
				    "  condition: {gt: 1.5, lte: 20, field: n, percentile: 95}\n"
				    "  generate: true\n",
		&set, &faults, "c");

	(void)state;
	assert_int_equal(c->type, CORRELATION_VALUE_PERCENTILE);
	assert_string_equal(correlation_type_name(c->type), "value_percentile");
	assert_int_equal(c->n_rules, 2);
	assert_ptr_equal(c->rules[0].rule, set->rules.items[1]);
	assert_ptr_equal(c->rules[1].rule, set->rules.items[0]);
	assert_int_equal(c->n_group_by, 2);
	assert_true(sv_eq(c->group_by[1], SV("kw.actor")));
	assert_true(c->timespan_ms == (int64_t)14 * 86400000);
	assert_int_equal(c->n_aliases, 1);
	assert_true(sv_eq(c->aliases[0].fields[0], SV("sourceIPAddress")));
	assert_true(sv_eq(c->aliases[0].fields[1], SV("address")));
	assert_int_equal(c->n_bounds, 2);
	assert_int_equal(c->bounds[0].compare, CORRELATION_GT);
	assert_true(number_cmp(&c->bounds[0].number, &c->bounds[1].number) < 0);
	assert_int_equal(c->n_fields, 1);
	assert_true(c->percentile > 94.9 && c->percentile < 95.1);
	assert_true(c->generate);
	assert_int_equal(set->n_correlations, 1);
	assert_int_equal(set->n_active, 2);
	assert_int_equal(set->n_waiting, 0);
	ruleset_unref(set);
	faults_fini(&faults);
}

static void sentence_is_bound(void **state)
{
	struct faults faults = {0};
	struct ruleset *set;
	const struct correlation *c = load(RULE("login_ok", "1") RULE("login_bad", "2") RULE("other", "4")
					       HEAD("c", "3") "correlation:\n"
							      "  type: temporal\n"
							      "  rules: [other, login_bad, login_ok]\n"
							      "  timespan: 1h\n"
							      "  condition: 1 of login_* and not other\n",
	    &set, &faults, "c");

	(void)state;
	assert_int_equal(c->sentence->kind, CONDITION_AND);
	const struct correlation_condition *of = c->sentence->children[0];
	assert_int_equal(of->kind, CONDITION_OF);
	assert_int_equal(of->n_rules, 2);
	assert_int_equal(of->rules[0], 1);
	assert_int_equal(of->rules[1], 2);
	const struct correlation_condition *name = c->sentence->children[1]->children[0];
	assert_int_equal(name->rules[0], 0);
	assert_int_equal(name->line, 30);
	assert_int_equal(name->col, 35);
	ruleset_unref(set);
	faults_fini(&faults);
}

static void settings_have_defaults(void **state)
{
	struct faults faults = {0};
	struct ruleset *set;
	const struct correlation *c =
	    load(RULE("a", "1") HEAD("c", "3") "correlation: {type: new_value, rules: [a], condition: "
					       "{field: [x, y], train: 0s, min_events: 5}}\n",
		&set, &faults, "c");

	(void)state;
	assert_int_equal(c->n_fields, 2);
	assert_true(c->settings[CORRELATION_NEW_VALUE_TRAIN] < 0.5);
	assert_true((int64_t)c->settings[CORRELATION_NEW_VALUE_MIN_EVENTS] == 5);
	assert_true((int64_t)c->settings[CORRELATION_NEW_VALUE_FORGET] == (int64_t)60 * 86400000);
	ruleset_unref(set);
	faults_fini(&faults);
}

/* What is printed for an aggregation, put below the rule, loads with no fault but the word that this version
 * does not run it. */
static void printed_aggregation_loads(void **state)
{
	static const char *const tails[] = {" count() > 10", "count() by sourceIPAddress >= 3",
	    "count(a b) by c, 'd < 5", " sum( n ) by x:y > 3", "avg(n) by null = 7",
	    "count() by [x, #y <= 9"};
	static const char *const names[] = {"a_rule", "yes: [no]", "it's", "1e3"};

	(void)state;
	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
			struct faults faults = {0};
			struct buf text = {0}, quoted = {0};

			for (const char *p = names[k]; *p; p++)
				buf_adds(&quoted, *p == '\'' ? "''" : (char[]){*p, 0});
			buf_printf(&text,
			    "title: t\nid: 00000000-0000-4000-8000-000000000001\nname: '%s'\nlevel: high\n"
			    "logsource: {product: aws}\ndetection: {sel: {x: 1}, condition: sel}\n---\n",
			    quoted.ptr);
			const struct aggregation_input in = {.tail = sv_from(tails[i]),
			    .rule = sv_from(names[k]),
			    .level = LEVEL_HIGH,
			    .timespan = i % 2 ? SV("10m") : SV("soon")};
			assert_true(aggregation_rewrite(&in, &text));
			struct ruleset *set = rules_load_text("c.yml", buf_sv(&text), NULL, &faults);
			if (faults.list.n != 1 || faults.list.items[0].level != FAULT_WARNING)
				fail_msg("%s\n%s", text.ptr, faults.list.items[0].text);
			assert_int_equal(set->n_correlations, 1);
			assert_int_equal(set->rules.items[1]->level, LEVEL_HIGH);
			ruleset_unref(set);
			buf_fini(&text);
			buf_fini(&quoted);
			faults_fini(&faults);
		}
}

static void no_aggregation_prints_nothing(void **state)
{
	static const char *const tails[] = {
	    "near a", "count()", "count( > 3", "count() by > 3", "count() > x", ""};
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
		assert_false(aggregation_rewrite(
		    &(struct aggregation_input){.tail = sv_from(tails[i]), .rule = SV("r")}, &text));
	assert_int_equal(text.len, 0);
}

static void spans(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"1s", 1000}, {"5m", 300000}, {"1M", (int64_t)30 * 86400000},
	    {"1y", CORRELATION_MAX_SPAN_MS}, {"12M", (int64_t)360 * 86400000},
	    {"52w", (int64_t)364 * 86400000}};
	static const char *const bad[] = {"", "s", "5", "0s", "-1s", "+1s", "1.5h", "5 m", "5m ", "5min",
	    "13M", "53w", "366d", "1Y", "99999999999999999999s", "31536001s"};
	int64_t ms = 0;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(correlation_span(sv_from(good[i].text), &ms));
		assert_true(ms == good[i].ms);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (correlation_span(sv_from(bad[i]), &ms))
			fail_msg("\"%s\" was taken for a span", bad[i]);
}

/* A long chain and a long circle cost no stack and end as refusals. */
static void long_chains_are_refused(void **state)
{
	struct faults faults = {0};
	struct buf text = {0};

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_printf(&text,
		    "---\n{title: t, name: c%d, level: low, correlation: {type: event_count, rules: [c%d], "
		    "timespan: 1h, condition: {gt: 3}}}\n",
		    i, (i + 1) % 5000);
	buf_adds(&text, "---\n" RULE("a", "1"));
	for (int i = 0; i < 5000; i++)
		buf_printf(&text,
		    "{title: t, name: d%d, level: low, correlation: {type: event_count, rules: [%s%d], "
		    "timespan: "
		    "1h, condition: {gt: 3}}}\n---\n",
		    i, i == 4999 ? "a#" : "d", i + 1);
	struct ruleset *set = rules_load_text("c.yml", buf_sv(&text), NULL, &faults);
	assert_int_equal(set->n_active, 1);
	assert_true(set->n_refused >= 5000);
	assert_true(set->n_correlations <= CORRELATION_MAX_DEPTH);
	ruleset_unref(set);
	buf_fini(&text);
	faults_fini(&faults);
}

/* What counts a rule that is not there is refused alone. */
static void refused_sets_keep_their_rules(void **state)
{
	struct faults faults = {0};
	struct ruleset *set = rules_load_text("c.yml",
	    SV(RULE("a", "1") HEAD(
		"c", "3") "correlation: {type: event_count, rules: [b], timespan: 1h, condition: {gt: 3}}\n"),
	    NULL, &faults);

	(void)state;
	assert_int_equal(set->n_refused, 1);
	assert_int_equal(set->n_active, 1);
	assert_int_equal(set->n_correlations, 0);
	assert_true(
	    sv_eq(set->rules.items[1]->state_reason, SV("no rule \"b\" is loaded; did you mean \"a\"?")));
	ruleset_unref(set);
	faults_fini(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(holds_what_was_written),
	    cmocka_unit_test(sentence_is_bound),
	    cmocka_unit_test(settings_have_defaults),
	    cmocka_unit_test(printed_aggregation_loads),
	    cmocka_unit_test(no_aggregation_prints_nothing),
	    cmocka_unit_test(spans),
	    cmocka_unit_test(long_chains_are_refused),
	    cmocka_unit_test(refused_sets_keep_their_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
