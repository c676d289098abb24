/* Keys of a profile in AWS's shared files: its own ones, those a program gives (credential_process), or those
 * of a role that is assumed with another profile, the environment, the instance, the container or a token
 * file. */
#include <stdlib.h>

#include "base/aws/profile.h"
#include "base/aws/sts.h"
#include "base/heap.h"
#include "base/net/crypto.h"
#include "base/process.h"

#define MAX_CHAIN 5 /* profiles that name each other */

/* One profile on the way. */
struct step {
	const struct credentials_options *o;
	const struct profiles *p;
	const char *name;
	const struct step *from; /* the profile whose source_profile this is; NULL: the first */
	int64_t now_ms;
};

static bool given(const char *text)
{
	return text && *text;
}

static const char *get(const struct step *s, const char *key)
{
	const char *text = profile_get(s->p, s->name, key);
	return given(text) ? text : NULL;
}

static enum rc own_keys(const struct step *s, struct credentials_found *out, struct err *e)
{
	char *where = heap_printf("profile %s", s->name);
	enum rc rc = credentials_pair(where, sv_from(get(s, "aws_access_key_id")),
	    sv_from(get(s, "aws_secret_access_key")), sv_from(get(s, "aws_session_token")), out, e);
	free(where);
	return rc;
}

/* "AWS SDKs and Tools Reference Guide, Process credential provider". */
static enum rc keys_of_process(
    const struct step *s, const char *line, struct credentials_found *out, struct err *e)
{
	char *where = heap_printf("credential_process of profile %s", s->name);
	const struct process_limits limits = {60000, 64u << 10};
	struct buf text = {0};
	struct err why = {0};
	char **words = NULL;
	enum rc rc = process_split(sv_from(line), &words, &why);
	if (rc == RC_OK)
		rc = process_run(words, &limits, &text, &why);
	if (rc != RC_OK)
		rc = err_set(e, rc == RC_RETRY ? RC_RETRY : RC_CONFIG, "AWS %s: %s", where, why.text);
	else if (sv_find(buf_sv(&text), SV("\"Version\"")) == SV_NONE)
		rc = err_set(e, RC_CONFIG, "AWS %s: its answer has no \"Version\": 1", where);
	else
		rc = credentials_document(where, buf_sv(&text), out, e);
	if (text.ptr)
		crypto_wipe(text.ptr, text.cap);
	buf_fini(&text);
	process_free_words(words);
	free(where);
	return rc;
}

static enum rc keys_of(const struct step *s, struct credentials_found *out, struct err *e);

static enum rc check_chain(const struct step *s, const char *next, struct err *e)
{
	int n = 0;
	for (const struct step *i = s; i; i = i->from, n++)
		if (i != s && strcmp(i->name, next) == 0)
			return err_set(e, RC_CONFIG, "AWS profile %s: source_profile %s leads back to itself",
			    s->name, next);
	if (n >= MAX_CHAIN)
		return err_set(
		    e, RC_CONFIG, "AWS profile %s: more than %d source_profile in a row", s->name, MAX_CHAIN);
	return RC_OK;
}

/* The keys that assume the role of this profile. */
static enum rc source_keys(const struct step *s, struct credentials_found *out, struct err *e)
{
	const char *source = get(s, "source_profile"), *kind = get(s, "credential_source");
	if (source && kind)
		return err_set(e, RC_CONFIG,
		    "AWS profile %s: source_profile and credential_source exclude each other", s->name);
	if (source && strcmp(source, s->name) == 0) {
		enum rc own = own_keys(s, out, e);
		return own != RC_NOTFOUND
			   ? own
			   : err_set(e, RC_CONFIG, "AWS profile %s is its own source_profile and has no keys",
				 s->name);
	}
	if (source) {
		struct step next = {s->o, s->p, source, s, s->now_ms};
		enum rc rc = check_chain(s, source, e);
		return rc == RC_OK ? keys_of(&next, out, e) : rc;
	}
	static const struct {
		const char *name;
		credentials_provider *get;
	} kinds[] = {{"Environment", credentials_from_environment},
	    {"EcsContainer", credentials_from_container}, {"Ec2InstanceMetadata", credentials_from_instance}};
	struct credentials_options plain = {.region = s->o->region, .proxy = s->o->proxy};
	for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kind, kinds[i].name) == 0) {
			enum rc rc = kinds[i].get(&plain, s->now_ms, out, e);
			return rc != RC_NOTFOUND
				   ? rc
				   : err_set(e, RC_CONFIG, "AWS profile %s: credential_source %s has no keys",
					 s->name, kind);
		}
	return err_set(e, RC_CONFIG,
	    "AWS profile %s: role_arn needs source_profile, credential_source (Environment, EcsContainer, "
	    "Ec2InstanceMetadata) or web_identity_token_file",
	    s->name);
}

