/* Records and their derived fields. Each case is a record and what some of its fields must say. */
#include "rules/event/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena arena;

static int reset(void **state)
{
	(void)state;
	arena_reset(&arena);
	return 0;
}

static struct record open_json(const char *json)
{
	struct record r;
	struct err e = {0};
	if (record_open(&r, &arena, sv_from(json), NULL, &e))
		fail_msg("%s: %s", json, e.text);
	return r;
}

/* `wanted` NULL: the field is absent. */
static void field_of(struct record *r, enum kw_field f, const char *wanted)
{
	struct sv got = record_derived(r, f);
	struct sv want = sv_from(wanted);
	if ((got.ptr == NULL) != (wanted == NULL) || !sv_eq(got, want))
		fail_msg("%s is \"%.*s\", not \"%s\", in %.*s", kw_field_name(f), SV_ARG(got),
		    wanted ? wanted : "(absent)", SV_ARG(r->bytes));
	assert_true((record_derived_from(r, f).ptr == NULL) == (wanted == NULL));
}

static void is(const char *json, enum kw_field f, const char *wanted)
{
	struct record r = open_json(json);
	field_of(&r, f, wanted);
}

#define ROLE(name, session)                                                                               \
	"{\"recipientAccountId\":\"111122223333\",\"userIdentity\":{\"type\":\"AssumedRole\","            \
	"\"principalId\":\"AROAX:" session "\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/" name    \
	"/" session "\",\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAX\",\"sessionContext\":{"    \
	"\"sessionIssuer\":{\"type\":\"Role\",\"arn\":\"arn:aws:iam::111122223333:role/path/" name "\"}," \
	"\"attributes\":{\"mfaAuthenticated\":\"false\"}}}}"
#define SSO                                                                                                \
	"{\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROAX:alice@example.com\",\"arn\":" \
	"\"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/alice@example.com\","          \
	"\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAX\",\"sessionContext\":{\"sessionIssuer\":{" \
	"\"arn\":\"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/"               \
	"AWSReservedSSO_Admin_0a1b\"}}},\"recipientAccountId\":\"444455556666\"}"
#define USER                                                                                           \
	"{\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/ops/dana\"," \
	"\"accountId\":\"111122223333\",\"userName\":\"dana\",\"accessKeyId\":\"AKIAX\"},"             \
	"\"recipientAccountId\":\"444455556666\"}"
#define ROOT                                                                                             \
	"{\"userIdentity\":{\"type\":\"Root\",\"arn\":\"arn:aws:iam::111122223333:root\",\"accountId\":" \
	"\"111122223333\",\"accessKeyId\":\"\",\"invokedBy\":\"support.amazonaws.com\"}}"
#define FEDERATED                                                                                           \
	"{\"userIdentity\":{\"type\":\"FederatedUser\",\"arn\":\"arn:aws:sts::111122223333:federated-user/" \
	"bob\",\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAX\",\"sessionContext\":{"               \
	"\"sessionIssuer\":{\"arn\":\"arn:aws:iam::111122223333:user/broker\"},\"attributes\":{"            \
	"\"mfaAuthenticated\":\"False\"}}}}"
#define SAML                                                                                       \
	"{\"userIdentity\":{\"type\":\"SAMLUser\",\"principalId\":\"q:sub\",\"userName\":\"sub\"," \
	"\"identityProvider\":\"idp.example\"}}"
#define SERVICE                                                                               \
	"{\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"kendra.amazonaws.com\"}," \
	"\"sourceIPAddress\":\"kendra.amazonaws.com\"}"
#define NO_TYPE                                                                                              \
	"{\"eventType\":\"AwsServiceEvent\",\"userIdentity\":{\"accountId\":\"111122223333\",\"invokedBy\":" \
	"\"AWS Internal\"},\"sourceIPAddress\":\"AWS Internal\"}"
#define FOREIGN                                                                                              \
	"{\"userIdentity\":{\"type\":\"AWSAccount\",\"accountId\":\"444455556666\",\"principalId\":\"AROAX:" \
	"s\"},\"recipientAccountId\":\"111122223333\"}"
