/* Counting without copies: against a list of all pairs that were seen. */
#include "agent/scan/tally.h"

#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define N_RULES 6
#define N_EVENTS 5000
#define N_ROUNDS 40000

static uint64_t random_state = 7;

static unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

static void every_pair_is_new_once(void **state)
{
	static struct rule rules[N_RULES];
	static bool seen[N_EVENTS][N_RULES];
	struct tally *t = tally_new();
	size_t n_new = 0;

	(void)state;
	for (unsigned round = 0; round < N_ROUNDS; round++) {
		const struct rule *matched[N_RULES], *want[N_RULES];
		size_t n = 0, n_want = 0, event = pick(N_EVENTS);
		for (size_t i = 0; i < N_RULES; i++) {
			if (pick(3))
				continue;
			matched[n++] = &rules[i];
			if (!seen[event][i])
				want[n_want++] = &rules[i];
			seen[event][i] = true;
		}
		if (n == 0)
			continue;
		/* Neighbours in the table, and keys that differ in one half only. */
		uint64_t key = event % 2 ? event : (uint64_t)event << 40;
		assert_int_equal(tally_new_rules(t, key, matched, n), n_want);
		assert_memory_equal(matched, want, n_want * sizeof *want);
		n_new += n_want;
	}
	assert_true(n_new > N_EVENTS * N_RULES / 2);
	tally_free(t);
	tally_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_pair_is_new_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
