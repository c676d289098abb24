/* What counts as a change of a configuration, and under which section it is named. */
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

static const struct option hook_options[] = {
    {"url", OPTION_URL, OPTION_REQUIRED, 0, 0, NULL, "where to post"},
    {"secret", OPTION_SECRET, NULL, 0, 0, NULL, "key of the signature"},
    {"timeout", OPTION_SPAN, "10s", 1000, 300000, NULL, "how long to wait"},
    {"tags", OPTION_TEXTS, NULL, 0, 0, NULL, "words"},
};
static const struct option_table hook_table = {"sinks.hook", "A hook.", hook_options, 4};
static const struct option_table pipe_table = {"sources.pipe", "A pipe.", NULL, 0};
static const struct option_table *const sinks[] = {&hook_table}, *const sources[] = {&pipe_table};
static const struct config_tables tables = {sources, 1, sinks, 1};

static struct config *read(const char *yaml)
{
	struct config *c;
	struct faults faults = {0};
	config_read_text("test.yaml", sv_from(yaml), &tables, &c, &faults);
	assert_int_equal(faults.n_errors, 0);
	faults_fini(&faults);
	return c;
}

/* Both ways round. */
static void expect(const char *a, const char *b, const char *sections)
{
	struct config *first = read(a), *second = read(b);
	for (int turn = 0; turn < 2; turn++) {
		struct buf named = {0};
		assert_int_equal(
		    config_differs(turn ? second : first, turn ? first : second, &named), *sections != 0);
		assert_string_equal(named.len ? named.ptr : "", sections);
		buf_fini(&named);
	}
	config_free(first);
	config_free(second);
}

#define HOOK(options) "sinks: {out: {type: hook, url: 'https://h.example/a'" options "}}\n"

static void same_values_however_written(void **state)
{
	(void)state;
	expect("agent: {name: a, max_age: 6h}", "# words\nagent:\n  max_age: \"360m\"\n  name: 'a'\n", "");
	expect(HOOK(""), HOOK(", timeout: 10s"), "");
	expect("sources: {p: {type: pipe}}", "sources:\n  p:\n    type: pipe\n", "");
}

static void rules_and_lists_are_not_looked_at(void **state)
{
	(void)state;
	expect("lists: {a: {type: text, values: [x]}}", "lists: {a: {type: text, values: [y]}}", "");
	expect("rules: {overrides: {r: {mode: 'off', owner: me}}}", "", "");
}

static void each_section_is_named(void **state)
{
	(void)state;
	expect("agent: {name: a}", "agent: {name: b}", "agent");
	expect(
	    "names: {accounts: {'111122223333': prod}}", "names: {accounts: {'111122223333': dev}}", "names");
	expect("names: {indexes: {i: a}}", "", "names");
	expect("sources: {p: {type: pipe}}", "sources: {q: {type: pipe}}", "sources");
	expect("", "listen: {address: '127.0.0.1:9000'}", "listen");
	expect("", "heartbeat: {url: 'https://b.example/x'}", "heartbeat");
	expect(HOOK(", timeout: 10s"), HOOK(", timeout: 11s"), "sinks");
	expect(HOOK(", tags: [a, b]"), HOOK(", tags: [a, c]"), "sinks");
	expect(HOOK(", tags: [a, b]"), HOOK(", tags: [a]"), "sinks");
	expect(HOOK(""), "sinks: {out: {type: hook, url: 'https://h.example/b'}}", "sinks");
	expect("agent: {name: a}\n" HOOK(""), "agent: {name: b}", "agent, sinks");
}

static void routes_count_with_their_order(void **state)
{
	(void)state;
	expect(HOOK("") "routes: [{when: {level: high+}, to: out}]",
	    HOOK("") "routes: [{when: {level: high}, to: out}]", "routes");
	expect(HOOK("") "routes: [{to: out}, {when: {level: high}, to: out}]",
	    HOOK("") "routes: [{when: {level: high}, to: out}, {to: out}]", "routes");
	expect(HOOK("") "routes: [{when: {rule: [a]}, to: out}]", HOOK("") "routes: [{to: out}]", "routes");
	expect(HOOK("") "routes: [{when: {max_age: 1h}, to: out, continue: true}]",
	    HOOK("") "routes: [{when: {max_age: 60m}, to: [out], continue: true}]", "");
}

static void secrets_by_file_or_value(void **state)
{
	(void)state;
	setenv("KW_ONE", "first", 1);
	setenv("KW_TWO", "second", 1);
	setenv("KW_SAME", "first", 1);
	expect(HOOK(", secret: 'env:KW_ONE'"), HOOK(", secret: 'env:KW_TWO'"), "sinks");
	expect(HOOK(", secret: 'env:KW_ONE'"), HOOK(", secret: 'env:KW_SAME'"), "");
	expect(HOOK(", secret: 'env:KW_ONE'"), HOOK(""), "sinks");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_values_however_written),
	    cmocka_unit_test(rules_and_lists_are_not_looked_at),
	    cmocka_unit_test(each_section_is_named),
	    cmocka_unit_test(routes_count_with_their_order),
	    cmocka_unit_test(secrets_by_file_or_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
