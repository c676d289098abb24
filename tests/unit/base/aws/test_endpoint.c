/* Endpoints, ARNs, and the order of overrides. */
#include "base/aws/endpoint.h"

#include "base/aws/arn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

static int fresh(void **state)
{
	static const char *const variables[] = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SNS", "AWS_PROFILE",
	    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"};
	(void)state;
	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
		unsetenv(variables[i]);
	setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
	return setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
}

static void expect(struct endpoint_request r, const char *url)
{
	struct buf out = {0};
	struct err e = {0};
	assert_int_equal(endpoint_url(&r, &out, &e), RC_OK);
	assert_string_equal(out.ptr, url);
	buf_fini(&out);
}

static void partitions(void **state)
{
	(void)state;
	expect((struct endpoint_request){"sns", SV("eu-west-1")}, "https://sns.eu-west-1.amazonaws.com");
	expect((struct endpoint_request){"sns", SV("cn-north-1")}, "https://sns.cn-north-1.amazonaws.com.cn");
	expect(
	    (struct endpoint_request){"sns", SV("us-gov-west-1")}, "https://sns.us-gov-west-1.amazonaws.com");
	expect((struct endpoint_request){"sns", SV("us-iso-east-1")}, "https://sns.us-iso-east-1.c2s.ic.gov");
	expect((struct endpoint_request){"sns", SV("us-isob-east-1")},
	    "https://sns.us-isob-east-1.sc2s.sgov.gov");
	expect((struct endpoint_request){"sns", SV("eusc-de-east-1")},
	    "https://sns.eusc-de-east-1.amazonaws.eu");
	expect((struct endpoint_request){"sns", SV("eu-west-1"), SV("aws-cn")},
	    "https://sns.eu-west-1.amazonaws.com.cn");
}

static void fips_and_dual_stack(void **state)
{
	const struct endpoint_request sqs = {"sqs", SV("eu-west-1")}, s3 = {"s3", SV("eu-west-1")},
				      gov = {"sts", SV("us-gov-west-1")}, china = {"sqs", SV("cn-north-1")};
	(void)state;
	setenv("AWS_USE_DUALSTACK_ENDPOINT", "true", 1);
	expect(sqs, "https://sqs.eu-west-1.api.aws");
	expect(s3, "https://s3.dualstack.eu-west-1.amazonaws.com");
	expect(china, "https://sqs.cn-north-1.api.amazonwebservices.com.cn");
	setenv("AWS_USE_FIPS_ENDPOINT", "True", 1);
	expect(sqs, "https://sqs-fips.eu-west-1.api.aws");
	expect(s3, "https://s3-fips.dualstack.eu-west-1.amazonaws.com");
	setenv("AWS_USE_DUALSTACK_ENDPOINT", "false", 1);
	expect(sqs, "https://sqs-fips.eu-west-1.amazonaws.com");
	expect(s3, "https://s3-fips.eu-west-1.amazonaws.com");
	expect(gov, "https://sts.us-gov-west-1.amazonaws.com");
}

static void overrides_in_order(void **state)
{
	struct endpoint_request r = {"sns", SV("eu-west-1"), .configured = "http://127.0.0.1:1/"};
	(void)state;
	setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:3", 1);
	expect(r, "http://127.0.0.1:1");
	r.configured = NULL;
	expect(r, "http://127.0.0.1:3");
	setenv("AWS_ENDPOINT_URL_SNS", "https://sns.local//", 1);
	expect(r, "https://sns.local");
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE", 1);
	expect(r, "https://sns.eu-west-1.amazonaws.com");
	r.configured = "http://127.0.0.1:1";
	expect(r, "http://127.0.0.1:1");
}

static void expect_refused(struct endpoint_request r, const char *part)
{
	struct buf out = {0};
	struct err e = {0};
	assert_int_equal(endpoint_url(&r, &out, &e), RC_CONFIG);
	assert_non_null(strstr(e.text, part));
	assert_int_equal(out.len, 0);
	buf_fini(&out);
}

static void refuses(void **state)
{
	(void)state;
	expect_refused((struct endpoint_request){"sns", SV("")}, "is no AWS region");
	expect_refused((struct endpoint_request){"sns", SV("evil.example/")}, "is no AWS region");
	expect_refused((struct endpoint_request){"sns", SV("-x")}, "is no AWS region");
	expect_refused((struct endpoint_request){"sns", SV("eu-west-1"), SV("aws-mars")}, "\"aws-mars\"");
	expect_refused(
	    (struct endpoint_request){"sns", SV("eu-west-1"), .configured = "ftp://s3cret"}, "neither");
}

static void arns(void **state)
{
	struct arn a = {0};
	(void)state;
	assert_true(arn_parse(SV("arn:aws-cn:sns:cn-north-1:111122223333:alerts:with:colons"), &a));
	assert_true(sv_eq(a.partition, SV("aws-cn")));
	assert_true(sv_eq(a.service, SV("sns")));
	assert_true(sv_eq(a.region, SV("cn-north-1")));
	assert_true(sv_eq(a.account, SV("111122223333")));
	assert_true(sv_eq(a.resource, SV("alerts:with:colons")));
	assert_true(arn_parse(SV("arn:aws:s3:::bucket/key"), &a));
	assert_int_equal(a.region.len, 0);
	assert_false(arn_parse(SV("arn:aws:sns:eu-west-1:1"), &a));
	assert_false(arn_parse(SV("arn:aws:sns:eu-west-1:1:"), &a));
	assert_false(arn_parse(SV("nra:aws:sns:eu-west-1:1:x"), &a));
	assert_false(arn_parse(SV(""), &a));
	assert_true(sv_eq(a.resource, SV("bucket/key")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(partitions, fresh),
	    cmocka_unit_test_setup(fips_and_dual_stack, fresh),
	    cmocka_unit_test_setup(overrides_in_order, fresh),
	    cmocka_unit_test_setup(refuses, fresh),
	    cmocka_unit_test(arns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
