/* Bounded queue between two threads. */
#include "base/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#define N 20000

static void *produce(void *arg)
{
	for (uintptr_t i = 1; i <= N; i++)
		if (!queue_put(arg, (void *)i))
			return (void *)i;
	queue_close(arg);
	return NULL;
}

static void order_and_bound_hold_between_threads(void **state)
{
	(void)state;
	struct queue *q = queue_new(16);
	pthread_t t;
	void *refused;
	assert_int_equal(pthread_create(&t, NULL, produce, q), 0);
	for (uintptr_t i = 1; i <= N; i++) {
		assert_true(queue_length(q) <= 16);
		assert_int_equal((uintptr_t)queue_take(q, -1), i);
	}
	assert_null(queue_take(q, -1));
	pthread_join(t, &refused);
	assert_null(refused);
	assert_true(queue_closed(q));
	queue_free(q);
	queue_free(NULL);
}

static void closing_wakes_a_waiting_producer(void **state)
{
	(void)state;
	struct queue *q = queue_new(4);
	pthread_t t;
	void *refused;
	assert_int_equal(pthread_create(&t, NULL, produce, q), 0);
	while (queue_length(q) < 4)
		sched_yield();
	queue_close(q);
	pthread_join(t, &refused);
	assert_int_equal((uintptr_t)refused, 5);
	/* What is in it can still be taken. */
	for (uintptr_t i = 1; i <= 4; i++)
		assert_int_equal((uintptr_t)queue_take(q, 0), i);
	assert_null(queue_take(q, 1000));
	assert_false(queue_put(q, q));
	queue_free(q);
}

static void an_offer_never_waits(void **state)
{
	(void)state;
	struct queue *q = queue_new(1);
	assert_true(queue_offer(q, q));
	assert_false(queue_offer(q, q));
	assert_ptr_equal(queue_take(q, 0), q);
	assert_true(queue_offer(q, q));
	assert_ptr_equal(queue_take(q, 0), q);
	queue_close(q);
	assert_false(queue_offer(q, q));
	queue_free(q);
}

static void taking_times_out(void **state)
{
	(void)state;
	struct queue *q = queue_new(1);
	assert_null(queue_take(q, 0));
	assert_null(queue_take(q, 1));
	assert_true(queue_put(q, q));
	assert_int_equal(queue_length(q), 1);
	assert_ptr_equal(queue_take(q, 0), q);
	assert_false(queue_closed(q));
	queue_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(order_and_bound_hold_between_threads),
	    cmocka_unit_test(closing_wakes_a_waiting_producer),
	    cmocka_unit_test(taking_times_out),
	    cmocka_unit_test(an_offer_never_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
