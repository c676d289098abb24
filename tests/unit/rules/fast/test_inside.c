/* Rules about objects and arrays, by the program and by the reference: texts that are escaped, spaced or
 * beyond ASCII, in short and in long objects, each met twice so that the second time it is remembered. */
#include "rules/eval.h"
#include "rules/fast/program.h"
#include "rules/load.h"

#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Literals that are written in one way only; then some that are not, which changes how all are looked for. */
static const char smooth[] =
    "contains: amber-basin-1a2b3c|contains: ab/cd|contains: kilo|endswith: ':role/deployer'"
    "|contains: is not here at all|contains: '*'|re: 'amber-[a-z]+-[0-9a-f]{6}'"
    "|startswith: '{'|exists: true|contains: yes-1|contains: strasse";
static const char knotty[] =
    "contains: '\"amber-basin-1a2b3c\"'|contains: '\"a\":1'|contains: '[1,2]'|contains: ',\"b\":'"
    "|contains: ':true'|contains: 'back\\\\\\\\slash'|contains: 'quo\"te'";

static const char *const values[] = {
    "{\"a\":\"x amber-basin-1a2b3c y\"}",
    "{\"a\":\"x \\u0061mber-basin-1a2b3c\"}",
    "{\"a\":\"AMBER-Basin-1A2B3C\",\"e\":\"line\\nbreak\"}",
    "{\"a\":\"ab\\/cd\"}",
    "{\"a\":\"ab/cd\",\"q\":\"\\\"\\\\\"}",
    "{\"a\":\"quo\\\"te\"}",
    "{\"a\":\"back\\\\slash\"}",
    "{\"a\" : 1 , \"b\" : [ 1 , 2 ] }",
    "{\"a\":1,\"b\":[1,2],\"c\":true}",
    "{\"a\" :\ttrue}",
    "{\"\\u0061\":1}",
    "{\"a\":\"\xe2\x84\xaailo\"}",
    "{\"a\":\"stra\xc3\x9f\x65\"}",
    "{\"amber-basin-1a2b3c\":{}}",
    "[\"arn:aws:iam::1:role/deployer\",\"\\\"\"]",
    "[[\"amber-basin-1a2b3c\"],null,7]",
    "[1, 2]",
    "[]",
    "{}",
};

static struct ruleset *rules_of(struct sv tests)
{
	struct faults faults = {0};
	struct buf yaml = {0};
	struct sv one;
	unsigned n = 0;
	for (; sv_cut(&tests, '|', &one); n++) {
		size_t colon = sv_find_char(one, ':');
		buf_printf(&yaml,
		    "---\ntitle: t\nname: r%u\nlogsource: {product: aws}\ndetection:\n  s: {'p|%.*s': %.*s}\n"
		    "  condition: %ss\n",
		    n, SV_ARG(sv_head(one, colon)), SV_ARG(sv_skip(one, colon + 2)),
		    n % 5 == 4 ? "not " : "");
	}
	struct ruleset *set = rules_load_text("r.yml", buf_sv(&yaml), NULL, &faults);
	assert_int_equal(faults.n_errors, 0);
	assert_int_equal(set->n_active, n);
	faults_fini(&faults);
	buf_fini(&yaml);
	return set;
}

struct asked {
	struct ruleset *set;
	struct program *program;
	struct program_state *state;
	struct scan_state *scan;
	struct scan_slot *slots;
	const struct rule **found;
	size_t n_matches, n_unsure;
};

static void check(struct asked *a, struct sv event)
{
	struct arena arena = {0};
	struct record r;
	bool certain;
	assert_int_equal(record_open(&r, &arena, event, NULL, NULL), RC_OK);
	assert_int_equal(
	    scan_record(program_plan(a->program), a->scan, event.ptr, event.len, a->slots), event.len);
	size_t n = program_candidates(a->state, a->slots, a->found, &certain), at = 0;
	for (size_t i = 0; i < a->set->rules.n; i++) {
		const struct rule *rule = a->set->rules.items[i];
		bool given = at < n && a->found[at] == rule, matches = eval_rule(rule, &r, NULL);
		at += given;
		if (matches ? !given : given && certain)
			fail_msg("%.*s, given %d: %.*s", SV_ARG(rule->name), given, SV_ARG(event));
		a->n_matches += matches;
	}
	a->n_unsure += !certain;
	arena_fini(&arena);
}

static void check_all(struct ruleset *set)
{
	struct asked a = {.set = set, .program = program_new(set), .scan = scan_state_new()};
	struct buf event = {0};
	a.state = program_state_new(a.program);
	a.slots = heap_zero(program_n_slots(a.program), sizeof *a.slots);
	a.found = heap_zero(set->rules.n + 1, sizeof *a.found);
	for (size_t i = 0; i < 6 * sizeof values / sizeof *values; i++) {
		const char *value = values[i % (sizeof values / sizeof *values)];
		bool longer = i / (sizeof values / sizeof *values) % 2;
		buf_reset(&event);
		buf_printf(&event, "{\"eventVersion\":\"1.0\",\"p\":%s%s%s}", longer ? "{\"o\":" : "", value,
		    longer ? ",\"pad\":\"" : "");
		if (longer) {
			event.len--;
			for (size_t j = 0; j < 1500; j++)
				buf_addc(&event, 'x');
			buf_adds(&event, "\"}}");
		}
		check(&a, buf_sv(&event));
	}
	assert_true(a.n_matches > 50);
	assert_int_equal(a.n_unsure, 0);
	buf_fini(&event);
	free(a.found);
	free(a.slots);
	scan_state_free(a.scan);
	program_state_free(a.state);
	program_unref(a.program);
	ruleset_unref(set);
}

static void literals_written_in_one_way(void **state)
{
	(void)state;
	check_all(rules_of(sv_from(smooth)));
}

static void literals_with_quotes_and_brackets(void **state)
{
	struct buf both = {0};

	(void)state;
	buf_printf(&both, "%s|%s", smooth, knotty);
	check_all(rules_of(buf_sv(&both)));
	buf_fini(&both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(literals_written_in_one_way),
	    cmocka_unit_test(literals_with_quotes_and_brackets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
