/* Alerts posted to a URL as Standard Webhooks 1.0 has it: webhook-id is the delivery's key on every attempt,
 * webhook-timestamp the attempt's time, webhook-signature HMAC-SHA256 over id.timestamp.body. The body is
 * frozen: its timestamp is when the alert was detected, so that only the signature headers differ between
 * attempts. The URL is a secret: texts name scheme and host. */
#include "alerts/sink/sink.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/jout.h"
#include "base/net/crypto.h"
#include "config/secret.h"

#define TYPE "kendrawatch.alert.triggered"
#define SECRET_PREFIX "whsec_"
#define MIN_SECRET_BYTES 24
#define MAX_SECRET_BYTES 64

struct sink {
	const struct option_value *url, *secret, *previous, *hub, *authorization, *headers;
};

static const struct option options[] = {
    {.name = "url",
	.type = OPTION_URL,
	.fallback = OPTION_REQUIRED,
	.help = "Where alerts are posted; a secret, so better given as env:NAME or file:PATH."},
    {.name = "secret",
	.type = OPTION_SECRET,
	.help =
	    "Signing secret, whsec_ and the base64 of 24 to 64 random bytes; without it nothing is signed."},
    {.name = "previous_secret",
	.type = OPTION_SECRET,
	.help = "Second signing secret while keys are being changed; both signatures are sent."},
    {.name = "hub_secret",
	.type = OPTION_SECRET,
	.help = "Adds X-Hub-Signature-256, as GitHub signs, under this secret."},
    {.name = "authorization",
	.type = OPTION_SECRET,
	.help = "Value of an Authorization header, such as \"Bearer …\"."},
    {.name = "headers", .type = OPTION_TEXTS, .help = "More headers, each \"Name: value\"."},
};

static const struct option_table table = {.kind = "sinks.webhook",
    .help = "Posts each alert to a URL, signed as Standard Webhooks 1.0.",
    .options = options,
    .n = sizeof options / sizeof options[0]};

/* --- opening --------------------------------------------------------------------------------------- */

/* Decodes whsec_… into `key` (wiped by the caller). The text of errors never holds the value. */
static enum rc decode_secret(const struct option_value *v, struct buf *key, struct err *e)
{
	struct sv text = secret_value(v->secret);
	const char *name = secret_name(v->secret);
	if (!sv_starts(text, SV(SECRET_PREFIX)))
		return err_set(
		    e, RC_CONFIG, "the signing secret in %s does not begin with " SECRET_PREFIX, name);
	buf_room(key, MAX_SECRET_BYTES + 3); /* no growing while it holds the key */
	struct sv base64 = sv_skip(text, strlen(SECRET_PREFIX));
	if (base64.len > (MAX_SECRET_BYTES + 2) / 3 * 4 || crypto_unbase64(base64, key, NULL) != RC_OK ||
	    key->len < MIN_SECRET_BYTES || key->len > MAX_SECRET_BYTES)
		return err_set(e, RC_CONFIG,
		    "the signing secret in %s is not " SECRET_PREFIX " and the base64 of %d to %d bytes",
		    name, MIN_SECRET_BYTES, MAX_SECRET_BYTES);
	return RC_OK;
}

static void wipe_key(struct buf *key)
{
	crypto_wipe(key->ptr, key->cap);
	buf_fini(key);
}

static enum rc check_secret(const struct option_value *v, struct err *e)
{
	struct buf key = {0};
	enum rc rc = v->set ? decode_secret(v, &key, e) : RC_OK;
	wipe_key(&key);
	return rc;
}

/* A token of RFC 9110. */
static bool header_name_valid(struct sv name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return name.len > 0;
}

/* Headers that this sink or HTTP itself sets. */
static bool header_reserved(struct sv name)
{
	static const char *const reserved[] = {"authorization", "connection", "content-length",
	    "content-type", "expect", "host", "transfer-encoding", "x-hub-signature-256"};
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (sv_eq_nocase(name, sv_from(reserved[i])))
			return true;
	return sv_eq_nocase(sv_head(name, 8), SV("webhook-"));
}

