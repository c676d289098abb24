/* SQS requests as they go out, and replies of SQS, of emulators and of whatever else answers. */
#include "base/aws/sqs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define URL "https://sqs.eu-west-1.amazonaws.com/111122223333/kw"

static struct http_reply reply_of(const char *body)
{
	struct http_reply r = {.status = 200, .retry_after_ms = -1, .date_ms = -1};
	buf_adds(&r.body, body);
	return r;
}

static void regions(void **state)
{
	static const struct {
		const char *url, *region;
	} cases[] = {
	    {URL, "eu-west-1"},
	    {"https://eu-west-1.queue.amazonaws.com/1/q", "eu-west-1"},
	    {"https://sqs-fips.us-gov-west-1.amazonaws.com/1/q", "us-gov-west-1"},
	    {"https://vpce-1-x.sqs.ap-south-1.vpce.amazonaws.com/1/q", "ap-south-1"},
	    {"https://sqs.cn-north-1.amazonaws.com.cn/1/q", "cn-north-1"},
	    {"http://127.0.0.1:4566/1/q", ""},
	    {"http://sqs.example.org/1/q", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_true(sv_eq(sqs_url_region(sv_from(cases[i].url)), sv_from(cases[i].region)));
	assert_true(sqs_url_valid(SV(URL)));
	assert_true(sqs_url_valid(SV("http://127.0.0.1:1/000000000000/q")));
	static const char *const wrong[] = {"", "kw", "arn:aws:sqs:eu-west-1:1:kw",
	    "https://sqs.eu-west-1.amazonaws.com/", "https://sqs.eu-west-1.amazonaws.com", "https:///1/q",
	    URL "/x", URL "?a=b", "ftp://h/1/q"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(sqs_url_valid(sv_from(wrong[i])));
}

static void requests(void **state)
{
	struct aws_request r;
	const struct sv receipts[] = {SV("a\"b"), SV("c")};
	(void)state;
	sqs_receive(SV(URL), 10, 20, 120, &r);
	assert_string_equal(r.body.ptr,
	    "{\"QueueUrl\":\"" URL "\",\"MaxNumberOfMessages\":10,\"WaitTimeSeconds\":20,"
	    "\"VisibilityTimeout\":120,\"AttributeNames\":[\"All\"]}");
	assert_int_equal(r.timeout_ms, 30000);
	assert_string_equal(r.headers.items[1], "X-Amz-Target: AmazonSQS.ReceiveMessage");
	aws_request_fini(&r);
	sqs_delete(SV(URL), receipts, 2, &r);
	assert_string_equal(r.body.ptr,
	    "{\"QueueUrl\":\"" URL "\",\"Entries\":[{\"Id\":\"0\",\"ReceiptHandle\":\"a\\\"b\"},"
	    "{\"Id\":\"1\",\"ReceiptHandle\":\"c\"}]}");
	aws_request_fini(&r);
	sqs_keep(SV(URL), receipts + 1, 1, 60, &r);
	assert_string_equal(r.body.ptr,
	    "{\"QueueUrl\":\"" URL "\",\"Entries\":[{\"Id\":\"0\",\"ReceiptHandle\":\"c\","
	    "\"VisibilityTimeout\":60}]}");
	aws_request_fini(&r);
}

static void messages(void **state)
{
	struct http_reply r =
	    reply_of("{\"Messages\":[{\"MessageId\":\"m1\",\"ReceiptHandle\":\"r1\",\"Body\":\"abc\","
		     "\"MD5OfBody\":\"900150983cd24fb0d6963f7d28e17f72\",\"Attributes\":{"
		     "\"ApproximateReceiveCount\":\"3\",\"SentTimestamp\":\"1790000000000\"}},"
		     "{\"MessageId\":\"m2\",\"ReceiptHandle\":\"r2\",\"Body\":\"abd\","
		     "\"MD5OfBody\":\"900150983cd24fb0d6963f7d28e17f72\"},{\"MessageId\":\"m3\"}]}");
	struct sqs_messages m;
	(void)state;
	assert_int_equal(sqs_read_messages(&r, &m, NULL), RC_OK);
	assert_int_equal(m.list.n, 2);
	assert_true(sv_eq(m.list.items[0].receipt, SV("r1")));
	assert_int_equal(m.list.items[0].receives, 3);
	assert_int_equal(m.list.items[0].sent_ms, 1790000000000);
	assert_false(m.list.items[0].damaged);
	assert_true(m.list.items[1].damaged);
	sqs_messages_fini(&m);
	http_reply_fini(&r);
}

static void empty_and_foreign(void **state)
{
	static const char *const empty[] = {"{}", "", " \n", "{\"Messages\":[]}", "{\"Messages\":null}"};
	static const char *const foreign[] = {
	    "<?xml version=\"1.0\"?><DeleteResult/>", "<html>log in</html>", "[1]", "{\"a"};
	struct sqs_messages m;
	(void)state;
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
		struct http_reply r = reply_of(empty[i]);
		assert_int_equal(sqs_read_messages(&r, &m, NULL), RC_OK);
		assert_int_equal(m.list.n, 0);
		sqs_messages_fini(&m);
		http_reply_fini(&r);
	}
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		struct http_reply r = reply_of(foreign[i]);
		struct err e = {0};
		assert_int_equal(sqs_read_messages(&r, &m, &e), RC_RETRY);
		assert_non_null(strstr(e.text, "is the queue's URL right"));
		http_reply_fini(&r);
	}
}

struct failed {
	size_t n, entries[4];
	enum failure_kind kinds[4];
};

static void note(void *ctx, size_t entry, const struct failure *why)
{
	struct failed *f = ctx;
	f->entries[f->n] = entry;
	f->kinds[f->n++] = why->kind;
}

static void partial_batches(void **state)
{
	struct http_reply r = reply_of(
	    "{\"Successful\":[{\"Id\":\"0\"}],\"Failed\":["
	    "{\"Id\":\"1\",\"Code\":\"ReceiptHandleIsInvalid\",\"SenderFault\":true,\"Message\":\"no\"},"
	    "{\"Id\":\"2\",\"Code\":\"InternalError\",\"SenderFault\":false},"
	    "{\"Id\":\"7\",\"Code\":\"x\"},{\"Id\":\"-1\",\"Code\":\"x\"}]}");
	struct failed f = {0};
	(void)state;
	assert_int_equal(sqs_read_batch(&r, 3, note, &f, NULL), RC_OK);
	assert_int_equal(f.n, 2);
	assert_int_equal(f.entries[0], 1);
	assert_int_equal(f.kinds[0], FAILURE_REFUSED);
	assert_int_equal(f.kinds[1], FAILURE_TRANSIENT);
	http_reply_fini(&r);
	r = reply_of("{}");
	assert_int_equal(sqs_read_batch(&r, 3, note, &f, NULL), RC_RETRY);
	http_reply_fini(&r);
}

static void attributes(void **state)
{
	struct http_reply r =
	    reply_of("{\"Attributes\":{\"ApproximateNumberOfMessages\":\"12\",\"VisibilityTimeout\":\"30\","
		     "\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"arn:aws:sqs:eu-west-1:1:dlq\\\","
		     "\\\"maxReceiveCount\\\":5}\"}}");
	struct sqs_queue q;
	(void)state;
	assert_int_equal(sqs_read_attributes(&r, &q, NULL), RC_OK);
	assert_int_equal(q.waiting, 12);
	assert_int_equal(q.in_flight, -1);
	assert_int_equal(q.visibility_s, 30);
	assert_int_equal(q.max_receives, 5);
	assert_string_equal(q.dead_letter_arn, "arn:aws:sqs:eu-west-1:1:dlq");
	http_reply_fini(&r);
	r = reply_of("{}");
	assert_int_equal(sqs_read_attributes(&r, &q, NULL), RC_RETRY);
	http_reply_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(regions),
	    cmocka_unit_test(requests),
	    cmocka_unit_test(messages),
	    cmocka_unit_test(empty_and_foreign),
	    cmocka_unit_test(partial_batches),
	    cmocka_unit_test(attributes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
