/* The envelope classifier: every form in which an event or a notice comes, names, order. */
#include "agent/worker/decode.h"

#include <stdlib.h>

#include "tests/unit/agent/fixture.h"

#define RECORD                                                                                    \
	"{\"eventVersion\":\"1.11\",\"eventID\":\"e-1\",\"eventName\":\"Query\",\"eventSource\":" \
	"\"kendra.amazonaws.com\",\"recipientAccountId\":\"111122223333\"}"

static enum rc decode(
    struct arena *a, const char *json, struct record *r, enum decode_kind *kind, struct err *e)
{
	return decode_object(r, a, sv_from(json), NULL, kind, e);
}

static void is_event(const char *json)
{
	struct arena a = {0};
	struct record r;
	enum decode_kind kind = DECODE_NOTICE;
	struct err e = {0};
	fixture_ok(decode(&a, json, &r, &kind, &e), &e);
	assert_int_equal(kind, DECODE_EVENT);
	assert_true(sv_eq(r.event_id, SV("e-1")));
	assert_true(sv_eq(r.bytes, SV(RECORD)));
	arena_fini(&a);
}

static void kind_is(const char *json, enum decode_kind want)
{
	struct arena a = {0};
	struct record r;
	enum decode_kind kind = want == DECODE_EVENT ? DECODE_NOTICE : DECODE_EVENT;
	struct err e = {0};
	fixture_ok(decode(&a, json, &r, &kind, &e), &e);
	if (kind != want)
		fail_msg("%s: %s", json, kind == DECODE_EVENT ? "event" : "notice");
	arena_fini(&a);
}

/* However AWS spells the detail-type, an envelope is known by its detail. */
static void takes_events_out_of_their_envelopes(void **state)
{
	(void)state;
	static const char *const types[] = {"AWS API Call via CloudTrail",
	    "AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail",
	    "AWS Console Action via CloudTrail", "AWS Service Event via CloudTrail",
	    "AWS Insight via CloudTrail", "aws api call via cloudtrail"};
	is_event(RECORD);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		char *json =
		    heap_printf("{\"version\":\"0\",\"id\":\"other\",\"detail-type\":\"%s\",\"source\":"
				"\"aws.kendra\",\"resources\":[],\"detail\":%s}",
			types[i], RECORD);
		is_event(json);
		free(json);
	}
	/* Members in another order. */
	is_event("{\"detail\": " RECORD " ,\"detail-type\":\"AWS API Call via CloudTrail\"}");
	is_event("{\"EventId\":\"x\",\"Username\":\"u\",\"Resources\":[],\"CloudTrailEvent\":"
		 "\"{\\\"eventVersion\\\":\\\"1.11\\\",\\\"eventID\\\":\\\"e-1\\\",\\\"eventName\\\":"
		 "\\\"Query\\\",\\\"eventSource\\\":\\\"kendra.amazonaws.com\\\","
		 "\\\"recipientAccountId\\\":\\\"111122223333\\\"}\"}");
}

static void knows_notices(void **state)
{
	(void)state;
	static const char *const notices[] = {
	    "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Time\":\"2026-11-24T01:00:00Z\","
	    "\"Bucket\":\"b\"}",
	    "{\"s3Bucket\":\"b\",\"s3ObjectKey\":[\"AWSLogs/1/CloudTrail/x.json.gz\"]}",
	    "{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\",\"s3\":"
	    "{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"k\"}}}",
	    "{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLogs\",\"logEvents\":[]}",
	    "{\"version\":\"0\",\"detail-type\":\"Document State "
	    "Change\",\"source\":\"aws.kendra\",\"detail\":"
	    "{\"indexId\":\"idx-1\",\"documentId\":\"d\",\"status\":\"INDEXED\"}}",
	    "{\"version\":\"0\",\"detail-type\":\"Object Created\",\"source\":\"aws.s3\",\"detail\":"
	    "{\"bucket\":{\"name\":\"b\"}}}"};
	for (size_t i = 0; i < sizeof notices / sizeof *notices; i++)
		kind_is(notices[i], DECODE_NOTICE);
}