static enum rc check_header(const char *line, struct err *e)
{
	struct sv rest = sv_from(line), name;
	if (!sv_cut(&rest, ':', &name) || !rest.ptr || !header_name_valid(name))
		return err_set(e, RC_CONFIG, "\"headers\": each is \"Name: value\"");
	for (size_t i = 0; i < rest.len; i++)
		if ((unsigned char)rest.ptr[i] < ' ' && rest.ptr[i] != '\t')
			return err_set(
			    e, RC_CONFIG, "\"headers\": %.*s holds a control character", SV_ARG(name));
	if (header_reserved(name))
		return err_set(e, RC_CONFIG, "\"headers\": %.*s is set by kendrawatch itself%s", SV_ARG(name),
		    sv_eq_nocase(name, SV("authorization")) ? "; use the option \"authorization\"" : "");
	return RC_OK;
}

static enum rc open_webhook(
    const struct options *given, const struct sink_context *context, struct sink **out_sink, struct err *e)
{
	(void)context;
	struct sink s = {.url = options_get(given, "url"),
	    .secret = options_get(given, "secret"),
	    .previous = options_get(given, "previous_secret"),
	    .hub = options_get(given, "hub_secret"),
	    .authorization = options_get(given, "authorization"),
	    .headers = options_get(given, "headers")};
	enum rc rc = check_secret(s.secret, e);
	if (rc == RC_OK)
		rc = check_secret(s.previous, e);
	if (rc == RC_OK && s.previous->set && !s.secret->set)
		rc = err_set(e, RC_CONFIG, "\"previous_secret\" is given without \"secret\"");
	for (size_t i = 0; rc == RC_OK && i < s.headers->texts.n; i++)
		rc = check_header(s.headers->texts.items[i], e);
	if (rc != RC_OK)
		return rc;
	*out_sink = heap_alloc(sizeof s);
	**out_sink = s;
	return RC_OK;
}

static void close_webhook(struct sink *s)
{
	free(s);
}

/* --- the request ----------------------------------------------------------------------------------- */

static void build_body(const struct delivery *d, struct buf *out)
{
	struct sv when = jdoc_text(d->alert, "detected_at");
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv(&j, "type", SV(TYPE));
	jout_kv(&j, "timestamp", when.len ? when : jdoc_text(d->alert, "time"));
	jout_key(&j, "data");
	jout_raw(&j, d->body);
	jout_end_object(&j);
}

/* Appends `v1,<base64>`, behind a blank if there is one already. */
static enum rc add_signature(
    const struct option_value *v, struct sv signed_text, struct buf *out, struct err *e)
{
	unsigned char mac[CRYPTO_SHA256_BYTES];
	struct buf key = {0};
	enum rc rc = decode_secret(v, &key, e);
	if (rc == RC_OK) {
		crypto_hmac_sha256(buf_sv(&key), signed_text, mac);
		buf_adds(out, out->len ? " v1," : "v1,");
		crypto_base64(sv_of(mac, sizeof mac), out);
	}
	wipe_key(&key);
	return rc;
}

static enum rc add_signatures(
    const struct sink *s, const struct delivery *d, struct http_request *r, struct err *e)
{
	struct buf text = {0}, stamp = {0}, signatures = {0};
	enum rc rc = RC_OK;
	buf_printf(&stamp, "%lld", (long long)(clk_now_ms() / 1000));
	buf_printf(&text, "%.*s.%s.", SV_ARG(d->key), stamp.ptr);
	buf_add(&text, buf_sv(&r->body));
	if (s->secret->set)
		rc = add_signature(s->secret, buf_sv(&text), &signatures, e);
	if (rc == RC_OK && s->previous->set)
		rc = add_signature(s->previous, buf_sv(&text), &signatures, e);
	http_request_header(r, "webhook-id", d->key);
	http_request_header(r, "webhook-timestamp", buf_sv(&stamp));
	if (signatures.len)
		http_request_header(r, "webhook-signature", buf_sv(&signatures));
	buf_fini(&text);
	buf_fini(&stamp);
	buf_fini(&signatures);
	return rc;
}

