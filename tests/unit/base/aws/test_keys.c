/* Keys that somebody else gives: STS, a container's agent, the instance, a program; against a scripted
 * server. */
#include "base/aws/sts.h"

#include "tests/unit/base/aws/scripted.h"

#include "base/clock.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define BODY(text) "HTTP/1.1 200 x\r\nConnection: close\r\n\r\n" text
#define ROLE_KEYS(id, end)                                                                          \
	BODY("<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" id "</AccessKeyId>" \
	     "<SecretAccessKey>r0le+s3cret</SecretAccessKey><SessionToken>t0ken//==</"              \
	     "SessionToken><Expiration>" end                                                        \
	     "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>")
#define FAR "2099-01-01T00:00:00Z"
#define DOCUMENT(id)                                                                                         \
	"{\"Code\":\"Success\",\"AccessKeyId\":\"" id "\",\"SecretAccessKey\":\"s3cret\",\"Token\":\"tok\"," \
	"\"Expiration\":\"" FAR "\"}"
#define DENIED                                                                                       \
	"HTTP/1.1 403 x\r\nConnection: close\r\n\r\n<ErrorResponse><Error><Code>AccessDenied</Code>" \
	"<Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>"
#define STATUS(n) "HTTP/1.1 " n " x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
#define ROLE "arn:aws:iam::444455556666:role/kw-read"

static char home[64];
static struct scripted server;

