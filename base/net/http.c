/* HTTP client: the only includer of libcurl. Called by the dispatcher and by AWS clients, one thread a
 * client. Owns the multi handle, its connections and the transfers that have not been answered yet.
 *
 * The order in http_run is poll, perform, read messages: with perform before poll every finished transfer
 * would wait for the next poll's timeout. */
#include "base/net/http.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/net/crypto.h"
#include "base/net/http_curl.h"

#include <curl/curl.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#define CONNECT_TIMEOUT_MS 5000
#define TIMEOUT_MS 15000
#define MAX_REPLY_BYTES (1u << 20)
#define MAX_HEADER_BYTES (64u << 10)
#define MAX_RETRY_AFTER_MS 3600000

struct transfer {
	CURL *easy; /* NULL: the request could not be built, reply.error says why */
	struct curl_slist *headers;
	struct http_reply reply;
	size_t header_bytes;
	char *shown; /* the URL as errors may name it */
	void (*done)(void *ctx, struct http_reply *reply);
	void *ctx;
	struct transfer *next; /* in the waiting line */
};

struct http {
	CURLM *multi;
	struct http_options options; /* its texts are our copies */
	size_t max_in_flight;
	VEC(struct transfer *) active;     /* handed to curl */
	struct transfer *first, **to_last; /* waiting for a place among the active */
	size_t n_waiting;
	atomic_bool woken;
};

static pthread_t warmer;
static bool warming;

static void *warm_up(void *unused)
{
	http_curl_load();
	return unused;
}

