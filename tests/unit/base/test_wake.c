#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <pthread.h>

#include "base/wake.h"

static void rings_until_quiet(void **state)
{
	(void)state;
	struct wake w = WAKE_CLOSED;
	struct err e = {0};
	assert_int_equal(wake_open(&w, &e), RC_OK);
	assert_false(wake_rung(&w, 0));
	wake_ring(&w);
	wake_ring(&w);
	assert_true(wake_rung(&w, 0));
	assert_true(wake_rung(&w, 0));
	wake_quiet(&w);
	assert_false(wake_rung(&w, 0));
	wake_quiet(&w);
	wake_close(&w);
	assert_int_equal(w.fd, -1);
	wake_close(&w);
}

static void *ring(void *w)
{
	wake_ring(w);
	return NULL;
}

static void wakes_another_thread(void **state)
{
	(void)state;
	struct wake w = WAKE_CLOSED;
	pthread_t t;
	assert_int_equal(wake_open(&w, NULL), RC_OK);
	assert_int_equal(pthread_create(&t, NULL, ring, &w), 0);
	assert_true(wake_rung(&w, 60000));
	pthread_join(t, NULL);
	wake_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rings_until_quiet), cmocka_unit_test(wakes_another_thread)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
