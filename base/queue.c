/* Bounded queue: one mutex, two conditions. */
#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/heap.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_empty, not_full;
	void **items;
	size_t capacity, head, n;
	bool closed;
};

struct queue *queue_new(size_t capacity)
{
	struct queue *q = heap_zero(1, sizeof *q);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->not_empty, &attr);
	pthread_cond_init(&q->not_full, &attr);
	pthread_condattr_destroy(&attr);
	q->items = heap_zero(capacity, sizeof *q->items);
	q->capacity = capacity;
	return q;
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->not_empty);
	pthread_cond_destroy(&q->not_full);
	pthread_mutex_destroy(&q->lock);
	free(q->items);
	free(q);
}

static bool put(struct queue *q, void *item, bool wait)
{
	pthread_mutex_lock(&q->lock);
	while (wait && q->n == q->capacity && !q->closed)
		pthread_cond_wait(&q->not_full, &q->lock);
	bool ok = !q->closed && q->n < q->capacity;
	if (ok) {
		q->items[(q->head + q->n++) % q->capacity] = item;
		pthread_cond_signal(&q->not_empty);
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

bool queue_put(struct queue *q, void *item)
{
	return put(q, item, true);
}

bool queue_offer(struct queue *q, void *item)
{
	return put(q, item, false);
}

static struct timespec deadline_in(int64_t timeout_ms)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += (time_t)(timeout_ms / 1000);
	ts.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	return ts;
}

void *queue_take(struct queue *q, int64_t timeout_ms)
{
	void *item = NULL;
	struct timespec until = deadline_in(timeout_ms < 0 ? 0 : timeout_ms);
	pthread_mutex_lock(&q->lock);
	while (q->n == 0 && !q->closed) {
		if (timeout_ms < 0)
			pthread_cond_wait(&q->not_empty, &q->lock);
		else if (pthread_cond_timedwait(&q->not_empty, &q->lock, &until) == ETIMEDOUT)
			break;
	}
	if (q->n) {
		item = q->items[q->head];
		q->head = (q->head + 1) % q->capacity;
		q->n--;
		pthread_cond_signal(&q->not_full);
	}
	pthread_mutex_unlock(&q->lock);
	return item;
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->lock);
}

bool queue_closed(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	bool closed = q->closed;
	pthread_mutex_unlock(&q->lock);
	return closed;
}

size_t queue_length(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	size_t n = q->n;
	pthread_mutex_unlock(&q->lock);
	return n;
}

size_t queue_capacity(const struct queue *q)
{
	return q->capacity;
}
