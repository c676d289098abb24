/* The chain of credentials providers, the role on top of it, and the renewal of keys that expire. Called by
 * AWS clients when they sign; owns the keys it found last.
 *
 * Renewal runs on a thread of its own that holds a copy of the options and a place for the result; the two
 * sides meet in that place only. It is detached: a chain that is freed meanwhile leaves the place to the
 * thread. */
#include "base/aws/credentials.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/aws/sts.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/jdoc.h"
#include "base/log.h"
#include "base/net/crypto.h"

#define SPARE_MS 60000               /* keys that run out sooner are asked for again, and waited for */
#define ADVISORY_MS (15 * 60 * 1000) /* from here on new ones are looked for in the background */
#define AGAIN_MS 60000               /* after a search in the background that found none */
#define REFUSED_AGAIN_MS 10000       /* keys that AWS refused are not asked for more often */

/* A search in the background. */
struct renewal {
	_Atomic int refs; /* the chain's and the thread's */
	_Atomic bool ended;
	struct credentials_options options; /* copies */
	int64_t now_ms;
	enum rc rc;
	struct credentials_found found;
	struct err err;
};

struct credentials {
	struct credentials_options options; /* its texts are our copies */
	struct credentials_found found;
	bool have, refused;
	int64_t refused_mono_ms; /* when they were last asked for in place of refused ones; 0: never */
	struct renewal *renewal; /* under way, or NULL */
	int64_t renewed_mono_ms; /* when the last one began; 0: none yet */
};

static const struct {
	const char *shown;
	credentials_provider *get;
} providers[] = {
#define CREDENTIALS_PROVIDER(name, shown) {shown, credentials_from_##name},
#include "base/aws/credentials_list.h"
#undef CREDENTIALS_PROVIDER
};

/* --- texts that are wiped -------------------------------------------------------------------------- */

static void wipe_free(const char *text)
{
	if (text)
		crypto_wipe((char *)text, strlen(text));
	free((char *)text);
}

void credentials_found_fini(struct credentials_found *f)
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

static struct credentials_options options_copy(const struct credentials_options *o)
{
	return (struct credentials_options){.key_id = copy(o->key_id),
	    .secret = copy(o->secret),
	    .token = copy(o->token),
	    .profile = heap_copy(o->profile),
	    .role_arn = heap_copy(o->role_arn),
	    .external_id = copy(o->external_id),
	    .region = heap_copy(o->region),
	    .proxy = heap_copy(o->proxy)};
}

static void options_wipe(struct credentials_options *o)
{
	wipe_free(o->key_id.ptr);
	wipe_free(o->secret.ptr);
	wipe_free(o->token.ptr);
	wipe_free(o->external_id.ptr);
	free((char *)o->profile);
	free((char *)o->role_arn);
	free((char *)o->region);
	free((char *)o->proxy);
}

/* --- asking ---------------------------------------------------------------------------------------- */

static enum rc ask_chain(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	struct buf asked = {0};
	enum rc rc = RC_NOTFOUND;
	for (size_t i = 0; rc == RC_NOTFOUND && i < sizeof providers / sizeof providers[0]; i++) {
		buf_printf(&asked, "%s%s", i ? ", " : "", providers[i].shown);
		rc = providers[i].get(o, now_ms, out, e);
	}
	if (rc == RC_NOTFOUND)
		err_set(e, rc, "no AWS credentials; asked: %s", asked.ptr);
	buf_fini(&asked);
	return rc;
}

static enum rc ask_all(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	struct credentials_found base = {0};
	enum rc rc = ask_chain(o, now_ms, &base, e);
	if (rc != RC_OK || !o->role_arn || !*o->role_arn) {
		*out = base;
		return rc;
	}
	struct sigv4_keys keys = {sv_from(base.key_id), sv_from(base.secret), sv_from(base.token)};
	struct sts_role role = {.role_arn = sv_from(o->role_arn),
	    .external_id = o->external_id,
	    .region = o->region,
	    .profile = o->profile,
	    .proxy = o->proxy};
	rc = sts_assume(&role, &keys, now_ms, out, e);
	credentials_found_fini(&base);
	return rc;
}

/* --- in the background ----------------------------------------------------------------------------- */

static void renewal_unref(struct renewal *r)
{
	if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
		return;
	options_wipe(&r->options);
	credentials_found_fini(&r->found);
	free(r);
}

static void *renewal_main(void *arg)
{
	struct renewal *r = arg;
	r->rc = ask_all(&r->options, r->now_ms, &r->found, &r->err);
	r->ended = true;
	renewal_unref(r);
	return NULL;
}