#define CENTER                                                                                               \
	"{\"userIdentity\":{\"type\":\"IdentityCenterUser\",\"accountId\":\"111122223333\",\"onBehalfOf\":{" \
	"\"userId\":\"u-1\",\"identityStoreArn\":\"arn:aws:identitystore::1:identitystore/"                  \
	"d-1\"},\"credentialId\":\"c\"}}"

static void principals_are_stable(void **state)
{
	(void)state;
	is(ROLE("ingest", "anything"), KW_FIELD_PRINCIPAL, "arn:aws:iam::111122223333:role/path/ingest");
	is(SSO, KW_FIELD_PRINCIPAL,
	    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/"
	    "AWSReservedSSO_Admin_0a1b");
	is(USER, KW_FIELD_PRINCIPAL, "arn:aws:iam::111122223333:user/ops/dana");
	is(ROOT, KW_FIELD_PRINCIPAL, "arn:aws:iam::111122223333:root");
	is(FEDERATED, KW_FIELD_PRINCIPAL, "arn:aws:iam::111122223333:user/broker");
	is(SAML, KW_FIELD_PRINCIPAL, "idp.example/sub");
	is(SERVICE, KW_FIELD_PRINCIPAL, "kendra.amazonaws.com");
	is(NO_TYPE, KW_FIELD_PRINCIPAL, "AWS Internal");
	is(FOREIGN, KW_FIELD_PRINCIPAL, "account/444455556666");
	is(CENTER, KW_FIELD_PRINCIPAL, "arn:aws:identitystore::1:identitystore/d-1/u-1");
	/* Without an issuer the session's own ARN tells the role; the partition is kept. */
	is("{\"userIdentity\":{\"type\":\"AssumedRole\",\"arn\":\"arn:aws-cn:sts::1:assumed-role/r/s\","
	   "\"sessionContext\":{\"sessionIssuer\":{}}}}",
	    KW_FIELD_PRINCIPAL, "arn:aws-cn:iam::1:role/r");
	is("{\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROAX:s\"}}", KW_FIELD_PRINCIPAL,
	    "AROAX");
	/* A failed sign-in has no ARN; a blacked-out name is nobody. */
	is("{\"awsRegion\":\"us-gov-west-1\",\"userIdentity\":{\"type\":\"IAMUser\",\"accountId\":\"1\","
	   "\"userName\":\"dana\",\"accessKeyId\":\"\"}}",
	    KW_FIELD_PRINCIPAL, "arn:aws-us-gov:iam::1:user/dana");
	is("{\"userIdentity\":{\"type\":\"IAMUser\",\"accountId\":\"1\",\"userName\":\"HIDDEN_DUE_TO_"
	   "SECURITY_REASONS\"}}",
	    KW_FIELD_PRINCIPAL, NULL);
	is("{\"userIdentity\":{\"type\":\"Root\",\"accountId\":\"1\"}}", KW_FIELD_PRINCIPAL,
	    "arn:aws:iam::1:root");
}

static void actors_are_readable(void **state)
{
	(void)state;
	is(ROLE("ingest", "anything"), KW_FIELD_ACTOR, "role/ingest");
	is(SSO, KW_FIELD_ACTOR, "alice@example.com");
	is(USER, KW_FIELD_ACTOR, "user/dana@111122223333");
	is(ROOT, KW_FIELD_ACTOR, "root of 111122223333");
	is(FEDERATED, KW_FIELD_ACTOR, "federated/bob");
	is(SAML, KW_FIELD_ACTOR, "federated/sub");
	is(SERVICE, KW_FIELD_ACTOR, "kendra.amazonaws.com");
	is(NO_TYPE, KW_FIELD_ACTOR, "AWS Internal");
	is(FOREIGN, KW_FIELD_ACTOR, "account/444455556666");
	is(CENTER, KW_FIELD_ACTOR, "u-1");
	is("{\"userIdentity\":{\"type\":\"Unknown\",\"principalId\":\"x\"}}", KW_FIELD_ACTOR, "unknown");
}

