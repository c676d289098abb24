/* The ARN of a queue's URL, and the grants of a source that reads it. */
#include "agent/source/sqs_check.h"

#include "agent/source/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void expect_arn(const char *url, const char *region, const char *arn)
{
	struct buf out = {0};
	bool good = sqs_check_arn(sv_from(url), sv_from(region), &out);
	assert_int_equal(good, arn != NULL);
	if (arn)
		assert_string_equal(out.ptr, arn);
	buf_fini(&out);
}

static void test_arn(void **state)
{
	(void)state;
	expect_arn("https://sqs.eu-west-1.amazonaws.com/111122223333/kw", "eu-west-1",
	    "arn:aws:sqs:eu-west-1:111122223333:kw");
	expect_arn("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/kw", "cn-north-1",
	    "arn:aws-cn:sqs:cn-north-1:111122223333:kw");
	expect_arn(
	    "http://127.0.0.1:4566/000000000000/kw", "us-east-1", "arn:aws:sqs:us-east-1:000000000000:kw");
	expect_arn("https://sqs.eu-west-1.amazonaws.com/111122223333/kw", "", NULL);
	expect_arn("kw", "eu-west-1", NULL);
}

static void grants_of(const char *yaml, struct grants *out)
{
	struct faults faults = {0};
	struct options o;
	struct ydoc *y = ydoc_parse("t", sv_from(yaml), 0, &faults);
	options_read(&o, source_type_find("sqs")->table, ydoc_root(y, 0), "t", NULL, &faults);
	assert_int_equal(faults.n_errors, 0);
	sqs_check_grants(&o, out);
	options_fini(&o);
	ydoc_free(y);
	faults_fini(&faults);
}

static void expect_text(struct sv got, const char *text)
{
	assert_int_equal(got.len, strlen(text));
	assert_memory_equal(got.ptr, text, got.len);
}

static void test_grants(void **state)
{
	(void)state;
	struct grants g = {0};
	grants_of("{queue_url: 'https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/111122223333/kw', buckets: "
		  "[a, '*', b], "
		  "role_arn: 'arn:aws:iam::1:role/r'}",
	    &g);
	assert_int_equal(g.list.n, 3);
	expect_text(g.list.items[0].resource, "arn:aws:sqs:eu-west-1:111122223333:kw");
	expect_text(g.list.items[0].identity, "arn:aws:iam::1:role/r");
	expect_text(g.list.items[2].resource, "arn:aws:s3:::b/*");
	grants_fini(&g);
	grants_of("{queue_url: 'http://127.0.0.1:1/1/kw', buckets: ['*']}", &g);
	expect_text(g.list.items[0].resource, "QUEUE-ARN");
	expect_text(g.list.items[1].resource, "arn:aws:s3:::" SQS_CHECK_ANY_BUCKET "/*");
	grants_fini(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_arn),
	    cmocka_unit_test(test_grants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
