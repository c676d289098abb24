/* The self-watch: one thread that looks every minute whether the agent still sees and says everything, makes
 * alerts of the agent about itself where it does not, and sends the heartbeat while it does. */
#ifndef KW_AGENT_SELFWATCH_SELFWATCH_H
#define KW_AGENT_SELFWATCH_SELFWATCH_H

#include "agent/analyst/analyst.h"

/* All borrowed until selfwatch_free. */
struct selfwatch_setup {
	const struct config *config;
	const char *agent, *state_folder;
	struct analyst *analyst;
	struct queue *works; /* the intake */
	struct rules_box *rules;
	struct source *const *sources;
	size_t n_sources;
};

struct selfwatch;

/* Reads what earlier runs have learned. Main thread. RC_IO, RC_STATE: the state can't be read. */
enum rc selfwatch_new(const struct selfwatch_setup *setup, struct selfwatch **out, struct err *e);
void selfwatch_free(struct selfwatch *w);

/* A stretch is durable. The analyst's thread, from before selfwatch_start to after selfwatch_stop. */
void selfwatch_arrived(struct selfwatch *w, const struct stretch *s);

/* Starts the thread. */
enum rc selfwatch_start(struct selfwatch *w, struct err *e);

/* Ends it. No beat is sent any more: who waits for it will say so. Harmless when it was not started, or is
 * NULL. */
void selfwatch_stop(struct selfwatch *w);

/* Hands what was learned to the analyst. Its own thread, or any after it has ended; `w` may be NULL. */
void selfwatch_keep(struct selfwatch *w);

#endif
