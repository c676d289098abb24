/* SNS messages, requests and verdicts, without a network. */
#include "tests/unit/alerts/sink/bed.h"

#include "alerts/render/render.h"
#include "alerts/sink/sns_message.h"
#include "base/clock.h"
#include "base/jout.h"

#define TOPIC "arn:aws:sns:eu-west-1:111122223333:sec"
#define YAML                                                                                              \
	"{topic_arn: '" TOPIC "', endpoint_url: 'http://127.0.0.1:4566/', access_key_id: 'env:KW_T_ID', " \
	"secret_access_key: 'env:KW_T_KEY'}"

static int fresh(void **state)
{
	(void)state;
	setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	unsetenv("AWS_PROFILE");
	unsetenv("AWS_ENDPOINT_URL");
	setenv("KW_T_ID", "AKIDEXAMPLE", 1);
	return setenv("KW_T_KEY", "s3cret", 1);
}

static void open_sns(struct bed *b)
{
	assert_int_equal(bed_open(b, "sns", YAML), RC_OK);
}

static struct jdoc *parsed(const struct buf *message)
{
	struct jdoc *d;
	assert_int_equal(jdoc_read(buf_sv(message), &d, NULL), RC_OK);
	return d;
}

static void message_has_a_text_for_each_protocol(void **state)
{
	struct bed b = {0};
	struct sns_message m = {0};
	struct buf page = {0};
	(void)state;
	open_sns(&b);
	assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC), NULL, &m, &b.e), RC_OK);
	struct jdoc *d = parsed(&m.message);
	render_page(b.alert, &(struct render_style){.now_ms = RENDER_NO_TIME}, &page);
	assert_true(sv_eq(jdoc_text(d, "default"), buf_sv(&page)));
	assert_true(sv_eq(jdoc_text(d, "email"), buf_sv(&page)));
	assert_true(jdoc_text(d, "sms").len > 20 && jdoc_text(d, "sms").len <= 140);
	assert_int_equal(sv_find_char(jdoc_text(d, "sms"), '\n'), SV_NONE);
	assert_true(sv_eq(jdoc_text(d, "sqs"), SV(BED_ALERT)));
	assert_true(sv_eq(jdoc_text(d, "lambda"), SV(BED_ALERT)));
	assert_true(sv_eq(jdoc_text(d, "http"), SV(BED_ALERT)));
	assert_true(sv_eq(jdoc_text(d, "https"), SV(BED_ALERT)));
	assert_true(m.publish.structured);
	assert_int_equal(m.publish.group_id.len, 0);
	assert_int_equal(m.publish.dedup_id.len, 0);
	jdoc_free(d);
	buf_fini(&page);
	sns_message_fini(&m);
	bed_close(&b);
}

static void attributes_are_for_filter_policies(void **state)
{
	static const char *const expected[][2] = {{"level", "critical"},
	    {"rule", "7c0d3f52-6a0e-4a57-9d0b-0c5b7a1f2e41"}, {"account", "111122223333"},
	    {"region", "eu-west-1"}, {"outcome", "ok"}};
	struct bed b = {0};
	struct sns_message m = {0}, few = {0};
	(void)state;
	open_sns(&b);
	assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC), NULL, &m, &b.e), RC_OK);
	assert_int_equal(m.publish.n_attributes, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(m.publish.attributes[i].name, expected[i][0]);
		assert_true(sv_eq(m.publish.attributes[i].value, sv_from(expected[i][1])));
	}
	bed_alert(&b,
	    SV("{\"rule\":{\"level\":\"low\"},\"account\":\"\",\"region\":null,\"outcome\":\"a\\u0000b\"}"));
	assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC), NULL, &few, &b.e), RC_OK);
	assert_int_equal(few.publish.n_attributes, 2);
	assert_true(sv_eq(few.publish.attributes[1].value, SV("a\\x00b")));
	sns_message_fini(&m);
	sns_message_fini(&few);
	bed_close(&b);
}

