/* What a history holds: by slots and by trees alike, added up over several readers. */
#include "agent/worker/census.h"

#include "base/clock.h"
#include "tests/unit/agent/fixture.h"

static const char rules_text[] = "title: a\nname: deleted\nlogsource: {product: aws}\ndetection:\n  s: "
				 "{eventName: DeleteIndex, requestParameters.id|contains: idx}\n"
				 "  t: {requestParameters.nope: 1}\n  condition: s or t\n";
static const struct sv fields[] = {SV_INIT("requestParameters.id"), SV_INIT("requestParameters.nope"),
    SV_INIT("eventName"), SV_INIT("nobody.asks")};
static const struct sv names[] = {SV_INIT("deleteindex"), SV_INIT("query")};

static struct census_plan plan_for(const struct ruleset *rules)
{
	struct census_plan plan = {fields, 4, names, 2, 0, 0, rules->rules.n};
	assert_true(clk_parse(SV("2026-11-24T01:00:00Z"), &plan.from_ms));
	plan.to_ms = plan.from_ms + 40 * 60000;
	return plan;
}

static bool drop(void *ctx, struct findings *f)
{
	(void)ctx;
	findings_free(f);
	return true;
}

/* Reads `text` with a census, and adds it to `into`. */
static void count(struct ruleset *rules, const struct census_plan *plan, struct sv text, struct census *into)
{
	struct program *program = program_new(rules);
	struct sieve *sieve = sieve_new(program);
	struct err e = {0};
	sieve_take_census(sieve, plan);
	struct reading *r =
	    reading_new(&(struct reading_setup){.rules = rules, .sieve = sieve, .emit = drop});
	assert_int_equal(reading_feed(r, text, &e), RC_OK);
	assert_int_equal(reading_end(r, &e), RC_OK);
	reading_free(r);
	census_add(into, sieve_census(sieve));
	sieve_unref(sieve);
	program_unref(program);
}

/* 3000 seconds from 01:00:00, of which 2400 count. */
static void check(const struct census *c, uint64_t times)
{
	assert_int_equal(c->events, 2400 * times);
	assert_int_equal(c->outside, 600 * times);
	assert_int_equal(c->quarters[0], 900 * times);
	assert_int_equal(c->quarters[1], 900 * times);
	assert_int_equal(c->quarters[2], 600 * times);
	assert_int_equal(c->quarters[3], 0);
	assert_true(c->field_seen[0]);
	assert_false(c->field_seen[1]);
	assert_true(c->field_seen[2]);
	assert_false(c->field_seen[3]);
	assert_int_equal(c->name_events[0], 800 * times);
	assert_int_equal(c->name_events[1], 0);
	assert_true(c->rules[0].asked >= 1000 * times);
	assert_true(c->rules[0].ns > 0);
}

static void test_forms(void **state)
{
	(void)state;
	struct ruleset *rules = fixture_rules(rules_text);
	struct census_plan plan = plan_for(rules);
	struct buf lines = {0}, records = {0}, odd = {0};
	fixture_lines(&lines, 0, 3000);
	fixture_records(&records, 0, 3000);
	/* A key written twice is for the tree. */
	for (int i = 0; i < 3000; i++) {
		buf_adds(&odd, "{\"eventID\":\"x\",");
		struct buf one = {0};
		fixture_event(&one, i);
		buf_add(&odd, sv_skip(buf_sv(&one), 1));
		buf_addc(&odd, '\n');
		buf_fini(&one);
	}
	struct census *a = census_new(&plan, NULL), *b = census_new(&plan, NULL),
		      *c = census_new(&plan, NULL);
	count(rules, &plan, buf_sv(&lines), a);
	check(a, 1);
	count(rules, &plan, buf_sv(&records), b);
	check(b, 1);
	count(rules, &plan, buf_sv(&odd), c);
	check(c, 1);
	census_add(a, b);
	census_add(a, c);
	check(a, 3);
	census_free(a);
	census_free(b);
	census_free(c);
	buf_fini(&lines);
	buf_fini(&records);
	buf_fini(&odd);
	ruleset_unref(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
