/* A progress line on a terminal's standard error: bytes, events/s, alerts, time left. Nothing when it is no
 * terminal. */
#ifndef KW_AGENT_COMMAND_PROGRESS_H
#define KW_AGENT_COMMAND_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;
	int64_t begun_ms, shown_ms; /* monotonic */
	bool visible;
};

struct progress progress_new(bool wanted);

/* Shows at most ten times a second. `total` 0: unknown. */
void progress_show(struct progress *p, uint64_t done, uint64_t total, uint64_t events, uint64_t alerts);

/* Takes the line away, so that other output can come. */
void progress_clear(struct progress *p);

#endif
