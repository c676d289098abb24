/* Missing grants, read from what AWS says. */
#include "base/aws/denied.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static bool read_of(const char *code, const char *message, struct denied *out)
{
	struct failure f = {.kind = FAILURE_REFUSED};
	snprintf(f.code, sizeof f.code, "%s", code);
	snprintf(f.message, sizeof f.message, "%s", message);
	return denied_read(&f, out);
}

static void test_identity_policy(void **state)
{
	(void)state;
	struct denied d;
	assert_true(read_of("AccessDeniedException",
	    "User: arn:aws:sts::1:assumed-role/kw/i-1 is not authorized to perform: "
	    "cloudtrail:GetTrailStatus on "
	    "resource: arn:aws:cloudtrail:eu-west-1:1:trail/main because no identity-based policy allows the "
	    "cloudtrail:GetTrailStatus action",
	    &d));
	assert_string_equal(d.action, "cloudtrail:GetTrailStatus");
	assert_string_equal(d.resource, "arn:aws:cloudtrail:eu-west-1:1:trail/main");
	assert_string_equal(d.why, "no identity-based policy allows the cloudtrail:GetTrailStatus action");
}

static void test_key_behind_a_bucket(void **state)
{
	(void)state;
	struct denied d;
	assert_true(read_of("AccessDenied",
	    "User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on the resource "
	    "associated with "
	    "this ciphertext because the resource does not exist in this Region",
	    &d));
	assert_string_equal(d.action, "kms:Decrypt");
	assert_string_equal(d.resource, "");
}

static void test_bare_and_quoted(void **state)
{
	(void)state;
	struct denied d;
	assert_true(read_of("AccessDenied", "Access Denied", &d));
	assert_string_equal(d.action, "");
	assert_string_equal(d.why, "");
	assert_true(read_of("AuthorizationError",
	    "User: x is not authorized to perform: \"SNS:GetTopicAttributes\" on resource: "
	    "'arn:aws:sns:r:1:t'.",
	    &d));
	assert_string_equal(d.action, "SNS:GetTopicAttributes");
	assert_string_equal(d.resource, "arn:aws:sns:r:1:t");
	assert_true(read_of("AccessDenied", "is not authorized to perform:", &d));
	assert_string_equal(d.action, "");
}

static void test_other_failures(void **state)
{
	(void)state;
	assert_false(read_of("QueueDoesNotExist", "no such queue", NULL));
	assert_false(read_of("", "not authorized to perform: a:b", NULL));
	assert_true(read_of("AccessDenied", "", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_identity_policy),
	    cmocka_unit_test(test_key_behind_a_bucket),
	    cmocka_unit_test(test_bare_and_quoted),
	    cmocka_unit_test(test_other_failures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
