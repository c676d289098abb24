/* Publish's form body, and what each answer of SNS (or of something else) means. */
#include "base/aws/sns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define TOPIC "arn:aws:sns:eu-west-1:111122223333:sec"

static void builds_the_form(void **state)
{
	const struct sns_attribute attributes[] = {{"level", SV_INIT("high")}, {"rule", SV_INIT("a&b=c")}};
	struct sns_publish p = {.topic_arn = SV(TOPIC ".fifo"),
	    .message = SV("{\"default\":\"ä +\"}"),
	    .subject = SV("CRITICAL: x"),
	    .structured = true,
	    .attributes = attributes,
	    .n_attributes = 2,
	    .group_id = SV("g"),
	    .dedup_id = SV("d")};
	struct http_request r = {0};
	(void)state;
	sns_build(&p, "http://127.0.0.1:1", &r);
	assert_string_equal(r.method, "POST");
	assert_string_equal(r.url, "http://127.0.0.1:1/");
	assert_string_equal(r.body.ptr,
	    "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A111122223333%3Asec.fifo"
	    "&Message=%7B%22default%22%3A%22%C3%A4%20%2B%22%7D&MessageStructure=json&Subject=CRITICAL%3A%20x"
	    "&MessageGroupId=g&MessageDeduplicationId=d"
	    "&MessageAttributes.entry.1.Name=level&MessageAttributes.entry.1.Value.DataType=String"
	    "&MessageAttributes.entry.1.Value.StringValue=high"
	    "&MessageAttributes.entry.2.Name=rule&MessageAttributes.entry.2.Value.DataType=String"
	    "&MessageAttributes.entry.2.Value.StringValue=a%26b%3Dc");
	assert_int_equal(r.headers.n, 1);
	assert_true(sns_is_fifo(p.topic_arn));
	assert_false(sns_is_fifo(SV(TOPIC)));
	assert_int_equal(sns_size(&p), strlen("{\"default\":\"ä +\"}") + 2 * 6 + 5 + 4 + 4 + 5);
	http_request_fini(&r);
}

static void leaves_out_what_is_not_given(void **state)
{
	struct sns_publish p = {.topic_arn = SV(TOPIC), .message = SV("m")};
	struct http_request r = {0};
	(void)state;
	sns_build(&p, "https://sns.eu-west-1.amazonaws.com", &r);
	assert_true(sv_ends(buf_sv(&r.body), SV("&Message=m")));
	http_request_fini(&r);
}

static struct sns_result read_reply(int status, const char *body)
{
	struct http_reply reply = {.status = status, .retry_after_ms = -1, .date_ms = -1};
	struct sns_result out;
	buf_adds(&reply.body, body);
	sns_read(&reply, &out);
	http_reply_fini(&reply);
	return out;
}

#define ERROR(code, message)                                                               \
	"<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\n <Error>\n  " \
	"<Type>Sender</Type>\n  <Code>" code "</Code>\n  <Message>" message                \
	"</Message>\n </Error>\n <RequestId>1</RequestId>\n</ErrorResponse>"
#define SENT                                                                                  \
	"<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>" \
	"<MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult></PublishResponse>"

static void answers(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum sns_answer answer;
	} cases[] = {
	    {200, SENT, SNS_SENT},
	    {200, "", SNS_RETRY},
	    {200, "<html>log in</html>", SNS_RETRY},
	    {200, "<PublishResponse><MessageId>", SNS_RETRY},
	    {200, "<OtherResponse><MessageId>x</MessageId></OtherResponse>", SNS_RETRY},
	    {400, ERROR("Throttling", "Rate exceeded"), SNS_RETRY},
	    {429, ERROR("Whatever", ""), SNS_RETRY},
	    {500, ERROR("InternalError", ""), SNS_RETRY},
	    {503, "", SNS_RETRY},
	    {400, ERROR("KMSThrottling", ""), SNS_RETRY},
	    {403, ERROR("ExpiredToken", "The security token included in the request is expired"),
		SNS_CREDENTIALS},
	    {403, ERROR("InvalidClientTokenId", ""), SNS_CREDENTIALS},
	    {403, ERROR("SignatureDoesNotMatch", "The request signature we calculated does not match"),
		SNS_CREDENTIALS},
	    {403, ERROR("SignatureDoesNotMatch", "Signature expired: 20261124T030405Z is now earlier than"),
		SNS_CLOCK},
	    {403, ERROR("SignatureDoesNotMatch", "Signature not yet current: 2026"), SNS_CLOCK},
	    {400, ERROR("RequestExpired", ""), SNS_CLOCK},
	    {403, ERROR("RequestTimeTooSkewed", ""), SNS_CLOCK},
	    {403, ERROR("AuthorizationError", "not authorized"), SNS_REJECT},
	    {404, ERROR("NotFound", "Topic does not exist"), SNS_REJECT},
	    {400, ERROR("InvalidParameter", "Message too long"), SNS_REJECT},
	    {400, ERROR("NeverHeardOf", ""), SNS_REJECT},
	    {403, "<html>proxy says no</html>", SNS_RETRY},
	    {301, "", SNS_RETRY},
	    {0, "", SNS_RETRY},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sns_result r = read_reply(cases[i].status, cases[i].body);
		if (r.answer != cases[i].answer)
			fail_msg("case %zu: answer %d, expected %d", i, (int)r.answer, (int)cases[i].answer);
	}
}

static void texts_are_read_and_made_printable(void **state)
{
	(void)state;
	assert_string_equal(read_reply(200, SENT).message_id, "94f20ce6-13c5-43a0-9a9e-ca52d816e90b");
	struct sns_result r = read_reply(
	    400, ERROR("InvalidParameter", "a &lt;b&gt; &amp;lt; &quot;c&apos; &#x1b;\x1b[31m&unknown;"));
	assert_string_equal(r.code, "InvalidParameter");
	assert_string_equal(r.message, "a <b> &lt; \"c' &#x1b;\\x1b[31m&unknown;");
}

static void the_first_line_is_enough(void **state)
{
	(void)state;
	struct sns_result r =
	    read_reply(403, ERROR("SignatureDoesNotMatch", "no match.\n\nThe Canonical String"));
	assert_string_equal(r.message, "no match.");
}

static void long_texts_are_cut(void **state)
{
	struct buf body = {0};
	(void)state;
	buf_adds(&body, "<ErrorResponse><Code>");
	for (int i = 0; i < 2000; i++)
		buf_adds(&body, "\x1b&lt;");
	buf_adds(&body, "</Code><Message>m</Message>");
	struct sns_result r = read_reply(400, body.ptr);
	assert_int_equal(strlen(r.code), sizeof r.code - 1);
	assert_string_equal(r.message, "m");
	buf_fini(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(builds_the_form),
	    cmocka_unit_test(leaves_out_what_is_not_given),
	    cmocka_unit_test(answers),
	    cmocka_unit_test(texts_are_read_and_made_printable),
	    cmocka_unit_test(the_first_line_is_enough),
	    cmocka_unit_test(long_texts_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
