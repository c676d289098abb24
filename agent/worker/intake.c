/* Handing works out. Whoever meets a work that must wait parks it and looks for another one; whoever has the
 * work that it waits for looks at the parked ones next. So nothing is left parked, and no worker waits while
 * another source has something to do, but when too much is parked already. */
#include "agent/worker/intake.h"

#include <pthread.h>

#include "base/vec.h"

/* Works that wait outside of the queue, at most; some megabytes. */
#define PARKED 8

struct intake {
	struct queue *works;
	pthread_mutex_t taking; /* held by the one who waits for the queue, so that works keep their order */
	pthread_mutex_t lock;   /* of what follows; inside `taking` */
	pthread_cond_t unparked;
	VEC(struct work *) parked;       /* in the order of the queue */
	VEC(const struct source *) busy; /* whose works keep their order, and one is in hand */
};

struct intake *intake_new(struct queue *works)
{
	struct intake *i = heap_zero(1, sizeof *i);
	i->works = works;
	pthread_mutex_init(&i->taking, NULL);
	pthread_mutex_init(&i->lock, NULL);
	pthread_cond_init(&i->unparked, NULL);
	return i;
}

void intake_free(struct intake *i)
{
	if (!i)
		return;
	for (size_t n = 0; n < i->parked.n; n++)
		work_unref(i->parked.items[n]);
	vec_fini(&i->parked);
	vec_fini(&i->busy);
	pthread_mutex_destroy(&i->taking);
	pthread_mutex_destroy(&i->lock);
	pthread_cond_destroy(&i->unparked);
	free(i);
}

static bool keeps_order(const struct work *w)
{
	return w->stream || w->part;
}

static bool is_busy(const struct intake *i, const struct source *s)
{
	for (size_t n = 0; n < i->busy.n; n++)
		if (i->busy.items[n] == s)
			return true;
	return false;
}

static bool is_parked(const struct intake *i, const struct source *s)
{
	for (size_t n = 0; n < i->parked.n; n++)
		if (i->parked.items[n]->source == s)
			return true;
	return false;
}

static void claim(struct intake *i, struct work *w)
{
	w->claims = true;
	vec_push(&i->busy, w->source);
}

/* The first parked work that need not wait any longer. */
static struct work *unpark(struct intake *i)
{
	struct work *w = NULL;
	pthread_mutex_lock(&i->lock);
	for (size_t n = 0; n < i->parked.n && !w; n++) {
		if (is_busy(i, i->parked.items[n]->source))
			continue;
		w = i->parked.items[n];
		memmove(i->parked.items + n, i->parked.items + n + 1,
		    (i->parked.n - n - 1) * sizeof *i->parked.items);
		i->parked.n--;
		claim(i, w);
		pthread_cond_signal(&i->unparked);
	}
	pthread_mutex_unlock(&i->lock);
	return w;
}

/* May it be read now? Else it is parked. */
static bool admit(struct intake *i, struct work *w)
{
	pthread_mutex_lock(&i->lock);
	bool now = !keeps_order(w) || (!is_busy(i, w->source) && !is_parked(i, w->source));
	if (now && keeps_order(w))
		claim(i, w);
	if (!now) {
		while (i->parked.n == PARKED)
			pthread_cond_wait(&i->unparked, &i->lock);
		vec_push(&i->parked, w);
	}
	pthread_mutex_unlock(&i->lock);
	return now;
}

struct work *intake_take(struct intake *i)
{
	for (;;) {
		struct work *w = unpark(i);
		if (w)
			return w;
		pthread_mutex_lock(&i->taking);
		w = queue_take(i->works, -1);
		bool now = !w || admit(i, w);
		pthread_mutex_unlock(&i->taking);
		if (now)
			return w;
	}
}

void intake_done(struct intake *i, const struct work *w)
{
	if (!w->claims)
		return;
	pthread_mutex_lock(&i->lock);
	for (size_t n = 0; n < i->busy.n; n++)
		if (i->busy.items[n] == w->source) {
			i->busy.items[n] = i->busy.items[--i->busy.n];
			break;
		}
	pthread_mutex_unlock(&i->lock);
}
