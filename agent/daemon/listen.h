/* The HTTP server of the agent (libmicrohttpd behind it): health and metrics, and whatever else registers a
 * route. One thread; handlers run on it and must not wait for the network or for other threads. */
#ifndef KW_AGENT_DAEMON_LISTEN_H
#define KW_AGENT_DAEMON_LISTEN_H

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
};

/* A header's value, by any spelling of its name; and the value of `name` in the query, decoded. Views are
 * good for the call; ptr NULL when there is none. */
struct sv listen_header(const struct listen_request *r, const char *name);
struct sv listen_query(const struct listen_request *r, const char *name);

/* What goes back. Starts as 200, text/plain; charset=utf-8. */
struct listen_reply {
	unsigned status;
	const char *content_type; /* a literal */
	struct buf body;          /* taken */
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

/* Before listen_start; strings are borrowed. Two of the same method and path: the first counts. */
void listen_route(struct listen *l, const struct listen_route *route);

/* Opens the address and starts the thread. RC_CONFIG: an address that is none, or not of this machine alone;
 * RC_IO: in use, or not ours. `l` NULL: nothing to do. */
enum rc listen_start(struct listen *l, struct err *e);

/* "127.0.0.1:9464", with the port that was chosen when 0 was asked for. */
const char *listen_address(const struct listen *l);

/* Closes every connection, ends the thread, frees. NULL is fine. */
void listen_free(struct listen *l);

#endif
