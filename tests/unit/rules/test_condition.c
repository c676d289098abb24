/* Conditions: the tree a text gives, and the exact fault with its offset. */
#include "rules/condition.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The tree with every bracket: `(and a (not b))`. */
static void show(const struct condition *c, struct buf *out)
{
	static const char *const names[] = {
	    [CONDITION_AND] = "and", [CONDITION_OR] = "or", [CONDITION_NOT] = "not"};

	if (c->kind == CONDITION_NAME || c->kind == CONDITION_OF) {
		if (c->kind == CONDITION_OF)
			buf_adds(out, c->all ? "all:" : "1:");
		buf_add(out, c->name);
		return;
	}
	buf_printf(out, "(%s", names[c->kind]);
	for (size_t i = 0; i < c->n; i++) {
		buf_addc(out, ' ');
		show(c->children[i], out);
	}
	buf_addc(out, ')');
}

static void assert_tree(const char *text, const char *want)
{
	struct arena a = {0};
	struct condition *c = NULL;
	struct err e = {0};
	struct buf b = {0};
	size_t at = 0;

	if (condition_parse(&a, sv_from(text), &c, &at, &e))
		fail_msg("%s: %zu: %s", text, at, e.text);
	show(c, &b);
	assert_string_equal(b.ptr, want);
	buf_fini(&b);
	arena_fini(&a);
}

static void assert_fault(const char *text, enum rc rc, size_t want_at, const char *want)
{
	struct arena a = {0};
	struct condition *c = NULL;
	struct err e = {0};
	size_t at = 99999;

	assert_int_equal(condition_parse(&a, sv_from(text), &c, &at, &e), rc);
	assert_null(c);
	assert_string_equal(e.text, want);
	assert_int_equal(at, want_at);
	arena_fini(&a);
}

static void binds_loosest_to_tightest(void **state)
{
	(void)state;
	assert_tree("a", "a");
	assert_tree("a or b and c", "(or a (and b c))");
	assert_tree("a and b or c and d", "(or (and a b) (and c d))");
	assert_tree("not a and b", "(and (not a) b)");
	assert_tree("not (a or b)", "(not (or a b))");
	assert_tree("not not a", "(not (not a))");
	assert_tree("not 1 of f_* and all of them", "(and (not 1:f_*) all:them)");
	assert_tree("a and b and c", "(and a b c)");
	assert_tree("a or (b or c)", "(or a (or b c))");
	assert_tree("((a))", "a");
}

static void takes_words_as_people_write_them(void **state)
{
	(void)state;
	assert_tree("A AND NOT B Or C", "(or (and A (not B)) C)");
	assert_tree("ANY OF sel_*", "1:sel_*");
	assert_tree("1 of sel", "1:sel");
	assert_tree("All Of Them", "all:Them");
	assert_tree("\n a\tand\r\n b ", "(and a b)");
	assert_tree("a and(not b)", "(and a (not b))");
	assert_tree("andy or nothing or origin", "(or andy nothing origin)");
	assert_tree("sel-1 and sel.2 and \xc3\xa9", "(and sel-1 sel.2 \xc3\xa9)");
	assert_tree("any and all", "(and any all)");
}

static void says_what_is_wrong_and_where(void **state)
{
	(void)state;
	assert_fault("", RC_INPUT, 0, "the condition is empty");
	assert_fault("  ", RC_INPUT, 0, "the condition is empty");
	assert_fault("a b", RC_INPUT, 2, "expected `and`, `or` or the end, but found \"b\"");
	assert_fault("a and", RC_INPUT, 5, "expected a selection, `not` or `(`, but the condition ends");
	assert_fault("and a", RC_INPUT, 0, "expected a selection, `not` or `(`, but found \"and\"");
	assert_fault("a and or b", RC_INPUT, 6, "expected a selection, `not` or `(`, but found \"or\"");
	assert_fault("a and (b or c", RC_INPUT, 6, "this parenthesis is never closed");
	assert_fault("(a b)", RC_INPUT, 3, "expected `and`, `or` or `)`, but found \"b\"");
	assert_fault("a)", RC_INPUT, 1, "expected `and`, `or` or the end, but found \")\"");
	assert_fault("()", RC_INPUT, 1, "expected a selection, `not` or `(`, but found \")\"");
	assert_fault("not", RC_INPUT, 3, "expected a selection, `not` or `(`, but the condition ends");
	assert_fault(
	    "2 of them", RC_INPUT, 0, "\"2 of\" is not known; there are `1 of`, `any of` and `all of`");
	assert_fault("1 of", RC_INPUT, 4,
	    "expected a selection, a pattern or `them` behind `of`, but the condition ends");
	assert_fault("all of (a)", RC_INPUT, 7,
	    "expected a selection, a pattern or `them` behind `of`, but found \"(\"");
	assert_fault("a and sel_*", RC_INPUT, 6, "pattern \"sel_*\" needs `1 of` or `all of` in front of it");
	assert_fault("a | count() > 5", RC_INPUT, 2, "`|` has no meaning in a condition");
}

