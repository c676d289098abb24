/* Names of the objects of a trail. */
#include "agent/ledger/trail_name.h"

#include "base/clock.h"
#include "tests/unit/agent/fixture.h"

#define LOG "111122223333_CloudTrail_eu-west-1_20261124T0305Z_Ab3dEf6hIj9kLm2n.json.gz"
#define DIGEST "111122223333_CloudTrail-Digest_us-east-1_my_trail-2_eu-west-1_20261124T030512Z"

static void same(struct sv got, const char *want)
{
	if (!sv_eq(got, sv_from(want)))
		fail_msg("%.*s is not %s", SV_ARG(got), want);
}

static void at(int64_t ms, const char *want)
{
	char text[CLK_TEXT];
	clk_format(ms, false, text);
	assert_string_equal(text, want);
}

static void logs(void **state)
{
	struct trail_name n;
	(void)state;
	assert_true(trail_name_read(
	    SV("/data/b/pre/AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/11/24/" LOG), &n));
	assert_int_equal(n.kind, TRAIL_LOG);
	same(n.key, "AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/11/24/" LOG);
	same(n.account, "111122223333");
	same(n.region, "eu-west-1");
	at(n.time_ms, "2026-11-24T03:05:00Z");
	assert_true(trail_name_read(SV("in/" LOG), &n));
	same(n.key, LOG);
	assert_true(trail_name_read(SV(LOG), &n));
	assert_true(trail_name_read(SV("myAWSLogs/" LOG), &n));
	same(n.key, LOG);
}

static void digests(void **state)
{
	struct trail_name n;
	(void)state;
	assert_true(trail_name_read(SV("AWSLogs/111122223333/CloudTrail-Digest/" DIGEST ".json.gz"), &n));
	assert_int_equal(n.kind, TRAIL_DIGEST);
	same(n.region, "us-east-1");
	same(n.trail, "my_trail-2");
	same(n.home_region, "eu-west-1");
	assert_false(n.backfill);
	at(n.time_ms, "2026-11-24T03:05:12Z");
	assert_true(trail_name_read(SV(DIGEST "_backfill.json.gz"), &n));
	assert_true(n.backfill);
	same(n.trail, "my_trail-2");
}

static void others(void **state)
{
	static const char *const names[] = {"", "/", "a.json.gz", LOG ".metadata", DIGEST ".json.gz.metadata",
	    "11112222333_CloudTrail_eu-west-1_20261124T0305Z_Ab.json.gz",
	    "111122223333_CloudTrail_eu-west-1_20261324T0305Z_Ab.json.gz",
	    "111122223333_CloudTrail_EU!_20261124T0305Z_Ab.json.gz",
	    "111122223333_CloudTrail_eu-west-1_20261124T0305Z.json.gz",
	    "111122223333_CloudTrail-Insight_eu-west-1_20261124T0305Z_Ab.json.gz",
	    "111122223333_CloudTrail-Digest_eu-west-1_20261124T030500Z.json.gz"};
	struct trail_name n;
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (trail_name_read(sv_from(names[i]), &n))
			fail_msg("%s was taken", names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(logs),
	    cmocka_unit_test(digests),
	    cmocka_unit_test(others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