static void subject_is_what_sns_takes(void **state)
{
	static const char *const summaries[] = {"plain", "\\r\\nBcc: x\\u0007\\u001b[31m",
	    "äöü \\ud83d\\ude00 漢字",
	    "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012345678 012345678 123", ""};
	struct bed b = {0};
	(void)state;
	open_sns(&b);
	for (size_t i = 0; i < sizeof summaries / sizeof summaries[0]; i++) {
		struct sns_message m = {0};
		struct buf body = {0};
		buf_printf(&body, "{\"rule\":{\"level\":\"high\",\"title\":\"%s\"},\"summary\":\"%s\"}",
		    summaries[i], summaries[i]);
		bed_alert(&b, buf_sv(&body));
		assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC), NULL, &m, &b.e), RC_OK);
		struct sv subject = m.publish.subject;
		assert_true(subject.len >= 1 && subject.len < 100);
		assert_true(subject.ptr[0] > ' ');
		for (size_t k = 0; k < subject.len; k++)
			assert_true(subject.ptr[k] >= ' ' && subject.ptr[k] < 0x7f);
		sns_message_fini(&m);
		buf_fini(&body);
	}
	bed_close(&b);
}

/* An alert whose record holds `event_bytes` bytes and whose why holds `why_bytes`. */
static void big_alert(struct buf *out, size_t event_bytes, size_t why_bytes)
{
	char *pad = heap_zero(1, event_bytes + why_bytes + 1);
	memset(pad, 'x', event_bytes + why_bytes);
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv(&j, "summary", SV("it happened"));
	jout_kv(&j, "event", sv_of(pad, event_bytes));
	jout_kv(&j, "why", sv_of(pad, why_bytes));
	jout_end_object(&j);
	free(pad);
}

static void large_alerts_shrink_step_by_step(void **state)
{
	struct bed b = {0};
	struct sns_message shared = {0}, bare = {0}, never = {0};
	struct buf body = {0};
	(void)state;
	open_sns(&b);
	big_alert(&body, 100000, 10);
	bed_alert(&b, buf_sv(&body));
	assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC), NULL, &shared, &b.e), RC_OK);
	struct jdoc *d = parsed(&shared.message);
	assert_null(jdoc_at(d, "sqs"));
	assert_true(sv_eq(jdoc_text(d, "default"), buf_sv(&body)));
	jdoc_free(d);

	buf_reset(&body);
	big_alert(&body, 300000, 10);
	bed_alert(&b, buf_sv(&body));
	assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC), NULL, &bare, &b.e), RC_OK);
	d = parsed(&bare.message);
	assert_true(sv_eq(jdoc_text(d, "default"),
	    SV("{\"summary\":\"it happened\",\"why\":\"xxxxxxxxxx\",\"event_omitted\":true}")));
	jdoc_free(d);

	buf_reset(&body);
	big_alert(&body, 10, 300000);
	bed_alert(&b, buf_sv(&body));
	assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC), NULL, &never, &b.e), RC_REJECT);
	assert_non_null(strstr(b.e.text, "SNS allows 262144"));
	sns_message_fini(&shared);
	sns_message_fini(&bare);
	sns_message_fini(&never);
	buf_fini(&body);
	bed_close(&b);
}

static void a_fifo_topic_keeps_its_order(void **state)
{
	struct bed b = {0};
	(void)state;
	assert_int_equal(
	    bed_open(&b, "sns", "{topic_arn: '" TOPIC ".fifo', endpoint_url: 'http://127.0.0.1:4566/'}"),
	    RC_OK);
	assert_true(b.type->ordered(b.sink));
	bed_close(&b);
}

