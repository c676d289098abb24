/* The reorder window: whatever the threads do, things come in the order of the jobs, bounded, and it ends. */
#include "agent/scan/window.h"

#include <pthread.h>

#include "tests/unit/agent/fixture.h"

#define JOBS ((uint64_t)400)
#define PARCELS 5 /* a job, at most */
#define THREADS 4

struct bench {
	struct window *window;
	uint64_t n_jobs;
	_Atomic uint64_t waiting; /* parcels */
	uint64_t most;            /* of them at once, as the taker saw */
};

struct parcel_of_job {
	uint64_t job;
	size_t i;
};

static void *next(void *ctx, uint64_t number)
{
	struct bench *b = ctx;
	if (number == b->n_jobs)
		return NULL;
	uint64_t *job = heap_alloc(sizeof *job);
	*job = number;
	return job;
}

static size_t n_parcels(uint64_t job)
{
	return job * 7 % (PARCELS + 1);
}

static void *work(void *arg)
{
	struct bench *b = arg;
	uint64_t number;
	for (const uint64_t *job; (job = window_begin(b->window, &number));) {
		assert_int_equal(*job, number);
		for (size_t i = 0; i < n_parcels(number); i++) {
			struct parcel_of_job *p = heap_alloc(sizeof *p);
			*p = (struct parcel_of_job){number, i};
			b->waiting++;
			if (window_put(b->window, number, p, 100))
				continue;
			b->waiting--;
			free(p);
			break;
		}
		window_end(b->window, number);
	}
	return NULL;
}

static void begin(struct bench *b, size_t jobs, size_t bytes, pthread_t threads[THREADS])
{
	b->window = window_new(&(struct window_setup){jobs, bytes, next, b});
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, b), 0);
}

static void end(struct bench *b, pthread_t threads[THREADS])
{
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	window_free(b->window);
}

/* A window of one job, of few, of many; no room for bytes at all, some, and plenty. */
static void things_come_in_the_order_of_the_jobs(void **state)
{
	static const size_t widths[] = {1, 3, 50}, rooms[] = {1, 1000, 1 << 20};
	(void)state;
	for (int w = 0; w < 9; w++) {
		struct bench b = {.n_jobs = JOBS};
		struct window_taken t;
		pthread_t threads[THREADS];
		uint64_t job = 0;
		size_t i = 0;
		begin(&b, widths[w / 3], rooms[w % 3], threads);
		while (window_take(b.window, &t)) {
			assert_int_equal(t.number, job);
			const struct parcel_of_job *p = t.parcel;
			if (!p) {
				assert_int_equal(i, n_parcels(job));
				free(t.job);
				job++;
				i = 0;
				continue;
			}
			uint64_t now = b.waiting--;
			b.most = now > b.most ? now : b.most;
			assert_int_equal(p->job, job);
			assert_int_equal(p->i, i++);
			free(t.parcel);
		}
		assert_int_equal(job, JOBS);
		/* What fills the room, one more for the head, one taken, and one that each thread has in
		 * hand. */
		assert_true(b.most <= rooms[w % 3] / 100 + 3 + THREADS);
		end(&b, threads);
	}
}

static void a_stop_ends_it_wherever_it_is(void **state)
{
	(void)state;
	for (uint64_t after = 0; after < 60; after += 7) {
		struct bench b = {.n_jobs = UINT64_MAX};
		struct window_taken t;
		pthread_t threads[THREADS];
		begin(&b, 4, 300, threads);
		for (uint64_t n = 0; window_take(b.window, &t); n++) {
			if (n == after)
				window_stop(b.window);
			free(t.parcel ? t.parcel : t.job);
		}
		assert_null(window_begin(b.window, &(uint64_t){0}));
		end(&b, threads);
	}
}

/* The one before a job may have made it needless while it was worked on: the taker sees which. */
static void a_dropped_job_still_comes_to_its_end(void **state)
{
	(void)state;
	struct window_taken t;
	uint64_t number, later;
	struct bench b = {.n_jobs = 2};
	b.window = window_new(&(struct window_setup){4, 100, next, &b});
	void *first = window_begin(b.window, &number), *second = window_begin(b.window, &later);
	assert_null(window_begin(b.window, &(uint64_t){0}));
	assert_true(window_put(b.window, later, &later, 100));
	assert_true(window_await(b.window, number));
	assert_false(window_is_void(b.window, later));
	window_lock(b.window);
	window_drop(b.window, later);
	window_unlock(b.window);
	assert_true(window_is_void(b.window, later));
	assert_false(window_put(b.window, later, &later, 100));
	assert_false(window_await(b.window, later));
	window_end(b.window, later);
	window_end(b.window, number);
	assert_true(window_take(b.window, &t) && t.job == first && !t.parcel && !t.dropped);
	assert_true(window_take(b.window, &t) && t.parcel == &later && t.dropped);
	assert_true(window_take(b.window, &t) && t.job == second && !t.parcel && t.dropped);
	assert_false(window_take(b.window, &t));
	free(first);
	free(second);
	window_free(b.window);
	window_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(things_come_in_the_order_of_the_jobs),
	    cmocka_unit_test(a_stop_ends_it_wherever_it_is),
	    cmocka_unit_test(a_dropped_job_still_comes_to_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
