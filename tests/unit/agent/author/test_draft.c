/* Drafts: changed by path, written as JSON. */
#include "agent/author/draft.h"

#include "tests/unit/agent/fixture.h"

static void is(const struct draft *d, const char *json)
{
	struct buf out = {0};
	draft_write(d, &out);
	assert_string_equal(out.ptr, json);
	buf_fini(&out);
}

static void set_yaml(struct draft *d, const char *path, const char *yaml)
{
	struct faults faults = {0};
	struct ydoc *y = ydoc_parse("t", sv_from(yaml), 0, &faults);
	assert_int_equal(faults.n_errors, 0);
	draft_set_yaml(d, sv_from(path), ydoc_root(y, 0));
	ydoc_free(y);
	faults_fini(&faults);
}

static void paths_make_what_they_need(void **state)
{
	(void)state;
	struct draft *d = draft_new();
	is(d, "{}");
	draft_set_text(d, "a.b.c", SV("x\"\n"));
	draft_set_json(d, SV("a.n"), SV("null"));
	is(d, "{\"a\":{\"b\":{\"c\":\"x\\\"\\n\"},\"n\":null}}");
	draft_set_text(d, "a.n.deep", SV("y"));
	draft_set_json(d, SV("a.b"), SV("[1,2]"));
	is(d, "{\"a\":{\"b\":[1,2],\"n\":{\"deep\":\"y\"}}}");
	draft_set_json(d, SV("a"), SV("{}"));
	is(d, "{\"a\":{}}");
	draft_set_text(d, "a.z", SV(""));
	is(d, "{\"a\":{\"z\":\"\"}}");
	draft_free(d);
	draft_free(NULL);
}

static void absent_is_not_null(void **state)
{
	(void)state;
	struct draft *d = draft_new();
	draft_set_text(d, "a.b", SV("1"));
	draft_set_text(d, "a.c", SV("2"));
	draft_set_text(d, "d", SV("3"));
	draft_unset(d, SV("a.x"));
	draft_unset(d, SV("x.y.z"));
	draft_unset(d, SV("d.e"));
	is(d, "{\"a\":{\"b\":\"1\",\"c\":\"2\"},\"d\":\"3\"}");
	draft_unset(d, SV("a.b"));
	draft_unset(d, SV("d"));
	is(d, "{\"a\":{\"c\":\"2\"}}");
	draft_unset(d, SV("a"));
	is(d, "{}");
	draft_free(d);
}

static void yaml_keeps_its_types(void **state)
{
	(void)state;
	struct draft *d = draft_new();
	set_yaml(
	    d, "", "{t: yes, n: ~, b: true, i: 42, f: 1.50, q: '42', l: [1, {x: y}, []], m: {k: {z: -3}}}");
	is(d, "{\"t\":\"yes\",\"n\":null,\"b\":true,\"i\":42,\"f\":1.50,\"q\":\"42\",\"l\":[1,{\"x\":\"y\"},["
	      "]],"
	      "\"m\":{\"k\":{\"z\":-3}}}");
	set_yaml(d, "m.k", "{new: 1}");
	draft_set_text(d, "m.k.more", SV("2"));
	for (const char *p = "tnbifql"; *p; p++)
		draft_unset(d, sv_of(p, 1));
	is(d, "{\"m\":{\"k\":{\"new\":1,\"more\":\"2\"}}}");
	draft_free(d);
}

/* Numbers that YAML spells otherwise than JSON. */
static void numbers_are_json(void **state)
{
	(void)state;
	static const char *const rows[][2] = {{"0x1F", "31"}, {"010", "10"}, {"+7", "7"}, {".5", "0.5"},
	    {"5.", "5"}, {"+1.5", "1.5"}, {"1e3", "1e3"}, {"-1.5E-3", "-1.5E-3"}, {".inf", "\".inf\""},
	    {".nan", "\".nan\""}, {"123456789012345678901234", "123456789012345678901234"},
	    {"-123456789012345678901234", "-123456789012345678901234"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct draft *d = draft_new();
		char *yaml = heap_printf("{a: %s}", rows[i][0]),
		     *json = heap_printf("{\"a\":%s}", rows[i][1]);
		set_yaml(d, "", yaml);
		is(d, json);
		free(yaml);
		free(json);
		draft_free(d);
	}
}

static void a_copy_is_its_own(void **state)
{
	(void)state;
	struct draft *d = draft_new();
	draft_set_text(d, "a.b", SV("1"));
	struct draft *copy = draft_copy(d);
	draft_set_text(copy, "a.b", SV("2"));
	draft_unset(d, SV("a"));
	is(d, "{}");
	is(copy, "{\"a\":{\"b\":\"2\"}}");
	draft_free(d);
	draft_free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_make_what_they_need),
	    cmocka_unit_test(absent_is_not_null),
	    cmocka_unit_test(yaml_keeps_its_types),
	    cmocka_unit_test(numbers_are_json),
	    cmocka_unit_test(a_copy_is_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
