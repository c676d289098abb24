/* The threads of a scan: they read objects and pieces of large ones, and what they found is taken from them
 * in the order of the input. Who takes can't tell from what it gets how many threads there were, but that
 * record numbers begin anew with each piece. */
#ifndef KW_AGENT_SCAN_CREW_H
#define KW_AGENT_SCAN_CREW_H

#include "agent/worker/reading.h"

struct crew_input {
	char *path;
	uint64_t size;
	bool regular; /* a file whose bytes can be read from any place; all else is left to the taker */
};

struct crew_setup {
	struct program *program;
	const struct record_names *names;
	const struct crew_input *inputs; /* borrowed */
	size_t n_inputs;
	unsigned threads;
	uint64_t piece_bytes;  /* size of pieces and of what is handed out at once; 0: as is best */
	bool counts;           /* as in reading_setup */
	struct census *census; /* every thread's is added to it at its end; NULL: none is taken. Files are
				  then not cut, since what was read in vain would be counted */
};

enum portion_kind {
	PORTION_STRETCH, /* findings of an object; more may follow */
	PORTION_END,     /* the object has come to its end; `err` says when not to its own */
	PORTION_CLOSED,  /* it could not be opened; `err` says why */
	PORTION_SKIPPED, /* its name says that it holds no events */
	PORTION_YOURS,   /* no regular file: the taker reads it, so that nobody waits for a pipe in vain */
};

/* A part of what came of one input, in order. */
struct portion {
	struct portion *next; /* in the same list */
	enum portion_kind kind;
	size_t input;              /* index */
	struct findings *findings; /* STRETCH */
	uint64_t raw_bytes;        /* read for it */
	struct err *err;           /* heap, NULL: all is well */
};
void portion_free(struct portion *p); /* and all behind it */

struct crew;
/* Starts the threads; NULL when not one could be started. */
struct crew *crew_new(const struct crew_setup *setup);

/* What comes next in order, taken over; *out_piece numbers the piece (or the objects) that it is of: with
 * another number, records of the same input count on from where the last one ended. NULL when all inputs have
 * come to their end. */
struct portion *crew_take(struct crew *c, uint64_t *out_piece);

/* Stops what still runs, and joins the threads. */
void crew_free(struct crew *c);

#endif
