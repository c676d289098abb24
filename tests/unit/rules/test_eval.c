/* The evaluator: random conditions against their truth by construction, and what `why` promises: the leaves
 * it names decide the verdict by themselves. */
#include "rules/eval.h"

#include "rules/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define N_SELECTIONS 6
#define N_ROUNDS 3000
#define SEED 20261124u

static uint64_t random_state = SEED;

static unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

/* A condition as text, and its truth for all 64 events at once: bit i is its verdict on the event in which
 * selection j holds if bit j of i is set. */
struct truth {
	uint64_t bits;
};

static struct truth selection_truth(unsigned j)
{
	struct truth t = {0};

	for (unsigned i = 0; i < 1u << N_SELECTIONS; i++)
		if (i >> j & 1)
			t.bits |= (uint64_t)1 << i;
	return t;
}

/* `1 of` and `all of` over s*, which is s0, s1, s2; the others are t3, t4, t5. */
static struct truth write_of(struct buf *out)
{
	bool all = pick(2) == 0, s = pick(2) == 0;
	unsigned from = s ? 0 : 3;
	struct truth t = {all ? ~(uint64_t)0 : 0};

	buf_printf(out, "%s of %c*", all ? "all" : pick(2) ? "1" : "any", s ? 's' : 't');
	for (unsigned j = from; j < from + 3; j++) {
		if (all)
			t.bits &= selection_truth(j).bits;
		else
			t.bits |= selection_truth(j).bits;
	}
	return t;
}

static struct truth write_condition(struct buf *out, unsigned depth)
{
	struct truth t;
	unsigned n, kind = depth == 0 ? pick(2) : pick(5);

	if (kind == 0) {
		unsigned j = pick(N_SELECTIONS);

		buf_printf(out, "%c%u", j < 3 ? 's' : 't', j);
		return selection_truth(j);
	}
	if (kind == 1)
		return write_of(out);
	if (kind == 2) {
		buf_adds(out, "not (");
		t.bits = ~write_condition(out, depth - 1).bits;
		buf_addc(out, ')');
		return t;
	}
	n = 2 + pick(2);
	buf_addc(out, '(');
	t = write_condition(out, depth - 1);
	for (unsigned i = 1; i < n; i++) {
		buf_adds(out, kind == 3 ? " and " : " or ");
		struct truth more = write_condition(out, depth - 1);
		t.bits = kind == 3 ? t.bits & more.bits : t.bits | more.bits;
	}
	buf_addc(out, ')');
	return t;
}

static struct ruleset *rule_with(const char *condition, struct faults *faults)
{
	struct buf yaml = {0};

	buf_adds(&yaml, "title: t\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\n"
			"logsource: {product: aws}\ndetection:\n");
	for (unsigned j = 0; j < N_SELECTIONS; j++)
		buf_printf(&yaml, "  %c%u: {f%u: 1}\n", j < 3 ? 's' : 't', j, j);
	buf_printf(&yaml, "  condition: %s\n", condition);
	struct ruleset *set = rules_load_text("r.yml", buf_sv(&yaml), NULL, faults);
	buf_fini(&yaml);
	return set;
}

/* Evaluates event number `event`; *out_held and *out_missed get the selections that `why` names. */
static bool ask(const struct rule *rule, unsigned event, unsigned *out_held, unsigned *out_missed)
{
	struct arena a = {0};
	struct buf json = {0};
	struct record r;
	struct why why = {0};
	struct err e = {0};

	buf_adds(&json, "{\"a\":0");
	for (unsigned j = 0; j < N_SELECTIONS; j++)
		if (event >> j & 1)
			buf_printf(&json, ",\"f%u\":1", j);
	buf_adds(&json, "}");
	assert_int_equal(record_open(&r, &a, buf_sv(&json), NULL, &e), RC_OK);
	bool holds = eval_rule(rule, &r, &why);
	assert_int_equal(eval_rule(rule, &r, NULL), holds);
	*out_held = *out_missed = 0;
	assert_true(why.leaves.n <= 32);
	assert_int_equal(why.leaves.n > 0, holds);
	for (size_t i = 0; i < why.leaves.n; i++) {
		const struct why_leaf *l = &why.leaves.items[i];
		unsigned bit = 1u << (l->field.ptr[1] - '0');

		assert_int_equal(l->selection.ptr[1], l->field.ptr[1]);
		assert_int_equal(l->value.ptr != NULL, !l->negated);
		if (l->negated)
			*out_missed |= bit;
		else
			*out_held |= bit;
	}
	vec_fini(&why.leaves);
	buf_fini(&json);
	arena_fini(&a);
	return holds;
}

static void agrees_with_the_truth_table(void **state)
{
	unsigned n_matches = 0;

	(void)state;
	for (int round = 0; round < N_ROUNDS; round++) {
		struct buf text = {0};
		struct faults faults = {0};
		struct truth t = write_condition(&text, 2);
		struct ruleset *set = rule_with(text.ptr, &faults);
		unsigned event = pick(1u << N_SELECTIONS), held, missed;

		assert_int_equal(faults.n_errors, 0);
		bool holds = ask(set->rules.items[0], event, &held, &missed);
		if (holds != (t.bits >> event & 1))
			fail_msg("%s on event %u", text.ptr, event);
		n_matches += holds;
		/* Every event that agrees with the leaves has the same verdict: they do decide. */
		for (unsigned other = 0; holds && other < 1u << N_SELECTIONS; other++)
			if ((other & held) == held && (other & missed) == 0 && !(t.bits >> other & 1))
				fail_msg("%s: leaves of event %u do not decide", text.ptr, event);
		ruleset_unref(set);
		faults_fini(&faults);
		buf_fini(&text);
	}
	assert_true(n_matches > N_ROUNDS / 5 && n_matches < N_ROUNDS * 4 / 5);
}

