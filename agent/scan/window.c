/* The reorder window: a ring of slots, one a job, under one lock. Used by crew.c's threads and by the thread
 * that scans. A lock is taken some times a job, and a job is some milliseconds of work, so there is nothing
 * to win by a finer one. */
#include "agent/scan/window.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/vec.h"

struct parcel {
	void *it;
	size_t bytes;
};

struct slot {
	void *job;
	VEC(struct parcel) parcels;
	size_t n_taken;       /* of them */
	_Atomic bool dropped; /* written under the lock */
	bool ended;
};

struct window {
	struct window_setup setup;
	pthread_mutex_t lock;
	pthread_cond_t came;  /* for the taker: a parcel or an end of the head */
	pthread_cond_t taken; /* for the others: the head has moved, or bytes were taken */
	struct slot *slots;
	uint64_t head, next; /* number of the job that is taken, and of the one that is handed out next */
	size_t bytes;        /* of all parcels that wait */
	bool exhausted;      /* `next` has no more */
	_Atomic bool stopped;
};

struct window *window_new(const struct window_setup *setup)
{
	struct window *w = heap_zero(1, sizeof *w);
	w->setup = *setup;
	w->slots = heap_zero(setup->jobs, sizeof *w->slots);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->came, NULL);
	pthread_cond_init(&w->taken, NULL);
	return w;
}

void window_free(struct window *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->setup.jobs; i++)
		vec_fini(&w->slots[i].parcels);
	free(w->slots);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->came);
	pthread_cond_destroy(&w->taken);
	free(w);
}

static struct slot *slot_of(const struct window *w, uint64_t number)
{
	return &w->slots[number % w->setup.jobs];
}

bool window_is_void(const struct window *w, uint64_t number)
{
	return w->stopped || slot_of(w, number)->dropped;
}

void *window_begin(struct window *w, uint64_t *out_number)
{
	void *job = NULL;
	pthread_mutex_lock(&w->lock);
	while (!w->stopped && !w->exhausted && w->next - w->head == w->setup.jobs)
		pthread_cond_wait(&w->taken, &w->lock);
	if (!w->stopped && !w->exhausted) {
		job = w->setup.next(w->setup.ctx, w->next);
		if (job) {
			*out_number = w->next++;
			slot_of(w, *out_number)->job = job;
		} else {
			w->exhausted = true;
			pthread_cond_broadcast(&w->taken);
			pthread_cond_signal(&w->came);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return job;
}

bool window_put(struct window *w, uint64_t number, void *parcel, size_t bytes)
{
	struct slot *slot = slot_of(w, number);
	pthread_mutex_lock(&w->lock);
	while (!window_is_void(w, number) && w->bytes >= w->setup.bytes &&
	       !(number == w->head && slot->n_taken == slot->parcels.n))
		pthread_cond_wait(&w->taken, &w->lock);
	bool wanted = !window_is_void(w, number);
	if (wanted) {
		vec_push(&slot->parcels, (struct parcel){parcel, bytes});
		w->bytes += bytes;
		if (number == w->head)
			pthread_cond_signal(&w->came);
	}
	pthread_mutex_unlock(&w->lock);
	return wanted;
}

bool window_await(struct window *w, uint64_t number)
{
	pthread_mutex_lock(&w->lock);
	while (!window_is_void(w, number) && number != w->head)
		pthread_cond_wait(&w->taken, &w->lock);
	bool wanted = !window_is_void(w, number);
	pthread_mutex_unlock(&w->lock);
	return wanted;
}

void window_end(struct window *w, uint64_t number)
{
	pthread_mutex_lock(&w->lock);
	slot_of(w, number)->ended = true;
	if (number == w->head)
		pthread_cond_signal(&w->came);
	pthread_mutex_unlock(&w->lock);
}

void window_lock(struct window *w)
{
	pthread_mutex_lock(&w->lock);
}

void window_unlock(struct window *w)
{
	pthread_mutex_unlock(&w->lock);
}

void window_drop(struct window *w, uint64_t number)
{
	slot_of(w, number)->dropped = true;
	pthread_cond_broadcast(&w->taken);
}

/* Something of the head, or its end; false when there is neither now. */
static bool take_now(struct window *w, struct window_taken *out)
{
	struct slot *slot = slot_of(w, w->head);
	bool parcel = slot->n_taken < slot->parcels.n;
	if (!parcel && !slot->ended)
		return false;
	*out = (struct window_taken){.job = slot->job, .number = w->head, .dropped = slot->dropped};
	if (parcel) {
		const struct parcel *p = &slot->parcels.items[slot->n_taken++];
		out->parcel = p->it;
		w->bytes -= p->bytes;
	} else {
		slot->parcels.n = slot->n_taken = 0;
		slot->ended = false;
		slot->dropped = false;
		slot->job = NULL;
		w->head++;
	}
	pthread_cond_broadcast(&w->taken);
	return true;
}

bool window_take(struct window *w, struct window_taken *out)
{
	bool got = false;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		bool handed_out = w->head < w->next;
		got = handed_out && take_now(w, out);
		if (got || (!handed_out && (w->exhausted || w->stopped)))
			break;
		pthread_cond_wait(&w->came, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return got;
}

void window_stop(struct window *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopped = true;
	pthread_cond_broadcast(&w->taken);
	pthread_cond_broadcast(&w->came);
	pthread_mutex_unlock(&w->lock);
}
