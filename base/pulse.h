/* Do the threads move? Each long-lived thread joins once and beats while it works; one that has worked for
 * long without a beat is stuck. Waiting for something to do is rest, however long. Process-wide. */
#ifndef KW_BASE_PULSE_H
#define KW_BASE_PULSE_H

#include <stdbool.h>
#include <stdint.h>

/* Threads that may take part at the same time; one more is not watched. */
#define PULSE_MAX 160
/* Work without a beat for so long is no work. */
#define PULSE_LIMIT_MS 60000

/* The calling thread takes part from now on, at rest; `name` is a literal. Until pulse_leave, which every
 * thread that joined calls before it ends. */
void pulse_join(const char *name);
void pulse_leave(void);

/* The calling thread does something (again), or waits for others. Nothing when it has not joined. Cheap: a
 * look at the clock and a store. */
void pulse_beat(void);
void pulse_rest(void);

/* The name of a thread that is stuck at `mono_ms`, NULL when none is. */
const char *pulse_stuck(int64_t mono_ms);

#endif
