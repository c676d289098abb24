/* The classifier of messages: every form that can be in a queue, and what is none of them. */
#include "agent/source/envelope.h"

#include "base/net/crypto.h"
#include "tests/unit/agent/fixture.h"

#define RECORD "{\"eventVersion\":\"1.11\",\"eventSource\":\"kendra.amazonaws.com\",\"eventID\":\"e-1\"}"
#define S3_RECORD(key)                                                                              \
	"{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\"," \
	"\"s3\":{\"bucket\":{\"name\":\"trail-logs\"},\"object\":{\"key\":\"" key                   \
	"\",\"size\":1234,\"eTag\":\"0123456789abcdef0123456789abcdef\",\"sequencer\":\"00AB\"}}}"
#define S3_REMOVED "{\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectRemoved:Delete\",\"s3\":{}}"

/* As SNS wraps a message: JSON in a text. */
static char *wrapped(const char *message)
{
	struct buf b = {0};
	buf_adds(&b, "{\"Type\":\"Notification\",\"MessageId\":\"m\",\"TopicArn\":\"arn:aws:sns:x\","
		     "\"Message\":\"");
	for (const char *c = message; *c; c++) {
		if (*c == '"' || *c == '\\')
			buf_addc(&b, '\\');
		buf_addc(&b, *c);
	}
	buf_adds(&b, "\",\"Signature\":\"x\"}");
	return buf_take(&b);
}

static void expect(const char *body, size_t objects, size_t events, size_t ignored, size_t unknown)
{
	struct envelope x = {0};
	envelope_read(sv_from(body), &x);
	if (x.objects.n != objects || x.n_events != events || x.n_ignored != ignored ||
	    x.n_unknown != unknown)
		fail_msg("%s: %zu objects, %zu events, %zu ignored, %zu unknown (%s)", body, x.objects.n,
		    x.n_events, x.n_ignored, x.n_unknown, x.looks_like);
	assert_int_equal(x.form == NULL, objects + events + ignored == 0);
	assert_int_equal(x.looks_like[0] != 0, unknown > 0);
	envelope_fini(&x);
}

static void every_form_is_known(void **state)
{
	(void)state;
	expect("{\"Records\":[" S3_RECORD("a/b.json.gz") "," S3_RECORD("c") "," S3_REMOVED "]}", 2, 0, 1, 0);
	expect("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"b\"}", 0, 0, 1, 0);
	/* What was left out can't be known, so nobody may delete it. */
	expect("{\"Records\":[{\"eventSource\":\"aws:s3\",\"s3\":{}}]}", 0, 0, 0, 1);
	expect("CloudTrail validation message.", 0, 0, 1, 0);
	expect("{\"s3Bucket\":\"trail-logs\",\"s3ObjectKey\":[\"a+b\",\"c\"]}", 2, 0, 0, 0);
	expect("{\"detail-type\":\"Object Created\",\"source\":\"aws.s3\",\"detail\":{\"bucket\":{\"name\":"
	       "\"trail-logs\"},\"object\":{\"key\":\"a b\",\"size\":5,\"etag\":\"x\"}}}",
	    1, 0, 0, 0);
	expect("{\"detail-type\":\"Object Deleted\",\"source\":\"aws.s3\",\"detail\":{}}", 0, 0, 1, 0);
	expect("{\"detail-type\":\"AWS API Call via CloudTrail\",\"source\":\"aws.kendra\",\"detail\":" RECORD
	       "}",
	    0, 1, 0, 0);
	expect("{\"detail-type\":\"Document State Change\",\"source\":\"aws.kendra\",\"detail\":{}}", 0, 0, 1,
	    0);
	expect(RECORD, 0, 1, 0, 0);
	expect("{\"Records\":[" RECORD "," RECORD "]}", 0, 2, 0, 0);
	expect("[" RECORD ",{\"Records\":[" S3_RECORD("k") "]}]", 1, 1, 0, 0);
	expect(RECORD "\n" RECORD "\n\n", 0, 2, 0, 0);
	expect("{\"Events\":[{\"EventId\":\"e\",\"CloudTrailEvent\":\"{}\"}]}", 0, 1, 0, 0);
	expect("{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{\"message\":\"probe\"}]}", 0, 0, 1, 0);
	expect("{\"Records\":[]}", 0, 0, 1, 0);
	expect("{\"s3Bucket\":\"trail-logs\",\"s3ObjectKey\":[]}", 0, 0, 1, 0);
	expect("{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[]}", 0, 0, 1, 0);
}

static void all_of_it_may_be_inside_of_sns(void **state)
{
	(void)state;
	static const char *const messages[] = {
	    "{\"Records\":[" S3_RECORD("k") "]}", "{\"s3Bucket\":\"trail-logs\",\"s3ObjectKey\":[\"a\"]}"};
	for (size_t i = 0; i < 2; i++) {
		char *once = wrapped(messages[i]), *twice = wrapped(once), *thrice = wrapped(twice);
		expect(once, 1, 0, 0, 0);
		expect(thrice, 1, 0, 0, 0);
		free(once);
		free(twice);
		free(thrice);
	}
	char *check = wrapped("CloudTrail validation message."), *record = wrapped(RECORD);
	expect(check, 0, 0, 1, 0);
	expect(record, 0, 1, 0, 0);
	free(check);
	free(record);
	char *deep = heap_copy(RECORD);
	for (int i = 0; i <= ENVELOPE_LAYERS; i++) {
		char *more = wrapped(deep);
		free(deep);
		deep = more;
	}
	expect(deep, 0, 0, 0, 1);
	free(deep);
}

