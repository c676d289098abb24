/* Bounded queue of pointers between threads. Putting a pointer gives it away. */
#ifndef KW_BASE_QUEUE_H
#define KW_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

struct queue *queue_new(size_t capacity);
void queue_free(struct queue *q);

/* Waits for room. False when the queue is closed: the caller still owns `item`. */
bool queue_put(struct queue *q, void *item);

/* The same without waiting: false also when there is no room. */
bool queue_offer(struct queue *q, void *item);

/* Waits up to `timeout_ms` (-1: for ever) for an item. NULL on timeout, or when the queue is closed and
 * empty. */
void *queue_take(struct queue *q, int64_t timeout_ms);

/* No more puts; takers get what is left, then NULL. */
void queue_close(struct queue *q);
bool queue_closed(struct queue *q);

/* How many items wait now; may have changed when the call returns. */
size_t queue_length(struct queue *q);
/* How many it holds at most. */
size_t queue_capacity(const struct queue *q);

#endif