static enum rc keys_of_role(
    const struct step *s, const char *role_arn, struct credentials_found *out, struct err *e)
{
	const char *token_file = get(s, "web_identity_token_file"), *duration = get(s, "duration_seconds");
	struct credentials_found base = {0};
	struct sts_role role = {.role_arn = sv_from(role_arn),
	    .external_id = sv_from(get(s, "external_id")),
	    .session_name = sv_from(get(s, "role_session_name")),
	    .region = s->o->region ? s->o->region : get(s, "region"),
	    .profile = s->name,
	    .proxy = s->o->proxy};
	if (get(s, "mfa_serial"))
		return err_set(
		    e, RC_CONFIG, "AWS profile %s asks for an MFA code, which an agent can't give", s->name);
	if (duration && !sv_int(sv_from(duration), 900, 43200, &role.duration_s))
		return err_set(e, RC_CONFIG, "AWS profile %s: duration_seconds is 900 to 43200, not \"%s\"",
		    s->name, duration);
	if (token_file)
		return sts_assume_with_token_file(&role, token_file, out, e);
	enum rc rc = source_keys(s, &base, e);
	if (rc != RC_OK)
		return rc;
	struct sigv4_keys keys = {sv_from(base.key_id), sv_from(base.secret), sv_from(base.token)};
	rc = sts_assume(&role, &keys, s->now_ms, out, e);
	credentials_found_fini(&base);
	return rc;
}

/* A role comes before keys: they may be there for its sake. */
static enum rc keys_of(const struct step *s, struct credentials_found *out, struct err *e)
{
	const char *role_arn = get(s, "role_arn"), *process = get(s, "credential_process");
	if (role_arn)
		return keys_of_role(s, role_arn, out, e);
	enum rc rc = own_keys(s, out, e);
	if (rc == RC_NOTFOUND && process)
		return keys_of_process(s, process, out, e);
	if (rc == RC_NOTFOUND && (get(s, "sso_session") || get(s, "sso_start_url")))
		return err_set(e, RC_CONFIG,
		    "AWS profile %s signs in with IAM Identity Center, which an agent can't; use "
		    "credential_process = aws configure export-credentials --profile %s",
		    s->name, s->name);
	if (rc == RC_NOTFOUND && s->from)
		return err_set(e, RC_CONFIG, "AWS profile %s, source_profile of %s, %s", s->name,
		    s->from->name,
		    profile_exists(s->p, s->name) ? "holds no access keys" : "is not in the shared files");
	return rc;
}

enum rc credentials_from_profile(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	const char *name = given(o->profile) ? o->profile : profile_default_name();
	bool named = given(o->profile) || given(getenv("AWS_PROFILE"));
	struct profiles *p = NULL;
	enum rc rc = profile_read(&p, e);
	if (rc != RC_OK)
		return rc;
	rc = keys_of(&(struct step){o, p, name, NULL, now_ms}, out, e);
	if (rc == RC_NOTFOUND && named)
		rc = err_set(e, RC_CONFIG, "AWS profile %s %s", name,
		    profile_exists(p, name) ? "holds no access keys" : "is not in the shared files");
	profile_free(p);
	return rc;
}
