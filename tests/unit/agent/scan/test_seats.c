/* Keys and their numbers: none is lost and none is there twice, however many come, in any order, and
 * wherever they crowd. */
#include "agent/scan/seats.h"

#include "rules/fast/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* More than four tables of growing size hold. */
#define MANY 700000u
#define CROWD 3000u

static uint64_t spread(uint32_t i)
{
	return digest_mix(i + DIGEST_A, DIGEST_B);
}

static void every_key_keeps_its_number(void **state)
{
	struct seats *s = seats_new();

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		seats_expect(s, spread(i + 16));
		uint32_t *number = seats_at(s, spread(i));
		assert_int_equal(*number, 0);
		*number = i + 1;
		/* One that came long before, perhaps in a smaller table. */
		assert_int_equal(*seats_at(s, spread(i / 3)), i / 3 + 1);
	}
	for (uint32_t i = MANY; i-- > 0;)
		assert_int_equal(*seats_at(s, spread(i)), i + 1);
	seats_free(s);
}

/* In one place of the table, and past its end: neighbours at 0, in the middle, and at the greatest key. */
static void keys_may_crowd(void **state)
{
	static const uint64_t places[] = {0, UINT64_C(1) << 63, UINT64_MAX - CROWD + 1};
	struct seats *s = seats_new();

	(void)state;
	for (uint32_t i = 0; i < CROWD; i++)
		for (uint32_t p = 0; p < 3; p++) {
			uint32_t *number = seats_at(s, places[p] + i);
			assert_int_equal(*number, 0);
			*number = i * 3 + p + 1;
		}
	/* It grows while they sit in each other's way. */
	for (uint32_t i = 0; i < MANY / 4; i++)
		*seats_at(s, spread(i)) = 7;
	for (uint32_t i = 0; i < CROWD; i++)
		for (uint32_t p = 0; p < 3; p++)
			assert_int_equal(*seats_at(s, places[p] + i), i * 3 + p + 1);
	seats_free(s);
	seats_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_keeps_its_number),
	    cmocka_unit_test(keys_may_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