void http_warm_up(void)
{
	sigset_t all, old;
	sigfillset(&all);
	/* A signal is for whoever will wait for it. */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	warming = pthread_create(&warmer, NULL, warm_up, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void http_global_fini(void)
{
	if (warming)
		pthread_join(warmer, NULL);
	warming = false;
	http_curl_fini();
}

/* --- requests, replies, URLs ----------------------------------------------------------------------- */

static void wipe_free(char *text)
{
	if (text)
		crypto_wipe(text, strlen(text));
	free(text);
}

void http_request_fini(struct http_request *r)
{
	if (!r)
		return;
	wipe_free(r->url);
	for (size_t i = 0; i < r->headers.n; i++)
		wipe_free(r->headers.items[i]);
	vec_fini(&r->headers);
	buf_fini(&r->body);
	*r = (struct http_request){0};
}

void http_request_header(struct http_request *r, const char *name, struct sv value)
{
	char *line = heap_printf("%s: %.*s", name, SV_ARG(value));
	for (char *c = line; *c; c++)
		if (*c == '\r' || *c == '\n')
			*c = ' ';
	vec_push(&r->headers, line);
}

static void forget_headers(struct http_reply *r)
{
	for (size_t i = 0; i < r->headers.n; i++)
		free(r->headers.items[i]);
	r->headers.n = 0;
}

void http_reply_fini(struct http_reply *r)
{
	if (!r)
		return;
	buf_fini(&r->body);
	forget_headers(r);
	vec_fini(&r->headers);
	free(r->content_type);
	*r = (struct http_reply){0};
}

struct sv http_reply_header(const struct http_reply *r, const char *name)
{
	struct sv wanted = sv_from(name);
	for (size_t i = 0; i < r->headers.n; i++) {
		struct sv line = sv_from(r->headers.items[i]);
		if (line.len > wanted.len && line.ptr[wanted.len] == ':' &&
		    sv_eq_nocase(sv_head(line, wanted.len), wanted))
			return sv_trim(sv_skip(line, wanted.len + 1));
	}
	return (struct sv){NULL, 0};
}

/* Scheme, host and port of `url`; false when curl would not take it. Free with curl_free. */
static bool url_parts(const char *url, char **scheme, char **host, char **port)
{
	*scheme = *host = *port = NULL;
	CURLU *u = curl_url();
	bool ok = u && url && curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
		  http_curl_url_get(u, CURLUPART_SCHEME, scheme) == CURLUE_OK &&
		  http_curl_url_get(u, CURLUPART_HOST, host) == CURLUE_OK;
	if (ok)
		http_curl_url_get(u, CURLUPART_PORT, port);
	curl_url_cleanup(u);
	return ok;
}

void http_show_url(const char *url, struct buf *out)
{
	char *scheme, *host, *port;
	if (url_parts(url, &scheme, &host, &port)) {
		buf_printf(out, "%s://", scheme);
		buf_add_printable(out, sv_from(host));
		buf_printf(out, "%s%s/…", port ? ":" : "", port ? port : "");
	} else {
		buf_adds(out, "(unusable URL)");
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
}

static bool url_usable(const char *url)
{
	char *scheme, *host, *port;
	bool ok = url_parts(url, &scheme, &host, &port) &&
		  (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	return ok;
}

/* --- one transfer ---------------------------------------------------------------------------------- */

static size_t on_body(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct buf *body = &t->reply.body;
	size_t room = body->limit - body->len;
	buf_add(body, sv_of(bytes, size * n < room ? size * n : room));
	if (size * n <= room)
		return size * n;
	t->reply.cut = true;
	return 0; /* ends the transfer: an endless body would hold its place until the timeout */
}

/* curl 7.88 keeps any number of header lines. */
static size_t on_header(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct sv line = sv_trim(sv_of(bytes, size * n));
	t->header_bytes += size * n;
	if (t->header_bytes > MAX_HEADER_BYTES)
		return 0;
	/* A status line: what came before it belonged to a 100 or to a proxy's CONNECT. */
	if (sv_starts(line, SV("HTTP/")) && sv_find_char(line, ':') > sv_find_char(line, ' '))
		forget_headers(&t->reply);
	else if (line.len)
		vec_push(&t->reply.headers, heap_text(line));
	return size * n;
}

int64_t http_parse_date(struct sv text)
{
	if (!text.len || text.len > 64)
		return -1;
	char *copy = heap_text(text);
	time_t t = curl_getdate(copy, NULL);
	free(copy);
	return t < 0 ? -1 : (int64_t)t * 1000;
}

/* Retry-After as milliseconds from now. A date is taken against the server's own Date, so that its clock
 * need not be ours. */
static int64_t retry_after(struct sv text, int64_t server_now_ms)
{
	if (!text.len)
		return -1;
	size_t digits = 0;
	while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
		digits++;
	int64_t ms;
	if (digits == text.len) {
		int64_t seconds = MAX_RETRY_AFTER_MS / 1000;
		sv_int(text, 0, MAX_RETRY_AFTER_MS / 1000, &seconds);
		return seconds * 1000;
	}
	ms = http_parse_date(text);
	if (ms < 0)
		return -1;
	ms -= server_now_ms >= 0 ? server_now_ms : clk_now_ms();
	return ms < 0 ? 0 : ms > MAX_RETRY_AFTER_MS ? MAX_RETRY_AFTER_MS : ms;
}

/* Does a person have to mend something before it can work? */
static enum rc code_rc(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_URL_MALFORMAT: return RC_REJECT;
	default: return RC_RETRY;
	}
}

static const char *code_text(CURLcode code)
{
	switch (code) {
	case CURLE_UNSUPPORTED_PROTOCOL: /* what curl says to HTTP/0.9 */
	case CURLE_WEIRD_SERVER_REPLY: return "answered something that is not HTTP";
	case CURLE_PEER_FAILED_VERIFICATION:
		return "its certificate can't be verified: it expired, is for another name, or comes from an "
		       "authority that is not trusted here";
	case CURLE_WRITE_ERROR: return "answered with more than 64 KiB of headers";
	case CURLE_GOT_NOTHING: return "closed the connection without an answer";
	default: return curl_easy_strerror(code);
	}
}

/* curl's own error buffer can quote the URL, so the text is made here. */
static void set_error(struct transfer *t, CURLcode code)
{
	long errnum = 0;
	char reason[128];
	curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &errnum);
	if (code == CURLE_COULDNT_CONNECT && errnum)
		err_set(&t->reply.error, code_rc(code), "%s: could not connect: %s", t->shown,
		    strerror_r((int)errnum, reason, sizeof reason));
	else
		err_set(&t->reply.error, code_rc(code), "%s: %s", t->shown, code_text(code));
}

static void read_reply(struct transfer *t, CURLcode code)
{
	struct http_reply *r = &t->reply;
	if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && r->cut)) {
		buf_reset(&r->body);
		set_error(t, code);
		return;
	}
	long status = 0;
	char *type = NULL;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
	r->status = (int)status;
	r->content_type = heap_copy(type);
	r->date_ms = http_parse_date(http_reply_header(r, "Date"));
	r->retry_after_ms = retry_after(http_reply_header(r, "Retry-After"), r->date_ms);
}

