/* What rules ask about, read from their conditions. */
#include "agent/author/backtest/asks.h"

#include "tests/unit/agent/fixture.h"

static void told(const struct asks *a, size_t rule, struct buf *out)
{
	const struct asks_rule *r = &a->rules[rule];
	for (size_t i = 0; i < r->fields.n; i++)
		buf_printf(out, "%.*s ", SV_ARG(a->fields.items[r->fields.items[i]]));
	buf_adds(out, "|");
	for (size_t i = 0; i < r->names.n; i++)
		buf_printf(out, " %.*s", SV_ARG(a->names.items[r->names.items[i]]));
	buf_adds(out, r->any_name ? " any" : "");
}

static void asks_of(const char *detection, const char *want)
{
	struct buf yaml = {0}, out = {0};
	struct asks a;
	buf_printf(&yaml, "title: a\nname: a\nlogsource: {product: aws}\ndetection:\n%s", detection);
	struct ruleset *set = fixture_rules(yaml.ptr);
	asks_init(&a, set);
	told(&a, 0, &out);
	assert_string_equal(out.ptr, want);
	asks_fini(&a);
	ruleset_unref(set);
	buf_fini(&yaml);
	buf_fini(&out);
}

static void conditions(void **state)
{
	(void)state;
	asks_of("  s: {eventName: [DeleteIndex, deleteindex, Query], errorCode: x}\n  condition: s\n",
	    "eventName errorCode | deleteindex query");
	asks_of("  s: {eventName|startswith: Delete}\n  condition: s\n", "eventName | any");
	asks_of("  s: {eventName: 'Delete*'}\n  condition: s\n", "eventName | any");
	asks_of("  s: {kw.outcome: ok}\n  condition: s\n", "| any");
	/* What is excluded, or may be absent, is not needed. */
	asks_of("  s: {eventName: Query}\n  n: {eventName: Retrieve, x.y: 1}\n  condition: s and not n\n",
	    "eventName | query");
	asks_of("  s: {eventName: Query}\n  n: {x.y: 1}\n  condition: s and not (not n)\n",
	    "eventName x.y | query");
	asks_of("  s: {eventName: Query, errorCode: null, a|exists: false, b|exists: true}\n  condition: s\n",
	    "eventName b | query");
	asks_of("  s_a: {eventName: Query}\n  s_b: [{eventName: Retrieve, z: 1}]\n  condition: 1 of s_*\n",
	    "eventName z | query retrieve");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(conditions)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
