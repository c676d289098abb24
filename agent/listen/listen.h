/* The HTTP server of the agent (libmicrohttpd behind it, and GnuTLS behind that): health and metrics on one
 * address, what is pushed to a source on another. One thread a server; handlers run on it and must not wait
 * for the network or for other threads, but may answer later. */
#ifndef KW_AGENT_LISTEN_LISTEN_H
#define KW_AGENT_LISTEN_LISTEN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/fault.h"
#include "config/schema.h"

struct listen;

/* A request that is there as a whole; borrowed for the call. */
struct listen_request {
	const char *method, *path; /* "GET" for HEAD too; without the query */
	struct sv body;
	const void *connection; /* for listen_header and listen_query */
	uint64_t ticket;        /* for listen_answer; never 0 */
};

/* A header's value, by any spelling of its name; and the value of `name` in the query, decoded. Views are
 * good for the call; ptr NULL when there is none. */
struct sv listen_header(const struct listen_request *r, const char *name);
struct sv listen_query(const struct listen_request *r, const char *name);

/* What goes back. Starts as 200, text/plain; charset=utf-8. */
struct listen_reply {
	unsigned status;          /* 0: listen_answer brings it later */
	const char *content_type; /* a literal */
	struct buf body;          /* taken */
	int retry_after_s;        /* 0: not said */
};

typedef void listen_handler(void *ctx, const struct listen_request *request, struct listen_reply *reply);

struct listen_route {
	const char *method; /* "GET" (answers HEAD too) or "POST" */
	const char *path;   /* whole, "/metrics" */
	size_t max_body;    /* bytes; more is 413 */
	listen_handler *handler;
	void *ctx;
};

/* Is the address of a `listen:` section one that may be listened on? Faults are appended with its place. True
 * when there is none. */
bool listen_check(const struct options *section, struct faults *faults);

/* A server for the section's address; NULL when it names none. Nothing is open yet. */
struct listen *listen_new(const struct options *section);

/* A server of another kind. Copied, but for `what`. */
struct listen_setup {
	const char *address;           /* "127.0.0.1:8443" */
	const char *what;              /* in front of errors: "source hook: address" */
	bool remote;                   /* may be reached by other machines */
	const char *certificate, *key; /* PEM texts for TLS; NULL: none */
};
struct listen *listen_new_for(const struct listen_setup *setup);

/* Before listen_start; strings are borrowed. Two of the same method and path: the first counts. */
void listen_route(struct listen *l, const struct listen_route *route);

/* Opens the address and starts the thread. RC_CONFIG: an address that is none, or not of this machine alone;
 * RC_IO: in use, or not ours. `l` NULL: nothing to do. */
enum rc listen_start(struct listen *l, struct err *e);

/* The answer to a request whose handler left it for later; any thread. False: there is no such request, its
 * client was cut off meanwhile. `text` is copied. */
bool listen_answer(struct listen *l, uint64_t ticket, unsigned status, const char *text, int retry_after_s);

/* "127.0.0.1:9464", with the port that was chosen when 0 was asked for. */
const char *listen_address(const struct listen *l);

/* Closes every connection, ends the thread, frees. NULL is fine. */
void listen_free(struct listen *l);

#endif