static void transfer_free(struct transfer *t)
{
	curl_easy_cleanup(t->easy);
	for (struct curl_slist *line = t->headers; line; line = line->next)
		crypto_wipe(line->data, strlen(line->data));
	curl_slist_free_all(t->headers);
	http_reply_fini(&t->reply);
	free(t->shown);
	free(t);
}

static void finish(struct transfer *t)
{
	t->done(t->ctx, &t->reply);
	transfer_free(t);
}

static bool has_header(const struct http_request *request, struct sv name)
{
	for (size_t i = 0; i < request->headers.n; i++)
		if (sv_eq_nocase(sv_head(sv_from(request->headers.items[i]), name.len), name))
			return true;
	return false;
}

static void add_header(struct transfer *t, const char *line)
{
	struct curl_slist *longer = curl_slist_append(t->headers, line);
	if (!longer)
		log_fatal("out of memory", "what=http_header");
	t->headers = longer;
}

static void set_request(struct transfer *t, const struct http_request *request)
{
	CURL *easy = t->easy;
	bool get = strcmp(request->method, "GET") == 0;
	if (request->timeout_ms)
		curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* a signature covers the path as it was written */
	if (get && !request->body.len) {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	} else if (strcmp(request->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body.len ? request->body.ptr : "");
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	}
	for (size_t i = 0; i < request->headers.n; i++)
		add_header(t, request->headers.items[i]);
	add_header(t, "Expect:"); /* no 100-continue: some receivers never answer it */
	if (!has_header(request, SV("Content-Type:")))
		add_header(t, "Content-Type:");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
}

static void set_options(struct transfer *t, const struct http_options *o)
{
	CURL *easy = t->easy;
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_timeout_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "kendrawatch/" KW_VERSION);
	if (o->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca_file);
	if (o->proxy)
		curl_easy_setopt(easy, CURLOPT_PROXY, o->proxy);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
}

/* --- the client ------------------------------------------------------------------------------------ */

struct http *http_new(const struct http_options *o, size_t max_in_flight)
{
	struct http *h = heap_zero(1, sizeof *h);
	h->multi = curl_multi_init();
	if (!h->multi)
		log_fatal("libcurl failed", "call=curl_multi_init");
	h->max_in_flight = max_in_flight ? max_in_flight : 1;
	h->to_last = &h->first;
	if (o)
		h->options = *o;
	const char *ca_file = h->options.ca_file ? h->options.ca_file : getenv("SSL_CERT_FILE");
	h->options.ca_file = ca_file && *ca_file ? heap_copy(ca_file) : NULL;
	h->options.proxy = heap_copy(h->options.proxy);
	if (!h->options.connect_timeout_ms)
		h->options.connect_timeout_ms = CONNECT_TIMEOUT_MS;
	if (!h->options.timeout_ms)
		h->options.timeout_ms = TIMEOUT_MS;
	if (!h->options.max_reply_bytes)
		h->options.max_reply_bytes = MAX_REPLY_BYTES;
	/* Without this a server that ends an HTTP/2 connection makes each waiting transfer open its own. */
	curl_multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)h->max_in_flight);
	return h;
}

static struct transfer *take_waiting(struct http *h)
{
	struct transfer *t = h->first;
	h->first = t->next;
	if (!h->first)
		h->to_last = &h->first;
	h->n_waiting--;
	return t;
}

