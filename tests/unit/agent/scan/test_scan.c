/* Scanning: order, totals, dedup, what a rule is told of, trouble that stops nothing. */
#include "agent/scan/scan.h"

#include "tests/unit/agent/fixture.h"

struct told {
	struct buf text;
	uint64_t done, total;
	size_t stop_after; /* matches; 0: never */
	size_t n;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool match(void *ctx, const struct finding *f, const char *id, const char *object)
{
	struct told *t = ctx;
	t->n++;
	if (!f->record) {
		assert_string_equal(id, "");
		return true;
	}
	assert_int_equal(strlen(id), 32);
	buf_printf(&t->text, "%s:%d %.*s\n", base_name(object), (int)f->number, SV_ARG(f->record->event_id));
	return t->n != t->stop_after;
}

static void spoiled(void *ctx, const struct spoiled *s, const char *object)
{
	buf_printf(&((struct told *)ctx)->text, "%s:%d spoiled\n", base_name(object), (int)s->number);
}

static void trouble(void *ctx, const char *object, const struct err *e)
{
	buf_printf(&((struct told *)ctx)->text, "%s: %s\n", base_name(object), e->text);
}

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	struct told *t = ctx;
	assert_true(done >= t->done);
	t->done = done;
	t->total = total;
}

static struct scan *scan_as(struct told *t, struct ruleset *rules, bool no_dedup, bool counts)
{
	return scan_new(&(struct scan_setup){.rules = rules,
	    .no_dedup = no_dedup,
	    .examples = !counts,
	    .counts = counts,
	    .match = match,
	    .spoiled = spoiled,
	    .trouble = trouble,
	    .progress = progress,
	    .ctx = t});
}

static struct scan *new_scan(struct told *t, struct ruleset *rules, bool no_dedup)
{
	return scan_as(t, rules, no_dedup, false);
}

/* Records [from, to) under folder/name; gz by the name. */
static void put(const char *folder, const char *name, int from, int to)
{
	struct buf plain = {0}, zipped = {0};
	struct err e = {0};
	char *path = file_join(folder, name), *parent = file_folder_of(path);
	fixture_ok(file_make_folder(parent, 0755, &e), &e);
	fixture_records(&plain, from, to);
	fixture_gzip(buf_sv(&plain), &zipped);
	fixture_write(path, buf_sv(sv_ends(sv_from(name), SV(".gz")) ? &zipped : &plain));
	free(path);
	free(parent);
	buf_fini(&plain);
	buf_fini(&zipped);
}

#define TREE "AWSLogs/111122223333/CloudTrail"
#define NAME(region, stamp) "111122223333_CloudTrail_" region "_" stamp "_aaaa.json.gz"

static void a_tree_is_read_in_the_order_of_its_stamps(void **state)
{
	struct told t = {0};
	struct err e = {0};
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_DELETE);
	put(*state, TREE "/us-east-1/2026/11/24/" NAME("us-east-1", "20261124T0305Z"), 3, 4);
	put(*state, TREE "/eu-west-1/2026/11/24/" NAME("eu-west-1", "20261124T0310Z"), 6, 7);
	put(*state, TREE "/eu-west-1/2026/11/24/" NAME("eu-west-1", "20261124T0300Z"), 0, 1);
	put(*state, "AWSLogs/111122223333/CloudTrail-Digest/x_20261124T0300Z.json.gz", 9, 10);
	struct scan *s = new_scan(&t, rules, false);
	fixture_ok(scan_add(s, *state, &e), &e);
	fixture_ok(scan_run(s), &e);
	assert_string_equal(t.text.ptr,
	    NAME("eu-west-1", "20261124T0300Z") ":1 e-000000\n" NAME("us-east-1",
		"20261124T0305Z") ":1 e-000003\n" NAME("eu-west-1", "20261124T0310Z") ":1 e-000006\n");
	const struct scan_totals *n = scan_totals(s);
	assert_int_equal(n->inputs, 3);
	assert_int_equal(n->skipped, 1);
	assert_int_equal(n->failed, 0);
	assert_int_equal(n->events, 3);
	assert_int_equal(n->alerts, 3);
	scan_free(s);
	scan_free(NULL);
	ruleset_unref(rules);
	buf_fini(&t.text);
}

