/* Inside daemon: what runs, and how it is opened and closed. */
#ifndef KW_AGENT_DAEMON_DAEMON_PARTS_H
#define KW_AGENT_DAEMON_DAEMON_PARTS_H

#include <pthread.h>

#include "agent/analyst/analyst.h"
#include "agent/daemon/control.h"
#include "agent/daemon/daemon.h"
#include "agent/daemon/orders.h"
#include "agent/daemon/reload.h"
#include "agent/daemon/vitals.h"
#include "agent/selfwatch/selfwatch.h"
#include "alerts/dispatch.h"
#include "base/cores.h"

#define DAEMON_NO_SOURCES "no sources: nothing to watch; see kendrawatch list sources"

struct daemon;

/* A source and its thread. */
struct feed {
	struct daemon *daemon;
	struct source *source;
	struct ledger ledger;
	pthread_t thread;
	bool running;
};

/* One flow, from its opening to its end. A reload of more than rules ends it and opens the next one. */
struct daemon {
	struct setup *setup;
	const char *state_folder;
	struct store *store;
	struct quarantine *quarantine;
	struct queue *works; /* from sources */
	struct intake *intake;
	struct rules_box *rules;
	struct reload *reload; /* outlives this flow */
	struct analyst *analyst;
	struct dispatch *dispatch;
	struct selfwatch *selfwatch;
	struct feed *feeds;
	size_t n_feeds;
	struct source **sources;          /* of the feeds */
	struct sink_context sink_context; /* the sinks borrow it */
	struct dispatch_sink *sinks;
	size_t n_sinks;
	pthread_t main_thread, analyst_thread, worker_threads[CORES_MAX];
	size_t n_workers; /* that run */
	bool analyst_running;
	_Atomic size_t n_ended; /* sources that have no more */
	_Atomic bool hurry;     /* what is in hand is dropped unacknowledged */
	struct queue *stopped;  /* closed when the stop is done: ends the timer */
	struct vitals *vitals;
	struct listen *listen; /* NULL: nowhere */
	struct orders *orders;
	struct control *control;
	int64_t watchdog_ms; /* half of what the service manager allows; 0: it does not ask */
	bool told_stuck;
};

/* Opens everything that the configuration names, in an order that daemon_close undoes, also after an error.
 * No thread runs yet but the dispatcher's. */
enum rc daemon_open(struct daemon *d, struct err *e);
void daemon_close(struct daemon *d);

/* What no two sources can share: RC_CONFIG when the `index`th wants what an earlier one has. */
enum rc daemon_check_source(const struct config *config, size_t index, struct err *e);
struct sink_context daemon_sink_context(const struct setup *setup);

#endif
