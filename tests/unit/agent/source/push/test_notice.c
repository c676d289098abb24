/* What SNS signs, and where it may send us. The signed texts are those of SNS's developer guide, by hand. */
#include "agent/source/push/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define TOPIC "arn:aws:sns:eu-west-1:111122223333:trail"
#define COMMON                                                                                         \
	"\"MessageId\":\"m-1\",\"TopicArn\":\"" TOPIC "\",\"Message\":\"a\\u00e9\\nb\",\"Timestamp\":" \
	"\"2026-11-30T01:02:03.000Z\",\"SigningCertURL\":\"u\",\"Signature\":\"AA==\""

static void expect_signed(const char *body, const char *want)
{
	struct notice m;
	struct err e = {0};
	struct buf text = {0};
	assert_int_equal(notice_read(sv_from(body), &m, &e), RC_OK);
	notice_signed_text(&m, &text);
	assert_string_equal(text.ptr, want);
	buf_fini(&text);
	notice_fini(&m);
}

static void what_is_signed(void **state)
{
	(void)state;
	expect_signed("{\"Type\":\"Notification\",\"SignatureVersion\":\"2\"," COMMON "}",
	    "Message\na\xc3\xa9\nb\nMessageId\nm-1\nTimestamp\n2026-11-30T01:02:03.000Z\nTopicArn\n" TOPIC
	    "\nType\nNotification\n");
	expect_signed("{\"Type\":\"Notification\",\"SignatureVersion\":\"1\",\"Subject\":\"\"," COMMON "}",
	    "Message\na\xc3\xa9\nb\nMessageId\nm-1\nSubject\n\nTimestamp\n2026-11-30T01:02:03."
	    "000Z\nTopicArn\n" TOPIC "\nType\nNotification\n");
	expect_signed("{\"Type\":\"SubscriptionConfirmation\",\"SignatureVersion\":\"2\",\"Token\":\"t\","
		      "\"Subject\":\"no\","
		      "\"SubscribeURL\":\"s\"," COMMON "}",
	    "Message\na\xc3\xa9\nb\nMessageId\nm-1\nSubscribeURL\ns\nTimestamp\n2026-11-30T01:02:03."
	    "000Z\nToken\nt\n"
	    "TopicArn\n" TOPIC "\nType\nSubscriptionConfirmation\n");
}

static void what_is_no_message(void **state)
{
	static const char *const bodies[] = {"", "{", "[]", "1", "{}", "{\"Type\":\"Other\"}",
	    "{\"Type\":\"Notification\"," COMMON "}",
	    "{\"Type\":\"Notification\",\"SignatureVersion\":2," COMMON "}",
	    "{\"Type\":\"SubscriptionConfirmation\",\"SignatureVersion\":\"2\"," COMMON "}",
	    "{\"Type\":\"Notification\",\"SignatureVersion\":\"2\",\"MessageId\":\"m\"}"};
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct notice m;
		struct err e = {0};
		assert_int_equal(notice_read(sv_from(bodies[i]), &m, &e), RC_INPUT);
		assert_true(e.text[0] != 0);
	}
}

static void regions_of_topics(void **state)
{
	static const struct {
		const char *arn, *region;
	} cases[] = {{TOPIC, "eu-west-1"}, {"arn:aws-cn:sns:cn-north-1:1:t", "cn-north-1"},
	    {"arn:aws:sqs:eu-west-1:1:t", ""}, {"arn:aws:sns:eu-west-1", ""}, {"", ""},
	    {"arn:aws:sns:evil.example/:1:t", ""}, {"arn:aws:sns::1:t", ""}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sv region = notice_topic_region(sv_from(cases[i].arn));
		assert_true(sv_eq(region, sv_from(cases[i].region)));
		assert_int_equal(region.ptr != NULL, cases[i].region[0] != 0);
	}
}

static void urls_of_certificates(void **state)
{
	static const struct {
		const char *url, *region;
		bool good;
	} cases[] = {
	    {"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0f.pem", "eu-west-1", true},
	    {"https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0f.pem", "cn-north-1", true},
	    {"https://sns.cn-north-1.amazonaws.com/SimpleNotificationService-0f.pem", "cn-north-1", false},
	    {"https://sns.eu-west-1.amazonaws.com.cn/SimpleNotificationService-0f.pem", "eu-west-1", false},
	    {"https://sns.eu-west-2.amazonaws.com/SimpleNotificationService-0f.pem", "eu-west-1", false},
	    {"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0f.pem", "", false},
	    {"HTTPS://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0f.pem", "eu-west-1", false},
	    {"https://sns.eu-west-1.amazonaws.com:443/SimpleNotificationService-0f.pem", "eu-west-1", false},
	    {"https://sns.eu-west-1.amazonaws.com\\@x/SimpleNotificationService-0f.pem", "eu-west-1", false},
	    {"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0f.pem#.pem", "eu-west-1", false},
	    {"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-%2e.pem", "eu-west-1", false},
	    {"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-/../x.pem", "eu-west-1", false},
	    {"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a b.pem", "eu-west-1", false},
	    {"https://sns.eu-west-1.amazonaws.com/x.pem", "eu-west-1", false},
	    {"", "eu-west-1", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(notice_certificate_url_ok(sv_from(cases[i].url), sv_from(cases[i].region)),
		    cases[i].good);
	assert_true(notice_subscribe_url_ok(
	    SV("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"), SV("eu-west-1")));
	assert_false(
	    notice_subscribe_url_ok(SV("https://sns.eu-west-1.amazonaws.com/x?Token=t"), SV("eu-west-1")));
	assert_false(notice_subscribe_url_ok(
	    SV("https://sns.eu-west-1.amazonaws.com.x.example/?Token=t"), SV("eu-west-1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_signed),
	    cmocka_unit_test(what_is_no_message),
	    cmocka_unit_test(regions_of_topics),
	    cmocka_unit_test(urls_of_certificates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
