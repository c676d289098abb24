/* How the agent is: what /healthz, /readyz and /metrics answer, and what the service manager's watchdog
 * hears. */
#ifndef KW_AGENT_DAEMON_VITALS_H
#define KW_AGENT_DAEMON_VITALS_H

#include "agent/analyst/analyst.h"
#include "agent/listen/listen.h"

enum vitals_phase { VITALS_STARTING, VITALS_READY, VITALS_STOPPING };

/* All borrowed until vitals_free. */
struct vitals_setup {
	const struct config *config;
	const char *state_folder;
	struct queue *works;
	struct rules_box *rules;
	struct analyst *analyst;
	struct source *const *sources;
	size_t n_sources;
};

struct vitals;
struct vitals *vitals_new(const struct vitals_setup *setup);
/* Once nothing listens any more. */
void vitals_free(struct vitals *v);

/* What the main thread knows: any thread may look at the same time. */
void vitals_enter(struct vitals *v, enum vitals_phase phase);
void vitals_reloaded(struct vitals *v, bool ok);

/* Registers the three pages. */
void vitals_routes(struct vitals *v, struct listen *l);

/* The thread that is stuck, NULL when all move. Any thread. */
const char *vitals_stuck(void);

#endif
