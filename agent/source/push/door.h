/* The address that events are pushed to: HTTP or HTTPS, who may knock, and what waits inside for its answer.
 * The server's thread only looks at headers and copies bodies; all else happens on the source's thread. */
#ifndef KW_AGENT_SOURCE_PUSH_DOOR_H
#define KW_AGENT_SOURCE_PUSH_DOOR_H

#include "base/buf.h"
#include "config/schema.h"
#include "config/secret.h"

/* Borrowed for the door's life. */
struct door_setup {
	const char *address, *path;
	const char *certificate; /* a PEM file; NULL: plain HTTP */
	const struct secret *key;
	size_t max_body;
	bool sns;                     /* messages of SNS are let in; they are not checked here */
	const struct secret *api_key; /* NULL: nothing else is let in */
	const char *api_key_header;
};

struct pushed {
	uint64_t ticket;
	uint32_t opening; /* of the server that has the ticket */
	bool sns;
	bool raw; /* SNS's message without what SNS puts around it, and without a signature */
	struct buf body;
};
void pushed_free(struct pushed *p);

struct door;

/* RC_CONFIG: an address that is none, TLS missing where other machines may come, files that don't fit.
 * Nothing is open yet. */
enum rc door_new(const struct door_setup *setup, struct door **out, struct err *e);
void door_free(struct door *d);

/* Opens the address when it is not open, anew when the certificate's file has changed: call it now and then.
 * RC_IO: it can't be, tried again at the next call. */
enum rc door_tend(struct door *d, struct err *e);
/* After a failure: is it still open, with the certificate that it had? */
bool door_is_open(const struct door *d);

/* The next request, NULL after `timeout_ms` or door_ring. The caller's to free, and to answer. */
struct pushed *door_take(struct door *d, int64_t timeout_ms);
/* Ends a door_take. Any thread. */
void door_ring(struct door *d);

/* `text` goes to whoever knocked. */
void door_answer(struct door *d, const struct pushed *p, unsigned status, const char *text);

/* Nobody is let in any more. Any thread. */
void door_shut(struct door *d);

/* How many came with no key, or a wrong one, since the last call. */
uint64_t door_strangers(struct door *d);

#endif
