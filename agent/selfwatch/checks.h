/* What the self-watch looks at each minute besides the rhythm of feeds. Its thread only. */
#ifndef KW_AGENT_SELFWATCH_CHECKS_H
#define KW_AGENT_SELFWATCH_CHECKS_H

#include "agent/selfwatch/selfwatch.h"
#include "agent/self.h"

/* Causes that are remembered as told today; more of them are told again and again, as one alert all the same.
 */
#define CHECKS_TOLD 64

/* What was seen before. Start with {0}. */
struct checks {
	int64_t wall_ms, mono_ms;   /* of the look before; 0: none */
	int64_t intake_full_ms;     /* monotonic, since; 0: it is not */
	int64_t hour;               /* of the two counts below */
	uint64_t malformed, events; /* at the beginning of the hour */
	uint64_t told[CHECKS_TOLD]; /* marks of what was told on `told_day` */
	size_t n_told;
	int64_t told_day;
	size_t n_failing;         /* sinks that have failed for long */
	int64_t waiting_since_ms; /* wall: since then some rule has waited; 0: none does */
};

/* Looks at all of it, raises what there is to raise, and sets the gauges. `reader` is the self-watch's own
 * connection to the state. */
void checks_look(struct checks *c, const struct selfwatch_setup *s, struct store *reader, int64_t wall_ms,
    int64_t mono_ms);

/* Why the agent does not do its work (a literal), or NULL when it does; `needs` as heartbeat.needs has it. */
const char *checks_why_not(
    const struct checks *c, const struct selfwatch_setup *s, const char *needs, int64_t mono_ms);

#endif
