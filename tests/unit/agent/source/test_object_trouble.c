/* What a person is told about an object that is not to be had. */
#include "agent/source/object_trouble.h"

#include "tests/unit/agent/fixture.h"

static struct buf summary;

static struct complaint about(enum object_end end, const char *code, const char *message)
{
	struct object_result r = {.end = end, .fd = -1, .size = 7};
	struct complaint c;
	snprintf(r.failure.code, sizeof r.failure.code, "%s", code);
	snprintf(r.failure.message, sizeof r.failure.message, "%s", message);
	object_trouble("trail", "s3://trail/k", &r, &summary, &c);
	assert_string_equal(c.cause, "trail");
	return c;
}

static void a_missing_grant_is_named(void **state)
{
	(void)state;
	struct complaint c = about(OBJECT_DENIED, "AccessDenied",
	    "User: arn:aws:iam::111122223333:user/kw is not authorized to perform: kms:Decrypt on resource: "
	    "arn:aws:kms:eu-west-1:111122223333:key/1 because no identity-based policy allows it");
	assert_string_equal(c.rule, "kendrawatch.self.object_denied");
	assert_non_null(
	    strstr(c.summary, "Grant kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/1, in"));
	c = about(OBJECT_DENIED, "AccessDenied", "not allowed to kms:Decrypt");
	assert_non_null(strstr(c.summary, "Grant kms:Decrypt on the bucket's key"));
	c = about(OBJECT_DENIED, "AccessDenied", "Access Denied");
	assert_non_null(strstr(c.summary, "Grant s3:GetObject on arn:aws:s3:::trail/*"));
	c = about(OBJECT_DENIED, "KMS.DisabledException", "it is disabled");
	assert_non_null(strstr(c.summary, "enable it"));
}

static void other_ends_say_what_to_do(void **state)
{
	(void)state;
	struct complaint c = about(OBJECT_MISSING, "NoSuchKey", "gone");
	assert_string_equal(c.rule, "kendrawatch.self.object_missing");
	assert_non_null(strstr(c.summary, "s3://trail/k was announced and is not there (NoSuchKey)"));
	c = about(OBJECT_TOO_LARGE, "", "");
	assert_string_equal(c.rule, "kendrawatch.self.object_too_large");
	assert_non_null(strstr(c.summary, "has 7 bytes"));
	object_trouble_foreign("evil", "s3://evil/\x1b[2J", &summary, &c);
	assert_string_equal(c.rule, "kendrawatch.self.object_foreign");
	assert_non_null(strstr(c.summary, "s3://evil/\\x1b[2J was not read"));
	buf_fini(&summary);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_missing_grant_is_named),
	    cmocka_unit_test(other_ends_say_what_to_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
