/* The solver against all assignments, on formulas drawn from a fixed seed. */
#include "rules/lint/sat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define VARIABLES 7
#define CLAUSES 40
#define WIDTH 3

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

struct formula {
	int literals[CLAUSES][WIDTH];
	size_t n;
};

static bool holds(const struct formula *f, unsigned assignment)
{
	for (size_t i = 0; i < f->n; i++) {
		bool any = false;
		for (size_t j = 0; j < WIDTH; j++) {
			int l = f->literals[i][j], v = l > 0 ? l : -l;
			any |= ((assignment >> (v - 1) & 1) != 0) == (l > 0);
		}
		if (!any)
			return false;
	}
	return true;
}

static void agrees_with_all_assignments(void **state)
{
	(void)state;
	uint32_t seed = 7;
	size_t n_impossible = 0;
	for (int round = 0; round < 500; round++) {
		struct formula f = {.n = 5 + next_random(&seed) % (CLAUSES - 5)};
		struct sat *s = sat_new();
		bool possible = false;
		for (int v = 0; v < VARIABLES; v++)
			sat_variable(s);
		for (size_t i = 0; i < f.n; i++) {
			for (size_t j = 0; j < WIDTH; j++) {
				int v = 1 + (int)(next_random(&seed) % VARIABLES);
				f.literals[i][j] = next_random(&seed) & 1 ? v : -v;
			}
			sat_clause(s, f.literals[i], WIDTH);
		}
		for (unsigned a = 0; a < 1u << VARIABLES; a++)
			possible |= holds(&f, a);
		assert_int_equal(sat_impossible(s, NULL, 0), !possible);
		/* Asking leaves nothing behind. */
		for (int v = 1; v <= VARIABLES; v++) {
			bool with = false;
			for (unsigned a = 0; a < 1u << VARIABLES; a++)
				with |= (a >> (v - 1) & 1) && holds(&f, a);
			assert_int_equal(sat_impossible(s, &v, 1), !with);
		}
		n_impossible += !possible;
		sat_free(s);
	}
	assert_in_range(n_impossible, 20, 480);
}

static void gates_of_nothing_and_of_one(void **state)
{
	(void)state;
	struct sat *s = sat_new();
	int a = sat_variable(s), no = sat_or(s, NULL, 0), yes = sat_and(s, NULL, 0);
	assert_true(sat_impossible(s, &no, 1));
	assert_false(sat_impossible(s, &yes, 1));
	assert_int_equal(sat_or(s, &a, 1), a);
	int both = sat_and(s, (const int[]){a, -a}, 2), either = -sat_or(s, (const int[]){a, -a}, 2);
	assert_true(sat_impossible(s, &both, 1));
	assert_true(sat_impossible(s, &either, 1));
	sat_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_all_assignments),
	    cmocka_unit_test(gates_of_nothing_and_of_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
