/* The credentials chain and the shared files, each test in an environment and a home folder of its own. */
#include "base/aws/credentials.h"

#include "base/aws/profile.h"
#include "base/file.h"
#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

static char home[64];

static const char *const variables[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"};

static int fresh(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
		unsetenv(variables[i]);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	snprintf(home, sizeof home, "/tmp/kw_credentials_XXXXXX");
	if (!mkdtemp(home))
		return 1;
	char *aws = file_join(home, ".aws");
	int rc = mkdir(aws, 0700);
	free(aws);
	return rc || setenv("HOME", home, 1);
}

static int gone(void **state)
{
	char path[128];
	(void)state;
	snprintf(path, sizeof path, "%s/.aws/credentials", home);
	unlink(path);
	snprintf(path, sizeof path, "%s/.aws/config", home);
	unlink(path);
	snprintf(path, sizeof path, "%s/.aws", home);
	rmdir(path);
	return rmdir(home);
}

static void put(const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof path, "%s/.aws/%s", home, name);
	assert_int_equal(file_write_atomic(path, sv_from(text), 0600, NULL), RC_OK);
}

static void expect(const struct credentials_options *o, const char *id, const char *secret, const char *token,
    const char *source)
{
	struct credentials *c = credentials_new(o);
	struct sigv4_keys keys;
	struct err e = {0};
	assert_int_equal(credentials_get(c, 0, &keys, &e), RC_OK);
	assert_true(sv_eq(keys.id, sv_from(id)));
	assert_true(sv_eq(keys.secret, sv_from(secret)));
	assert_true(sv_eq(keys.token, sv_from(token)));
	assert_string_equal(credentials_source(c), source);
	credentials_free(c);
}

static void expect_error(const struct credentials_options *o, enum rc rc, const char *part)
{
	struct credentials *c = credentials_new(o);
	struct sigv4_keys keys;
	struct err e = {0};
	assert_int_equal(credentials_get(c, 0, &keys, &e), rc);
	assert_non_null(strstr(e.text, part));
	assert_null(strstr(e.text, "s3cret"));
	assert_string_equal(credentials_source(c), "none");
	credentials_free(c);
}

#define TWO_PROFILES                                                                                  \
	"# keys\n[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key=s3cret+/=\n\n"     \
	"[dev] \nAWS_Access_Key_Id = AKIADEV ; mine\naws_secret_access_key = s3cret#dev # not this\n" \
	"aws_session_token = tok\n"

static void nothing_names_all_it_asked(void **state)
{
	(void)state;
	expect_error(NULL, RC_NOTFOUND, "configuration, environment (AWS_ACCESS_KEY_ID), profile");
}

static void configuration_comes_first(void **state)
{
	(void)state;
	setenv("AWS_ACCESS_KEY_ID", "AKIAENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s3cretenv", 1);
	struct credentials_options o = {
	    .key_id = SV("AKIACONF"), .secret = SV("s3cretconf"), .token = SV("t")};
	expect(&o, "AKIACONF", "s3cretconf", "t", "configuration");
}

static void environment_comes_before_files(void **state)
{
	(void)state;
	put("credentials", TWO_PROFILES);
	setenv("AWS_ACCESS_KEY_ID", "AKIAENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s3cretenv", 1);
	setenv("AWS_PROFILE", "dev", 1); /* does not switch the environment off */
	expect(NULL, "AKIAENV", "s3cretenv", "", "environment");
	setenv("AWS_SESSION_TOKEN", "tok", 1);
	expect(NULL, "AKIAENV", "s3cretenv", "tok", "environment");
	struct credentials_options o = {.profile = "default"}; /* named in the configuration: does */
	expect(&o, "AKIADEFAULT", "s3cret+/=", "", "profile default");
}

static void profiles_of_the_credentials_file(void **state)
{
	(void)state;
	put("credentials", TWO_PROFILES);
	expect(NULL, "AKIADEFAULT", "s3cret+/=", "", "profile default");
	setenv("AWS_PROFILE", "dev", 1);
	expect(NULL, "AKIADEV", "s3cret#dev", "tok", "profile dev");
}

