/* The AWS client. Called by sources, the object reader and commands, each on its own thread; owns the HTTP
 * client, the calls in flight, the clock's offset and the retry quota.
 *
 * Each attempt is signed anew: keys, clock and region may have been corrected since. */
#include "base/aws/client.h"

#include <stdio.h>

#include "base/aws/endpoint.h"
#include "base/aws/profile.h"
#include "base/aws/retry.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"

#define MAX_IN_FLIGHT 8
#define TIMEOUT_MS 15000
#define KEYS_AGAIN_MS 1000 /* a call without keys is no attempt: it asks again after this */
#define KEYS_ATTEMPTS 3

struct call {
	struct aws_client *client;
	struct aws_request request;
	struct retry retry;
	int keyless;    /* attempts that ended before a request: no keys to be had */
	int64_t due_ms; /* monotonic; of the next attempt, while it waits */
	bool waiting;
	void (*done)(void *ctx, const struct aws_answer *a);
	void *ctx;
};

struct aws_client {
	struct http *http;
	struct credentials *credentials;
	char *region, *profile, *endpoint_url;
	int64_t clock_offset_ms; /* AWS's clock minus ours */
	struct retry_quota quota;
	VEC(struct call *) calls;
	size_t n_ended; /* calls that have ended since aws_run began */
};

/* --- requests -------------------------------------------------------------------------------------- */

void aws_request_fini(struct aws_request *r)
{
	if (!r)
		return;
	free(r->region);
	free(r->bucket);
	free(r->url);
	buf_fini(&r->path);
	buf_fini(&r->query);
	for (size_t i = 0; i < r->headers.n; i++)
		free(r->headers.items[i]);
	vec_fini(&r->headers);
	buf_fini(&r->body);
	*r = (struct aws_request){0};
}

void aws_request_header(struct aws_request *r, const char *name, struct sv value)
{
	vec_push(&r->headers, heap_printf("%s: %.*s", name, SV_ARG(value)));
}

static bool not_found(const char *code)
{
	static const char *const codes[] = {"NoSuchKey", "NoSuchBucket", "NotFound", "QueueDoesNotExist",
	    "NonExistentQueue", "AWS.SimpleQueueService.NonExistentQueue"};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	return false;
}

enum rc aws_answer_rc(const struct aws_answer *a, const char *service, struct err *e)
{
	const struct failure *f = &a->failure;
	if (f->kind == FAILURE_NONE)
		return RC_OK;
	if (!a->reply->status)
		return err_set(e, a->reply->error.rc, "%s: %s", service, f->message);
	enum rc rc = f->kind != FAILURE_REFUSED ? RC_RETRY : not_found(f->code) ? RC_NOTFOUND : RC_REJECT;
	return err_set(e, rc, "%s answered %d%s%s: %s", service, a->reply->status, f->code[0] ? " " : "",
	    f->code, f->message);
}

/* --- the client ------------------------------------------------------------------------------------ */

