/* The trace of a rule: its shape, its truth where lists are missing, and the fewest flips against all there
 * are. */
#include "rules/trace_flip.h"

#include "rules/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/rules/corpus.h"

#define HEAD "title: t\nlevel: low\nlogsource: {product: aws}\n"
/* More items than this are not gone through by brute force. */
#define MAX_ITEMS 12

struct asked {
	struct ruleset *set;
	struct faults faults;
	struct arena arena;
	struct record record;
	struct trace trace;
	bool traced;
};

static void ask(struct asked *a, const char *yaml, const char *event)
{
	struct err e = {0};
	*a = (struct asked){0};
	a->set = rules_load_text("r.yml", sv_from(yaml), NULL, &a->faults);
	if (record_open(&a->record, &a->arena, sv_from(event), NULL, &e))
		fail_msg("%s", e.text);
	a->traced = trace_build(a->set->rules.items[0], &a->arena, &a->trace);
	if (a->traced)
		trace_event(&a->trace, &a->record);
}

static void done(struct asked *a)
{
	if (a->traced)
		trace_fini(&a->trace);
	arena_fini(&a->arena);
	faults_fini(&a->faults);
	ruleset_unref(a->set);
}

static void every_node_is_told(void **state)
{
	(void)state;
	struct asked a;
	ask(&a,
	    HEAD "detection:\n  x: {a: 1, b: 2}\n  y: [{c: 3}, {d: 4}]\n  condition: x and not (y or x)\n",
	    "{\"a\":1,\"d\":4}");
	const struct trace_node *root = a.trace.root;
	assert_int_equal(root->kind, TRACE_AND);
	assert_int_equal(root->truth, TRUTH_FALSE);
	/* Named twice, asked once. */
	assert_int_equal(a.trace.items.n, 4);
	assert_ptr_equal(root->children[0], root->children[1]->children[0]->children[1]);
	assert_int_equal(a.trace.items.items[0]->truth, TRUTH_TRUE);
	assert_int_equal(a.trace.items.items[1]->truth, TRUTH_FALSE);
	/* Behind the first false one too. */
	assert_int_equal(a.trace.items.items[3]->truth, TRUTH_TRUE);
	assert_int_equal(root->children[1]->kind, TRACE_NOT);
	assert_int_equal(root->children[1]->truth, TRUTH_FALSE);
	assert_true(sv_eq(a.trace.items.items[2]->selection, SV("y")));
	assert_int_equal(a.trace.items.items[2]->key->line, 6);
	done(&a);
}

static void filters_are_part_of_it(void **state)
{
	(void)state;
	struct asked a;
	ask(&a,
	    HEAD "name: n\ndetection: {x: {a: 1}, condition: x}\n---\ntitle: f\nlogsource: {product: aws}\n"
		 "filter: {rules: [n], known: {user: bob}, condition: not known}\n",
	    "{\"a\":1,\"user\":\"bob\"}");
	assert_int_equal(a.trace.root->n, 2);
	assert_int_equal(a.trace.root->truth, TRUTH_FALSE);
	assert_int_equal(a.trace.root->children[0]->truth, TRUTH_TRUE);
	assert_int_equal(a.trace.root->children[1]->kind, TRACE_FILTER);
	assert_ptr_equal(a.trace.root->children[1]->filter, a.set->rules.items[1]->detection);
	done(&a);
}

#define WAITS                                                                                            \
	HEAD "kendrawatch: {needs: [l]}\ndetection: {x: {a: 1}, k: {b|expand: '%l%'}, condition: x and " \
	     "not k}\n"

static void what_waits_is_unknown_only_where_it_counts(void **state)
{
	(void)state;
	struct asked a;
	ask(&a, WAITS, "{\"a\":1,\"b\":\"z\"}");
	assert_int_equal(a.set->rules.items[0]->state, RULE_WAITING);
	assert_int_equal(a.trace.root->truth, TRUTH_UNKNOWN);
	assert_null(a.trace.items.items[1]->item);
	assert_true(sv_eq(a.trace.items.items[1]->key->text, SV("b|expand")));
	done(&a);
	ask(&a, WAITS, "{\"a\":2,\"b\":\"z\"}");
	assert_int_equal(a.trace.root->truth, TRUTH_FALSE);
	done(&a);
}

static void a_refused_document_has_none(void **state)
{
	(void)state;
	struct asked a;
	ask(&a, HEAD "detection: {x: {a|nope: 1}, condition: x}\n", "{}");
	assert_false(a.traced);
	done(&a);
}

/* --- flips ----------------------------------------------------------------------------------------- */

/* The first way as text: "+0 -3". */
static void flips_are(const char *yaml, const char *event, bool want, const char *text)
{
	struct asked a;
	struct trace_flips ways[TRACE_FLIPS];
	struct buf out = {0};
	ask(&a, yaml, event);
	size_t n = trace_flips(&a.trace, want, NULL, NULL, &a.arena, ways);
	buf_adds(&out, "");
	for (size_t i = 0; n && i < ways[0].n; i++)
		buf_printf(&out, "%s%c%zu", i ? " " : "", ways[0].items[i].to ? '+' : '-',
		    ways[0].items[i].item->number);
	assert_string_equal(out.ptr ? out.ptr : "", text);
	buf_fini(&out);
	done(&a);
}