static void an_event_that_comes_again_counts_once(void **state)
{
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_DELETE "---\n" FIXTURE_RULE_ANY);
	put(*state, "a.json", 0, 30);
	put(*state, "b.json.gz", 10, 40);
	for (int way = 0; way < 4; way++) {
		struct told t = {0};
		struct err e = {0};
		bool no_dedup = way % 2, counts = way / 2;
		struct scan *s = scan_as(&t, rules, no_dedup, counts);
		fixture_ok(scan_add(s, *state, &e), &e);
		fixture_ok(scan_run(s), &e);
		const struct scan_totals *n = scan_totals(s);
		const struct scan_rule *r = scan_rules(s);
		assert_int_equal(n->events, 60);
		assert_int_equal(n->alerts, no_dedup ? 60 + 20 : 40 + 14);
		assert_int_equal(n->duplicates, no_dedup ? 0 : 20 + 6);
		assert_int_equal(r[0].matches, no_dedup ? 20 : 14);
		assert_int_equal(r[1].matches, no_dedup ? 60 : 40);
		assert_int_equal(r[1].first_ms, 1795482000000);
		assert_int_equal(r[1].last_ms, 1795482000000 + 39000);
		assert_int_equal(t.n, n->alerts);
		assert_true(counts || sv_ends(sv_from(r[0].place), SV("/a.json:1")));
		assert_true(counts || sv_find(sv_from(r[0].example), SV("DeleteIndex")) != SV_NONE ||
			    sv_find(sv_from(r[0].example), SV("DELETED")) != SV_NONE);
		assert_int_equal(t.done, t.total);
		scan_free(s);
		buf_fini(&t.text);
	}
	ruleset_unref(rules);
}

/* A record without a time neither hides nor begins the span of a rule. */
static void times_of_a_rule_are_those_that_are_known(void **state)
{
	struct told t = {0};
	struct err e = {0};
	struct buf in = {0};
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_ANY);
	char *path = file_join(*state, "x");
	buf_adds(&in, "{\"eventSource\":\"kendra.amazonaws.com\"}\n");
	fixture_lines(&in, 3, 4);
	fixture_lines(&in, 1, 2);
	fixture_write(path, buf_sv(&in));
	struct scan *s = new_scan(&t, rules, false);
	fixture_ok(scan_add(s, path, &e), &e);
	fixture_ok(scan_run(s), &e);
	assert_int_equal(scan_rules(s)[0].matches, 3);
	assert_int_equal(scan_rules(s)[0].first_ms, 1795482001000);
	assert_int_equal(scan_rules(s)[0].last_ms, 1795482003000);
	scan_free(s);
	free(path);
	buf_fini(&in);
	buf_fini(&t.text);
	ruleset_unref(rules);
}

static void trouble_stops_nothing(void **state)
{
	struct told t = {0};
	struct err e = {0};
	struct buf in = {0};
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_DELETE);
	put(*state, "c.json", 0, 4);
	put(*state, "b.json.gz", 6, 10);
	char *cut = file_join(*state, "b.json.gz"), *none = file_join(*state, "none"),
	     *empty = file_join(*state, "0");
	fixture_ok(file_read(cut, 1 << 20, &in, &e), &e);
	fixture_write(cut, sv_head(buf_sv(&in), in.len - 9));
	fixture_write(empty, SV(""));
	struct scan *s = new_scan(&t, rules, false);
	assert_int_equal(scan_add(s, none, &e), RC_NOTFOUND);
	e = (struct err){0};
	fixture_ok(scan_add(s, *state, &e), &e);
	fixture_ok(scan_run(s), &e);
	assert_true(sv_starts(buf_sv(&t.text), SV("b.json.gz:1 e-000006\n")));
	assert_true(sv_find(buf_sv(&t.text), SV("b.json.gz: truncated gzip")) != SV_NONE);
	assert_true(sv_ends(buf_sv(&t.text), SV("c.json:1 e-000000\nc.json:4 e-000003\n")));
	assert_int_equal(scan_totals(s)->failed, 1);
	assert_int_equal(scan_totals(s)->malformed, 1);
	scan_free(s);
	free(cut);
	free(none);
	free(empty);
	buf_fini(&in);
	buf_fini(&t.text);
	ruleset_unref(rules);
}

static void whoever_listens_may_stop_it(void **state)
{
	struct told t = {.stop_after = 2};
	struct err e = {0};
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_ANY);
	put(*state, "a.json", 0, 30);
	put(*state, "b.json", 30, 60);
	struct scan *s = new_scan(&t, rules, false);
	fixture_ok(scan_add(s, *state, &e), &e);
	assert_int_equal(scan_run(s), RC_STOPPED);
	assert_string_equal(t.text.ptr, "a.json:1 e-000000\na.json:2 e-000001\n");
	scan_free(s);
	buf_fini(&t.text);
	ruleset_unref(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(a_tree_is_read_in_the_order_of_its_stamps),
	    FOLDER(an_event_that_comes_again_counts_once),
	    FOLDER(times_of_a_rule_are_those_that_are_known),
	    FOLDER(trouble_stops_nothing),
	    FOLDER(whoever_listens_may_stop_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
