/* The chain of credentials providers, and the three that need nothing but this machine. Called by AWS clients
 * when they sign; owns the keys it found last. */
#include "base/aws/credentials.h"

#include "base/aws/profile.h"
#include "base/heap.h"
#include "base/net/crypto.h"

#define SPARE_MS 60000 /* keys that run out sooner are asked for again */

struct credentials {
	struct credentials_options options; /* its texts are our copies */
	struct credentials_found found;
	bool have;
};

static const struct {
	const char *shown;
	credentials_provider *get;
} providers[] = {
#define CREDENTIALS_PROVIDER(name, shown) {shown, credentials_from_##name},
#include "base/aws/credentials_list.h"
#undef CREDENTIALS_PROVIDER
};

static void wipe_free(const char *text)
{
	if (text)
		crypto_wipe((char *)text, strlen(text));
	free((char *)text);
}

static void found_fini(struct credentials_found *f)
{
	wipe_free(f->key_id);
	wipe_free(f->secret);
	wipe_free(f->token);
	free(f->source);
	*f = (struct credentials_found){0};
}

static struct sv copy(struct sv s)
{
	return sv_of(heap_text(s), s.len);
}

struct credentials *credentials_new(const struct credentials_options *o)
{
	struct credentials *c = heap_zero(1, sizeof *c);
	if (o)
		c->options = (struct credentials_options){
		    copy(o->key_id), copy(o->secret), copy(o->token), heap_copy(o->profile)};
	return c;
}

void credentials_free(struct credentials *c)
{
	if (!c)
		return;
	wipe_free(c->options.key_id.ptr);
	wipe_free(c->options.secret.ptr);
	wipe_free(c->options.token.ptr);
	free((char *)c->options.profile);
	found_fini(&c->found);
	free(c);
}

static enum rc ask_providers(struct credentials *c, int64_t now_ms, struct err *e)
{
	struct buf asked = {0};
	enum rc rc = RC_NOTFOUND;
	struct credentials_found found = {0};
	for (size_t i = 0; rc == RC_NOTFOUND && i < sizeof providers / sizeof providers[0]; i++) {
		buf_printf(&asked, "%s%s", i ? ", " : "", providers[i].shown);
		rc = providers[i].get(&c->options, now_ms, &found, e);
	}
	if (rc == RC_OK) {
		found_fini(&c->found);
		c->found = found;
		c->have = true;
	} else if (rc == RC_NOTFOUND) {
		err_set(e, rc, "no AWS credentials; asked: %s", asked.ptr);
	}
	buf_fini(&asked);
	return rc;
}

enum rc credentials_get(struct credentials *c, int64_t now_ms, struct sigv4_keys *out, struct err *e)
{
	bool stale = c->have && c->found.expires_ms && c->found.expires_ms - now_ms < SPARE_MS;
	if (!c->have || stale) {
		enum rc rc = ask_providers(c, now_ms, e);
		if (rc != RC_OK)
			return rc;
	}
	*out =
	    (struct sigv4_keys){sv_from(c->found.key_id), sv_from(c->found.secret), sv_from(c->found.token)};
	return RC_OK;
}

void credentials_refresh(struct credentials *c)
{
	c->have = false;
}

const char *credentials_source(const struct credentials *c)
{
	return c->found.source ? c->found.source : "none";
}

/* --- providers ------------------------------------------------------------------------------------- */

static bool given(const char *text)
{
	return text && *text;
}

/* Half a pair of keys is a mistake and not "nothing here": going on would sign with someone else's. */
static enum rc pair_of(const char *where, struct sv key_id, struct sv secret, struct sv token,
    struct credentials_found *out, struct err *e)
{
	if (!key_id.len && !secret.len)
		return RC_NOTFOUND;
	if (!key_id.len || !secret.len)
		return err_set(e, RC_CONFIG, "AWS credentials from %s: the %s is missing", where,
		    key_id.len ? "secret access key" : "access key id");
	*out = (struct credentials_found){.key_id = heap_text(key_id),
	    .secret = heap_text(secret),
	    .token = token.len ? heap_text(token) : NULL,
	    .source = heap_copy(where)};
	return RC_OK;
}

enum rc credentials_from_configuration(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	(void)now_ms;
	return pair_of("configuration", o->key_id, o->secret, o->token, out, e);
}

enum rc credentials_from_environment(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	(void)now_ms;
	if (given(o->profile))
		return RC_NOTFOUND; /* a profile named in the configuration is meant */
	return pair_of("environment", sv_from(getenv("AWS_ACCESS_KEY_ID")),
	    sv_from(getenv("AWS_SECRET_ACCESS_KEY")), sv_from(getenv("AWS_SESSION_TOKEN")), out, e);
}

enum rc credentials_from_profile(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	(void)now_ms;
	const char *asked = getenv("AWS_PROFILE");
	const char *name = given(o->profile) ? o->profile : profile_default_name();
	bool named = given(o->profile) || given(asked);
	struct profiles *p = NULL;
	enum rc rc = profile_read(&p, e);
	if (rc != RC_OK)
		return rc;
	char *where = heap_printf("profile %s", name);
	rc = pair_of(where, sv_from(profile_get(p, name, "aws_access_key_id")),
	    sv_from(profile_get(p, name, "aws_secret_access_key")),
	    sv_from(profile_get(p, name, "aws_session_token")), out, e);
	if (rc == RC_NOTFOUND && named)
		rc = err_set(e, RC_CONFIG, "AWS %s %s", where,
		    profile_exists(p, name) ? "holds no access keys" : "is not in the shared files");
	profile_free(p);
	free(where);
	return rc;
}