/* What looks like a notice only in part is an event: nobody hides one by adding a member. */
static void events_stay_events(void **state)
{
	(void)state;
	static const char *const events[] = {"{}", "{\"eventName\":\"X\"}", "{\"Event\":\"s3:Other\"}",
	    "{\"Event\":{\"s3:TestEvent\":1}}", "{\"s3ObjectKey\":[\"x\"]}",
	    "{\"s3Bucket\":\"b\",\"s3ObjectKey\":\"x\"}", "{\"eventSource\":\"aws:s3\"}",
	    "{\"detail-type\":\"x\",\"detail\":\"text\"}", "{\"detail-type\":1,\"detail\":{}}",
	    "{\"CloudTrailEvent\":{}}",
	    "{\"eventVersion\":\"1.11\",\"eventID\":\"a\",\"Event\":\"s3:TestEvent\"}",
	    "{\"eventVersion\":\"1.11\",\"messageType\":\"CONTROL_MESSAGE\"}",
	    "{\"eventVersion\":\"1.11\",\"detail-type\":\"x\",\"detail\":{\"a\":1}}",
	    "{\"eventVersion\":\"1.11\",\"s3Bucket\":\"b\",\"s3ObjectKey\":[\"x\"]}"};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		kind_is(events[i], DECODE_EVENT);
}

static void says_what_is_no_json(void **state)
{
	(void)state;
	struct arena a = {0};
	struct record r;
	enum decode_kind kind;
	struct err e = {0};
	assert_int_equal(decode(&a, "{\"a\":tru}", &r, &kind, &e), RC_INPUT);
	assert_int_equal(
	    decode(&a, "{\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\"}", &r, &kind, &e), RC_INPUT);
	assert_true(sv_starts(sv_from(e.text), SV("CloudTrailEvent of a LookupEvents entry: ")));
	assert_int_equal(decode(&a, "{\"CloudTrailEvent\":\"[1]\"}", &r, &kind, &e), RC_INPUT);
	assert_int_equal(decode(&a, "{\"CloudTrailEvent\":\"\"}", &r, &kind, &e), RC_INPUT);
	arena_fini(&a);
}

static void digests_hold_no_events(void **state)
{
	(void)state;
	const char *why = NULL;
	assert_false(decode_name_holds_events(
	    SV("b/AWSLogs/1/CloudTrail-Digest/eu-west-1/2026/11/24/x.json.gz"), &why));
	assert_string_equal(why, "digest");
	assert_false(
	    decode_name_holds_events(SV("1_CloudTrail-Digest_eu-west-1_t_20261124T030512Z.json.gz"), &why));
	assert_true(decode_name_holds_events(
	    SV("AWSLogs/1/CloudTrail/eu-west-1/1_CloudTrail_eu-west-1_20261124T0305Z_a.json.gz"), &why));
	assert_true(decode_name_holds_events(
	    SV("AWSLogs/1/CloudTrail-Insight/eu-west-1/1_CloudTrail-Insight_x_20261124T0305Z_a.json.gz"),
	    &why));
	assert_true(decode_name_holds_events(SV(""), &why));
}

static void objects_are_read_in_the_order_of_their_stamps(void **state)
{
	(void)state;
	static const char *const want[] = {"a/events.json", "z.ndjson",
	    "z/1_CloudTrail_us-east-1_20261123T2355Z_zz.json.gz",
	    "b/1_CloudTrail_eu-west-1_20261124T0000Z_aa.json.gz",
	    "c/1_CloudTrail_eu-west-1_20261124T0000Z_aa.json.gz", "a/x_20261124T0005Z_b.json"};
	enum { N = sizeof want / sizeof *want };
	unsigned seed = 5;
	for (int round = 0; round < 200; round++) {
		const char *names[N];
		memcpy(names, want, sizeof names);
		for (size_t i = N - 1; i; i--) {
			size_t j = (size_t)rand_r(&seed) % (i + 1);
			const char *swap = names[i];
			names[i] = names[j];
			names[j] = swap;
		}
		qsort(names, N, sizeof *names, decode_name_order);
		for (size_t i = 0; i < N; i++)
			assert_string_equal(names[i], want[i]);
	}
	/* A stamp in a folder's name is none, nor is what only looks like one. */
	const char *x = "y_20261124T0305Z_/b", *y = "a_2026112aT0305Z_";
	assert_true(decode_name_order(&x, &y) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_events_out_of_their_envelopes),
	    cmocka_unit_test(knows_notices),
	    cmocka_unit_test(events_stay_events),
	    cmocka_unit_test(says_what_is_no_json),
	    cmocka_unit_test(digests_hold_no_events),
	    cmocka_unit_test(objects_are_read_in_the_order_of_their_stamps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