static void credentials_file_wins_over_config(void **state)
{
	(void)state;
	put("credentials", "[dev]\naws_access_key_id = A\naws_secret_access_key = B\n");
	put("config", "[profile dev]\naws_access_key_id = C\naws_secret_access_key = D\nregion = eu-west-1\n"
		      "[profile \"a b\"]\naws_access_key_id = E\naws_secret_access_key = F\n");
	setenv("AWS_PROFILE", "dev", 1);
	expect(NULL, "A", "B", "", "profile dev");
	setenv("AWS_PROFILE", "a b", 1);
	expect(NULL, "E", "F", "", "profile a b");
}

static void half_a_pair_is_an_error(void **state)
{
	(void)state;
	put("credentials", TWO_PROFILES);
	setenv("AWS_ACCESS_KEY_ID", "AKIAENV", 1);
	expect_error(NULL, RC_CONFIG, "environment: the secret access key is missing");
	struct credentials_options o = {.secret = SV("s3cret")};
	expect_error(&o, RC_CONFIG, "configuration: the access key id is missing");
}

static void a_named_profile_must_be_there(void **state)
{
	(void)state;
	put("config", "[profile empty]\nregion = eu-west-1\n");
	setenv("AWS_PROFILE", "missing", 1);
	expect_error(NULL, RC_CONFIG, "profile missing is not in the shared files");
	setenv("AWS_PROFILE", "empty", 1);
	expect_error(NULL, RC_CONFIG, "profile empty holds no access keys");
}

static void bad_files_name_the_line(void **state)
{
	(void)state;
	put("credentials", "[default]\naws_access_key_id = A\ns3cret\n");
	expect_error(NULL, RC_CONFIG, "/.aws/credentials:3: neither [section] nor key = value");
	put("credentials", "\n[default\n");
	expect_error(NULL, RC_CONFIG, "/.aws/credentials:2: section without ]");
	put("credentials", "aws_secret_access_key = s3cret\n");
	expect_error(NULL, RC_CONFIG, "/.aws/credentials:1: a setting in front of the first [section]");
}

static void refresh_asks_again(void **state)
{
	struct sigv4_keys keys;
	(void)state;
	put("credentials", "[default]\naws_access_key_id = A\naws_secret_access_key = B\n");
	struct credentials *c = credentials_new(NULL);
	assert_int_equal(credentials_get(c, 0, &keys, NULL), RC_OK);
	put("credentials", "[default]\naws_access_key_id = C\naws_secret_access_key = D\n");
	assert_int_equal(credentials_get(c, 0, &keys, NULL), RC_OK);
	assert_true(sv_eq(keys.id, SV("A")));
	credentials_refresh(c);
	assert_int_equal(credentials_get(c, 0, &keys, NULL), RC_OK);
	assert_true(sv_eq(keys.id, SV("C")));
	credentials_free(c);
}

static void sections_and_services(void **state)
{
	struct profiles *p;
	(void)state;
	put("config", "\xef\xbb\xbf[default]\r\nregion = eu-west-1\r\nservices = local\r\ns3 =\r\n  "
		      "addressing_style = path\r\n"
		      "[services local]\nsns =\n  endpoint_url = http://127.0.0.1:4566\n  other = x\nsqs = \n"
		      "\tendpoint_url = http://127.0.0.1:4567\n[sso-session x]\nregion = us-east-1\n");
	assert_int_equal(profile_read(&p, NULL), RC_OK);
	assert_string_equal(profile_get(p, "default", "region"), "eu-west-1");
	assert_null(profile_get(p, "default", "addressing_style"));
	assert_null(profile_get(p, "x", "region"));
	assert_string_equal(
	    profile_service_get(p, "default", "sns", "endpoint_url"), "http://127.0.0.1:4566");
	assert_string_equal(
	    profile_service_get(p, "default", "sqs", "endpoint_url"), "http://127.0.0.1:4567");
	assert_null(profile_service_get(p, "default", "s3", "endpoint_url"));
	assert_true(profile_exists(p, "default"));
	assert_false(profile_exists(p, "local"));
	profile_free(p);
	profile_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_names_all_it_asked),
	    TEST(configuration_comes_first),
	    TEST(environment_comes_before_files),
	    TEST(profiles_of_the_credentials_file),
	    TEST(credentials_file_wins_over_config),
	    TEST(half_a_pair_is_an_error),
	    TEST(a_named_profile_must_be_there),
	    TEST(bad_files_name_the_line),
	    TEST(refresh_asks_again),
	    TEST(sections_and_services),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
