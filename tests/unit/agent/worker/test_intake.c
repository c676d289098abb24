/* Several workers at one intake: what must keep its order does, everything is taken, and nobody waits in
 * vain. */
#include "agent/worker/intake.h"

#include <pthread.h>

#include "tests/unit/agent/fixture.h"

#define WORKERS 4
#define WORKS 3000

/* Two sources of lines, one of objects. */
static struct source sources[3] = {
    {.setup = {.name = "lines"}}, {.setup = {.name = "other"}}, {.setup = {.name = "objects"}}};

struct office {
	struct queue *works;
	struct intake *intake;
	_Atomic int in_hand[3];
	uint64_t last[3]; /* begin of the last work of a source that keeps its order */
	_Atomic size_t n;
};

static struct work *work_of(int source, uint64_t begin)
{
	struct work *w = work_new(&sources[source], "x");
	w->begin = begin;
	w->part = source < 2;
	return w;
}

static void *serve(void *arg)
{
	struct office *o = arg;
	for (struct work *w; (w = intake_take(o->intake)); work_unref(w)) {
		int s = (int)(w->source - sources);
		if (s < 2) {
			assert_int_equal(o->in_hand[s]++, 0);
			assert_true(w->begin > o->last[s]);
			o->last[s] = w->begin;
			o->in_hand[s]--;
		}
		o->n++;
		intake_done(o->intake, w);
	}
	return NULL;
}

static void works_of_one_stream_keep_their_order(void **state)
{
	(void)state;
	for (int mix = 1; mix <= 3; mix++) {
		struct office o = {.works = queue_new(5)};
		pthread_t threads[WORKERS];
		o.intake = intake_new(o.works);
		for (int i = 0; i < WORKERS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, serve, &o), 0);
		for (uint64_t n = 1; n <= WORKS; n++)
			assert_true(queue_put(o.works, work_of((int)(n * n % 7) % mix, n)));
		queue_close(o.works);
		for (int i = 0; i < WORKERS; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(o.n, WORKS);
		intake_free(o.intake);
		queue_free(o.works);
	}
}

static void others_pass_what_must_wait(void **state)
{
	(void)state;
	struct queue *works = queue_new(9);
	struct intake *i = intake_new(works);
	for (uint64_t n = 1; n <= 3; n++)
		assert_true(queue_put(works, work_of(0, n)));
	assert_true(queue_put(works, work_of(1, 4)));
	assert_true(queue_put(works, work_of(2, 5)));
	assert_true(queue_put(works, work_of(2, 6)));
	queue_close(works);
	static const uint64_t taken[] = {1, 4, 5, 6};
	struct work *w[5];
	for (int n = 0; n < 4; n++) {
		w[n] = intake_take(i);
		assert_int_equal(w[n]->begin, taken[n]);
	}
	assert_null(intake_take(i));
	intake_done(i, w[1]);
	assert_null(intake_take(i));
	intake_done(i, w[0]);
	w[4] = intake_take(i);
	assert_int_equal(w[4]->begin, 2);
	assert_null(intake_take(i));
	for (int n = 0; n < 5; n++)
		work_unref(w[n]);
	/* The third one is left to intake_free. */
	intake_free(i);
	intake_free(NULL);
	queue_free(works);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(works_of_one_stream_keep_their_order),
	    cmocka_unit_test(others_pass_what_must_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
