/* IAM policies made of grants. */
#include "base/aws/grant.h"

#include "base/jdoc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define ROLE SV("arn:aws:iam::444455556666:role/read")

static struct jdoc *written(const struct grants *g)
{
	struct buf out = {0};
	struct jdoc *doc;
	grants_write(g, &out);
	assert_int_equal(out.ptr[out.len - 1], '\n');
	assert_int_equal(jdoc_read(buf_sv(&out), &doc, NULL), RC_OK);
	buf_fini(&out);
	return doc;
}

static void expect(const struct jdoc *doc, const char *path, const char *text)
{
	struct sv got = jdoc_text(doc, path);
	assert_int_equal(got.len, strlen(text));
	assert_memory_equal(got.ptr, text, got.len);
}

static void add(struct grants *g, const char *resource, struct sv identity)
{
	grants_add(g, &(struct grant){.sid = "Read",
			  .actions = "s3:GetObject",
			  .identity = identity,
			  .resource = sv_from(resource)});
}

static void test_one_identity_is_a_document(void **state)
{
	(void)state;
	struct grants g = {0};
	add(&g, "arn:aws:s3:::a/*", SV(""));
	add(&g, "arn:aws:s3:::b/*", SV(""));
	add(&g, "arn:aws:s3:::a/*", SV(""));
	grants_add(&g, &(struct grant){.sid = "Key",
			   .actions = "kms:Decrypt kms:GenerateDataKey",
			   .resource = SV("arn:key"),
			   .condition = "kms:ViaService",
			   .value = SV("s3.eu-west-1.amazonaws.com")});
	struct jdoc *doc = written(&g);
	expect(doc, "Version", "2012-10-17");
	assert_int_equal(jdoc_count(jdoc_at(doc, "Statement")), 2);
	expect(doc, "Statement.0.Action", "s3:GetObject");
	assert_int_equal(jdoc_count(jdoc_at(doc, "Statement.0.Resource")), 2);
	expect(doc, "Statement.0.Resource.1", "arn:aws:s3:::b/*");
	expect(doc, "Statement.1.Action.1", "kms:GenerateDataKey");
	const struct jdoc *equals = jdoc_at(doc, "Statement.1.Condition.StringEquals");
	expect(equals, "kms:ViaService", "s3.eu-west-1.amazonaws.com");
	jdoc_free(doc);
	grants_fini(&g);
}

static void test_roles_have_their_own(void **state)
{
	(void)state;
	struct grants g = {0};
	add(&g, "arn:aws:s3:::a/*", ROLE);
	grants_add(&g, &(struct grant){.sid = "Assume", .actions = "sts:AssumeRole", .resource = ROLE});
	struct jdoc *doc = written(&g);
	expect(doc, "agent.Statement.0.Action", "sts:AssumeRole");
	assert_int_equal(jdoc_count(jdoc_at(doc, "agent.Statement")), 1);
	assert_int_equal(jdoc_count(doc), 2);
	expect(jdoc_item(doc, 1), "Statement.0.Resource", "arn:aws:s3:::a/*");
	jdoc_free(doc);
	grants_fini(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_identity_is_a_document),
	    cmocka_unit_test(test_roles_have_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
