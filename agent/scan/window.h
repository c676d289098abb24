/* A reorder window: jobs are handed out in order to any number of threads, and what they give back is taken
 * in that same order by one. Bounded twice: in jobs that are ahead of the taker, and in bytes that wait for
 * it. It can't lock up: whoever has the job that the taker is at (the head) never waits for any other job. */
#ifndef KW_AGENT_SCAN_WINDOW_H
#define KW_AGENT_SCAN_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window_setup {
	size_t jobs;  /* handed out and not taken to their end, at most */
	size_t bytes; /* of parcels that wait, at most; a job at the head may go past it by one parcel */
	/* The next job; NULL when there are no more. Called under the window's lock, in order. */
	void *(*next)(void *ctx, uint64_t number);
	void *ctx;
};

struct window;
struct window *window_new(const struct window_setup *setup);

/* Nobody uses it any more, and all was taken. */
void window_free(struct window *w);

/* --- those who work: any thread ------------------------------------------------------------------ */

/* The next job and its number (from 0); waits while too many are ahead. NULL: no more, or stopped. */
void *window_begin(struct window *w, uint64_t *out_number);

/* Gives a parcel of `bytes` back (taken); waits while too much waits, unless its job is the head. False when
 * the job was dropped or all is stopped: the caller still owns it, and ends the job. */
bool window_put(struct window *w, uint64_t number, void *parcel, size_t bytes);

/* Waits until every job before this one was taken to its end. False as above. */
bool window_await(struct window *w, uint64_t number);

/* Was the job dropped, or all stopped? Costs no lock. */
bool window_is_void(const struct window *w, uint64_t number);

/* Nothing more comes of the job; it must not be touched from here on. */
void window_end(struct window *w, uint64_t number);

/* What jobs share with `next` is changed between these two. */
void window_lock(struct window *w);
void window_unlock(struct window *w);

/* Nothing of this job is wanted any more. Between lock and unlock, by the head, of a job that is behind it.
 */
void window_drop(struct window *w, uint64_t number);

/* --- the one who takes --------------------------------------------------------------------------- */

struct window_taken {
	void *parcel;    /* NULL: the job has come to its end */
	void *job;       /* the taker's own again with its end */
	uint64_t number; /* of the job */
	bool dropped;    /* parcel: to be freed only */
};

/* Waits for what comes next in order. False when all jobs have come to their end. After window_stop what is
 * left is given out all the same. */
bool window_take(struct window *w, struct window_taken *out);

/* Hands out no more jobs; nobody waits any longer. Any thread. */
void window_stop(struct window *w);

#endif
