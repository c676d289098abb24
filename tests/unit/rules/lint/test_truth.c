/* "Can never be true" and "is true of every event", for random rules of up to eight atoms, against the
 * evaluator on every event of a small world. */
#include "rules/lint/lint.h"

#include "rules/eval.h"
#include "rules/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define N_ROUNDS 1500
#define N_SELECTIONS 4

static uint64_t random_state = 20261130u;

static unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

#define PICK(array) ((array)[pick((unsigned)(sizeof(array) / sizeof(array)[0]))])

/* --- the world ------------------------------------------------------------------------------------ */

/* One scalar at most, and what may be an array. NULL: the field is absent. */
static const char *const names[] = {NULL, "null", "\"\"", "\"a\"", "\"b\"", "\"ab\"", "\"abc\"", "\"ba\"",
    "\"cab\"", "\"z\"", "\"true\"", "\"false\"", "-1", "0", "1", "2", "3", "4", "5", "6"};
static const char *const params[] = {
    NULL, "null", "[]", "\"a\"", "\"b\"", "\"z\"", "[\"a\",\"b\"]", "[\"a\",null]", "[\"a\",\"b\",\"z\"]"};
#define N_NAMES (sizeof names / sizeof *names)
#define N_PARAMS (sizeof params / sizeof *params)

static const char *const lines[] = {
    "eventName: a",
    "eventName: b",
    "eventName: [a, b]",
    "eventName: '*'",
    "eventName: null",
    "eventName|exists: true",
    "eventName|exists: false",
    "eventName|contains: b",
    "eventName|startswith: ab",
    "eventName|startswith: b",
    "eventName|endswith: b",
    "eventName|neq: a",
    "eventName|lt: 1",
    "eventName|lte: 1",
    "eventName|gt: 1",
    "eventName|gte: 5",
    "eventName: 1",
    "requestParameters.p: a",
    "requestParameters.p: b",
    "requestParameters.p|all: [a, b]",
    "requestParameters.p|neq: a",
    "requestParameters.p: null",
    "requestParameters.p|exists: true",
};

static bool holds(const struct rule *rule, const char *name, const char *param)
{
	struct arena a = {0};
	struct buf json = {0};
	struct record r;
	struct err e = {0};
	buf_adds(&json, "{\"awsRegion\":\"x\"");
	if (name)
		buf_printf(&json, ",\"eventName\":%s", name);
	if (param)
		buf_printf(&json, ",\"requestParameters\":{\"p\":%s}", param);
	buf_addc(&json, '}');
	assert_int_equal(record_open(&r, &a, buf_sv(&json), NULL, &e), RC_OK);
	bool yes = eval_rule(rule, &r, NULL);
	buf_fini(&json);
	arena_fini(&a);
	return yes;
}

/* --- rules ---------------------------------------------------------------------------------------- */

static void write_condition(struct buf *out, unsigned depth)
{
	unsigned kind = depth ? pick(4) : 0;
	if (kind == 0) {
		buf_printf(out, "%ss%u", pick(3) ? "" : "not ", pick(N_SELECTIONS));
	} else if (kind == 1) {
		buf_adds(out, "not (");
		write_condition(out, depth - 1);
		buf_addc(out, ')');
	} else {
		buf_addc(out, '(');
		write_condition(out, depth - 1);
		buf_adds(out, kind == 2 ? " and " : " or ");
		write_condition(out, depth - 1);
		buf_addc(out, ')');
	}
}

/* Selections of one line or two, joined or either. */
static void write_rule(struct buf *out)
{
	buf_adds(out, "title: t\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\n"
		      "logsource: {product: aws}\ndetection:\n");
	for (unsigned i = 0; i < N_SELECTIONS; i++) {
		const char *a = PICK(lines), *b = PICK(lines);
		buf_printf(out, "  s%u:\n", i);
		if (pick(2))
			buf_printf(out, "    - {%s}\n    - {%s}\n", a, b);
		else
			buf_printf(out, "    %s\n", a);
	}
	buf_adds(out, "  condition: ");
	write_condition(out, 3);
	buf_addc(out, '\n');
}

struct verdict {
	bool never, always;
};

static struct verdict lint_says(const struct ruleset *set)
{
	struct faults faults = {0};
	struct verdict v = {0};
	lint_ruleset(set, &faults);
	for (size_t i = 0; i < faults.list.n; i++) {
		v.never |= faults.list.items[i].code == FAULT_NEVER_TRUE;
		v.always |= faults.list.items[i].code == FAULT_ALWAYS_TRUE;
	}
	faults_fini(&faults);
	return v;
}

static struct verdict world_says(const struct rule *rule)
{
	struct verdict v = {true, true};
	for (size_t i = 0; i < N_NAMES * N_PARAMS && (v.never || v.always); i++) {
		bool yes = holds(rule, names[i / N_PARAMS], params[i % N_PARAMS]);
		v.never &= !yes;
		v.always &= yes;
	}
	return v;
}

/* What is said is so; and of what is so most is said. */
static void verdicts_are_true(void **state)
{
	unsigned n_never = 0, n_always = 0, n_missed = 0;
	(void)state;
	for (int round = 0; round < N_ROUNDS; round++) {
		struct buf yaml = {0};
		struct faults faults = {0};
		write_rule(&yaml);
		struct ruleset *set = rules_load_text("r.yml", buf_sv(&yaml), NULL, &faults);
		assert_int_equal(faults.n_errors, 0);
		struct verdict said = lint_says(set), is = world_says(set->rules.items[0]);
		if ((said.never && !is.never) || (said.always && !is.always))
			fail_msg("said %s:\n%.*s", said.never ? "never" : "always", SV_ARG(buf_sv(&yaml)));
		n_never += said.never;
		n_always += said.always;
		n_missed += (is.never && !said.never) || (is.always && !said.always);
		ruleset_unref(set);
		faults_fini(&faults);
		buf_fini(&yaml);
	}
	assert_true(n_never > 50 && n_always > 20);
	assert_true(n_missed * 5 < n_never + n_always); /* a number is no "a": kinds are not compared */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts_are_true)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