static void add_hub_signature(const struct sink *s, struct http_request *r)
{
	unsigned char mac[CRYPTO_SHA256_BYTES];
	char value[7 + 2 * CRYPTO_SHA256_BYTES + 1] = "sha256=";
	crypto_hmac_sha256(secret_value(s->hub->secret), buf_sv(&r->body), mac);
	crypto_hex(mac, sizeof mac, value + 7);
	http_request_header(r, "X-Hub-Signature-256", sv_from(value));
}

static void add_own_headers(const struct sink *s, struct http_request *r)
{
	for (size_t i = 0; i < s->headers->texts.n; i++) {
		struct sv rest = sv_from(s->headers->texts.items[i]), name = {0};
		sv_cut(&rest, ':', &name);
		char *name_text = heap_text(name);
		http_request_header(r, name_text, sv_trim(rest));
		free(name_text);
	}
}

static enum rc webhook_request(
    struct sink *s, const struct delivery *d, struct http_request *out, struct err *e)
{
	out->method = "POST";
	out->url = heap_text(secret_value(s->url->secret));
	build_body(d, &out->body);
	http_request_header(out, "Content-Type", SV("application/json"));
	add_own_headers(s, out);
	if (s->authorization->set)
		http_request_header(out, "Authorization", secret_value(s->authorization->secret));
	if (s->hub->set)
		add_hub_signature(s, out);
	/* A secret file that was rewritten badly: a person mends it, the alert waits. */
	struct err why = {0};
	return add_signatures(s, d, out, &why) == RC_OK ? RC_OK : err_set(e, RC_RETRY, "%s", why.text);
}

static struct sink_verdict webhook_judge(
    struct sink *s, const struct delivery *d, const struct http_reply *reply)
{
	(void)d;
	struct buf where = {0};
	char *url = heap_text(secret_value(s->url->secret));
	http_show_url(url, &where);
	crypto_wipe(url, strlen(url));
	free(url);
	struct sink_verdict v = sink_judge_http(reply, where.ptr);
	buf_fini(&where);
	return v;
}

/* --- the look of `doctor` ---------------------------------------------------------------------------- */

/* Scheme and host alone: a request there is no alert to anybody, and shows that name, way and certificate are
 * right. Any HTTP answer will do. */
static void check_webhook(const struct options *given, struct checkup *out)
{
	struct buf where = {0};
	struct http_reply reply = {0};
	struct err e = {0};
	char *url = heap_text(secret_value(options_get(given, "url")->secret));
	http_show_url(url, &where);
	struct http_request r = {
	    .method = "HEAD", .url = heap_text(sv_head(buf_sv(&where), sv_find(buf_sv(&where), SV("…"))))};
	if (http_once(NULL, &r, &reply, &e) == RC_OK)
		checkup_say(out, CHECKUP_OK, NULL, "%s answers; nothing was posted", where.ptr);
	else
		checkup_say(out, CHECKUP_FAIL,
		    e.rc == RC_REJECT
			? "its certificate is not trusted: SSL_CERT_FILE names other authorities"
			: "look at the way out: DNS, proxy (HTTPS_PROXY, NO_PROXY), firewall",
		    "%s", e.text);
	crypto_wipe(url, strlen(url));
	free(url);
	http_request_fini(&r);
	http_reply_fini(&reply);
	buf_fini(&where);
}

const struct sink_type sink_webhook = {.name = "webhook",
    .table = &table,
    .open = open_webhook,
    .close = close_webhook,
    .request = webhook_request,
    .judge = webhook_judge,
    .check = check_webhook};