static int fresh(void **state)
{
	static const char *const unset[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	    "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
	    "AWS_ROLE_SESSION_NAME", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
	    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"};
	(void)state;
	for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
		unsetenv(unset[i]);
	snprintf(home, sizeof home, "/tmp/kw_keys_XXXXXX");
	if (!mkdtemp(home))
		return 1;
	char *config = file_join(home, "config"), *keys = file_join(home, "credentials");
	setenv("AWS_CONFIG_FILE", config, 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", keys, 1);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	free(config);
	free(keys);
	return 0;
}

static char *put(const char *name, const char *text)
{
	char *path = file_join(home, name);
	assert_int_equal(file_write_atomic(path, sv_from(text), 0600, NULL), RC_OK);
	return path;
}

static int gone(void **state)
{
	static const char *const names[] = {"config", "credentials", "token"};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *path = file_join(home, names[i]);
		unlink(path);
		free(path);
	}
	return rmdir(home);
}

static void serve(const char *const *answers, size_t n)
{
	scripted_start(&server, answers, n);
	setenv("AWS_ENDPOINT_URL_STS", server.url, 1);
}

static const struct credentials_options own = {.key_id = SV_INIT("AKIABASE"),
    .secret = SV_INIT("base"),
    .role_arn = ROLE,
    .external_id = SV_INIT("ext 1"),
    .region = "eu-west-1",
    .proxy = ""};

static void expect(const struct credentials_options *o, const char *id, const char *source)
{
	struct credentials *c = credentials_new(o);
	struct sigv4_keys keys;
	struct err e = {0};
	assert_int_equal(credentials_get(c, clk_now_ms(), &keys, &e), RC_OK);
	assert_true(sv_eq(keys.id, sv_from(id)));
	assert_string_equal(credentials_source(c), source);
	credentials_free(c);
}

static void expect_error(const struct credentials_options *o, enum rc rc, const char *part)
{
	struct credentials *c = credentials_new(o);
	struct sigv4_keys keys;
	struct err e = {0};
	assert_int_equal(credentials_get(c, clk_now_ms(), &keys, &e), rc);
	if (!strstr(e.text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, e.text);
	assert_null(strstr(e.text, "s3cret"));
	credentials_free(c);
}

static void a_role_on_top(void **state)
{
	const char *script[] = {ROLE_KEYS("ASIAROLE", FAR)};
	(void)state;
	serve(script, 1);
	expect(&own, "ASIAROLE", "role " ROLE);
	const char *asked = server.requests[0];
	assert_non_null(strstr(asked, "Credential=AKIABASE/"));
	assert_non_null(strstr(asked, "/eu-west-1/sts/aws4_request"));
	assert_non_null(
	    strstr(asked, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666"
			  "%3Arole%2Fkw-read&RoleSessionName=kendrawatch&ExternalId=ext%201"));
	scripted_stop(&server);
}

static void a_refused_role_says_why(void **state)
{
	const char *script[] = {DENIED}, *away[] = {STATUS("503"), STATUS("503")},
		   *empty[] = {BODY("<AssumeRoleResponse/>")};
	(void)state;
	serve(script, 1);
	expect_error(
	    &own, RC_CONFIG, "STS, role " ROLE ": AccessDenied: not authorized to perform: sts:AssumeRole");
	scripted_stop(&server);
	serve(away, 2);
	expect_error(&own, RC_RETRY, "503");
	assert_int_equal(server.n_requests, 2);
	scripted_stop(&server);
	serve(empty, 1);
	expect_error(&own, RC_RETRY, "the answer holds no keys");
	scripted_stop(&server);
}

static void roles_of_profiles(void **state)
{
	const char *script[] = {ROLE_KEYS("ASIAONE", FAR), ROLE_KEYS("ASIATWO", FAR)};
	const struct credentials_options o = {.profile = "top", .proxy = ""};
	(void)state;
	free(put("credentials", "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = x\n"));
	free(put("config",
	    "[profile top]\nrole_arn = arn:aws:iam::1:role/top\nsource_profile = middle\nexternal_id = e\n"
	    "[profile middle]\nrole_arn = arn:aws:iam::2:role/middle\nsource_profile = base\n"
	    "role_session_name = me\nduration_seconds = 900\nregion = eu-west-3\n"));
	serve(script, 2);
	expect(&o, "ASIATWO", "role arn:aws:iam::1:role/top");
	assert_non_null(strstr(server.requests[0], "RoleSessionName=me&DurationSeconds=900"));
	assert_non_null(strstr(server.requests[0], "/eu-west-3/sts/"));
	assert_non_null(strstr(server.requests[1], "Credential=ASIAONE/"));
	assert_non_null(strstr(server.requests[1], "ExternalId=e"));
	scripted_stop(&server);
}

static void wrong_profiles(void **state)
{
	static const struct {
		const char *config, *part;
	} cases[] = {
	    {"[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]\nrole_arn = r\nsource_profile = p\n",
		"leads back"},
	    {"[profile p]\nrole_arn = r\n", "role_arn needs source_profile"},
	    {"[profile p]\nrole_arn = r\nsource_profile = x\n", "is not in the shared files"},
	    {"[profile p]\nrole_arn = r\nsource_profile = x\ncredential_source = Environment\n",
		"exclude each other"},
	    {"[profile p]\nrole_arn = r\ncredential_source = Environment\n",
		"credential_source Environment has no keys"},
	    {"[profile p]\nrole_arn = r\ncredential_source = Moon\n", "role_arn needs"},
	    {"[profile p]\nrole_arn = r\nsource_profile = p\nmfa_serial = m\n", "asks for an MFA code"},
	    {"[profile p]\nrole_arn = r\nsource_profile = p\nduration_seconds = 5\n", "900 to 43200"},
	    {"[profile p]\nsso_session = s\n", "IAM Identity Center"},
	    {"[profile p]\ncredential_process = sh -c 'exit 4'\n", "it ended with 4"},
	    {"[profile p]\ncredential_process = echo '{}'\n", "has no \"Version\": 1"},
	    {"[profile p]\ncredential_process = echo 'x'y\n", "has no \"Version\": 1"},
	    {"[profile p]\ncredential_process = 'x\n", "a quote is not closed"},
	};
	const struct credentials_options o = {.profile = "p", .proxy = ""};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		free(put("config", cases[i].config));
		expect_error(&o, RC_CONFIG, cases[i].part);
	}
}

static void a_program_gives_keys(void **state)
{
	const struct credentials_options o = {.profile = "p", .proxy = ""};
	(void)state;
	free(put("config",
	    "[profile p]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AKIAPROC\","
	    "\"SecretAccessKey\":\"s3cret\",\"Expiration\":\"" FAR "\"}'\n"));
	expect(&o, "AKIAPROC", "credential_process of profile p");
}

static void a_token_file_is_the_proof(void **state)
{
	const char *script[] = {ROLE_KEYS("ASIAWEB", FAR)};
	const struct credentials_options o = {.proxy = ""};
	char *token = put("token", "jwt.a.b\n");
	(void)state;
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", token, 1);
	expect_error(&o, RC_CONFIG, "AWS_ROLE_ARN is not");
	setenv("AWS_ROLE_ARN", ROLE, 1);
	serve(script, 1);
	expect(&o, "ASIAWEB", "role " ROLE);
	assert_non_null(strstr(server.requests[0], "WebIdentityToken=jwt.a.b"));
	assert_null(strstr(server.requests[0], "Authorization"));
	scripted_stop(&server);
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token", 1);
	expect_error(&o, RC_CONFIG, "web identity token file /nonexistent/token can't be read");
	free(token);
}

static void a_container_gives_keys(void **state)
{
	const char *script[] = {STATUS("500"), BODY(DOCUMENT("ASIACONT")), STATUS("404"),
	    BODY("{\"Code\":\"x\",\"Message\":\"no role\"}")};
	const struct credentials_options o = {.proxy = ""};
	(void)state;
	serve(script, 4);
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url, 1);
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "tok en", 1);
	expect(&o, "ASIACONT", "container");
	assert_non_null(strstr(server.requests[1], "Authorization: tok en\r\n"));
	expect_error(&o, RC_CONFIG, "answered 404");
	expect_error(&o, RC_RETRY, "no role");
	scripted_stop(&server);
	static const char *const refused[] = {"http://evil.example/x", "http://127.0.0.1.evil.example/x",
	    "http://169.254.170.234/", "http://localhost.evil/", "ftp://127.0.0.1/"};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", refused[i], 1);
		expect_error(&o, RC_CONFIG, "are asked");
	}
}

