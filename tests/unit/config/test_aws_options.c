/* The options that all AWS blocks share. */
#include "config/aws_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

static const struct option list[] = {AWS_OPTIONS("SQS")};
static const struct option_table table = {"sources.sqs", "for the test", list, sizeof list / sizeof *list};

static enum rc read_block(const char *yaml, struct options *given, struct aws_options *out, struct err *e)
{
	struct faults faults = {0};
	struct ydoc *doc = ydoc_parse("x.yaml", sv_from(yaml), 0, &faults);
	options_read(given, &table, ydoc_root(doc, 0), "x.yaml", NULL, &faults);
	assert_int_equal(faults.n_errors, 0);
	ydoc_free(doc);
	faults_fini(&faults);
	*out = (struct aws_options){0};
	return aws_options_read(given, out, e);
}

static void gives_what_is_written(void **state)
{
	struct options given;
	struct aws_options out;
	struct err e = {0};
	(void)state;
	setenv("KW_ID", "AKIA", 1);
	setenv("KW_SECRET", "s3cret", 1);
	assert_int_equal(read_block("access_key_id: env:KW_ID\nsecret_access_key: env:KW_SECRET\nrole_arn: "
				    "arn:aws:iam::444455556666:role/kw\nexternal_id: "
				    "env:KW_ID\nendpoint_url: http://127.0.0.1:1\n",
			     &given, &out, &e),
	    RC_OK);
	assert_true(sv_eq(out.credentials.key_id, SV("AKIA")));
	assert_true(sv_eq(out.credentials.secret, SV("s3cret")));
	assert_string_equal(out.credentials.role_arn, "arn:aws:iam::444455556666:role/kw");
	assert_true(sv_eq(out.credentials.external_id, SV("AKIA")));
	assert_true(sv_eq(out.endpoint_url, SV("http://127.0.0.1:1")));
	assert_null(out.credentials.profile);
	options_fini(&given);
}

static void halves_are_refused(void **state)
{
	struct options given;
	struct aws_options out;
	struct err e = {0};
	(void)state;
	setenv("KW_ID", "AKIA", 1);
	assert_int_equal(read_block("access_key_id: env:KW_ID\n", &given, &out, &e), RC_CONFIG);
	assert_string_equal(e.text, "\"access_key_id\" and \"secret_access_key\" go together");
	options_fini(&given);
	assert_int_equal(read_block("external_id: env:KW_ID\n", &given, &out, &e), RC_CONFIG);
	assert_string_equal(e.text, "\"external_id\" is for a role: \"role_arn\" is missing");
	options_fini(&given);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_what_is_written),
	    cmocka_unit_test(halves_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
