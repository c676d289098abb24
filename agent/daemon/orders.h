/* What the running agent does when a command asks by the control socket. */
#ifndef KW_AGENT_DAEMON_ORDERS_H
#define KW_AGENT_DAEMON_ORDERS_H

#include <pthread.h>

#include "agent/analyst/analyst.h"
#include "agent/daemon/control.h"

struct orders;

/* A reload is asked of `main_thread` by SIGHUP. */
struct orders *orders_new(struct analyst *analyst, pthread_t main_thread);
/* Once no request is in hand. */
void orders_free(struct orders *o);

/* All requests there are; their context is a struct orders. */
const struct control_order *orders_list(size_t *out_n);

/* The main thread begins a reload, and has done it; whoever asked for one is told what came of it. `rules`
 * are those in force, `reopens` the sections that are opened anew next; NULL: none. */
void orders_reload_begins(struct orders *o);
void orders_reload_done(
    struct orders *o, enum rc rc, const struct err *e, const struct ruleset *rules, const char *reopens);

/* The agent is stopping: nobody waits for a reload any longer. */
void orders_stop(struct orders *o);

#endif
