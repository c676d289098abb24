/* STS. Called by the providers of credentials, which may block; owns nothing. The replies hold three short
 * texts each and are read as failure.h reads them. */
#include "base/aws/sts.h"

#include <stdio.h>

#include "base/aws/endpoint.h"
#include "base/aws/failure.h"
#include "base/aws/profile.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/net/crypto.h"

#define VERSION "2011-06-15"
#define ATTEMPTS 2
#define TIMEOUT_MS 5000
#define SESSION_NAME "kendrawatch"
#define FALLBACK_REGION "us-east-1"

/* Heap. */
static enum rc find_region(const struct sts_role *role, char **out, struct err *e)
{
	const char *given[] = {role->region, getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION")};
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		if (given[i] && *given[i]) {
			*out = heap_copy(given[i]);
			return RC_OK;
		}
	struct profiles *p;
	enum rc rc = profile_read(&p, e);
	if (rc != RC_OK)
		return rc;
	const char *profile = role->profile && *role->profile ? role->profile : profile_default_name();
	const char *region = profile_get(p, profile, "region");
	*out = heap_copy(region && *region ? region : FALLBACK_REGION);
	profile_free(p);
	return RC_OK;
}

/* What one exchange with STS needs. */
struct exchange {
	const struct sts_role *role;
	char *region;
	struct buf url, form;
	struct http_reply reply;
};

static void exchange_fini(struct exchange *x)
{
	free(x->region);
	buf_fini(&x->url);
	if (x->form.ptr)
		crypto_wipe(x->form.ptr, x->form.cap);
	buf_fini(&x->form);
	if (x->reply.body.ptr)
		crypto_wipe(x->reply.body.ptr, x->reply.body.cap);
	http_reply_fini(&x->reply);
}

static enum rc exchange_init(
    struct exchange *x, const struct sts_role *role, const char *action, struct err *e)
{
	*x = (struct exchange){.role = role};
	enum rc rc = find_region(role, &x->region, e);
	if (rc == RC_OK)
		rc = endpoint_url(
		    &(struct endpoint_request){
			.service = "sts", .region = sv_from(x->region), .profile = role->profile},
		    &x->url, e);
	sigv4_param(&x->form, "Action", sv_from(action));
	sigv4_param(&x->form, "Version", SV(VERSION));
	return rc;
}

static void add_role(struct exchange *x)
{
	const struct sts_role *role = x->role;
	char seconds[24];
	sigv4_param(&x->form, "RoleArn", role->role_arn);
	sigv4_param(
	    &x->form, "RoleSessionName", role->session_name.len ? role->session_name : SV(SESSION_NAME));
	if (role->duration_s) {
		snprintf(seconds, sizeof seconds, "%lld", (long long)role->duration_s);
		sigv4_param(&x->form, "DurationSeconds", sv_from(seconds));
	}
	if (role->external_id.len)
		sigv4_param(&x->form, "ExternalId", role->external_id);
}

static enum rc attempt(struct exchange *x, const struct sigv4_keys *keys, int64_t now_ms, struct err *e)
{
	struct http_request r = {.method = "POST", .url = heap_printf("%s/", x->url.ptr)};
	struct http_options o = {
	    .timeout_ms = TIMEOUT_MS, .ca_file = getenv("AWS_CA_BUNDLE"), .proxy = x->role->proxy};
	http_request_header(&r, "Content-Type", SV("application/x-www-form-urlencoded; charset=utf-8"));
	buf_add(&r.body, buf_sv(&x->form));
	enum rc rc = RC_OK;
	if (o.ca_file && !*o.ca_file)
		o.ca_file = NULL;
	if (keys)
		rc = sigv4_sign(
		    &r, &(struct sigv4_scope){.service = "sts", .region = x->region}, keys, now_ms, NULL, e);
	http_reply_fini(&x->reply);
	if (rc == RC_OK)
		http_once(&o, &r, &x->reply, NULL); /* what went wrong is in the reply */
	if (r.body.ptr)
		crypto_wipe(r.body.ptr, r.body.cap);
	http_request_fini(&r);
	return rc;
}

/* RC_OK when x->reply is STS's good answer. */
static enum rc ask(struct exchange *x, const struct sigv4_keys *keys, int64_t now_ms, struct err *e)
{
	struct failure f = {FAILURE_NONE};
	int64_t begin = clk_now_ms();
	for (int i = 0; i < ATTEMPTS; i++) {
		enum rc rc = attempt(x, keys, now_ms + (clk_now_ms() - begin), e);
		if (rc != RC_OK)
			return rc;
		failure_read(&x->reply, &f);
		if (f.kind == FAILURE_CLOCK && x->reply.date_ms >= 0)
			now_ms = x->reply.date_ms, begin = clk_now_ms();
		else if (f.kind != FAILURE_TRANSIENT && f.kind != FAILURE_THROTTLED)
			break;
	}
	if (f.kind == FAILURE_NONE)
		return RC_OK;
	bool again = f.kind == FAILURE_TRANSIENT || f.kind == FAILURE_THROTTLED || f.kind == FAILURE_CLOCK;
	const struct sv role = x->role->role_arn;
	return err_set(e, again ? RC_RETRY : RC_CONFIG, "STS%s%.*s: %s%s%s", role.len ? ", role " : "",
	    SV_ARG(role), f.code, f.code[0] ? ": " : "", f.message);
}

static enum rc read_keys(const struct exchange *x, struct credentials_found *out, struct err *e)
{
	static const char *const names[] = {"AccessKeyId", "SecretAccessKey", "SessionToken"};
	struct sv xml = buf_sv(&x->reply.body);
	char *texts[3];
	char expires[64];
	int64_t expires_ms;
	for (size_t i = 0; i < 3; i++) {
		texts[i] = heap_zero(1, 4096);
		failure_xml_text(xml, names[i], texts[i], 4096);
	}
	failure_xml_text(xml, "Expiration", expires, sizeof expires);
	bool whole = *texts[0] && *texts[1] && *texts[2] && clk_parse(sv_from(expires), &expires_ms);
	if (whole) {
		*out = (struct credentials_found){.key_id = texts[0],
		    .secret = texts[1],
		    .token = texts[2],
		    .expires_ms = expires_ms,
		    .source = heap_printf("role %.*s", SV_ARG(x->role->role_arn))};
		return RC_OK;
	}
	for (size_t i = 0; i < 3; i++) {
		crypto_wipe(texts[i], 4096);
		free(texts[i]);
	}
	return err_set(e, RC_RETRY, "STS, role %.*s: the answer holds no keys", SV_ARG(x->role->role_arn));
}

enum rc sts_assume(const struct sts_role *role, const struct sigv4_keys *keys, int64_t now_ms,
    struct credentials_found *out, struct err *e)
{
	struct exchange x;
	enum rc rc = exchange_init(&x, role, "AssumeRole", e);
	add_role(&x);
	if (rc == RC_OK)
		rc = ask(&x, keys, now_ms, e);
	if (rc == RC_OK)
		rc = read_keys(&x, out, e);
	exchange_fini(&x);
	return rc;
}

enum rc sts_assume_with_token(
    const struct sts_role *role, struct sv token, struct credentials_found *out, struct err *e)
{
	struct exchange x;
	enum rc rc = exchange_init(&x, role, "AssumeRoleWithWebIdentity", e);
	add_role(&x);
	sigv4_param(&x.form, "WebIdentityToken", token);
	if (rc == RC_OK)
		rc = ask(&x, NULL, 0, e);
	if (rc == RC_OK)
		rc = read_keys(&x, out, e);
	exchange_fini(&x);
	return rc;
}

enum rc sts_caller(const struct sts_role *where, const struct sigv4_keys *keys, int64_t now_ms,
    struct buf *out_arn, struct err *e)
{
	struct exchange x;
	char arn[512] = "";
	enum rc rc = exchange_init(&x, where, "GetCallerIdentity", e);
	if (rc == RC_OK)
		rc = ask(&x, keys, now_ms, e);
	if (rc == RC_OK)
		failure_xml_text(buf_sv(&x.reply.body), "Arn", arn, sizeof arn);
	if (rc == RC_OK && !arn[0])
		rc = err_set(e, RC_RETRY, "STS: the answer holds no ARN");
	buf_adds(out_arn, arn);
	exchange_fini(&x);
	return rc;
}
