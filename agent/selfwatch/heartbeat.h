/* The heartbeat: a request to somebody outside who alerts when the beats stop (healthchecks.io, Dead Man's
 * Snitch and the like), since an agent that is dead can't. One thread. */
#ifndef KW_AGENT_SELFWATCH_HEARTBEAT_H
#define KW_AGENT_SELFWATCH_HEARTBEAT_H

#include "base/err.h"
#include "config/schema.h"

struct heartbeat;

/* `options` of the section `heartbeat`, borrowed, as `agent`, its name. NULL when it has no url. */
struct heartbeat *heartbeat_new(const struct options *options, const char *agent);
/* A beat in flight is cut off. */
void heartbeat_free(struct heartbeat *h);

/* Is it time for a beat, and none under way? `mono_ms` is monotonic, as all times here. */
bool heartbeat_due(const struct heartbeat *h, int64_t mono_ms);

/* Sends one, or holds it back because of `why_not` (a short text; NULL: nothing is wrong). `quiet_ms`: since
 * something came last; -1: nothing ever did. */
void heartbeat_beat(struct heartbeat *h, int64_t mono_ms, const char *why_not, int64_t quiet_ms);

/* Waits for answers, up to `timeout_ms`, or until woken from any thread. */
void heartbeat_wait(struct heartbeat *h, int64_t timeout_ms);
void heartbeat_wake(struct heartbeat *h);

/* Since when (monotonic) beats were sent and none was taken; 0: the last one was. */
int64_t heartbeat_failing_ms(const struct heartbeat *h);

#endif