static void stops_at_32_leaves(void **state)
{
	struct buf text = {0};
	struct faults faults = {0};
	unsigned held, missed;

	(void)state;
	buf_adds(&text, "s0");
	for (int i = 0; i < 50; i++)
		buf_adds(&text, " and s0");
	struct ruleset *set = rule_with(text.ptr, &faults);
	assert_true(ask(set->rules.items[0], 1, &held, &missed));
	assert_int_equal(held, 1);
	assert_int_equal(missed, 0);
	ruleset_unref(set);
	faults_fini(&faults);
	buf_fini(&text);
}

static void states_decide_whether_a_rule_is_asked(void **state)
{
	static const struct {
		enum rule_state state;
		bool asked;
	} cases[] = {{RULE_ACTIVE, true}, {RULE_SHADOW, true}, {RULE_WAITING, false}, {RULE_OFF, false},
	    {RULE_REFUSED, false}};
	struct faults faults = {0};
	struct ruleset *set = rule_with("1 of s* or 1 of t*", &faults);
	unsigned held, missed;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rule rule = *set->rules.items[0];

		rule.state = cases[i].state;
		assert_int_equal(ask(&rule, 1, &held, &missed), cases[i].asked);
	}
	ruleset_unref(set);
	faults_fini(&faults);
}

static void leaf_tells_field_value_and_pattern(void **state)
{
	static const char yaml[] = "title: t\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\n"
				   "logsource: {product: aws}\ndetection:\n"
				   "  del: {eventName|startswith: Delete}\n"
				   "  known: {sourceIPAddress|cidr: 10.0.0.0/8}\n"
				   "  condition: del and not known\n";
	static const char json[] = "{\"eventName\":\"DeleteIndex\",\"sourceIPAddress\":\"203.0.113.9\"}";
	struct faults faults = {0};
	struct arena a = {0};
	struct record r;
	struct why why = {0};
	struct ruleset *set = rules_load_text("r.yml", sv_from(yaml), NULL, &faults);

	(void)state;
	assert_int_equal(faults.list.n, 0);
	assert_int_equal(record_open(&r, &a, sv_from(json), NULL, NULL), RC_OK);
	assert_true(eval_rule(set->rules.items[0], &r, &why));
	assert_int_equal(why.leaves.n, 2);
	const struct why_leaf *first = &why.leaves.items[0], *second = &why.leaves.items[1];
	assert_true(sv_eq(first->selection, SV("del")));
	assert_true(sv_eq(first->field, SV("eventName")));
	assert_true(sv_eq(first->modifier, SV("startswith")));
	assert_true(sv_eq(first->pattern, SV("Delete")));
	assert_true(sv_eq(first->value, SV("DeleteIndex")));
	assert_false(first->negated);
	assert_true(sv_eq(second->selection, SV("known")));
	assert_true(sv_eq(second->value, SV("203.0.113.9")));
	assert_true(sv_eq(second->pattern, SV("10.0.0.0/8")));
	assert_true(second->negated);
	why.leaves.n = 0;
	assert_true(eval_explain(set->rules.items[0], &r, &why));
	assert_int_equal(why.leaves.n, 2);
	vec_fini(&why.leaves);
	arena_fini(&a);
	ruleset_unref(set);
	faults_fini(&faults);
}

/* Of a rule that does not match the leaves tell which part was missing; then which filter took it away. */
static void explains_what_did_not_match(void **state)
{
	static const char yaml[] =
	    "title: t\nid: 00000000-0000-4000-8000-00000000000a\nlevel: low\nlogsource: {product: aws}\n"
	    "detection: {a: {x: 1, y: 2}, condition: a}\n---\n"
	    "title: f\nid: 00000000-0000-4000-8000-00000000000b\nlogsource: {product: aws}\n"
	    "filter: {rules: any, b: {user: backup}, condition: not b}\n";
	static const char *const events[] = {"{\"x\":1,\"y\":3}", "{\"x\":1,\"y\":2,\"user\":\"backup\"}"};
	static const char *const fields[] = {"y", "user"};
	struct faults faults = {0};
	struct ruleset *set = rules_load_text("r.yml", sv_from(yaml), NULL, &faults);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct arena a = {0};
		struct record r;
		struct why why = {0};

		assert_int_equal(record_open(&r, &a, sv_from(events[i]), NULL, NULL), RC_OK);
		assert_false(eval_explain(set->rules.items[0], &r, &why));
		assert_int_equal(why.leaves.n, 1);
		assert_true(sv_eq(why.leaves.items[0].field, sv_from(fields[i])));
		assert_int_equal(why.leaves.items[0].negated, i == 0);
		vec_fini(&why.leaves);
		arena_fini(&a);
	}
	ruleset_unref(set);
	faults_fini(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_the_truth_table),
	    cmocka_unit_test(stops_at_32_leaves),
	    cmocka_unit_test(states_decide_whether_a_rule_is_asked),
	    cmocka_unit_test(leaf_tells_field_value_and_pattern),
	    cmocka_unit_test(explains_what_did_not_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