static void a_log_payload_is_unpacked(void **state)
{
	(void)state;
	const char *payload =
	    "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logEvents\":[{\"id\":\"1\",\"message\":"
	    "\"{\\\"eventVersion\\\":\\\"1.11\\\",\\\"eventID\\\":\\\"a\\\"}\"},{\"id\":\"2\",\"message\":"
	    "\"{\\\"eventVersion\\\":\\\"1.11\\\",\\\"eventID\\\":\\\"b\\\"}\"}]}";
	struct buf gzip = {0}, base64 = {0}, lambda = {0};
	struct envelope x = {0};
	expect(payload, 0, 2, 0, 0);
	fixture_gzip(sv_from(payload), &gzip);
	crypto_base64(buf_sv(&gzip), &base64);
	expect(base64.ptr, 0, 2, 0, 0);
	buf_printf(&lambda, "{\"awslogs\":{\"data\":\"%s\"}}", base64.ptr);
	expect(lambda.ptr, 0, 2, 0, 0);
	envelope_read(sv_from(payload), &x);
	assert_string_equal(x.events.ptr, "{\"eventVersion\":\"1.11\",\"eventID\":\"a\"}\n"
					  "{\"eventVersion\":\"1.11\",\"eventID\":\"b\"}\n");
	envelope_fini(&x);
	buf_fini(&gzip);
	buf_fini(&base64);
	buf_fini(&lambda);
}

static void objects_are_named_as_they_are(void **state)
{
	(void)state;
	struct envelope x = {0};
	envelope_read(SV("{\"Records\":[" S3_RECORD("AWSLogs/a+b%2Bc%C3%A9.gz") "]}"), &x);
	assert_int_equal(x.objects.n, 1);
	assert_string_equal(x.objects.items[0].bucket, "trail-logs");
	assert_string_equal(x.objects.items[0].key, "AWSLogs/a b+c\xc3\xa9.gz");
	assert_string_equal(x.objects.items[0].etag, "0123456789abcdef0123456789abcdef");
	assert_int_equal(x.objects.items[0].size, 1234);
	assert_string_equal(x.form, "S3 event notification");
	envelope_fini(&x);
	envelope_read(SV("{\"s3Bucket\":\"trail-logs\",\"s3ObjectKey\":[\"a+b%2B\"]}"), &x);
	assert_string_equal(x.objects.items[0].key, "a+b%2B");
	assert_null(x.objects.items[0].etag);
	assert_int_equal(x.objects.items[0].size, -1);
	envelope_fini(&x);
}

static void nothing_else_is(void **state)
{
	(void)state;
	static const char *const bodies[] = {"", " \n", "hello", "{", "{}", "[1]",
	    "{\"Records\":[{\"a\":1}]}",
	    "{\"Type\":\"SubscriptionConfirmation\",\"TopicArn\":\"t\",\"Message\":\"m\"}", "H4sIAAAA",
	    "{\"s3Bucket\":\"../x\",\"s3ObjectKey\":[\"a\"]}",
	    "{\"s3Bucket\":\"trail-logs\",\"s3ObjectKey\":[\"\"]}", "{\"Records\":[" S3_RECORD("") "]}",
	    RECORD "\nhello", "\xff\xfe"};
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct envelope x = {0};
		envelope_read(sv_from(bodies[i]), &x);
		if (!x.n_unknown || x.objects.n || x.n_events)
			fail_msg("%s", bodies[i]);
		assert_true(x.looks_like[0] != 0);
		envelope_fini(&x);
	}
	/* More objects than a message of AWS names. */
	struct buf many = {0};
	buf_adds(&many, "{\"s3Bucket\":\"trail-logs\",\"s3ObjectKey\":[\"0\"");
	for (int i = 1; i < ENVELOPE_OBJECTS + 5; i++)
		buf_printf(&many, ",\"%d\"", i);
	buf_adds(&many, "]}");
	expect(many.ptr, ENVELOPE_OBJECTS, 0, 0, 5);
	buf_fini(&many);
	/* The good parts of a mixed message are still found. */
	expect("{\"Records\":[{\"a\":1}," RECORD "]}", 0, 1, 0, 1);
	struct envelope x = {0};
	envelope_read(SV("{\"user\":1,\"\\u001b[2Jcolour\":2}"), &x);
	assert_string_equal(x.looks_like, "an object with user, \\x1b[2Jcolour");
	envelope_fini(&x);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_form_is_known),
	    cmocka_unit_test(all_of_it_may_be_inside_of_sns),
	    cmocka_unit_test(a_log_payload_is_unpacked),
	    cmocka_unit_test(objects_are_named_as_they_are),
	    cmocka_unit_test(nothing_else_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
