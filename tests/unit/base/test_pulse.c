/* Who is stuck, who rests, and who is not watched. */
#include "base/pulse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>

#include "base/clock.h"

static void work_without_a_beat_is_stuck(void **state)
{
	(void)state;
	pulse_beat(); /* has not joined: nothing */
	pulse_join("reader");
	int64_t now = clk_mono_ms();
	assert_null(pulse_stuck(now + 10 * PULSE_LIMIT_MS));
	pulse_beat();
	assert_null(pulse_stuck(now + PULSE_LIMIT_MS));
	assert_string_equal(pulse_stuck(now + PULSE_LIMIT_MS + 1000), "reader");
	pulse_rest();
	assert_null(pulse_stuck(now + 10 * PULSE_LIMIT_MS));
	pulse_beat();
	pulse_leave();
	assert_null(pulse_stuck(now + 10 * PULSE_LIMIT_MS));
}

static void *come_and_go(void *arg)
{
	(void)arg;
	pulse_join("guest");
	for (int i = 0; i < 1000; i++) {
		pulse_beat();
		pulse_rest();
	}
	pulse_leave();
	return NULL;
}

static void threads_come_and_go(void **state)
{
	(void)state;
	pthread_t threads[8];
	for (int round = 0; round < 2 * PULSE_MAX / 8; round++) {
		for (int i = 0; i < 8; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, NULL), 0);
		assert_null(pulse_stuck(clk_mono_ms()));
		for (int i = 0; i < 8; i++)
			pthread_join(threads[i], NULL);
	}
	/* Every slot was given back. */
	pulse_join("last");
	pulse_beat();
	assert_string_equal(pulse_stuck(clk_mono_ms() + 2 * PULSE_LIMIT_MS), "last");
	pulse_leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(work_without_a_beat_is_stuck),
	    cmocka_unit_test(threads_come_and_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
