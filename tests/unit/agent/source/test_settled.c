/* News of settled works: in order, once, and each work alive until its source has heard. */
#include "agent/source/settled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MANY 2000

struct heard {
	size_t n;
	enum rc rc;
	const struct work *last;
};

static void hear(void *ctx, const struct work *w, enum rc rc)
{
	struct heard *h = ctx;
	assert_int_equal(w->refs, 1); /* the list's own: nobody else holds it any more */
	assert_int_equal(w->row.position, (int64_t)h->n);
	h->n++;
	h->rc = rc;
	h->last = w;
}

static struct work *numbered(int64_t n)
{
	struct work *w = work_new(NULL, "x");
	w->row.position = n;
	return w;
}

/* The analyst lets go of a work as soon as it has told of it. If the list did not hold it, its address could
 * be the next work's when the news is read, which would be taken for that one's. */
static void a_work_is_held_until_it_was_heard_of(void **state)
{
	struct settled_list list;
	struct heard h = {0};
	(void)state;
	settled_init(&list);
	struct work *mark = numbered(0);
	settled_add(&list, mark, RC_IO);
	work_unref(mark);
	struct work *next = work_new(NULL, "next");
	assert_ptr_not_equal(next, mark);
	settled_each(&list, hear, &h);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.rc, RC_IO);
	assert_ptr_not_equal(h.last, next);
	settled_each(&list, hear, &h);
	assert_int_equal(h.n, 1);
	work_unref(next);
	settled_fini(&list);
}

static void *tell(void *arg)
{
	for (int64_t i = 0; i < MANY; i++) {
		struct work *w = numbered(i);
		settled_add(arg, w, RC_OK);
		work_unref(w);
	}
	return NULL;
}

static void count(void *ctx, const struct work *w, enum rc rc)
{
	struct heard *h = ctx;
	assert_int_equal(w->row.position, (int64_t)h->n++);
	assert_int_equal(rc, RC_OK);
}

static void two_threads(void **state)
{
	struct settled_list list;
	struct heard h = {0};
	pthread_t thread;
	(void)state;
	settled_init(&list);
	assert_int_equal(pthread_create(&thread, NULL, tell, &list), 0);
	while (h.n < MANY)
		settled_each(&list, count, &h);
	pthread_join(thread, NULL);
	settled_fini(&list);
}

static void what_nobody_heard_is_freed(void **state)
{
	struct settled_list list;
	(void)state;
	settled_init(&list);
	tell(&list);
	settled_fini(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_work_is_held_until_it_was_heard_of),
	    cmocka_unit_test(two_threads),
	    cmocka_unit_test(what_nobody_heard_is_freed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