/* AWS_REGION, AWS_DEFAULT_REGION, the profile's; NULL when none says it. Heap. */
static enum rc find_region(const struct aws_options *o, char **out, struct err *e)
{
	static const char *const variables[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
	*out = heap_copy(o->region && *o->region ? o->region : NULL);
	for (size_t i = 0; !*out && i < sizeof variables / sizeof *variables; i++) {
		const char *text = getenv(variables[i]);
		*out = text && *text ? heap_copy(text) : NULL;
	}
	if (*out)
		return RC_OK;
	struct profiles *p;
	enum rc rc = profile_read(&p, e);
	if (rc != RC_OK)
		return rc;
	const char *profile = o->credentials.profile;
	*out = heap_copy(profile_get(p, profile && *profile ? profile : profile_default_name(), "region"));
	profile_free(p);
	return RC_OK;
}

enum rc aws_client_new(const struct aws_options *o, struct aws_client **out, struct err *e)
{
	char *region = NULL;
	enum rc rc = find_region(o, &region, e);
	if (rc == RC_OK && !region)
		rc = err_set(e, RC_NOTFOUND,
		    "no AWS region: set \"region\", AWS_REGION, or `region` in the profile of ~/.aws/config");
	if (rc == RC_OK && !endpoint_region_valid(sv_from(region)))
		rc = err_set(e, RC_CONFIG, "\"%s\" is no AWS region; one is written like eu-west-1", region);
	if (rc != RC_OK) {
		free(region);
		return rc;
	}
	struct aws_client *c = heap_zero(1, sizeof *c);
	size_t in_flight = o->max_in_flight ? o->max_in_flight : MAX_IN_FLIGHT;
	const char *bundle = getenv("AWS_CA_BUNDLE");
	struct http_options http = {.timeout_ms = TIMEOUT_MS,
	    .ca_file = bundle && *bundle ? bundle : NULL,
	    .proxy = o->proxy,
	    .max_reply_bytes = o->max_reply_bytes};
	*c = (struct aws_client){.http = http_new(&http, in_flight),
	    .credentials = credentials_new(&o->credentials),
	    .region = region,
	    .profile = heap_copy(o->credentials.profile),
	    .endpoint_url = o->endpoint_url.len ? heap_text(o->endpoint_url) : NULL,
	    .quota = retry_quota_full()};
	*out = c;
	return RC_OK;
}

static void call_free(struct call *call)
{
	aws_request_fini(&call->request);
	free(call);
}

void aws_client_free(struct aws_client *c)
{
	if (!c)
		return;
	http_free(c->http); /* ends those that are under way */
	while (c->calls.n) {
		struct call *call = c->calls.items[--c->calls.n];
		struct http_reply reply = {.retry_after_ms = -1, .date_ms = -1};
		err_set(&reply.error, RC_STOPPED, "stopped before it was tried again");
		struct aws_answer a = {.reply = &reply, .attempts = call->retry.attempts};
		failure_read(&reply, &a.failure);
		call->done(call->ctx, &a);
		call_free(call);
	}
	vec_fini(&c->calls);
	credentials_free(c->credentials);
	free(c->region);
	free(c->profile);
	free(c->endpoint_url);
	free(c);
}

const char *aws_region(const struct aws_client *c)
{
	return c->region;
}

struct credentials *aws_credentials(struct aws_client *c)
{
	return c->credentials;
}

void aws_renew(struct aws_client *c, const struct credentials_options *o)
{
	credentials_free(c->credentials);
	c->credentials = credentials_new(o);
}

/* --- one attempt ----------------------------------------------------------------------------------- */

static void end_call(struct call *call, const struct http_reply *reply, const struct failure *f)
{
	struct aws_client *c = call->client;
	struct aws_answer a = {reply, *f, call->retry.attempts};
	for (size_t i = 0; i < c->calls.n; i++)
		if (c->calls.items[i] == call)
			c->calls.items[i] = c->calls.items[--c->calls.n];
	c->n_ended++;
	call->done(call->ctx, &a);
	call_free(call);
}

/* It ends without having been sent. */
static void end_unsent(struct call *call, const struct err *why)
{
	struct http_reply reply = {.retry_after_ms = -1, .date_ms = -1, .error = *why};
	struct failure f;
	failure_read(&reply, &f);
	end_call(call, &reply, &f);
}

static void wait_for(struct call *call, int64_t ms)
{
	call->waiting = true;
	call->due_ms = clk_mono_ms() + ms;
}

/* What the failure says about us is mended, so that the next attempt differs. */
static void mend(struct call *call, const struct failure *f, const struct http_reply *reply)
{
	struct aws_client *c = call->client;
	if (f->kind == FAILURE_CREDENTIALS)
		credentials_refresh(c->credentials);
	if (f->kind == FAILURE_CLOCK && reply->date_ms >= 0) {
		c->clock_offset_ms = reply->date_ms - clk_now_ms();
		log_warn("clock differs from AWS", "offset_s=%lld next=\"check this machine's time service\"",
		    (long long)(c->clock_offset_ms / 1000));
	}
}

/* A reply whose body was cut by the cap succeeded, but is of no use. */
static void judge_cut(const struct http_reply *reply, struct failure *f)
{
	if (!reply->cut || f->kind != FAILURE_NONE)
		return;
	f->kind = FAILURE_REFUSED;
	snprintf(f->code, sizeof f->code, "ReplyTooLarge");
	snprintf(f->message, sizeof f->message, "more than the %zu bytes that are taken", reply->body.len);
}

static void answered(void *ctx, struct http_reply *reply)
{
	struct call *call = ctx;
	struct aws_client *c = call->client;
	struct failure f;
	int64_t wait_ms = 0;
	failure_read(reply, &f);
	judge_cut(reply, &f);
	if (f.kind == FAILURE_NONE) {
		retry_succeeded(&call->retry, &c->quota);
		end_call(call, reply, &f);
		return;
	}
	bool stopped = !reply->status && reply->error.rc == RC_STOPPED;
	/* Where a bucket is, its caller knows how to say. */
	if (stopped || call->request.once || f.kind == FAILURE_REGION ||
	    !retry_again(&call->retry, &c->quota, &f, reply, &wait_ms)) {
		if (f.kind == FAILURE_CREDENTIALS)
			credentials_refresh(c->credentials);
		end_call(call, reply, &f);
		return;
	}
	mend(call, &f, reply);
	log_debug("AWS call is tried again", "service=%s attempt=%d wait_ms=%lld code=%s error=\"%s\"",
	    call->request.service, call->retry.attempts, (long long)wait_ms, f.code, f.message);
	wait_for(call, wait_ms);
}

/* https://s3.REGION.… with the bucket in front of it; anything else keeps its host and gets a longer path
 * (true). */
static bool add_bucket(struct buf *url, const char *bucket)
{
	struct sv name = sv_from(bucket), rest = sv_skip(buf_sv(url), strlen("https://"));
	bool own = sv_starts(buf_sv(url), SV("https://s3")) &&
		   (sv_find(rest, SV(".amazonaws.")) != SV_NONE || sv_find(rest, SV(".api.aws")) != SV_NONE);
	bool plain = sv_find_char(name, '.') == SV_NONE && sv_find_char(name, '_') == SV_NONE;
	if (!own || !plain) {
		buf_addc(url, '/');
		sigv4_encode(name, false, url);
		return true;
	}
	char *host = heap_text(rest);
	buf_reset(url);
	buf_printf(url, "https://%s.%s", bucket, host);
	free(host);
	return false;
}

static enum rc build_url(const struct call *call, const char *region, char **out, struct err *e)
{
	const struct aws_client *c = call->client;
	const struct aws_request *r = &call->request;
	struct buf url = {0};
	enum rc rc = RC_OK;
	if (r->url)
		buf_adds(&url, r->url);
	else
		rc = endpoint_url(&(struct endpoint_request){.service = r->service,
				      .region = sv_from(region),
				      .configured = c->endpoint_url,
				      .profile = c->profile},
		    &url, e);
	if (rc == RC_OK) {
		struct sv path = r->path.len ? buf_sv(&r->path) : SV("/");
		bool in_path = r->bucket && add_bucket(&url, r->bucket);
		/* A bucket that is asked itself has no `/` behind its name in a path, as SDKs have it: some
		 * stores sign no other form. */
		if (!in_path || !sv_eq(path, SV("/")))
			buf_add(&url, path);
		if (r->query.len)
			buf_printf(&url, "?%s", r->query.ptr);
		*out = buf_take(&url);
	}
	buf_fini(&url);
	return rc;
}

static enum rc build(const struct call *call, struct http_request *out, struct err *e)
{
	struct aws_client *c = call->client;
	const struct aws_request *r = &call->request;
	const char *region = r->region ? r->region : c->region;
	int64_t now_ms = clk_now_ms() + c->clock_offset_ms;
	struct sigv4_keys keys;
	enum rc rc = r->unsigned_call ? RC_OK : credentials_get(c->credentials, now_ms, &keys, e);
	if (rc == RC_OK)
		rc = build_url(call, region, &out->url, e);
	if (rc != RC_OK)
		return rc;
	out->method = r->method;
	out->timeout_ms = r->timeout_ms;
	for (size_t i = 0; i < r->headers.n; i++)
		vec_push(&out->headers, heap_copy(r->headers.items[i]));
	buf_add(&out->body, buf_sv(&r->body));
	if (r->unsigned_call)
		return RC_OK;
	struct sigv4_scope scope = {.service = r->service, .region = region, .rules = r->rules};
	return sigv4_sign(out, &scope, &keys, now_ms, NULL, e);
}

static void attempt(struct call *call)
{
	struct http_request request = {0};
	struct err e = {0};
	call->waiting = false;
	enum rc rc = build(call, &request, &e);
	if (rc == RC_OK) {
		call->retry.attempts++;
		http_start(call->client->http, &request, answered, call);
	} else if (rc == RC_RETRY && !call->request.once && ++call->keyless < KEYS_ATTEMPTS) {
		wait_for(call, KEYS_AGAIN_MS << (call->keyless - 1));
	} else {
		end_unsent(call, &e);
	}
	http_request_fini(&request);
}

/* --- driving --------------------------------------------------------------------------------------- */

void aws_start(struct aws_client *c, struct aws_request *r,
    void (*done)(void *ctx, const struct aws_answer *a), void *ctx)
{
	struct call *call = heap_zero(1, sizeof *call);
	*call = (struct call){.client = c, .request = *r, .done = done, .ctx = ctx};
	*r = (struct aws_request){0};
	vec_push(&c->calls, call);
	wait_for(call, 0); /* `done` is never called from here */
}

void aws_end_retries(struct aws_client *c, const void *ctx)
{
	struct err e = {0};
	err_set(&e, RC_STOPPED, "stopped before it was tried again");
	/* As in start_due. */
	for (size_t i = c->calls.n; i-- > 0;) {
		struct call *call = i < c->calls.n ? c->calls.items[i] : NULL;
		if (!call || call->ctx != ctx)
			continue;
		call->request.once = true;
		if (call->waiting)
			end_unsent(call, &e);
	}
}

size_t aws_in_flight(const struct aws_client *c)
{
	return c->calls.n;
}

/* Starts what is due; the wait until the next one that is not, at most `most_ms`. */
static int64_t start_due(struct aws_client *c, int64_t most_ms)
{
	int64_t now = clk_mono_ms(), wait = most_ms;
	/* `attempt` may end calls and end_call moves the last one into the gap: from the end to the front,
	 * each is seen once. */
	for (size_t i = c->calls.n; i-- > 0;) {
		struct call *call = i < c->calls.n ? c->calls.items[i] : NULL;
		if (!call || !call->waiting)
			continue;
		if (call->due_ms <= now)
			attempt(call);
		else if (call->due_ms - now < wait)
			wait = call->due_ms - now;
	}
	return c->n_ended ? 0 : wait;
}

void aws_run(struct aws_client *c, int64_t timeout_ms)
{
	int64_t end = clk_mono_ms() + timeout_ms;
	c->n_ended = 0;
	for (;;) {
		int64_t left = end - clk_mono_ms();
		int64_t wait = start_due(c, left > 0 ? left : 0);
		bool woken = http_run(c->http, wait);
		if (c->n_ended || woken || clk_mono_ms() >= end)
			return;
	}
}

void aws_wake(struct aws_client *c)
{
	http_wake(c->http);
}

struct waited {
	void (*done)(void *ctx, const struct aws_answer *a);
	void *ctx;
	const char *service;
	bool ended;
	enum rc rc;
	struct err err;
};

static void waited_done(void *ctx, const struct aws_answer *a)
{
	struct waited *w = ctx;
	w->ended = true;
	w->rc = aws_answer_rc(a, w->service, &w->err);
	if (w->done)
		w->done(w->ctx, a);
}

static void nobody(void *ctx, const struct aws_answer *a)
{
	(void)ctx;
	(void)a;
}

/* A stop leaves the call under way; nobody is told what becomes of it. */
static void forget_call(struct aws_client *c, const void *ctx)
{
	for (size_t i = 0; i < c->calls.n; i++)
		if (c->calls.items[i]->ctx == ctx)
			c->calls.items[i]->done = nobody;
}

enum rc aws_call(struct aws_client *c, struct aws_request *r,
    void (*done)(void *ctx, const struct aws_answer *a), void *ctx, bool (*stopped)(void *ctx), struct err *e)
{
	struct waited w = {.done = done, .ctx = ctx, .service = r->service};
	aws_start(c, r, waited_done, &w);
	while (!w.ended && !(stopped && stopped(ctx)))
		aws_run(c, 500);
	if (!w.ended) {
		forget_call(c, &w);
		return err_set(e, RC_STOPPED, "stopped before the answer came");
	}
	return w.rc == RC_OK ? RC_OK : err_set(e, w.rc, "%s", w.err.text);
}