static void fifo_topics_get_ids(void **state)
{
	struct bed b = {0};
	struct sns_message first = {0}, other = {0};
	char key_hash[65];
	(void)state;
	open_sns(&b);
	crypto_sha256_hex(SV("msg_key1"), key_hash);
	assert_false(b.type->ordered(b.sink));
	assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC ".fifo"), NULL, &first, &b.e), RC_OK);
	assert_int_equal(first.publish.group_id.len, 64);
	assert_true(sv_eq(first.publish.dedup_id, sv_from(key_hash)));
	b.delivery.key = SV("msg_key2");
	assert_int_equal(sns_message_make(&b.delivery, SV(TOPIC ".fifo"), NULL, &other, &b.e), RC_OK);
	assert_true(sv_eq(first.publish.group_id, other.publish.group_id));
	assert_false(sv_eq(first.publish.dedup_id, other.publish.dedup_id));
	sns_message_fini(&first);
	sns_message_fini(&other);
	bed_close(&b);
}

static void requests_are_signed_and_otherwise_the_same(void **state)
{
	struct bed b = {0};
	struct http_request first = {0}, second = {0};
	(void)state;
	open_sns(&b);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &first, &b.e), RC_OK);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &second, &b.e), RC_OK);
	assert_string_equal(first.url, "http://127.0.0.1:4566/");
	assert_true(sv_eq(buf_sv(&first.body), buf_sv(&second.body)));
	struct sv authorization = bed_header(&first, "Authorization");
	assert_true(sv_starts(authorization, SV("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")));
	assert_true(
	    sv_find(authorization,
		SV("/eu-west-1/sns/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=")) !=
	    SV_NONE);
	assert_int_equal(bed_header(&first, "X-Amz-Date").len, 16);
	for (size_t i = 0; i < first.headers.n; i++)
		assert_null(strstr(first.headers.items[i], "s3cret"));
	http_request_fini(&first);
	http_request_fini(&second);
	bed_close(&b);
}

static void without_keys_the_alert_waits(void **state)
{
	struct bed b = {0};
	struct http_request r = {0};
	(void)state;
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	assert_int_equal(bed_open(&b, "sns", "{topic_arn: '" TOPIC "'}"), RC_OK);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &r, &b.e), RC_RETRY);
	assert_non_null(strstr(b.e.text, "no AWS credentials; asked: configuration, environment"));
	http_request_fini(&r);
	bed_close(&b);
}

static void expect_refused(const char *yaml, const char *part)
{
	struct bed b = {0};
	assert_int_equal(bed_open(&b, "sns", yaml), RC_CONFIG);
	if (!strstr(b.e.text, part))
		fail_msg("\"%s\" does not hold \"%s\"", b.e.text, part);
	bed_close(&b);
}

static void refuses_options_that_can_not_work(void **state)
{
	(void)state;
	expect_refused("{topic_arn: sec}", "is no topic: arn:aws:sns:REGION:ACCOUNT:NAME");
	expect_refused("{topic_arn: 'arn:aws:sqs:eu-west-1:111122223333:sec'}", "is no topic");
	expect_refused("{topic_arn: 'arn:aws:sns::111122223333:sec'}", "\"\" is no AWS region");
	expect_refused("{topic_arn: 'arn:aws-mars:sns:eu-west-1:111122223333:sec'}", "is no AWS partition");
	expect_refused("{topic_arn: '" TOPIC "', access_key_id: 'env:KW_T_ID'}", "go together");
}

#define ERROR(code, message) \
	"<ErrorResponse><Error><Code>" code "</Code><Message>" message "</Message></Error></ErrorResponse>"

