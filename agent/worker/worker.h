/* A worker: takes works from the intake, turns them into findings for the analyst. There may be several; a
 * work is one worker's from its beginning to its end. */
#ifndef KW_AGENT_WORKER_WORKER_H
#define KW_AGENT_WORKER_WORKER_H

#include "agent/worker/intake.h"
#include "agent/worker/reading.h"

/* What a worker hands to the analyst: a stretch of a work, and whether the work ends with it. */
struct stretch {
	struct work *work;         /* a reference of its own */
	struct findings *findings; /* never NULL */
	bool ends;  /* the last stretch of the work: its ledger row may be written, then `settled` */
	enum rc rc; /* how the work ended: RC_OK, RC_INPUT (cut off), RC_IO */
	struct err err;
};
void stretch_free(struct stretch *s);

/* Where snapshots of the rules come from: reload swaps them, a work keeps the one it began with. */
struct rules_box;
struct rules_box *rules_box_new(struct ruleset *first); /* takes the reference */
void rules_box_free(struct rules_box *b);
struct ruleset *rules_box_get(struct rules_box *b);            /* a new reference */
struct program *rules_box_program(struct rules_box *b);        /* made of them; a new reference */
void rules_box_set(struct rules_box *b, struct ruleset *next); /* takes the reference */

struct worker_setup {
	struct intake *intake; /* shared by all workers, as all that follows */
	struct rules_box *rules;
	const struct record_names *names;
	/* Takes a stretch; false when the analyst is gone. */
	bool (*hand_over)(void *ctx, struct stretch *s);
	/* Must it end now, whatever is in hand? Asked between reads. */
	bool (*hurry)(void *ctx);
	void *ctx;
};

/* On a thread of its own, until the intake is closed and empty. */
void worker_run(const struct worker_setup *setup);

#endif
