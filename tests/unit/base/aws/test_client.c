/* Calls to AWS against a scripted server: signed, tried again, mended, stopped. */
#include "base/aws/client.h"

#include "tests/unit/base/aws/scripted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define OK SCRIPTED("200", "Content-Length: 2\r\n", "ok")
#define BUSY SCRIPTED("503", "Content-Length: 0\r\n", "")
#define EXPIRED                                   \
	SCRIPTED("403", "Content-Length: 64\r\n", \
	    "<Error><Code>ExpiredToken</Code><Message>gone</Message></Error>   ")
#define SKEWED                                                                           \
	SCRIPTED("403", "Date: Tue, 24 Nov 2037 03:04:05 GMT\r\nContent-Length: 71\r\n", \
	    "<Error><Code>RequestTimeTooSkewed</Code><Message>off</Message></Error>  ")
#define DENIED                                    \
	SCRIPTED("403", "Content-Length: 62\r\n", \
	    "<Error><Code>AccessDenied</Code><Message>no</Message></Error>  ")

struct seen {
	int times, status, attempts;
	char body[64];
	enum failure_kind kind;
};

static void note(void *ctx, const struct aws_answer *a)
{
	struct seen *s = ctx;
	s->times++;
	s->status = a->reply->status;
	s->attempts = a->attempts;
	s->kind = a->failure.kind;
	snprintf(s->body, sizeof s->body, "%.*s", SV_ARG(buf_sv(&a->reply->body)));
}

static struct aws_client *client_of(const struct scripted *s)
{
	struct aws_client *c;
	struct err e = {0};
	struct aws_options o = {.credentials = {SV("AKIAIOSFODNN7EXAMPLE"), SV("secret"), SV(""), NULL},
	    .region = "eu-west-1",
	    .endpoint_url = sv_from(s->url),
	    .proxy = ""};
	assert_int_equal(aws_client_new(&o, &c, &e), RC_OK);
	return c;
}

static struct aws_request get(const char *path)
{
	struct aws_request r = {.service = "s3", .rules = SIGV4_S3, .method = "GET"};
	buf_adds(&r.path, path);
	return r;
}

static enum rc call(struct scripted *s, struct seen *seen, struct err *e)
{
	struct aws_client *c = client_of(s);
	struct aws_request r = get("/b/k");
	*seen = (struct seen){0};
	enum rc rc = aws_call(c, &r, note, seen, NULL, e);
	aws_client_free(c);
	return rc;
}

static void signs_and_gives_the_reply(void **state)
{
	const char *script[] = {OK};
	struct scripted s;
	struct seen seen;
	struct err e = {0};
	(void)state;
	scripted_start(&s, script, 1);
	assert_int_equal(call(&s, &seen, &e), RC_OK);
	assert_string_equal(seen.body, "ok");
	assert_int_equal(seen.attempts, 1);
	assert_non_null(strstr(s.requests[0], "GET /b/k HTTP/1.1"));
	assert_non_null(strstr(s.requests[0], "/eu-west-1/s3/aws4_request"));
	scripted_stop(&s);
}

static void tries_again(void **state)
{
	const char *script[] = {BUSY, NULL, OK};
	struct scripted s;
	struct seen seen;
	struct err e = {0};
	(void)state;
	scripted_start(&s, script, 3);
	assert_int_equal(call(&s, &seen, &e), RC_OK);
	assert_int_equal(seen.attempts, 3);
	assert_int_equal(seen.times, 1);
	scripted_stop(&s);
}

static void gives_up(void **state)
{
	const char *script[] = {BUSY, BUSY, BUSY, OK};
	struct scripted s;
	struct seen seen;
	struct err e = {0};
	(void)state;
	scripted_start(&s, script, 4);
	assert_int_equal(call(&s, &seen, &e), RC_RETRY);
	assert_int_equal(s.n_requests, 3);
	assert_string_equal(e.text, "s3 answered 503: HTTP 503 without an AWS reply");
	scripted_stop(&s);
}

static void refused_is_not_tried_again(void **state)
{
	const char *script[] = {DENIED, OK};
	struct scripted s;
	struct seen seen;
	struct err e = {0};
	(void)state;
	scripted_start(&s, script, 2);
	assert_int_equal(call(&s, &seen, &e), RC_REJECT);
	assert_int_equal(s.n_requests, 1);
	assert_string_equal(e.text, "s3 answered 403 AccessDenied: no");
	scripted_stop(&s);
}

static void keys_are_renewed_once(void **state)
{
	const char *script[] = {EXPIRED, OK}, *always[] = {EXPIRED, EXPIRED, OK};
	struct scripted s;
	struct seen seen;
	struct err e = {0};
	(void)state;
	scripted_start(&s, script, 2);
	assert_int_equal(call(&s, &seen, &e), RC_OK);
	scripted_stop(&s);
	scripted_start(&s, always, 3);
	assert_int_equal(call(&s, &seen, &e), RC_RETRY);
	assert_int_equal(s.n_requests, 2);
	scripted_stop(&s);
}