static void abandon(struct transfer *t)
{
	err_set(&t->reply.error, RC_STOPPED, "%s: stopped before the answer came", t->shown);
	finish(t);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	while (h->active.n) {
		struct transfer *t = h->active.items[--h->active.n];
		curl_multi_remove_handle(h->multi, t->easy);
		abandon(t);
	}
	while (h->first)
		abandon(take_waiting(h));
	vec_fini(&h->active);
	curl_multi_cleanup(h->multi);
	free((char *)h->options.ca_file);
	free((char *)h->options.proxy);
	free(h);
}

void http_start(struct http *h, const struct http_request *request,
    void (*done)(void *ctx, struct http_reply *reply), void *ctx)
{
	struct transfer *t = heap_zero(1, sizeof *t);
	struct buf shown = {0};
	http_show_url(request->url, &shown);
	*t = (struct transfer){.shown = buf_take(&shown), .done = done, .ctx = ctx};
	t->reply.retry_after_ms = t->reply.date_ms = -1;
	t->reply.body.limit = h->options.max_reply_bytes;
	if (!url_usable(request->url)) {
		err_set(&t->reply.error, RC_REJECT, "%s: not an http or https URL", t->shown);
	} else {
		t->easy = curl_easy_init();
		if (!t->easy)
			log_fatal("libcurl failed", "call=curl_easy_init");
		set_options(t, &h->options);
		set_request(t, request);
	}
	*h->to_last = t;
	h->to_last = &t->next;
	h->n_waiting++;
}

size_t http_in_flight(const struct http *h)
{
	return h->active.n + h->n_waiting;
}

/* Fills free places; true when a request that could not be built was answered on the way. */
static bool start_waiting(struct http *h)
{
	bool answered = false;
	while (h->first && h->active.n < h->max_in_flight) {
		struct transfer *t = take_waiting(h);
		if (!t->easy) {
			answered = true;
			finish(t);
			continue;
		}
		vec_push(&h->active, t);
		curl_multi_add_handle(h->multi, t->easy);
	}
	return answered;
}

static bool read_messages(struct http *h)
{
	bool finished = false;
	CURLMsg *m;
	int left;
	while ((m = curl_multi_info_read(h->multi, &left))) {
		if (m->msg != CURLMSG_DONE)
			continue;
		CURLcode code = m->data.result;
		CURL *easy = m->easy_handle; /* `m` dies with the next call */
		void *private = NULL;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
		struct transfer *t = private;
		read_reply(t, code);
		curl_multi_remove_handle(h->multi, easy);
		for (size_t i = 0; i < h->active.n; i++)
			if (h->active.items[i] == t)
				h->active.items[i] = h->active.items[--h->active.n];
		finish(t);
		finished = true;
	}
	return finished;
}

bool http_run(struct http *h, int64_t timeout_ms)
{
	int64_t end = clk_mono_ms() + timeout_ms;
	for (;;) {
		if (start_waiting(h))
			return false;
		int64_t left = end - clk_mono_ms();
		int running = 0;
		curl_multi_poll(h->multi, NULL, 0, left > 0 ? (int)(left > 60000 ? 60000 : left) : 0, NULL);
		curl_multi_perform(h->multi, &running);
		bool finished = read_messages(h), woken = atomic_exchange(&h->woken, false);
		if (finished || woken || left <= 0) {
			start_waiting(h);
			return woken;
		}
	}
}

void http_wake(struct http *h)
{
	atomic_store(&h->woken, true);
	curl_multi_wakeup(h->multi);
}

struct once {
	struct http_reply *out;
	bool done;
};

static void once_done(void *ctx, struct http_reply *reply)
{
	struct once *once = ctx;
	*once->out = *reply;
	*reply = (struct http_reply){0};
	once->done = true;
}

enum rc http_once(
    const struct http_options *o, const struct http_request *request, struct http_reply *out, struct err *e)
{
	struct once once = {.out = out};
	struct http *h = http_new(o, 1);
	http_start(h, request, once_done, &once);
	while (!once.done)
		http_run(h, 1000);
	http_free(h);
	if (out->status)
		return RC_OK;
	return err_set(e, out->error.rc, "%s", out->error.text);
}
