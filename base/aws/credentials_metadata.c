/* Keys that the machine we run on gives: a container's agent (ECS, EKS Pod Identity) or the instance's
 * metadata service, version 2 only. Sources: "Amazon ECS task IAM role", "EKS Pod Identity", "Use IMDSv2".
 * These addresses are on the link itself, so no proxy is ever asked. */
#include <stdlib.h>

#include "base/aws/credentials.h"
#include "base/file.h"
#include "base/heap.h"
#include "base/jdoc.h"
#include "base/net/crypto.h"
#include "base/net/http.h"

#define CONTAINER_HOST "http://169.254.170.2"
#define INSTANCE_V4 "http://169.254.169.254"
#define INSTANCE_V6 "http://[fd00:ec2::254]"
#define ROLE_PATH "/latest/meta-data/iam/security-credentials/"
#define MAX_TOKEN_BYTES (16u << 10)

static bool given(const char *text)
{
	return text && *text;
}

/* One request without a proxy; `token_name` and `token` may be NULL. */
static enum rc fetch(const char *method, const char *url, const char *header, struct sv value,
    int64_t timeout_ms, struct http_reply *out, struct err *e)
{
	struct http_request r = {.method = method, .url = heap_copy(url)};
	struct http_options o = {.connect_timeout_ms = timeout_ms, .timeout_ms = timeout_ms, .proxy = ""};
	if (header)
		http_request_header(&r, header, value);
	enum rc rc = http_once(&o, &r, out, e);
	http_request_fini(&r);
	return rc;
}

static void reply_wipe(struct http_reply *r)
{
	if (r->body.ptr)
		crypto_wipe(r->body.ptr, r->body.cap);
	http_reply_fini(r);
}

/* --- containers ------------------------------------------------------------------------------------ */

/* Whoever can set the variable could have the token sent anywhere: in the open only to this machine and to
 * the two agents' addresses. */
static bool host_allowed(const char *url)
{
	static const char *const hosts[] = {"http://127.", "http://localhost", "http://[::1]",
	    "http://169.254.170.2", "http://169.254.170.23", "http://[fd00:ec2::23]"};
	if (sv_starts(sv_from(url), SV("https://")))
		return true;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		size_t len = strlen(hosts[i]);
		if (strncmp(url, hosts[i], len) != 0)
			continue;
		/* "http://127." goes on with the rest of the address, which must be digits and dots. */
		const char *rest = url + len + (i ? 0 : strspn(url + len, "0123456789."));
		if (!*rest || *rest == ':' || *rest == '/')
			return true;
	}
	return false;
}