#define RULE(condition) \
	HEAD "detection:\n  a: {a: 1}\n  b: {b: 1, c: 1}\n  c: {d: 1}\n  condition: " condition "\n"

static void the_fewest_flips(void **state)
{
	(void)state;
	flips_are(RULE("a and b"), "{}", true, "+0 +1 +2");
	flips_are(RULE("a and b"), "{\"a\":1,\"b\":1}", true, "+2");
	flips_are(RULE("a or b"), "{}", true, "+0");
	flips_are(RULE("b or c"), "{}", true, "+2");
	flips_are(RULE("b or a and c"), "{\"b\":1}", true, "+1");
	flips_are(RULE("not a and not b"), "{\"a\":1,\"b\":1,\"c\":1}", true, "-0 -1");
	flips_are(RULE("a and b"), "{\"a\":1,\"b\":1,\"c\":1}", false, "-0");
	flips_are(RULE("a or b"), "{\"a\":1,\"b\":1,\"c\":1}", false, "-0 -1");
	flips_are(RULE("c and not b"), "{\"b\":1,\"c\":1}", true, "+0 -1");
	flips_are(RULE("all of them"), "{\"a\":1}", true, "+1 +2 +3");
	flips_are(RULE("1 of them"), "{\"a\":1,\"d\":1}", false, "-0 -3");
	/* An item that counts twice is turned once; one that would have to be both can't be. */
	flips_are(RULE("(a or b) and (a or c) and (a or c)"), "{}", true, "+0");
	flips_are(RULE("a and not a"), "{}", true, "");
	flips_are(WAITS, "{\"a\":2,\"b\":\"z\"}", true, "+0 -1");
}

static unsigned cost_of(void *ctx, const struct trace_node *t, bool to)
{
	(void)ctx;
	(void)to;
	return t->number == 1 ? 1 : 2;
}

static void the_cheaper_of_equals(void **state)
{
	(void)state;
	struct asked a;
	struct trace_flips ways[TRACE_FLIPS];
	ask(&a, RULE("a or c or b"), "{}");
	assert_int_equal(trace_flips(&a.trace, true, cost_of, NULL, &a.arena, ways), 3);
	assert_int_equal(ways[0].items[0].item->number, 1);
	assert_int_equal(ways[1].items[0].item->number, 0);
	assert_int_equal(ways[2].n, 2);
	assert_int_equal(ways[2].cost, 4);
	/* The trace is as it was. */
	assert_int_equal(a.trace.root->truth, TRUTH_FALSE);
	done(&a);
}

struct subset {
	const bool *now;
	unsigned flipped;
};

static enum truth ask_subset(void *ctx, const struct trace_node *t)
{
	const struct subset *s = ctx;
	bool truth = s->now[t->number] != (s->flipped >> t->number & 1);
	return truth ? TRUTH_TRUE : TRUTH_FALSE;
}

/* Over all subsets of items; MAX_ITEMS + 1 when none does. */
static size_t fewest_by_force(struct trace *t, bool want)
{
	bool now[MAX_ITEMS];
	size_t best = MAX_ITEMS + 1;
	for (size_t i = 0; i < t->items.n; i++)
		now[i] = t->items.items[i]->truth == TRUTH_TRUE;
	for (unsigned s = 0; s < 1u << t->items.n; s++) {
		size_t n = (size_t)__builtin_popcount(s);
		struct subset subset = {now, s};
		if (n < best && trace_ask(t, ask_subset, &subset) == (want ? TRUTH_TRUE : TRUTH_FALSE))
			best = n;
	}
	trace_ask(t, ask_subset, &(struct subset){now, 0});
	return best;
}

static void generated_rules_need_no_fewer(void **state)
{
	(void)state;
	struct buf event = {0};
	size_t n_compared = 0;
	for (unsigned round = 0; round < 12; round++) {
		struct ruleset *set = generate_rules(15, false);
		for (unsigned i = 0; i < 4; i++) {
			struct arena arena = {0};
			struct record r;
			write_event(&event, false);
			assert_int_equal(record_open(&r, &arena, buf_sv(&event), NULL, NULL), RC_OK);
			for (size_t k = 0; k < set->rules.n; k++) {
				struct trace t;
				struct trace_flips ways[TRACE_FLIPS];
				assert_true(trace_build(set->rules.items[k], &arena, &t));
				if (t.items.n <= MAX_ITEMS) {
					bool want = trace_event(&t, &r) != TRUTH_TRUE;
					size_t force = fewest_by_force(&t, want);
					size_t n = trace_flips(&t, want, NULL, NULL, &arena, ways);
					assert_int_equal(n ? ways[0].n : MAX_ITEMS + 1, force);
					n_compared++;
				}
				trace_fini(&t);
			}
			arena_fini(&arena);
		}
		ruleset_unref(set);
	}
	buf_fini(&event);
	assert_true(n_compared > 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_node_is_told),
	    cmocka_unit_test(filters_are_part_of_it),
	    cmocka_unit_test(what_waits_is_unknown_only_where_it_counts),
	    cmocka_unit_test(a_refused_document_has_none),
	    cmocka_unit_test(the_fewest_flips),
	    cmocka_unit_test(the_cheaper_of_equals),
	    cmocka_unit_test(generated_rules_need_no_fewer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