static void verdicts(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum sink_answer answer;
		const char *part;
	} cases[] = {
	    {200, "<PublishResponse><MessageId>1-2</MessageId></PublishResponse>", SINK_SENT, ""},
	    {200, "<html>", SINK_RETRY, "SNS answered 200 without an AWS reply"},
	    {400, ERROR("Throttling", "Rate exceeded"), SINK_RETRY,
		"SNS answered 400 Throttling: Rate exceeded"},
	    {503, "", SINK_RETRY, "SNS answered 503"},
	    {403, ERROR("AuthorizationError", "no"), SINK_REJECT,
		"SNS refuses to publish to " TOPIC ": AuthorizationError: no"},
	    {404, ERROR("NotFound", "Topic does not exist"), SINK_REJECT, "NotFound"},
	    {400, ERROR("InvalidParameter", "Subject"), SINK_REJECT, "InvalidParameter: Subject"},
	    {0, "", SINK_RETRY, "nothing came"},
	};
	struct bed b = {0};
	(void)state;
	open_sns(&b);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sink_verdict v = bed_judge(&b, cases[i].status, cases[i].body, -1);
		assert_int_equal(v.answer, cases[i].answer);
		if (!strstr(v.why.text, cases[i].part))
			fail_msg("\"%s\" does not hold \"%s\"", v.why.text, cases[i].part);
	}
	bed_close(&b);
}

static void new_keys_are_read_and_tried_at_once_but_once(void **state)
{
	struct bed b = {0};
	struct http_request r = {0};
	(void)state;
	open_sns(&b);
	setenv("AWS_ACCESS_KEY_ID", "AKIDOTHER", 1);
	struct sink_verdict v = bed_judge(&b, 403, ERROR("ExpiredToken", "expired"), -1);
	assert_int_equal(v.answer, SINK_RETRY);
	assert_int_equal(v.retry_after_ms, 0);
	assert_non_null(strstr(v.why.text, "SNS refuses our keys: ExpiredToken"));
	assert_int_equal(bed_judge(&b, 403, ERROR("ExpiredToken", "expired"), -1).retry_after_ms, -1);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &r, &b.e), RC_OK);
	assert_true(sv_find(bed_header(&r, "Authorization"), SV("Credential=AKIDEXAMPLE/")) != SV_NONE);
	assert_int_equal(
	    bed_judge(&b, 200, "<PublishResponse><MessageId>1</MessageId>", -1).answer, SINK_SENT);
	assert_int_equal(bed_judge(&b, 403, ERROR("ExpiredToken", "expired"), -1).retry_after_ms, 0);
	http_request_fini(&r);
	bed_close(&b);
}

static void the_clock_is_corrected(void **state)
{
	struct bed b = {0};
	struct http_request r = {0};
	struct http_reply reply = {.status = 403, .retry_after_ms = -1};
	int64_t signed_ms;
	(void)state;
	open_sns(&b);
	bed_clock(1795485600000);
	reply.date_ms = 1795485600000 + 3600000;
	buf_adds(&reply.body, ERROR("RequestTimeTooSkewed", "off"));
	struct sink_verdict v = b.type->judge(b.sink, &b.delivery, &reply);
	assert_int_equal(v.answer, SINK_RETRY);
	assert_int_equal(v.retry_after_ms, 0);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &r, &b.e), RC_OK);
	assert_true(clk_parse(bed_header(&r, "X-Amz-Date"), &signed_ms));
	assert_int_equal(signed_ms, reply.date_ms);
	http_reply_fini(&reply);
	http_request_fini(&r);
	bed_close(&b);
}

#define TEST(f) cmocka_unit_test_setup(f, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(message_has_a_text_for_each_protocol),
	    TEST(attributes_are_for_filter_policies),
	    TEST(subject_is_what_sns_takes),
	    TEST(large_alerts_shrink_step_by_step),
	    TEST(a_fifo_topic_keeps_its_order),
	    TEST(fifo_topics_get_ids),
	    TEST(requests_are_signed_and_otherwise_the_same),
	    TEST(without_keys_the_alert_waits),
	    TEST(refuses_options_that_can_not_work),
	    TEST(verdicts),
	    TEST(new_keys_are_read_and_tried_at_once_but_once),
	    TEST(the_clock_is_corrected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
