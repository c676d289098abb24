/* Items asked through their own interface: what the cases under tests/lang can't hold for its size, and what
 * only callers see. */
#include "rules/item.h"

#include "base/metric.h"
#include "rules/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* One item of one line of YAML, with what it borrows. */
struct bench {
	struct arena arena;
	struct faults faults;
	struct lists lists;
	struct ydoc *rule, *list_doc;
	struct item *item;
	struct sv waits_for;
	enum item_status status;
};

static struct bench *bench_needing(
    const char *yaml, const char *lists_yaml, const struct sv *needs, size_t n_needs)
{
	struct bench *b = heap_zero(1, sizeof *b);
	b->rule = ydoc_parse("t", sv_from(yaml), 0, &b->faults);
	b->list_doc = ydoc_parse("l", sv_from(lists_yaml), 0, &b->faults);
	lists_read(&b->lists, ydoc_root(b->list_doc, 0), "l", ".", NULL, &b->faults);
	const struct ydoc_node *map = ydoc_root(b->rule, 0);
	struct item_input in = {.arena = &b->arena,
	    .key = map->keys[0],
	    .value = map->items[0],
	    .selection = SV("sel"),
	    .lists = &b->lists,
	    .needs = needs,
	    .n_needs = n_needs,
	    .file = "t"};
	b->status = item_compile(&in, &b->item, &b->waits_for, &b->faults);
	return b;
}

static struct bench *bench_open(const char *yaml, const char *lists_yaml)
{
	struct bench *b = bench_needing(yaml, lists_yaml, NULL, 0);
	if (b->status != ITEM_OK)
		fail_msg("%s: %s", yaml, b->faults.list.n ? b->faults.list.items[0].text : "waits");
	return b;
}

static void bench_close(struct bench *b)
{
	item_fini(b->item);
	ydoc_free(b->rule);
	ydoc_free(b->list_doc);
	lists_fini(&b->lists);
	faults_fini(&b->faults);
	arena_fini(&b->arena);
	free(b);
}

static bool holds_with(struct bench *b, struct sv json, const struct record_names *names)
{
	struct arena arena = {0};
	struct record r;
	struct why_leaf leaf;
	struct err e = {0};
	if (record_open(&r, &arena, json, names, &e))
		fail_msg("%s", e.text);
	bool yes = item_holds(b->item, &r, NULL);
	assert_int_equal(yes, item_holds(b->item, &r, &leaf));
	arena_fini(&arena);
	return yes;
}

static bool holds(struct bench *b, struct sv json)
{
	return holds_with(b, json, NULL);
}

static void add_repeated(struct buf *out, const char *unit, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(out, unit);
}

static void a_catastrophic_expression_is_false_and_counted(void **state)
{
	struct bench *b = bench_open("a|re: '(a+)+$'", "{}");
	struct buf json = {0};
	uint64_t before = metric_get(METRIC_PATTERN_LIMIT);

	(void)state;
	buf_adds(&json, "{\"a\":\"");
	add_repeated(&json, "a", (size_t)1 << 20);
	buf_adds(&json, "b\"}");
	assert_false(holds(b, buf_sv(&json)));
	assert_int_equal(metric_get(METRIC_PATTERN_LIMIT), before + 2); /* asked twice */
	buf_fini(&json);
	bench_close(b);
}

static void many_catastrophic_texts_share_one_budget(void **state)
{
	struct bench *b = bench_open("a|re: '(a+)+$'", "{}");
	struct buf json = {0};

	(void)state;
	buf_adds(&json, "{\"a\":[");
	add_repeated(&json, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\",", 30000);
	buf_adds(&json, "0]}");
	assert_false(holds(b, buf_sv(&json)));
	buf_fini(&json);
	bench_close(b);
}

/* Two arrays of 40,000: every pair would be 1.6 thousand million comparisons. */
static void long_arrays_are_compared_exactly(void **state)
{
	struct bench *b = bench_open("a|fieldref: b", "{}");
	struct buf json = {0};

	(void)state;
	buf_adds(&json, "{\"a\":[");
	for (int i = 0; i < 40000; i++)
		buf_printf(&json, "\"a%d\",", i);
	buf_adds(&json, "\"LAST\"],\"b\":[");
	for (int i = 0; i < 40000; i++)
		buf_printf(&json, "\"b%d\",", i);
	size_t before = json.len;
	buf_adds(&json, "\"last\"]}");
	assert_true(holds(b, buf_sv(&json)));
	json.len = before;
	buf_adds(&json, "\"none\"]}");
	assert_false(holds(b, buf_sv(&json)));
	buf_fini(&json);
	bench_close(b);
}

static void long_arrays_under_contains_stop(void **state)
{
	struct bench *b = bench_open("a|fieldref|contains: b", "{}");
	struct buf json = {0};
	uint64_t before = metric_get(METRIC_PATTERN_LIMIT);

	(void)state;
	buf_adds(&json, "{\"a\":[");
	add_repeated(&json, "\"x\",", 40000);
	buf_adds(&json, "0],\"b\":[");
	add_repeated(&json, "\"y\",", 40000);
	buf_adds(&json, "1]}");
	assert_false(holds(b, buf_sv(&json)));
	assert_true(metric_get(METRIC_PATTERN_LIMIT) > before);
	buf_fini(&json);
	bench_close(b);
}