static enum rc container_token(struct buf *out, struct err *e)
{
	const char *path = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	if (given(path)) {
		if (file_read(path, MAX_TOKEN_BYTES, out, NULL) != RC_OK)
			return err_set(
			    e, RC_CONFIG, "AWS container credentials: token file %s can't be read", path);
	} else {
		buf_adds(out, getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
	}
	while (out->len && (out->ptr[out->len - 1] == '\n' || out->ptr[out->len - 1] == '\r'))
		out->ptr[--out->len] = '\0';
	if (sv_find_char(buf_sv(out), '\n') != SV_NONE || sv_find_char(buf_sv(out), '\r') != SV_NONE)
		return err_set(e, RC_CONFIG, "AWS container credentials: the token has a line break in it");
	return RC_OK;
}

static enum rc container_fetch(const char *url, struct credentials_found *out, struct err *e)
{
	struct buf token = {0};
	struct http_reply reply = {0};
	enum rc rc = container_token(&token, e);
	for (int i = 0; rc == RC_OK && i < 3; i++) {
		reply_wipe(&reply);
		if (fetch("GET", url, token.len ? "Authorization" : NULL, buf_sv(&token), 2000, &reply, e) ==
			RC_OK &&
		    reply.status < 500)
			break;
	}
	if (rc == RC_OK && !reply.status)
		rc = err_set(e, RC_RETRY, "AWS container credentials: %s", reply.error.text);
	else if (rc == RC_OK && reply.status != 200)
		rc = err_set(e, reply.status >= 500 || reply.status == 429 ? RC_RETRY : RC_CONFIG,
		    "AWS container credentials: answered %d", reply.status);
	if (rc == RC_OK)
		rc = credentials_document("container", buf_sv(&reply.body), out, e);
	reply_wipe(&reply);
	if (token.ptr)
		crypto_wipe(token.ptr, token.cap);
	buf_fini(&token);
	return rc;
}

enum rc credentials_from_container(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	const char *relative = getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
		   *full = getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	(void)o;
	(void)now_ms;
	if (!given(relative) && !given(full))
		return RC_NOTFOUND;
	if (!given(relative) && !host_allowed(full))
		return err_set(e, RC_CONFIG,
		    "AWS_CONTAINER_CREDENTIALS_FULL_URI: only https, this machine, 169.254.170.2, "
		    "169.254.170.23 and "
		    "[fd00:ec2::23] are asked");
	char *url = given(relative) ? heap_printf(CONTAINER_HOST "%s", relative) : heap_copy(full);
	enum rc rc = container_fetch(url, out, e);
	free(url);
	return rc;
}

/* --- instances ------------------------------------------------------------------------------------- */

static const char *instance_host(void)
{
	const char *endpoint = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
		   *mode = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	if (given(endpoint))
		return endpoint;
	return given(mode) && sv_eq_nocase(sv_from(mode), SV("ipv6")) ? INSTANCE_V6 : INSTANCE_V4;
}

static enum rc instance_get(
    const char *host, const char *path, struct sv token, struct http_reply *out, struct err *e)
{
	char *url = heap_printf("%s%s", host, path);
	enum rc rc = fetch("GET", url, "x-aws-ec2-metadata-token", token, 1000, out, e);
	free(url);
	if (rc == RC_OK && out->status == 404)
		return RC_NOTFOUND; /* an instance without a role */
	if (rc == RC_OK && out->status != 200)
		return err_set(e, RC_RETRY, "AWS instance metadata: answered %d", out->status);
	return rc == RC_OK ? RC_OK : err_set(e, RC_RETRY, "AWS instance metadata: %s", out->error.text);
}

static enum rc instance_keys(const char *host, struct sv token, struct credentials_found *out, struct err *e)
{
	struct http_reply role = {0}, keys = {0};
	enum rc rc = instance_get(host, ROLE_PATH, token, &role, e);
	if (rc == RC_OK) {
		struct sv name = sv_trim(buf_sv(&role.body));
		char *path = heap_printf(ROLE_PATH "%.*s", SV_ARG(sv_head(name, sv_find_char(name, '\n'))));
		rc = instance_get(host, path, token, &keys, e);
		free(path);
	}
	if (rc == RC_OK)
		rc = credentials_document("instance metadata", buf_sv(&keys.body), out, e);
	http_reply_fini(&role);
	reply_wipe(&keys);
	return rc;
}

/* The metadata service may hand out keys that have just ended while it can't renew them; AWS takes those a
 * while longer ("static stability"). They are used, and asked for again after some minutes. */
static void stretch_end(struct credentials_found *f, int64_t now_ms)
{
	if (f->expires_ms && f->expires_ms <= now_ms)
		f->expires_ms = now_ms + (15 + 2 + (int64_t)(crypto_unit() * 8)) * 60 * 1000;
}

enum rc credentials_from_instance(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e)
{
	const char *off = getenv("AWS_EC2_METADATA_DISABLED"), *host = instance_host();
	struct http_reply token = {0};
	(void)o;
	if (given(off) && sv_eq_nocase(sv_from(off), SV("true")))
		return RC_NOTFOUND;
	char *url = heap_printf("%s/latest/api/token", host);
	enum rc rc =
	    fetch("PUT", url, "x-aws-ec2-metadata-token-ttl-seconds", SV("21600"), 1000, &token, NULL);
	free(url);
	if (rc != RC_OK)
		rc = RC_NOTFOUND; /* no instance; or a container two hops away from it */
	else if (token.status == 404 || token.status == 403 || token.status == 405)
		rc = err_set(e, RC_CONFIG,
		    "AWS instance metadata: IMDSv2 is refused (%d); version 1 is not used: let the instance "
		    "answer IMDSv2",
		    token.status);
	else if (token.status != 200)
		rc = err_set(e, RC_RETRY, "AWS instance metadata: answered %d", token.status);
	else
		rc = instance_keys(host, buf_sv(&token.body), out, e);
	if (rc == RC_OK)
		stretch_end(out, now_ms);
	reply_wipe(&token);
	return rc;
}