static void persons_are_not_self_made(void **state)
{
	(void)state;
	is(SSO, KW_FIELD_PERSON, "alice@example.com");
	is(SSO, KW_FIELD_SESSION, "alice@example.com");
	is(CENTER, KW_FIELD_PERSON, "u-1");
	is(CENTER, KW_FIELD_SESSION, NULL);
	is(ROLE("ingest", "anything"), KW_FIELD_PERSON, NULL);
	is(ROLE("ingest", "anything"), KW_FIELD_SESSION, "anything");
	is(USER, KW_FIELD_PERSON, NULL);
	/* A customer's role may be named like one of Identity Center's, but it can't have its path. */
	is(ROLE("AWSReservedSSO_Admin_0a1b", "ceo@example.com"), KW_FIELD_PERSON, NULL);
	is(ROLE("AWSReservedSSO_Admin_0a1b", "ceo@example.com"), KW_FIELD_ACTOR,
	    "role/AWSReservedSSO_Admin_0a1b");
}

static void credentials_are_told_apart(void **state)
{
	(void)state;
	is(ROOT, KW_FIELD_CREDENTIAL, "root");
	is(USER, KW_FIELD_CREDENTIAL, "long_term");
	is(SSO, KW_FIELD_CREDENTIAL, "session");
	is(SAML, KW_FIELD_CREDENTIAL, "session");
	is(SERVICE, KW_FIELD_CREDENTIAL, "service");
	is(NO_TYPE, KW_FIELD_CREDENTIAL, "service");
	is(FOREIGN, KW_FIELD_CREDENTIAL, NULL);
	is("{\"sessionCredentialFromConsole\":\"true\",\"userIdentity\":{\"type\":\"AssumedRole\","
	   "\"accessKeyId\":\"ASIAX\"}}",
	    KW_FIELD_CREDENTIAL, "console");
	is("{\"sessionCredentialFromConsole\":true,\"userIdentity\":{\"type\":\"IAMUser\",\"accessKeyId\":"
	   "\"ASIAX\"}}",
	    KW_FIELD_CREDENTIAL, "console");
	is("{\"eventType\":\"AwsConsoleSignIn\",\"userIdentity\":{\"type\":\"IAMUser\",\"accessKeyId\":\"\"}"
	   "}",
	    KW_FIELD_CREDENTIAL, "console");
}

#define MFA(type, value)                      \
	"{\"userIdentity\":{\"type\":\"" type \
	"\",\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":" value "}}}}"
#define LOGIN(type, used)                                                    \
	"{\"eventName\":\"ConsoleLogin\",\"userIdentity\":{\"type\":\"" type \
	"\"},\"additionalEventData\":{\"MFAUsed\":\"" used "\"}}"

static void mfa_has_three_states(void **state)
{
	(void)state;
	is(MFA("IAMUser", "\"true\""), KW_FIELD_MFA, "true");
	is(MFA("IAMUser", "true"), KW_FIELD_MFA, "true");
	is(MFA("IAMUser", "\"FALSE\""), KW_FIELD_MFA, "false");
	is(MFA("Root", "false"), KW_FIELD_MFA, "false");
	is(MFA("FederatedUser", "\"false\""), KW_FIELD_MFA, "false");
	is(MFA("IAMUser", "null"), KW_FIELD_MFA, "unknown");
	is(MFA("AssumedRole", "\"true\""), KW_FIELD_MFA, "true");
	is(MFA("AssumedRole", "\"false\""), KW_FIELD_MFA, "unknown");
	is(USER, KW_FIELD_MFA, "false");
	is(SSO, KW_FIELD_MFA, "unknown");
	is(SAML, KW_FIELD_MFA, "unknown");
	is(SERVICE, KW_FIELD_MFA, "unknown");
	is("{}", KW_FIELD_MFA, "unknown");
	is(LOGIN("IAMUser", "YES"), KW_FIELD_MFA, "true");
	is(LOGIN("Root", "No"), KW_FIELD_MFA, "false");
	is(LOGIN("AssumedRole", "No"), KW_FIELD_MFA, "unknown");
}

