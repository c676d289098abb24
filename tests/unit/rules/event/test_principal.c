/* What an entry of a principal list means. */
#include "rules/event/principal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "rules/event/arn.h"

#define ROLE                                                                                           \
	"{\"recipientAccountId\":\"111122223333\",\"userIdentity\":{\"type\":\"AssumedRole\",\"arn\":" \
	"\"arn:aws:sts::111122223333:assumed-role/ingest-hr/alice@example.com\",\"sessionContext\":{"  \
	"\"sessionIssuer\":{\"arn\":\"arn:aws:iam::111122223333:role/ci/ingest-hr\"}}}}"
#define FOREIGN_ROLE                                                                           \
	"{\"recipientAccountId\":\"111122223333\",\"userIdentity\":{\"type\":\"AssumedRole\"," \
	"\"accountId\":\"444455556666\",\"sessionContext\":{\"sessionIssuer\":{\"arn\":"       \
	"\"arn:aws:iam::444455556666:role/ingest-hr\"}}}}"
#define SSO                                                                                             \
	"{\"recipientAccountId\":\"111122223333\",\"userIdentity\":{\"type\":\"AssumedRole\",\"arn\":"  \
	"\"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a/alice@example.com\","         \
	"\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"arn:aws:iam::111122223333:role/aws-reserved/" \
	"sso.amazonaws.com/AWSReservedSSO_Admin_0a\"}}}}"
#define USER                                                                                       \
	"{\"recipientAccountId\":\"111122223333\",\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":" \
	"\"arn:aws:iam::111122223333:user/dana@example.com\",\"userName\":\"dana@example.com\"}}"
#define ROOT                                                                                             \
	"{\"userIdentity\":{\"type\":\"Root\",\"arn\":\"arn:aws:iam::111122223333:root\",\"accountId\":" \
	"\"111122223333\"}}"
#define FEDERATED                                                                                        \
	"{\"recipientAccountId\":\"111122223333\",\"userIdentity\":{\"type\":\"FederatedUser\",\"arn\":" \
	"\"arn:aws:sts::111122223333:federated-user/bob@444455556666\",\"sessionContext\":{"             \
	"\"sessionIssuer\":{\"arn\":\"arn:aws:iam::111122223333:user/broker\"}}}}"
#define SERVICE "{\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"kendra.amazonaws.com\"}}"
#define ACCOUNT "{\"userIdentity\":{\"type\":\"AWSAccount\",\"accountId\":\"444455556666\"}}"

