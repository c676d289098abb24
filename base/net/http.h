/* HTTP client (libcurl multi behind it). One thread drives a client; http_wake may be called from others. TLS
 * is verified, redirects are never followed, http and https only, NOSIGNAL, total and connect timeouts
 * always. */
#ifndef KW_BASE_NET_HTTP_H
#define KW_BASE_NET_HTTP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

/* libcurl is loaded when it is first needed. Who knows that it will be may begin with it in a thread of its
 * own, which takes 20 ms while others do something else. Main thread, once, before http_global_fini. */
void http_warm_up(void);
/* At the end of the process, when no client is left. */
void http_global_fini(void);

struct http_options {
	int64_t connect_timeout_ms; /* 0: 5,000 */
	int64_t timeout_ms;         /* whole transfer; 0: 15,000 */
	const char *ca_file;        /* trusted authorities, PEM; NULL: SSL_CERT_FILE, else the system's */
	const char *proxy;          /* NULL: environment (HTTPS_PROXY, NO_PROXY); "": none */
	size_t max_reply_bytes;     /* 0: 1 MiB; longer replies are cut and marked */
};

/* Owned by the caller until http_start copies it. Header lines are "Name: value". */
struct http_request {
	const char *method; /* "POST" */
	char *url;
	VEC(char *) headers;
	struct buf body;
	int64_t timeout_ms; /* whole transfer; 0: the client's */
};
void http_request_fini(struct http_request *r);
/* Adds "name: value"; line breaks in `value` become blanks, so that a value can't add headers of its own. */
void http_request_header(struct http_request *r, const char *name, struct sv value);

struct http_reply {
	int status; /* 0: no HTTP answer; see `error` */
	struct buf body;
	bool cut;
	VEC(char *) headers;    /* "Name: value" as they came, of the last answer of a transfer */
	char *content_type;     /* NULL when none */
	int64_t retry_after_ms; /* Retry-After in seconds or as a date, capped at 1 h; -1: none */
	int64_t date_ms;        /* Date header, for clock skew; -1: none */
	struct err error; /* RC_RETRY for network trouble (refused, reset, timeout, DNS, garbage), RC_REJECT
			     for TLS verification and unusable URLs; the URL's host only, never its path or
			     query, since URLs can be secrets */
};

struct http;
/* `o` is copied, NULL for defaults. More than `max_in_flight` transfers wait for a place; their timeouts
 * begin when they get it. */
struct http *http_new(const struct http_options *o, size_t max_in_flight);
/* Transfers still in flight get `done` with RC_STOPPED. */
void http_free(struct http *h);

/* Starts a transfer; `done` is called from http_run on the driving thread, once, also on failure. `request`
 * is copied. */
void http_start(struct http *h, const struct http_request *request,
    void (*done)(void *ctx, struct http_reply *reply), void *ctx);
size_t http_in_flight(const struct http *h);

/* Drives transfers for up to `timeout_ms`, returns when something finished, on http_wake (true), or after the
 * time. */
bool http_run(struct http *h, int64_t timeout_ms);
void http_wake(struct http *h);

/* One request, waited for. `out` must be {0}; http_reply_fini it. */
enum rc http_once(
    const struct http_options *o, const struct http_request *request, struct http_reply *out, struct err *e);
void http_reply_fini(struct http_reply *r);

/* Value of the first header of this name (any case), without blanks around it; ptr NULL when there is none.
 * Borrowed from `r`. */
struct sv http_reply_header(const struct http_reply *r, const char *name);

/* A date in any of HTTP's three forms (RFC 9110, 5.6.7) as ms since the epoch; -1 when it is none. */
int64_t http_parse_date(struct sv text);

/* A URL for logs: scheme://host[:port]/… with user, path and query left out. Appended. */
void http_show_url(const char *url, struct buf *out);

#endif
