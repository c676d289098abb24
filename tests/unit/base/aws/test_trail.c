/* Trails, as CloudTrail's API describes them. */
#include "base/aws/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct http_reply reply_of(const char *body)
{
	struct http_reply r = {.status = 200};
	buf_adds(&r.body, body);
	return r;
}

static void test_list(void **state)
{
	(void)state;
	struct trails t = {0};
	struct http_reply r = reply_of(
	    "{\"trailList\":[{\"Name\":\"main\",\"TrailARN\":\"arn:aws:cloudtrail:eu-west-1:1:trail/main\","
	    "\"HomeRegion\":\"eu-west-1\",\"S3BucketName\":\"logs\",\"IsMultiRegionTrail\":true,"
	    "\"IncludeGlobalServiceEvents\":true,\"LogFileValidationEnabled\":true},{\"Name\":7}]}");
	assert_int_equal(trail_read_list(&r, &t, NULL), RC_OK);
	assert_int_equal(t.list.n, 2);
	assert_string_equal(t.list.items[0].bucket, "logs");
	assert_true(
	    t.list.items[0].multi_region && t.list.items[0].validation && !t.list.items[0].organization);
	assert_null(t.list.items[0].topic_arn);
	assert_null(t.list.items[1].name);
	trails_fini(&t);
	http_reply_fini(&r);
	r = reply_of("<html>");
	assert_int_equal(trail_read_list(&r, &t, NULL), RC_RETRY);
	http_reply_fini(&r);
}

static void test_status(void **state)
{
	(void)state;
	struct trails t = {0};
	vec_push(&t.list, (struct trail){.delivered_ms = -1});
	struct http_reply r = reply_of("{\"IsLogging\":true,\"LatestDeliveryTime\":1700000000.123,"
				       "\"LatestDeliveryError\":\"NoSuchBucket\"}");
	assert_int_equal(trail_read_status(&r, &t.list.items[0], NULL), RC_OK);
	assert_true(t.list.items[0].status_known && t.list.items[0].logging);
	assert_true(t.list.items[0].delivered_ms == INT64_C(1700000000000));
	assert_string_equal(t.list.items[0].delivery_error, "NoSuchBucket");
	http_reply_fini(&r);
	trails_fini(&t);
}

static struct trail selectors_of(const char *body)
{
	struct trail t = {0};
	struct http_reply r = reply_of(body);
	assert_int_equal(trail_read_selectors(&r, &t, NULL), RC_OK);
	assert_true(t.selectors_known);
	http_reply_fini(&r);
	return t;
}

static void test_basic_selectors(void **state)
{
	(void)state;
	struct trail t = selectors_of(
	    "{\"EventSelectors\":[{\"ReadWriteType\":\"WriteOnly\","
	    "\"IncludeManagementEvents\":true,\"DataResources\":[],"
	    "\"ExcludeManagementEventSources\":[\"kms.amazonaws.com\",\"rdsdata.amazonaws.com\"]}]}");
	assert_true(t.writes && !t.reads && !t.data);
	assert_string_equal(t.left_out, "kms.amazonaws.com, rdsdata.amazonaws.com");
	free(t.left_out);
	t = selectors_of("{\"EventSelectors\":[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":false,"
			 "\"DataResources\":[{\"Type\":\"AWS::S3::Object\",\"Values\":[\"arn:aws:s3\"]}]}]}");
	assert_true(!t.writes && !t.reads && t.data);
	t = selectors_of(
	    "{\"EventSelectors\":[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true}]}");
	assert_true(t.writes && t.reads && !t.left_out);
}

static void test_advanced_selectors(void **state)
{
	(void)state;
	struct trail t =
	    selectors_of("{\"AdvancedEventSelectors\":["
			 "{\"FieldSelectors\":[{\"Field\":\"eventCategory\",\"Equals\":[\"Management\"]},"
			 "{\"Field\":\"readOnly\",\"Equals\":[\"true\"]},"
			 "{\"Field\":\"eventSource\",\"NotEquals\":[\"kms.amazonaws.com\"]}]},"
			 "{\"FieldSelectors\":[{\"Field\":\"eventCategory\",\"Equals\":[\"Data\"]},"
			 "{\"Field\":\"resources.type\",\"Equals\":[\"AWS::S3::Object\"]}]}]}");
	assert_true(t.reads && !t.writes && t.data);
	assert_string_equal(t.left_out, "kms.amazonaws.com");
	free(t.left_out);
	t = selectors_of("{\"AdvancedEventSelectors\":[{\"FieldSelectors\":[{\"Field\":\"eventCategory\","
			 "\"Equals\":[\"Management\"]}]}]}");
	assert_true(t.reads && t.writes && !t.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_status),
	    cmocka_unit_test(test_basic_selectors),
	    cmocka_unit_test(test_advanced_selectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