static void begin_renewal(struct credentials *c, int64_t now_ms)
{
	pthread_t thread;
	pthread_attr_t attr;
	struct renewal *r = heap_zero(1, sizeof *r);
	*r = (struct renewal){.refs = 2, .options = options_copy(&c->options), .now_ms = now_ms};
	c->renewed_mono_ms = clk_mono_ms();
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, renewal_main, r) == 0) {
		c->renewal = r;
	} else { /* the next call that must have keys asks by itself */
		r->refs = 1;
		renewal_unref(r);
	}
	pthread_attr_destroy(&attr);
}

static void take(struct credentials *c, struct credentials_found *found)
{
	credentials_found_fini(&c->found);
	c->found = *found;
	*found = (struct credentials_found){0};
	c->have = true;
	c->refused = false;
}

/* Takes over what the background found. */
static void end_renewal(struct credentials *c)
{
	struct renewal *r = c->renewal;
	if (!r || !r->ended)
		return;
	if (r->rc == RC_OK)
		take(c, &r->found);
	else
		log_warn("AWS keys were not renewed",
		    "source=\"%s\" reason=\"%s\" next=\"asked again in a minute\"", credentials_source(c),
		    r->err.text);
	renewal_unref(r);
	c->renewal = NULL;
}

/* --- the chain ------------------------------------------------------------------------------------- */

struct credentials *credentials_new(const struct credentials_options *o)
{
	struct credentials *c = heap_zero(1, sizeof *c);
	c->options = options_copy(o ? o : &(struct credentials_options){0});
	return c;
}

void credentials_free(struct credentials *c)
{
	if (!c)
		return;
	renewal_unref(c->renewal);
	options_wipe(&c->options);
	credentials_found_fini(&c->found);
	free(c);
}

/* An hour-long key has 15 minutes of it for renewal, a shorter one its last quarter at most. */
static bool ends_within(const struct credentials *c, int64_t now_ms, int64_t ms)
{
	return c->found.expires_ms && c->found.expires_ms - now_ms < ms;
}

/* Asks and waits. Keys that have not ended yet are better than none. */
static enum rc ask_now(struct credentials *c, int64_t now_ms, struct err *e)
{
	struct credentials_found found = {0};
	if (c->refused)
		c->refused_mono_ms = clk_mono_ms();
	enum rc rc = ask_all(&c->options, now_ms, &found, e);
	if (rc == RC_OK)
		take(c, &found);
	else if (rc == RC_RETRY && c->have && !c->refused && !ends_within(c, now_ms, 0))
		return RC_OK;
	return rc;
}

enum rc credentials_get(struct credentials *c, int64_t now_ms, struct sigv4_keys *out, struct err *e)
{
	end_renewal(c);
	bool lately = c->refused_mono_ms && clk_mono_ms() - c->refused_mono_ms < REFUSED_AGAIN_MS;
	enum rc rc = RC_OK;
	if (!c->have || (c->refused && !lately) || ends_within(c, now_ms, SPARE_MS))
		rc = ask_now(c, now_ms, e);
	else if (!c->renewal && ends_within(c, now_ms, ADVISORY_MS) &&
		 (!c->renewed_mono_ms || clk_mono_ms() - c->renewed_mono_ms >= AGAIN_MS))
		begin_renewal(c, now_ms);
	if (rc == RC_OK)
		*out = (struct sigv4_keys){
		    sv_from(c->found.key_id), sv_from(c->found.secret), sv_from(c->found.token)};
	return rc;
}

void credentials_refresh(struct credentials *c)
{
	c->refused = true;
}

const char *credentials_source(const struct credentials *c)
{
	return c->found.source ? c->found.source : "none";
}

int64_t credentials_end_ms(const struct credentials *c)
{
	return c->have ? c->found.expires_ms : 0;
}

/* --- for providers --------------------------------------------------------------------------------- */

enum rc credentials_pair(const char *where, struct sv key_id, struct sv secret, struct sv token,
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

enum rc credentials_document(const char *where, struct sv json, struct credentials_found *out, struct err *e)
{
	struct jdoc *doc;
	/* The reader's own words could quote the document. */
	if (jdoc_read(json, &doc, NULL) != RC_OK)
		return err_set(e, RC_RETRY, "AWS credentials from %s: the answer is no JSON", where);
	struct sv token = jdoc_text(doc, "Token"), message = jdoc_text(doc, "Message"),
		  expires = jdoc_text(doc, "Expiration");
	enum rc rc = credentials_pair(where, jdoc_text(doc, "AccessKeyId"), jdoc_text(doc, "SecretAccessKey"),
	    token.len ? token : jdoc_text(doc, "SessionToken"), out, e);
	if (rc == RC_NOTFOUND)
		rc = err_set(e, RC_RETRY, "AWS credentials from %s: %.*s", where,
		    SV_ARG(message.len ? message : SV("the answer holds no keys")));
	else if (rc == RC_OK && expires.len && !clk_parse(expires, &out->expires_ms)) {
		credentials_found_fini(out);
		rc = err_set(e, RC_RETRY, "AWS credentials from %s: Expiration is no time", where);
	}
	jdoc_free(doc);
	return rc;
}
