/* The control socket: how commands reach the agent that holds the state. STATE/control.sock, for the agent's
 * user and root alone. One request a connection: a line of JSON {"do":"outbox.retry","id":7}, answered by a
 * line
 * {"ok":true,...} or {"ok":false,"rc":"notfound","error":"..."}. */
#ifndef KW_AGENT_DAEMON_CONTROL_H
#define KW_AGENT_DAEMON_CONTROL_H

#include "base/jdoc.h"
#include "base/jout.h"

/* Longer lines are refused. */
#define CONTROL_LINE_BYTES 4096

/* One kind of request. `run` adds what it has to say to the open object of `reply`; it may block. */
struct control_order {
	const char *name;
	enum rc (*run)(void *ctx, const struct jdoc *request, struct jout *reply, struct err *e);
};

struct control;

/* Opens FOLDER/control.sock (replacing one that is left over: the caller holds the folder's lock) and starts
 * the thread that answers, one request after the other. Orders are borrowed. RC_IO. */
enum rc control_start(const char *folder, const struct control_order *orders, size_t n, void *ctx,
    struct control **out, struct err *e);
/* Ends it when the request in hand is answered, and removes the socket. NULL is fine. */
void control_stop(struct control *c);

/* Answers one line, without its end. Pure but for what the order does. */
void control_answer(
    const struct control_order *orders, size_t n, void *ctx, struct sv line, struct buf *reply);

/* Asks the agent that has FOLDER. RC_NOTFOUND: none runs there; RC_IO, RC_RETRY: it does not answer; else
 * what it says. *out is the whole reply. */
enum rc control_ask(const char *folder, struct sv request, struct jdoc **out, struct err *e);

#endif
