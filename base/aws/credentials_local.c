/* Providers that need nothing but this process: configuration and environment; and the token file that IRSA
 * mounts into a pod, which STS takes as proof. */
#include <stdlib.h>

#include "base/aws/sts.h"
#include "base/file.h"
#include "base/net/crypto.h"

#define MAX_TOKEN_BYTES (64u << 10)

static bool given(const char *text)
{
	return text && *text;
}

enum rc credentials_from_configuration(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	(void)now_ms;
	return credentials_pair("configuration", o->key_id, o->secret, o->token, out, e);
}

enum rc credentials_from_environment(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	(void)now_ms;
	if (given(o->profile))
		return RC_NOTFOUND; /* a profile named in the configuration is meant */
	return credentials_pair("environment", sv_from(getenv("AWS_ACCESS_KEY_ID")),
	    sv_from(getenv("AWS_SECRET_ACCESS_KEY")), sv_from(getenv("AWS_SESSION_TOKEN")), out, e);
}

/* The file is read each time: it is replaced before its token ends. */
enum rc sts_assume_with_token_file(
    const struct sts_role *role, const char *path, struct credentials_found *out, struct err *e)
{
	struct buf token = {0};
	enum rc rc = file_read(path, MAX_TOKEN_BYTES, &token, e);
	struct sv text = sv_trim(buf_sv(&token));
	if (rc == RC_OK && !text.len)
		rc = err_set(e, RC_CONFIG, "AWS web identity token file %s is empty", path);
	else if (rc != RC_OK)
		rc = err_set(e, RC_CONFIG, "AWS web identity token file %s can't be read", path);
	if (rc == RC_OK)
		rc = sts_assume_with_token(role, text, out, e);
	if (token.ptr)
		crypto_wipe(token.ptr, token.cap);
	buf_fini(&token);
	return rc;
}

enum rc credentials_from_web_identity(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	const char *path = getenv("AWS_WEB_IDENTITY_TOKEN_FILE"), *role_arn = getenv("AWS_ROLE_ARN");
	(void)now_ms;
	if (!given(path))
		return RC_NOTFOUND;
	if (!given(role_arn))
		return err_set(e, RC_CONFIG, "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
	struct sts_role role = {.role_arn = sv_from(role_arn),
	    .session_name = sv_from(getenv("AWS_ROLE_SESSION_NAME")),
	    .region = o->region,
	    .profile = o->profile,
	    .proxy = o->proxy};
	return sts_assume_with_token_file(&role, path, out, e);
}
