/* Which folders of a bucket hold logs, and which days are worth a look when. */
#include "agent/source/s3/walk.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define HOUR ((int64_t)3600 * 1000)

static void kinds(void **state)
{
	static const struct {
		const char *prefix;
		enum walk_kind kind;
	} cases[] = {
	    {"AWSLogs/", WALK_DESCEND},
	    {"my/trail/AWSLogs/", WALK_DESCEND},
	    {"AWSLogs/111122223333/", WALK_DESCEND},
	    {"AWSLogs/o-abc123/", WALK_DESCEND},
	    {"AWSLogs/o-abc123/111122223333/", WALK_DESCEND},
	    {"AWSLogs/111122223333/CloudTrail/", WALK_DESCEND},
	    {"AWSLogs/111122223333/CloudTrail/eu-west-1/", WALK_LEAF},
	    {"AWSLogs/111122223333/CloudTrail-Digest/", WALK_SKIP},
	    {"AWSLogs/111122223333/CloudTrail-Insight/", WALK_SKIP},
	    {"AWSLogs/111122223333/Config/", WALK_SKIP},
	    {"AWSLogs/111122223333/elasticloadbalancing/", WALK_SKIP},
	    {"a/b/c/d/e/f/g/h/i/j/k/l/m/", WALK_SKIP},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(walk_kind_of(sv_from(cases[i].prefix), false), cases[i].kind);
}

static void leaves(void **state)
{
	struct walk w = {0};
	(void)state;
	struct walk_leaf *leaf = walk_leaf_of(&w, SV("AWSLogs/111122223333/CloudTrail/eu-west-1/"));
	assert_ptr_equal(walk_leaf_of(&w, SV("AWSLogs/111122223333/CloudTrail/eu-west-1/")), leaf);
	assert_int_equal(w.leaves.n, 1);
	assert_string_equal(leaf->account, "111122223333");
	assert_string_equal(leaf->region, "eu-west-1");
	walk_fini(&w);
}

static void digests_only_when_asked(void **state)
{
	struct walk w = {0};
	struct buf text = {0};
	struct sv above = SV("AWSLogs/111122223333/CloudTrail-Digest/"),
		  leaf = SV("AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/");
	(void)state;
	assert_int_equal(walk_kind_of(above, false), WALK_SKIP);
	assert_int_equal(walk_kind_of(above, true), WALK_DESCEND);
	assert_int_equal(walk_kind_of(leaf, true), WALK_LEAF);
	assert_int_equal(walk_kind_of(SV("AWSLogs/111122223333/CloudTrail-Insight/"), true), WALK_SKIP);
	struct walk_leaf *l = walk_leaf_of(&w, leaf);
	assert_true(l->digests);
	assert_string_equal(l->account, "111122223333");
	walk_days(l, WALK_DAY_MS, WALK_DAY_MS);
	struct walk_day *day = l->days.items[0];
	assert_true(walk_due(l, day, WALK_DAY_MS + 1, &text));
	day->listed_ms = WALK_DAY_MS + 1;
	assert_false(walk_due(l, day, day->listed_ms + WALK_DIGESTS_MS - 1, &text));
	assert_true(walk_due(l, day, day->listed_ms + WALK_DIGESTS_MS, &text));
	assert_int_equal(text.len, 0);
	buf_fini(&text);
	walk_fini(&w);
}

static void days(void **state)
{
	struct walk w = {0};
	struct buf text = {0};
	int64_t from, now;
	(void)state;
	assert_true(clk_parse(SV("2026-02-27T13:00:00Z"), &from));
	assert_true(clk_parse(SV("2026-03-01T05:00:00Z"), &now));
	struct walk_leaf *leaf = walk_leaf_of(&w, SV("AWSLogs/1/CloudTrail/eu-west-1/"));
	walk_days(leaf, from, now);
	walk_days(leaf, from, now);
	assert_int_equal(leaf->days.n, 3);
	struct walk_day *old = leaf->days.items[0], *yesterday = leaf->days.items[1],
			*today = leaf->days.items[2];
	walk_day_prefix(leaf, yesterday, &text);
	assert_string_equal(text.ptr, "AWSLogs/1/CloudTrail/eu-west-1/2026/02/28/");

	/* At first each as a whole. */
	buf_reset(&text);
	for (size_t i = 0; i < 3; i++)
		assert_true(walk_due(leaf, leaf->days.items[i], now, &text));
	assert_int_equal(text.len, 0);

	/* Soon after only today's newest; within the hour each of those that are not over. */
	old->listed_ms = yesterday->listed_ms = today->listed_ms = now;
	assert_true(walk_day_done(old));
	assert_false(walk_due(leaf, old, now + HOUR, &text));
	assert_false(walk_day_done(yesterday));
	assert_false(walk_due(leaf, yesterday, now + 60000, &text));
	assert_true(walk_due(leaf, today, now + 60000, &text));
	assert_string_equal(
	    text.ptr, "AWSLogs/1/CloudTrail/eu-west-1/2026/03/01/1_CloudTrail_eu-west-1_20260301T0301Z");
	buf_reset(&text);
	assert_true(walk_due(leaf, yesterday, now + HOUR, &text));
	assert_int_equal(text.len, 0);

	/* Not over while something of it is open or failed. */
	old->n_open = 1;
	assert_false(walk_day_done(old));
	old->n_open = 0;
	old->failed = true;
	assert_false(walk_day_done(old));
	buf_fini(&text);
	walk_fini(&w);
}

static void stamps(void **state)
{
	int64_t expected;
	(void)state;
	assert_true(clk_parse(SV("2026-03-01T03:05:00Z"), &expected));
	assert_int_equal(walk_stamp_ms(SV("a_b/1_CloudTrail_eu-west-1_20260301T0305Z_x.json.gz")), expected);
	assert_int_equal(walk_stamp_ms(SV("a/1_CloudTrail_eu-west-1_20261301T0305Z_x.json.gz")), -1);
	assert_int_equal(walk_stamp_ms(SV("a/x.json.gz")), -1);
	assert_int_equal(walk_stamp_ms(SV("")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kinds),
	    cmocka_unit_test(leaves),
	    cmocka_unit_test(digests_only_when_asked),
	    cmocka_unit_test(days),
	    cmocka_unit_test(stamps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
