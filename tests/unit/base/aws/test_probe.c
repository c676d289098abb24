/* Questions of `doctor` against a scripted server: what is wrong becomes a line that says what to do. */
#include "base/aws/probe.h"

#include "base/aws/caller.h"
#include "tests/unit/base/aws/scripted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define ME                                                                                    \
	SCRIPTED("200", "Content-Length: 105\r\n",                                            \
	    "<GetCallerIdentityResult><Arn>arn:aws:iam::1:user/x</Arn><Account>1</Account></" \
	    "GetCallerIdentityResult>     ")
#define DENIED                                                                                              \
	SCRIPTED("403", "Content-Length: 134\r\n",                                                          \
	    "{\"__type\":\"AccessDenied\",\"message\":\"User: x is not authorized to perform: kms:Decrypt " \
	    "on resource: arn:key because no policy allows\"}   ")
#define GONE                                                                                                 \
	SCRIPTED("400", "Content-Length: 86\r\n",                                                            \
	    "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"The queue is not there\"}   " \
	    "      ")

struct bed {
	struct scripted server;
	struct aws_client *client;
	struct checkup out;
};

static void open_bed(struct bed *b, const char *const *answers, size_t n)
{
	struct err e = {0};
	*b = (struct bed){0};
	scripted_start(&b->server, answers, n);
	struct aws_options o = {.credentials = {SV("AKIAIOSFODNN7EXAMPLE"), SV("secret"), SV(""), NULL},
	    .region = "eu-west-1",
	    .endpoint_url = sv_from(b->server.url),
	    .proxy = ""};
	assert_int_equal(aws_client_new(&o, &b->client, &e), RC_OK);
}

static void close_bed(struct bed *b)
{
	aws_client_free(b->client);
	scripted_stop(&b->server);
	checkup_fini(&b->out);
}

static void read_caller(void *ctx, const struct http_reply *reply)
{
	caller_read(reply, ctx);
}

static bool ask(struct bed *b, bool only_doctor, bool dry, struct caller *who)
{
	struct aws_request r = {0};
	struct probe p = {b->client, &b->out, "sqs:GetQueueAttributes", SV("arn:queue"), only_doctor};
	caller_request(&r);
	return dry ? probe_dry(&p, &r) : probe_ask(&p, &r, read_caller, who);
}

static void test_good(void **state)
{
	(void)state;
	struct bed b;
	struct caller who = {0};
	open_bed(&b, (const char *const[]){ME}, 1);
	assert_true(ask(&b, false, false, &who));
	assert_string_equal(who.arn, "arn:aws:iam::1:user/x");
	assert_string_equal(who.account, "1");
	assert_int_equal(b.out.lines.n, 0);
	close_bed(&b);
}

static void test_denied_names_the_grant(void **state)
{
	(void)state;
	struct bed b;
	open_bed(&b, (const char *const[]){DENIED, DENIED}, 2);
	assert_false(ask(&b, false, false, NULL));
	assert_string_equal(
	    b.out.lines.items[0].text, "missing grant: kms:Decrypt on arn:key, since no policy allows");
	assert_int_equal(b.out.lines.items[0].mark, CHECKUP_FAIL);
	assert_false(ask(&b, true, true, NULL));
	assert_int_equal(b.out.lines.items[1].mark, CHECKUP_WARN);
	close_bed(&b);
}

static void test_gone(void **state)
{
	(void)state;
	struct bed b;
	open_bed(&b, (const char *const[]){GONE, GONE}, 2);
	assert_false(ask(&b, false, false, NULL));
	assert_non_null(strstr(b.out.lines.items[0].text, "QueueDoesNotExist"));
	assert_non_null(strstr(b.out.lines.items[0].advice, "deleted"));
	assert_true(ask(&b, false, true, NULL)); /* refused for another reason: the grant is there */
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_denied_names_the_grant),
	    cmocka_unit_test(test_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