static void outcome_knows_denied_from_failed(void **state)
{
	(void)state;
	is("{}", KW_FIELD_OUTCOME, "ok");
	is("{\"errorCode\":null,\"errorMessage\":\"\"}", KW_FIELD_OUTCOME, "ok");
	is("{\"errorCode\":\"AccessDenied\"}", KW_FIELD_OUTCOME, "denied");
	is("{\"errorCode\":\"AccessDeniedException\"}", KW_FIELD_OUTCOME, "denied");
	is("{\"errorCode\":\"Client.UnauthorizedOperation\"}", KW_FIELD_OUTCOME, "denied");
	is("{\"errorCode\":\"UnauthorizedOperation\"}", KW_FIELD_OUTCOME, "denied");
	is("{\"errorCode\":\"Client.AccessDenied\"}", KW_FIELD_OUTCOME, "denied");
	is("{\"errorCode\":\"VpceAccessDenied\"}", KW_FIELD_OUTCOME, "denied");
	is("{\"errorCode\":\"ThrottlingException\"}", KW_FIELD_OUTCOME, "throttled");
	is("{\"errorCode\":\"Client.RequestLimitExceeded\"}", KW_FIELD_OUTCOME, "throttled");
	is("{\"errorCode\":\"ValidationException\"}", KW_FIELD_OUTCOME, "failed");
	is("{\"errorMessage\":\"it broke\"}", KW_FIELD_OUTCOME, "failed");
	is("{\"eventSource\":\"signin.amazonaws.com\",\"eventName\":\"ConsoleLogin\",\"errorMessage\":"
	   "\"Failed "
	   "authentication\",\"responseElements\":{\"ConsoleLogin\":\"Failure\"}}",
	    KW_FIELD_OUTCOME, "denied");
	is("{\"eventSource\":\"signin.amazonaws.com\",\"eventName\":\"ConsoleLogin\",\"responseElements\":{"
	   "\"ConsoleLogin\":\"Success\"}}",
	    KW_FIELD_OUTCOME, "ok");
}

#define CALL(service, name, rest) \
	"{\"eventSource\":\"" service ".amazonaws.com\",\"eventName\":\"" name "\"" rest "}"

static void access_goes_by_the_record_then_the_table(void **state)
{
	(void)state;
	is(CALL("kendra", "Query", ""), KW_FIELD_ACCESS, "read");
	is(CALL("kendra", "Query", ",\"readOnly\":true"), KW_FIELD_ACCESS, "read");
	is(CALL("kendra", "ListIndices", ",\"readOnly\":\"True\""), KW_FIELD_ACCESS, "list");
	is(CALL("kendra", "Query", ",\"readOnly\":false"), KW_FIELD_ACCESS, "write");
	is(CALL("sts", "AssumeRole", ",\"readOnly\":true"), KW_FIELD_ACCESS, "read");
	is(CALL("kendra", "TagResource", ",\"readOnly\":false"), KW_FIELD_ACCESS, "tag");
	is(CALL("acme", "Frobnicate", ",\"readOnly\":false"), KW_FIELD_ACCESS, "write");
	is(CALL("acme", "Frobnicate", ""), KW_FIELD_ACCESS, NULL);
	is("{}", KW_FIELD_ACCESS, NULL);
}

#define PARAMS(json) ",\"requestParameters\":" json

static void the_index_is_found_wherever_it_is(void **state)
{
	(void)state;
	is(CALL("kendra", "Query", PARAMS("{\"indexId\":\"i-1\",\"id\":\"x\"}")), KW_FIELD_INDEX, "i-1");
	is(CALL("kendra", "DeleteIndex", PARAMS("{\"id\":\"i-1\"}")), KW_FIELD_INDEX, "i-1");
	is(CALL("kendra", "DeleteDataSource", PARAMS("{\"id\":\"child\",\"indexId\":\"i-1\"}")),
	    KW_FIELD_INDEX, "i-1");
	is(CALL("kendra", "DeleteDataSource", PARAMS("{\"id\":\"child\"}")), KW_FIELD_INDEX, NULL);
	is(CALL("kendra", "CreateIndex", PARAMS("{\"name\":\"n\"}") ",\"responseElements\":{\"id\":\"i-1\"}"),
	    KW_FIELD_INDEX, "i-1");
	is(CALL("kendra", "CreateIndex", PARAMS("{\"id\":\"no\"}") ",\"responseElements\":null"),
	    KW_FIELD_INDEX, NULL);
	is(CALL("kendra", "TagResource",
	       PARAMS("{\"resourceARN\":\"arn:aws:kendra:eu-west-1:1:index/i-1/faq/f\"}")),
	    KW_FIELD_INDEX, "i-1");
	is(CALL(
	       "kendra", "TagResource", PARAMS("{\"resourceArn\":\"arn:aws:kendra:eu-west-1:1:index/i-1\"}")),
	    KW_FIELD_INDEX, "i-1");
	is(CALL("kendra", "TagResource",
	       PARAMS("{\"resourceARN\":\"arn:aws:kendra:eu-west-1:1:rescore/i-1\"}")),
	    KW_FIELD_INDEX, NULL);
	is(CALL("kendra", "ListIndices", PARAMS("null")), KW_FIELD_INDEX, NULL);
	is(CALL("kendra", "NewOperation", PARAMS("{\"indexId\":\"i-1\"}")), KW_FIELD_INDEX, "i-1");
	is(CALL("kendra", "Query", PARAMS("{\"indexId\":{}}")), KW_FIELD_INDEX, NULL);
	is(CALL("s3", "GetObject", PARAMS("{\"indexId\":\"i-1\"}")), KW_FIELD_INDEX, NULL);
}