/* The cap is on what several lists multiply out to. */
static void one_list_may_be_long(void **state)
{
	struct buf lists = {0};

	(void)state;
	buf_adds(&lists, "{big: [");
	for (int i = 0; i < 15000; i++)
		buf_printf(&lists, "%sv%d", i ? "," : "", i);
	buf_adds(&lists, "]}");
	struct bench *b = bench_open("a|expand: '%big%'", lists.ptr);
	assert_true(holds(b, SV("{\"a\":\"V14999\"}")));
	assert_false(holds(b, SV("{\"a\":\"v15000\"}")));
	buf_fini(&lists);
	bench_close(b);
}

static void names_of_lists_once_each(void **state)
{
	struct bench *b = bench_open("a|expand: ['%x%', '%y%-%x%', z]", "{x: [1], y: [2]}");
	size_t n;
	const struct sv *names = item_lists(b->item, &n);

	(void)state;
	assert_int_equal(n, 2);
	assert_true(sv_eq(names[0], SV("x")) && sv_eq(names[1], SV("y")));
	bench_close(b);
}

#define JSON_WITH_USER                                                       \
	"{\"eventSource\":\"kendra.amazonaws.com\",\"eventName\":\"Query\"," \
	"\"requestParameters\":{\"indexId\":\"idx-1\"},\"user\":[\"%s\"]}"

static void an_index_is_known_by_id_and_by_name(void **state)
{
	struct bench *b = bench_open(
	    "user|expand: '%w%'", "{w: {type: text, by: kw.index, values: {hr: [ann], idx-1: [bob]}}}");
	struct map indexes = {0};
	struct record_names names = {.indexes = &indexes};
	struct buf ann = {0}, bob = {0};

	(void)state;
	map_put(&indexes, SV("idx-1"), (void *)(uintptr_t) "hr");
	buf_printf(&ann, JSON_WITH_USER, "ann");
	buf_printf(&bob, JSON_WITH_USER, "bob");
	assert_true(holds_with(b, buf_sv(&ann), &names));
	assert_true(holds_with(b, buf_sv(&bob), &names));
	assert_false(holds(b, buf_sv(&ann)));
	map_fini(&indexes);
	buf_fini(&ann);
	buf_fini(&bob);
	bench_close(b);
}

static void waiting_names_the_list_and_faults_win(void **state)
{
	const struct sv needs[] = {SV_INIT("later")};
	struct bench *b = bench_needing("a|expand: ['%later%', x]", "{}", needs, 1);

	(void)state;
	assert_int_equal(b->status, ITEM_WAITS);
	assert_true(sv_eq(b->waits_for, SV("later")));
	assert_int_equal(b->faults.list.n, 0);
	bench_close(b);
	b = bench_needing("a|expand: ['%later%', '%nowhere%']", "{}", needs, 1);
	assert_int_equal(b->status, ITEM_REFUSED);
	assert_int_equal(b->faults.n_errors, 1);
	bench_close(b);
}

/* Values that compiled before a later one was refused are freed: LeakSanitizer looks. */
static void a_refused_list_frees_its_expressions(void **state)
{
	struct bench *b = bench_needing("a|re: [a, b, '(', c]", "{}", NULL, 0);

	(void)state;
	assert_int_equal(b->status, ITEM_REFUSED);
	bench_close(b);
	item_fini(NULL);
}

static void count_hit(void *ctx, const struct tree *value)
{
	assert_non_null(value);
	++*(int *)ctx;
}

/* A path can be cut into keys in 2^n ways; the record is gone through once all the same. */
static void paths_of_many_cuts_are_linear(void **state)
{
	struct buf json = {0};
	struct arena arena = {0};
	struct record r;
	struct path p;
	int hits = 0;

	(void)state;
	add_repeated(&json, "{\"a.a\":1,\"a\":", 400);
	buf_adds(&json, "{}");
	add_repeated(&json, "}", 400);
	assert_int_equal(record_open(&r, &arena, buf_sv(&json), NULL, NULL), RC_OK);
	char name[800];
	for (size_t i = 0; i < sizeof name; i++)
		name[i] = i % 2 ? '.' : 'a';
	assert_int_equal(path_read(sv_of(name, 399), &p, NULL), RC_OK);
	path_each(&p, &r, count_hit, &hits);
	assert_int_equal(hits, 2);
	buf_fini(&json);
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_catastrophic_expression_is_false_and_counted),
	    cmocka_unit_test(many_catastrophic_texts_share_one_budget),
	    cmocka_unit_test(long_arrays_are_compared_exactly),
	    cmocka_unit_test(long_arrays_under_contains_stop),
	    cmocka_unit_test(one_list_may_be_long),
	    cmocka_unit_test(names_of_lists_once_each),
	    cmocka_unit_test(an_index_is_known_by_id_and_by_name),
	    cmocka_unit_test(waiting_names_the_list_and_faults_win),
	    cmocka_unit_test(a_refused_list_frees_its_expressions),
	    cmocka_unit_test(paths_of_many_cuts_are_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
