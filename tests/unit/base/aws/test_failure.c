/* What each form of an AWS error means, whatever protocol it came by. */
#include "base/aws/failure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct failure read_failure(int status, const char *header, const char *body)
{
	struct http_reply reply = {.status = status, .retry_after_ms = -1, .date_ms = -1};
	struct failure f;
	buf_adds(&reply.body, body);
	if (header)
		vec_push(&reply.headers, heap_copy(header));
	failure_read(&reply, &f);
	http_reply_fini(&reply);
	return f;
}

#define S3(code, more) \
	"<?xml version=\"1.0\"?>\n<Error><Code>" code "</Code><Message>m &amp; n</Message>" more "</Error>"
#define QUERY(code, message)                                                              \
	"<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code><Message>" message \
	"</Message></Error></ErrorResponse>"
#define JSON(type, message) "{\"__type\":\"" type "\",\"message\":\"" message "\"}"

static void kinds(void **state)
{
	static const struct {
		int status;
		const char *header, *body;
		enum failure_kind kind;
		const char *code;
	} cases[] = {
	    {200, NULL, "anything", FAILURE_NONE, ""},
	    {206, NULL, "", FAILURE_NONE, ""},
	    {404, NULL, S3("NoSuchKey", "<Key>x</Key>"), FAILURE_REFUSED, "NoSuchKey"},
	    {503, NULL, S3("SlowDown", ""), FAILURE_THROTTLED, "SlowDown"},
	    {500, NULL, S3("InternalError", ""), FAILURE_TRANSIENT, "InternalError"},
	    {500, NULL, "<html>oops</html>", FAILURE_TRANSIENT, ""},
	    {403, NULL, S3("RequestTimeTooSkewed", ""), FAILURE_CLOCK, "RequestTimeTooSkewed"},
	    {403, NULL, S3("ExpiredToken", ""), FAILURE_CREDENTIALS, "ExpiredToken"},
	    {301, "x-amz-bucket-region: eu-central-1", S3("PermanentRedirect", ""), FAILURE_REGION,
		"PermanentRedirect"},
	    {400, "x-amz-bucket-region: eu-central-1", "", FAILURE_REGION, ""},
	    {400, NULL, S3("AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>"), FAILURE_REGION,
		"AuthorizationHeaderMalformed"},
	    {400, NULL, JSON("com.amazonaws.sqs#QueueDoesNotExist", "x"), FAILURE_REFUSED,
		"QueueDoesNotExist"},
	    {400, NULL, JSON("ThrottlingException", "Rate exceeded"), FAILURE_THROTTLED,
		"ThrottlingException"},
	    {400, "x-amzn-ErrorType: AccessDeniedException:http://internal.amazon.com/", "{}",
		FAILURE_REFUSED, "AccessDeniedException"},
	    {403, NULL, QUERY("SignatureDoesNotMatch", "Signature expired: 20261124T030405Z is now"),
		FAILURE_CLOCK, "SignatureDoesNotMatch"},
	    {403, NULL, QUERY("SignatureDoesNotMatch", "The request signature"), FAILURE_CREDENTIALS,
		"SignatureDoesNotMatch"},
	    {429, NULL, "slow", FAILURE_THROTTLED, ""},
	    /* A proxy's refusal says nothing about the request; a HEAD's refusal has no body to say it with.
	     */
	    {403, NULL, "<html>log in first</html>", FAILURE_TRANSIENT, ""},
	    {403, NULL, "", FAILURE_REFUSED, "AccessDenied"},
	    {404, NULL, "", FAILURE_REFUSED, "NotFound"},
	    {400, NULL, "{\"a\":", FAILURE_TRANSIENT, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct failure f = read_failure(cases[i].status, cases[i].header, cases[i].body);
		assert_int_equal(f.kind, cases[i].kind);
		assert_string_equal(f.code, cases[i].code);
		if (f.kind == FAILURE_REGION)
			assert_string_equal(f.region, "eu-central-1");
	}
}

static void texts_are_one_printable_line(void **state)
{
	(void)state;
	struct failure f = read_failure(403, NULL, S3("AccessDenied", ""));
	assert_string_equal(f.message, "m & n");
	f = read_failure(400, NULL, QUERY("X", "first\nThe canonical string"));
	assert_string_equal(f.message, "first");
	f = read_failure(400, NULL, "{\"__type\":\"X\",\"message\":\"red \\u001b[31m\"}");
	assert_string_equal(f.message, "red \\x1b[31m");
	f = read_failure(502, NULL, "");
	assert_string_equal(f.message, "HTTP 502 without an AWS reply");
}

static void no_answer(void **state)
{
	struct http_reply reply = {.retry_after_ms = -1, .date_ms = -1};
	struct failure f;
	(void)state;
	err_set(&reply.error, RC_RETRY, "https://sqs: could not connect");
	failure_read(&reply, &f);
	assert_int_equal(f.kind, FAILURE_TRANSIENT);
	assert_string_equal(f.message, "https://sqs: could not connect");
	err_set(&reply.error, RC_REJECT, "certificate");
	failure_read(&reply, &f);
	assert_int_equal(f.kind, FAILURE_REFUSED);
}

static void codes_inside_a_200(void **state)
{
	struct failure f = {.code = "RequestThrottled"};
	(void)state;
	failure_judge(&f);
	assert_int_equal(f.kind, FAILURE_THROTTLED);
	f = (struct failure){.code = "ReceiptHandleIsInvalid"};
	failure_judge(&f);
	assert_int_equal(f.kind, FAILURE_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kinds),
	    cmocka_unit_test(texts_are_one_printable_line),
	    cmocka_unit_test(no_answer),
	    cmocka_unit_test(codes_inside_a_200),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
