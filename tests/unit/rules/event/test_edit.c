/* Changed copies of events. */
#include "rules/event/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* `json` NULL: take away. */
static void edits(const char *event, const char *path, const char *json, const char *want)
{
	struct arena a = {0};
	const struct tree *root;
	struct buf out = {0};
	struct err e = {0};
	assert_int_equal(tree_read(&a, sv_from(event), &root, &e), RC_OK);
	edit_write(root, &(struct edit){sv_from(path), sv_from(json)}, &out);
	assert_string_equal(out.ptr, want);
	buf_fini(&out);
	arena_fini(&a);
}

static void a_value_is_replaced(void **state)
{
	(void)state;
	edits("{\"a\": 1, \"b\":1.50}", "a", "\"x\"", "{\"a\":\"x\",\"b\":1.50}");
	edits("{\"a\":{\"b\":1,\"c\":[ ]}}", "a.b", "2", "{\"a\":{\"b\":2,\"c\":[ ]}}");
	edits("{\"a\":{\"b\":1}}", "a", "null", "{\"a\":null}");
	edits("{\"a.b\":{\"c\":1}}", "a.b.c", "2", "{\"a.b\":{\"c\":2}}");
	edits("{\"a\":1,\"a\":2}", "a", "3", "{\"a\":3,\"a\":3}");
	edits("{\"a\\\"\":1,\"b\":2}", "b", "3", "{\"a\\\"\":1,\"b\":3}");
}

static void every_element_counts(void **state)
{
	(void)state;
	edits(
	    "{\"a\":[{\"b\":1},{\"b\":2,\"c\":3},4]}", "a.b", "0", "{\"a\":[{\"b\":0},{\"b\":0,\"c\":3},4]}");
	edits("{\"a\":[{\"b\":1},{\"c\":3}]}", "a.b", NULL, "{\"a\":[{},{\"c\":3}]}");
	edits("{\"a\":[{\"c\":1},{\"c\":3}]}", "a.b", "7", "{\"a\":[{\"c\":1,\"b\":7},{\"c\":3}]}");
}

static void what_is_not_there_is_made(void **state)
{
	(void)state;
	edits("{}", "a", "1", "{\"a\":1}");
	edits("{\"x\":0}", "a.b.c", "1", "{\"x\":0,\"a\":{\"b\":{\"c\":1}}}");
	edits("{\"a\":{\"x\":0}}", "a.b", "1", "{\"a\":{\"x\":0,\"b\":1}}");
	edits("{\"a\":null}", "a.b", "1", "{\"a\":{\"b\":1}}");
	edits("{\"a\":[]}", "a.b", "1", "{\"a\":{\"b\":1}}");
}

static void taking_away_leaves_the_rest(void **state)
{
	(void)state;
	edits("{\"a\":1,\"b\":2,\"c\":3}", "b", NULL, "{\"a\":1,\"c\":3}");
	edits("{\"a\":1}", "a", NULL, "{}");
	edits("{\"a\":1}", "b.c", NULL, "{\"a\":1}");
	edits("{\"a\":{\"b\":1},\"a.b\":2}", "a.b", NULL, "{\"a\":{}}");
}

static void edits_follow_each_other(void **state)
{
	(void)state;
	struct arena a = {0};
	const struct tree *root, *changed;
	struct err e = {0};
	const struct edit both[] = {{SV("a.b"), SV("1")}, {SV("a.c"), SV("\"x\"")}, {SV("z"), {NULL, 0}}};
	assert_int_equal(tree_read(&a, SV("{\"z\":0}"), &root, &e), RC_OK);
	assert_int_equal(edit_all(root, both, 3, &a, &changed, &e), RC_OK);
	assert_true(sv_eq(changed->raw, SV("{\"a\":{\"b\":1,\"c\":\"x\"}}")));
	const struct edit wrong = {SV("a"), SV("{")};
	assert_int_equal(edit_all(root, &wrong, 1, &a, &changed, &e), RC_INPUT);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_value_is_replaced),
	    cmocka_unit_test(every_element_counts),
	    cmocka_unit_test(what_is_not_there_is_made),
	    cmocka_unit_test(taking_away_leaves_the_rest),
	    cmocka_unit_test(edits_follow_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