static struct buf repeated(const char *head, const char *piece, int n, const char *tail)
{
	struct buf b = {0};

	buf_adds(&b, head);
	for (int i = 0; i < n; i++)
		buf_adds(&b, piece);
	buf_adds(&b, tail);
	return b;
}

static void caps_hold(void **state)
{
	struct buf b;

	(void)state;
	b = repeated("", "not ", CONDITION_MAX_DEPTH - 1, "a");
	struct arena a = {0};
	struct condition *c = NULL;
	size_t at = 0;
	assert_int_equal(condition_parse(&a, buf_sv(&b), &c, &at, NULL), RC_OK);
	arena_fini(&a);
	buf_fini(&b);

	b = repeated("", "not ", CONDITION_MAX_DEPTH, "a");
	assert_fault(b.ptr, RC_LIMIT, b.len - 1, "a condition is nested at most 64 deep");
	buf_fini(&b);

	b = repeated("", "(", 100000, "");
	assert_fault(b.ptr, RC_LIMIT, CONDITION_MAX_DEPTH, "a condition is nested at most 64 deep");
	buf_fini(&b);

	b = repeated("a", " or a", CONDITION_MAX_TOKENS / 2, "");
	assert_fault(b.ptr, RC_LIMIT, b.len - 1, "a condition has at most 10000 words");
	buf_fini(&b);

	b = repeated("", "x", CONDITION_MAX_NAME + 1, "");
	assert_fault(b.ptr, RC_LIMIT, 0, "a name in a condition has at most 255 bytes");
	buf_fini(&b);

	b = repeated("1 of ", "*", CONDITION_MAX_NAME + 1, "");
	assert_fault(b.ptr, RC_LIMIT, 5, "a name in a condition has at most 255 bytes");
	buf_fini(&b);
}

static void patterns_fit(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool fits;
	} cases[] = {
	    {"them", "a", true},
	    {"them", "_a", false},
	    {"Them", "a", true},
	    {"*", "a", true},
	    {"*", "_a", false},
	    {"_*", "_a", true},
	    {"sel*", "selection", true},
	    {"sel*", "Selection", false},
	    {"sel_*", "sel", false},
	    {"*_main", "sel_main", true},
	    {"*_main", "sel_mains", false},
	    {"s*l*n", "selection", true},
	    {"s*l*x", "selection", false},
	    {"*a*b*c*", "xaxbxcx", true},
	    {"*ab*ab", "abab", true},
	    {"sel", "sel", true},
	    {"sel", "selection", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (condition_fits(sv_from(cases[i].pattern), sv_from(cases[i].name)) != cases[i].fits)
			fail_msg("%s on %s", cases[i].pattern, cases[i].name);
}

static void knows_whether_it_negates(void **state)
{
	struct arena a = {0};
	struct condition *c = NULL;
	size_t at = 0;

	(void)state;
	assert_int_equal(condition_parse(&a, SV("a and (b or not c)"), &c, &at, NULL), RC_OK);
	assert_true(condition_negates(c));
	assert_int_equal(condition_parse(&a, SV("a and (b or 1 of c*)"), &c, &at, NULL), RC_OK);
	assert_false(condition_negates(c));
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(binds_loosest_to_tightest),
	    cmocka_unit_test(takes_words_as_people_write_them),
	    cmocka_unit_test(says_what_is_wrong_and_where),
	    cmocka_unit_test(caps_hold),
	    cmocka_unit_test(patterns_fit),
	    cmocka_unit_test(knows_whether_it_negates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