static void an_index_has_a_name(void **state)
{
	struct map indexes = {0};
	struct record_names names = {.indexes = &indexes};
	static char name[] = "hr-policies";
	struct record r;
	(void)state;
	map_put(&indexes, SV("i-1"), name);
	assert_int_equal(record_open(&r, &arena, SV(CALL("kendra", "Query", PARAMS("{\"indexId\":\"i-1\"}"))),
			     &names, NULL),
	    RC_OK);
	field_of(&r, KW_FIELD_INDEX_NAME, "hr-policies");
	assert_int_equal(record_open(&r, &arena, SV(CALL("kendra", "Query", PARAMS("{\"indexId\":\"i-2\"}"))),
			     &names, NULL),
	    RC_OK);
	field_of(&r, KW_FIELD_INDEX_NAME, "i-2");
	assert_int_equal(record_open(&r, &arena, SV("{}"), &names, NULL), RC_OK);
	field_of(&r, KW_FIELD_INDEX_NAME, NULL);
	map_fini(&indexes);
}

static void addresses_are_graded(void **state)
{
	static const struct {
		const char *address, *kind, *from;
	} rows[] = {
	    {"203.0.113.9", "public", "203.0.113.9"},
	    {"10.1.2.3", "private", "10.1.2.3"},
	    {"172.15.0.1", "public", "172.15.0.1"},
	    {"172.31.255.255", "private", "172.31.255.255"},
	    {"172.32.0.1", "public", "172.32.0.1"},
	    {"192.168.0.1", "private", "192.168.0.1"},
	    {"100.64.0.1", "private", "100.64.0.1"},
	    {"100.128.0.1", "public", "100.128.0.1"},
	    {"169.254.1.1", "private", "169.254.1.1"},
	    {"127.0.0.1", "private", "127.0.0.1"},
	    {"::1", "private", "::1"},
	    {"fd00:ec2::254", "private", "fd00:ec2::254"},
	    {"FE80::1", "private", "FE80::1"},
	    {"2001:DB8::1", "public", "2001:DB8::1"},
	    {"::ffff:203.0.113.9", "public", "203.0.113.9"},
	    {"::ffff:10.0.0.1", "private", "10.0.0.1"},
	    {"010.0.0.1", "other", "010.0.0.1"},
	    {"10.0.0.1 ", "other", "10.0.0.1 "},
	    {"10.0.0.1\\u0000", "other", NULL},
	    {"10.0.0.0/8", "other", "10.0.0.0/8"},
	    {"fe80::1%eth0", "other", "fe80::1%eth0"},
	    {"AWS Internal", "internal", "AWS itself"},
	    {"AWS Internal/3", "internal", "AWS itself"},
	    {"AWS Internals", "other", "AWS Internals"},
	    {"kendra.amazonaws.com", "service", "kendra.amazonaws.com"},
	    {"ec2.amazonaws.com.cn", "service", "ec2.amazonaws.com.cn"},
	    {"evil .amazonaws.com", "other", "evil .amazonaws.com"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sv json = arena_printf(&arena, "{\"sourceIPAddress\":\"%s\"}", rows[i].address);
		is(json.ptr, KW_FIELD_IP_KIND, rows[i].kind);
		if (rows[i].from)
			is(json.ptr, KW_FIELD_FROM, rows[i].from);
	}
	is("{}", KW_FIELD_IP_KIND, NULL);
	is("{\"sourceIPAddress\":null}", KW_FIELD_IP_KIND, NULL);
}

static void from_says_which_way_it_came(void **state)
{
	(void)state;
	is("{\"sourceIPAddress\":\"10.0.0.1\",\"vpcEndpointId\":\"vpce-1\"}", KW_FIELD_FROM,
	    "10.0.0.1 via VPC endpoint vpce-1");
	is("{\"sourceIPAddress\":\"10.0.0.1\",\"additionalEventData\":{\"vpcEndpointId\":\"vpce-1\"}}",
	    KW_FIELD_FROM, "10.0.0.1 via VPC endpoint vpce-1");
	is("{\"vpcEndpointId\":\"vpce-1\"}", KW_FIELD_FROM, "VPC endpoint vpce-1");
	is("{\"userIdentity\":{\"invokedBy\":\"AWS Internal\"}}", KW_FIELD_FROM, "AWS itself");
	is("{}", KW_FIELD_FROM, NULL);
	is(SERVICE, KW_FIELD_VIA_SERVICE, "kendra.amazonaws.com");
	is(ROOT, KW_FIELD_VIA_SERVICE, "support.amazonaws.com");
	is(NO_TYPE, KW_FIELD_VIA_SERVICE, "AWS Internal");
	is("{\"sourceIPAddress\":\"bedrock.amazonaws.com\"}", KW_FIELD_VIA_SERVICE, "bedrock.amazonaws.com");
	is("{\"userIdentity\":{\"invokedBy\":\"signin.amazonaws.com\"},\"sourceIPAddress\":\"203.0.113.9\"}",
	    KW_FIELD_VIA_SERVICE, NULL);
	is(USER, KW_FIELD_VIA_SERVICE, NULL);
}

static void user_agents_have_families(void **state)
{
	static const struct {
		const char *agent, *family;
	} rows[] = {
	    {"aws-cli/2.15.0 Python/3.11 md/command#kendra.query", "aws-cli/2"},
	    {"Boto3/1.34.2 md/Botocore#1.34.2", "Boto3/1"},
	    {"APN/1.0 HashiCorp/1.0 Terraform/1.5.7 aws-sdk-go/1.44", "Terraform"},
	    {"[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12]", "S3Console/0"},
	    {"[kendra.amazonaws.com]", "kendra.amazonaws.com"},
	    {"AWS Internal/3", "AWS Internal"},
	    {"kendra.amazonaws.com", "kendra.amazonaws.com"},
	    {"Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5"},
	    {"Coral/Netty4", "Coral"},
	    {"x/", "x"},
	    {" ", NULL},
	    {"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		is(arena_printf(&arena, "{\"userAgent\":\"%s\"}", rows[i].agent).ptr, KW_FIELD_UA_FAMILY,
		    rows[i].family);
	is("{}", KW_FIELD_UA_FAMILY, NULL);
}

static void accounts_time_and_omission(void **state)
{
	(void)state;
	is(USER, KW_FIELD_CROSS_ACCOUNT, "true");
	is(ROLE("r", "s"), KW_FIELD_CROSS_ACCOUNT, "false");
	is(SERVICE, KW_FIELD_CROSS_ACCOUNT, NULL);
	is("{\"userIdentity\":{\"accountId\":\"111122223333\"},\"recipientAccountId\":\"111122223333\","
	   "\"resources\":[{},{\"accountId\":\"444455556666\"}]}",
	    KW_FIELD_CROSS_ACCOUNT, "true");
	is("{\"eventTime\":\"2026-11-24T03:04:05Z\"}", KW_FIELD_HOUR, "3");
	is("{\"eventTime\":\"2026-11-24T03:04:05Z\"}", KW_FIELD_WEEKDAY, "tuesday");
	is("{\"eventTime\":\"timestamp\"}", KW_FIELD_HOUR, NULL);
	is("{}", KW_FIELD_WEEKDAY, NULL);
	is("{\"requestParameters\":{\"omitted\":true,\"originalSize\":1}}", KW_FIELD_OMITTED, "true");
	is("{\"responseElements\":{\"omitted\":\"true\"}}", KW_FIELD_OMITTED, "true");
	is("{\"requestParameters\":null}", KW_FIELD_OMITTED, "false");
}

static void the_path_that_decided_is_told(void **state)
{
	struct record r = open_json(ROLE("ingest", "s"));
	struct record login =
	    open_json("{\"eventSource\":\"signin.amazonaws.com\",\"eventName\":\"ConsoleLogin\","
		      "\"responseElements\":{\"ConsoleLogin\":\"Failure\"}}");
	(void)state;
	assert_true(sv_eq(record_derived_from(&r, KW_FIELD_PRINCIPAL),
	    SV("userIdentity.sessionContext.sessionIssuer.arn")));
	assert_true(sv_eq(record_derived_from(&r, KW_FIELD_SESSION), SV("userIdentity.arn")));
	assert_true(
	    sv_eq(record_derived_from(&login, KW_FIELD_OUTCOME), SV("responseElements.ConsoleLogin")));
	assert_null(record_derived_from(&login, KW_FIELD_INDEX).ptr);
}

static void a_key_in_the_record_says_nothing(void **state)
{
	(void)state;
	is("{\"kw.mfa\":\"true\",\"kw\":{\"mfa\":\"true\"}}", KW_FIELD_MFA, "unknown");
}

static void the_documented_sample_is_read(void **state)
{
	static const char sample[] =
	    "{\"eventVersion\":\"1.05\",\"userIdentity\":{\"type\":\"AssumedRole | FederatedUser | IAMUser | "
	    "Root | SAMLUser | WebIdentityUser\",\"principalId\":\"principal ID\",\"arn\":\"ARN\","
	    "\"accountId\":\"account ID\",\"accessKeyId\":\"access key ID\",\"sessionContext\":{"
	    "\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"principal Id\",\"arn\":\"ARN\","
	    "\"accountId\":\"account ID\",\"userName\":\"user name\"},\"webIdFederationData\":{},"
	    "\"attributes\":{\"mfaAuthenticated\":\"false\",\"creationDate\":\"timestamp\"}}},"
	    "\"eventTime\":\"timestamp\",\"eventSource\":\"kendra.amazonaws.com\",\"eventName\":\"Query\","
	    "\"awsRegion\":\"region\",\"sourceIPAddress\":\"source IP address\",\"userAgent\":\"user agent\","
	    "\"requestParameters\":{\"indexId\":\"index ID\"},\"responseElements\":null,\"requestID\":"
	    "\"request ID\",\"eventID\":\"event ID\",\"eventType\":\"AwsApiCall\",\"recipientAccountId\":"
	    "\"account ID\"}";
	struct record r = open_json(sample);
	(void)state;
	assert_true(r.time_ms == RECORD_NO_TIME);
	assert_false(r.insight);
	field_of(&r, KW_FIELD_ACTOR, "unknown");
	field_of(&r, KW_FIELD_PRINCIPAL, "ARN");
	field_of(&r, KW_FIELD_MFA, "unknown");
	field_of(&r, KW_FIELD_INDEX, "index ID");
	field_of(&r, KW_FIELD_ACCESS, "read");
	field_of(&r, KW_FIELD_OUTCOME, "ok");
	field_of(&r, KW_FIELD_IP_KIND, "other");
	assert_true(sv_eq(record_key(&r), SV("account ID/event ID")));
}

/* Whatever stands where userIdentity and its parts should. */
static void odd_identities_disturb_nobody(void **state)
{
	static const char *const odd[] = {"null", "[]", "\"x\"", "{}", "{\"type\":null}",
	    "{\"type\":{},\"arn\":[1],\"sessionContext\":7}", "{\"type\":\"AssumedRole\"}",
	    "{\"type\":\"IAMUser\"}", "{\"type\":\"Root\"}", "{\"type\":\"FederatedUser\"}",
	    "{\"type\":\"SAMLUser\"}", "{\"type\":\"AWSService\"}", "{\"type\":\"AWSAccount\"}",
	    "{\"type\":\"IdentityCenterUser\"}",
	    "{\"type\":\"AssumedRole\",\"arn\":\"arn:::::assumed-role/\"}",
	    "{\"type\":\"AssumedRole\",\"arn\":\"arn:::::assumed-role/r\",\"principalId\":\":\"}",
	    "{\"type\":\"IAMUser\",\"arn\":\"arn:::::user/\"}",
	    "{\"type\":\"IAMUser\",\"arn\":\"arn:::::\"}"};
	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct record r = open_json(arena_printf(&arena, "{\"userIdentity\":%s}", odd[i]).ptr);
		for (int f = 0; f < KW_FIELD_COUNT; f++) {
			struct sv value = record_derived(&r, (enum kw_field)f);
			assert_true(value.ptr == NULL || value.len > 0);
			assert_true(
			    (record_derived_from(&r, (enum kw_field)f).ptr == NULL) == (value.ptr == NULL));
		}
		bool named = sv_starts(record_derived(&r, KW_FIELD_ACTOR), SV("role/r"));
		if (!named)
			field_of(&r, KW_FIELD_ACTOR, "unknown");
	}
}

static void insight_records_have_no_identity(void **state)
{
	struct record r =
	    open_json("{\"eventType\":\"AwsCloudTrailInsight\",\"eventCategory\":\"Insight\",\"eventTime\":"
		      "\"2026-11-24T03:04:05Z\",\"recipientAccountId\":\"1\",\"eventID\":\"e\"}");
	(void)state;
	assert_true(r.insight);
	field_of(&r, KW_FIELD_ACTOR, NULL);
	field_of(&r, KW_FIELD_OUTCOME, NULL);
	field_of(&r, KW_FIELD_HOUR, "3");
}

static void records_have_keys(void **state)
{
	struct record r = open_json("{\"userIdentity\":{\"accountId\":\"1\"},\"eventID\":\"e\"}");
	struct record old = open_json("{\"recipientAccountId\":\"2\"}");
	struct record number = open_json("{\"eventID\":7}");
	(void)state;
	assert_true(sv_eq(record_key(&r), SV("1/e")));
	assert_true(sv_eq(record_key(&old),
	    SV("2/sha256:f26d57822a4f99cdce6fe843d0b8097c57acc48d3e577f6cd8ac3d3564d2d606")));
	assert_true(sv_starts(record_key(&number), SV("/sha256:")));
}

static void what_is_no_object_is_no_record(void **state)
{
	static const char *const bad[] = {"", "[]", "1", "null", "{", "{\"a\":01}", "{} {}"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct record r;
		struct err e = {0};
		assert_int_equal(record_open(&r, &arena, sv_from(bad[i]), NULL, &e), RC_INPUT);
		assert_true(e.text[0] != 0);
	}
}

static void fields_are_found_by_name(void **state)
{
	(void)state;
	for (int f = 0; f < KW_FIELD_COUNT; f++) {
		const char *name = kw_field_name((enum kw_field)f);
		assert_int_equal(kw_field_find(sv_from(name)), f);
		assert_true(kw_field_help((enum kw_field)f)[0] != 0);
	}
	assert_int_equal(kw_field_find(SV("kw.none")), -1);
	assert_int_equal(kw_field_find((struct sv){0}), -1);
}

static int end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(principals_are_stable),
	    TEST(actors_are_readable),
	    TEST(persons_are_not_self_made),
	    TEST(credentials_are_told_apart),
	    TEST(mfa_has_three_states),
	    TEST(outcome_knows_denied_from_failed),
	    TEST(access_goes_by_the_record_then_the_table),
	    TEST(the_index_is_found_wherever_it_is),
	    TEST(an_index_has_a_name),
	    TEST(addresses_are_graded),
	    TEST(from_says_which_way_it_came),
	    TEST(user_agents_have_families),
	    TEST(accounts_time_and_omission),
	    TEST(the_path_that_decided_is_told),
	    TEST(a_key_in_the_record_says_nothing),
	    TEST(the_documented_sample_is_read),
	    TEST(odd_identities_disturb_nobody),
	    TEST(insight_records_have_no_identity),
	    TEST(records_have_keys),
	    TEST(what_is_no_object_is_no_record),
	    TEST(fields_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
