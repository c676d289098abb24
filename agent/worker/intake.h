/* The intake as workers take from it. Works of different objects may be read at the same time and in any
 * order; pieces of one stream, and parts of one followed file, are read one after the other, since the
 * reading or the ledger goes on where the last one ended. */
#ifndef KW_AGENT_WORKER_INTAKE_H
#define KW_AGENT_WORKER_INTAKE_H

#include "agent/source/source.h"

struct intake;

/* Takes from `works`, which sources put into and close; borrowed. */
struct intake *intake_new(struct queue *works);
/* Nobody takes any more. Frees what was left. */
void intake_free(struct intake *i);

/* Waits for a work that may be read now. NULL when `works` is closed and this worker has nothing left to do.
 * Any worker's thread. */
struct work *intake_take(struct intake *i);

/* All that came of the work was handed over: what comes behind it may be taken. */
void intake_done(struct intake *i, const struct work *w);

#endif
