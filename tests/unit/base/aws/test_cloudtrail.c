/* CloudTrail's requests as they go out. */
#include "base/aws/cloudtrail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void expect(struct aws_request *r, const char *action, const char *body)
{
	assert_string_equal(r->service, "cloudtrail");
	assert_true(sv_ends(sv_from(r->headers.items[1]), sv_from(action)));
	assert_string_equal(r->body.ptr, body);
	aws_request_fini(r);
}

static void requests(void **state)
{
	struct aws_request r;
	(void)state;
	cloudtrail_lookup_events(&(struct cloudtrail_lookup){.start_ms = 1500, .end_ms = 2001}, &r);
	expect(&r, ".LookupEvents", "{\"StartTime\":1,\"EndTime\":3,\"MaxResults\":50}");
	cloudtrail_lookup_events(&(struct cloudtrail_lookup){.start_ms = 0,
				     .end_ms = 1000,
				     .attribute = "EventSource",
				     .value = SV("kendra.amazonaws.com"),
				     .token = SV("t")},
	    &r);
	expect(&r, ".LookupEvents",
	    "{\"StartTime\":0,\"EndTime\":1,\"MaxResults\":50,\"LookupAttributes\":[{\"AttributeKey\":"
	    "\"EventSource\","
	    "\"AttributeValue\":\"kendra.amazonaws.com\"}],\"NextToken\":\"t\"}");
	cloudtrail_list_public_keys(0, 1000, SV(""), &r);
	expect(&r, ".ListPublicKeys", "{\"StartTime\":0,\"EndTime\":1}");
	cloudtrail_describe_trails(&r);
	expect(&r, ".DescribeTrails", "{\"includeShadowTrails\":true}");
	cloudtrail_trail_status(SV("arn:x"), &r);
	expect(&r, ".GetTrailStatus", "{\"Name\":\"arn:x\"}");
	cloudtrail_event_selectors(SV("arn:x"), &r);
	expect(&r, ".GetEventSelectors", "{\"TrailName\":\"arn:x\"}");
}

static void tokens(void **state)
{
	struct http_reply reply = {.status = 200};
	(void)state;
	buf_adds(&reply.body, "{\"Events\":[],\"NextToken\":\"n\"}");
	char *token = cloudtrail_next_token(&reply);
	assert_string_equal(token, "n");
	free(token);
	buf_reset(&reply.body);
	buf_adds(&reply.body, "{}");
	assert_null(cloudtrail_next_token(&reply));
	http_reply_fini(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests),
	    cmocka_unit_test(tokens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