static void an_instance_gives_keys(void **state)
{
	const char *script[] = {BODY("imds-token"), BODY("kw-role"), BODY(DOCUMENT("ASIAINST")),
	    STATUS("403"), BODY("imds-token"), STATUS("404")};
	const struct credentials_options o = {.proxy = ""};
	(void)state;
	unsetenv("AWS_EC2_METADATA_DISABLED");
	serve(script, 6);
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url, 1);
	expect(&o, "ASIAINST", "instance metadata");
	assert_non_null(strstr(server.requests[0], "PUT /latest/api/token"));
	assert_non_null(strstr(server.requests[0], "x-aws-ec2-metadata-token-ttl-seconds: 21600"));
	assert_non_null(strstr(server.requests[2], "GET /latest/meta-data/iam/security-credentials/kw-role"));
	assert_non_null(strstr(server.requests[2], "x-aws-ec2-metadata-token: imds-token"));
	expect_error(&o, RC_CONFIG, "IMDSv2 is refused (403)");
	expect_error(&o, RC_NOTFOUND, "no AWS credentials; asked: configuration, environment");
	scripted_stop(&server);
}

/* In the last 15 minutes the background brings new keys while the old ones go on being used. */
static void keys_are_renewed_in_the_background(void **state)
{
	const char *script[] = {ROLE_KEYS("ASIAOLD", "2026-11-24T01:00:00Z"), ROLE_KEYS("ASIANEW", FAR)};
	struct sigv4_keys keys;
	struct err e = {0};
	int64_t now;
	(void)state;
	serve(script, 2);
	struct credentials *c = credentials_new(&own);
	assert_true(clk_parse(SV("2026-11-24T00:00:00Z"), &now));
	assert_int_equal(credentials_get(c, now, &keys, &e), RC_OK);
	assert_int_equal(credentials_get(c, now, &keys, &e), RC_OK);
	assert_int_equal(server.n_requests, 1);
	now += 50 * 60 * 1000;
	assert_int_equal(credentials_get(c, now, &keys, &e), RC_OK);
	assert_true(sv_eq(keys.id, SV("ASIAOLD")));
	for (int i = 0; i < 500 && !sv_eq(keys.id, SV("ASIANEW")); i++) {
		usleep(10000);
		assert_int_equal(credentials_get(c, now, &keys, &e), RC_OK);
	}
	assert_true(sv_eq(keys.id, SV("ASIANEW")));
	assert_int_equal(server.n_requests, 2);
	credentials_free(c);
	scripted_stop(&server);
}

static void keys_that_have_not_ended_are_better_than_none(void **state)
{
	const char *script[] = {ROLE_KEYS("ASIAOLD", "2026-11-24T01:00:00Z"), STATUS("503"), STATUS("503"),
	    STATUS("503"), STATUS("503")};
	struct sigv4_keys keys;
	struct err e = {0};
	int64_t now;
	(void)state;
	serve(script, 5);
	struct credentials *c = credentials_new(&own);
	assert_true(clk_parse(SV("2026-11-24T00:00:00Z"), &now));
	assert_int_equal(credentials_get(c, now, &keys, &e), RC_OK);
	now += 59 * 60 * 1000 + 30000;
	assert_int_equal(credentials_get(c, now, &keys, &e), RC_OK);
	now += 60000;
	assert_int_equal(credentials_get(c, now, &keys, &e), RC_RETRY);
	credentials_free(c);
	scripted_stop(&server);
}

static void who_am_i(void **state)
{
	const char *script[] = {
	    BODY("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/a</Arn>"
		 "</GetCallerIdentityResult></GetCallerIdentityResponse>")};
	struct buf arn = {0};
	struct sigv4_keys keys = {SV("AKIABASE"), SV("x"), SV("")};
	(void)state;
	serve(script, 1);
	assert_int_equal(sts_caller(&(struct sts_role){.region = "eu-west-1", .proxy = ""}, &keys,
			     clk_now_ms(), &arn, NULL),
	    RC_OK);
	assert_string_equal(arn.ptr, "arn:aws:iam::1:user/a");
	buf_fini(&arn);
	scripted_stop(&server);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, gone)
	const struct CMUnitTest tests[] = {
	    TEST(a_role_on_top),
	    TEST(a_refused_role_says_why),
	    TEST(roles_of_profiles),
	    TEST(wrong_profiles),
	    TEST(a_program_gives_keys),
	    TEST(a_token_file_is_the_proof),
	    TEST(a_container_gives_keys),
	    TEST(an_instance_gives_keys),
	    TEST(keys_are_renewed_in_the_background),
	    TEST(keys_that_have_not_ended_are_better_than_none),
	    TEST(who_am_i),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	http_global_fini();
	return rc;
}