static void the_clock_is_learned(void **state)
{
	const char *script[] = {SKEWED, OK};
	struct scripted s;
	struct seen seen;
	struct err e = {0};
	(void)state;
	scripted_start(&s, script, 2);
	assert_int_equal(call(&s, &seen, &e), RC_OK);
	assert_null(strstr(s.requests[0], "20371124T0304"));
	assert_non_null(strstr(s.requests[1], "X-Amz-Date: 20371124T0304"));
	scripted_stop(&s);
}

static void many_at_once(void **state)
{
	const char *script[] = {OK, OK, BUSY, OK, OK, OK};
	struct scripted s;
	struct seen seen = {0};
	(void)state;
	scripted_start(&s, script, 6);
	struct aws_client *c = client_of(&s);
	for (int i = 0; i < 5; i++) {
		struct aws_request r = get("/b/k");
		aws_start(c, &r, note, &seen);
	}
	assert_int_equal(aws_in_flight(c), 5);
	while (aws_in_flight(c))
		aws_run(c, 1000);
	assert_int_equal(seen.times, 5);
	aws_client_free(c);
	scripted_stop(&s);
}

static bool at_once(void *ctx)
{
	(void)ctx;
	return true;
}

static void a_stop_leaves_calls_behind(void **state)
{
	const char *script[] = {OK, OK};
	struct scripted s;
	struct seen seen = {0};
	struct err e = {0};
	(void)state;
	scripted_start(&s, script, 2);
	struct aws_client *c = client_of(&s);
	struct aws_request r = get("/b/k");
	assert_int_equal(aws_call(c, &r, NULL, NULL, at_once, &e), RC_STOPPED);
	r = get("/b/k");
	aws_start(c, &r, note, &seen);
	aws_client_free(c);
	assert_int_equal(seen.times, 1);
	assert_int_equal(seen.status, 0);
	scripted_stop(&s);
}

static void retries_can_be_ended(void **state)
{
	const char *script[] = {SCRIPTED("503", "Retry-After: 20\r\nContent-Length: 0\r\n", ""), OK};
	struct scripted s;
	struct seen waits = {0}, unsent = {0}, other = {0};
	(void)state;
	scripted_start(&s, script, 2);
	struct aws_client *c = client_of(&s);
	struct aws_request r = get("/b/waits");
	aws_start(c, &r, note, &waits);
	while (!s.n_requests)
		aws_run(c, 20);
	aws_run(c, 100); /* the 503 is here: it waits for 20 s */
	r = get("/b/unsent");
	aws_start(c, &r, note, &unsent);
	r = get("/b/other");
	aws_start(c, &r, note, &other);
	aws_end_retries(c, &waits);
	aws_end_retries(c, &unsent);
	while (!waits.times || !other.times) /* had the 503 not come yet, it ends with it */
		aws_run(c, 20);
	assert_int_equal(waits.attempts, 1);
	assert_int_equal(unsent.times, 1);
	assert_int_equal(unsent.attempts, 0);
	assert_int_equal(other.status, 200);
	assert_int_equal(s.n_requests, 2);
	aws_client_free(c);
	assert_int_equal(waits.times + unsent.times + other.times, 3);
	scripted_stop(&s);
}

static void a_region_is_needed(void **state)
{
	struct aws_client *c;
	struct err e = {0};
	(void)state;
	unsetenv("AWS_REGION");
	unsetenv("AWS_DEFAULT_REGION");
	setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
	assert_int_equal(aws_client_new(&(struct aws_options){0}, &c, &e), RC_NOTFOUND);
	assert_non_null(strstr(e.text, "no AWS region"));
	setenv("AWS_REGION", "eu-west-3", 1);
	assert_int_equal(aws_client_new(&(struct aws_options){0}, &c, &e), RC_OK);
	assert_string_equal(aws_region(c), "eu-west-3");
	aws_client_free(c);
}

static int set_up(void **state)
{
	(void)state;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	http_global_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_and_gives_the_reply),
	    cmocka_unit_test(tries_again),
	    cmocka_unit_test(gives_up),
	    cmocka_unit_test(refused_is_not_tried_again),
	    cmocka_unit_test(keys_are_renewed_once),
	    cmocka_unit_test(the_clock_is_learned),
	    cmocka_unit_test(many_at_once),
	    cmocka_unit_test(a_stop_leaves_calls_behind),
	    cmocka_unit_test(retries_can_be_ended),
	    cmocka_unit_test(a_region_is_needed),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