static void entries_mean_callers(void **state)
{
	static const struct {
		const char *entry, *record;
		bool matches;
	} rows[] = {
	    {"role/ingest-hr", ROLE, true},
	    {"ROLE/Ingest-HR", ROLE, true},
	    {"role/ingest-*", ROLE, true},
	    {"role/*", ROLE, true},
	    {"role/ci/ingest-hr", ROLE, true},
	    {"role/cd/ingest-hr", ROLE, false},
	    {"role/ci/*", ROLE, true},
	    {"role/ingest", ROLE, false},
	    {"role/", ROLE, false},
	    {"user/ingest-hr", ROLE, false},
	    {"role/alice@example.com", ROLE, false},
	    {"sso/alice@example.com", ROLE, false},
	    {"alice@example.com", ROLE, false},
	    {"*alice*", ROLE, false},
	    {"arn:aws:iam::111122223333:role/ci/ingest-hr", ROLE, true},
	    {"arn:aws:iam::*:role/ci/ingest-hr", ROLE, true},
	    {"arn:aws:iam::111122223333:role/ingest-hr", ROLE, false},
	    {"role/ingest-hr@111122223333", ROLE, true},
	    {"role/ingest-hr@444455556666", ROLE, false},
	    {"", ROLE, false},
	    {"*", ROLE, true},
	    /* A namesake in another account is someone else. */
	    {"role/ingest-hr", FOREIGN_ROLE, false},
	    {"role/ingest-hr@444455556666", FOREIGN_ROLE, true},
	    {"role/ingest-hr@111122223333", FOREIGN_ROLE, false},
	    {"arn:aws:iam::444455556666:role/ingest-hr", FOREIGN_ROLE, true},
	    {"sso/alice@example.com", SSO, true},
	    {"SSO/*@EXAMPLE.com", SSO, true},
	    {"sso/bob@example.com", SSO, false},
	    {"alice@example.com", SSO, true},
	    {"role/AWSReservedSSO_Admin_*", SSO, true},
	    {"user/dana@example.com", USER, true},
	    {"user/dana", USER, false},
	    {"role/dana@example.com", USER, false},
	    {"root", ROOT, true},
	    {"Root", ROOT, true},
	    {"root@111122223333", ROOT, true},
	    {"root@444455556666", ROOT, false},
	    {"root", USER, false},
	    {"rooty", ROOT, false},
	    {"arn:aws:iam::111122223333:root", ROOT, true},
	    {"user/broker", FEDERATED, true},
	    {"federated/bob@444455556666", FEDERATED, false},
	    {"federated/bob@444455556666@111122223333", FEDERATED, true},
	    {"federated/bob@*", FEDERATED, true},
	    {"federated/bob", FEDERATED, false},
	    {"federated/*", ROLE, false},
	    {"service/kendra", SERVICE, true},
	    {"service/kendra.amazonaws.com", SERVICE, true},
	    {"kendra.amazonaws.com", SERVICE, true},
	    {"service/ken", SERVICE, false},
	    {"service/*", ROLE, false},
	    {"account/444455556666", ACCOUNT, true},
	    {"account/111122223333", ACCOUNT, false},
	    {"account/111122223333", ROLE, false},
	    {"role/x", "{}", false},
	    {"root", "{}", false},
	    {"sso/*", "{}", false},
	    {"*", "{}", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = {0};
		struct record r;
		assert_int_equal(record_open(&r, &a, sv_from(rows[i].record), NULL, NULL), RC_OK);
		if (principal_matches(sv_from(rows[i].entry), &r) != rows[i].matches)
			fail_msg("%s %s", rows[i].entry, rows[i].record);
		arena_fini(&a);
	}
}

static void stars_stand_for_any_run(void **state)
{
	(void)state;
	assert_true(principal_fits(SV("a*c"), SV("abbc")));
	assert_true(principal_fits(SV("a*c"), SV("AC")));
	assert_true(principal_fits(SV("*a*b*"), SV("xxaxxbxx")));
	assert_true(principal_fits(SV("a*bc*bd"), SV("abcbcbd")));
	assert_true(principal_fits(SV("**"), SV("")));
	assert_true(principal_fits(SV(""), SV("")));
	assert_false(principal_fits(SV(""), SV("a")));
	assert_false(principal_fits(SV("a*c"), SV("abb")));
	assert_false(principal_fits(SV("a"), SV("")));
	assert_false(principal_fits(SV("*a*a*a*a*a*a*b"), SV("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
}

static void arns_come_apart(void **state)
{
	struct arn a;
	(void)state;
	assert_true(arn_parse(SV("arn:aws-cn:iam::1:role/p/q/name"), &a));
	assert_true(sv_eq(a.partition, SV("aws-cn")) && sv_eq(a.service, SV("iam")) && a.region.len == 0);
	assert_true(sv_eq(a.account, SV("1")) && sv_eq(a.resource, SV("role/p/q/name")));
	assert_true(sv_eq(arn_name(&a, SV("role/")), SV("name")));
	assert_null(arn_name(&a, SV("user/")).ptr);
	assert_true(arn_parse(SV("arn:aws:kendra:r:1:index/i:x"), &a));
	assert_true(sv_eq(a.resource, SV("index/i:x")));
	assert_true(arn_parse(SV("arn:::::role/"), &a));
	assert_int_equal(arn_name(&a, SV("role/")).len, 0);
	assert_false(arn_parse(SV("arn:aws:iam::1"), &a));
	assert_false(arn_parse(SV("arn:aws:iam::1:"), &a));
	assert_false(arn_parse(SV("ARN"), &a));
	assert_false(arn_parse((struct sv){0}, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries_mean_callers),
	    cmocka_unit_test(stars_stand_for_any_run),
	    cmocka_unit_test(arns_come_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
