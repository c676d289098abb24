/* Literals found by their pieces: whatever stands in a text is told, of literals of any length and at any
 * place, against a plain search. */
#include "rules/fast/pieces.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define SEED 20261130u
#define N_LITERALS 200

static uint64_t random_state = SEED;

static unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

static void write_text(struct buf *out, size_t n, const char *letters, unsigned n_letters)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(out, letters[pick(n_letters)]);
}

static bool note(void *ctx, uint32_t id)
{
	((bool *)ctx)[id] = true;
	return false;
}

static bool stop_at_first(void *ctx, uint32_t id)
{
	(void)id;
	++*(size_t *)ctx;
	return true;
}

/* Few letters, so that pieces are shared; lengths around those at which the form changes. */
static void all_that_stands_is_told(void **state)
{
	struct arena arena = {0};
	struct buf literals[N_LITERALS] = {0}, text = {0};
	struct pieces p = {0};
	size_t n_standing = 0, n_told = 0;

	(void)state;
	for (uint32_t i = 0; i < N_LITERALS; i++) {
		write_text(&literals[i], 3 + pick(i % 2 ? 6 : 30), "abc-", 2 + i % 3);
		pieces_add(&p, i, buf_sv(&literals[i]), &arena);
	}
	pieces_finish(&p);
	for (unsigned round = 0; round < 3000; round++) {
		bool told[N_LITERALS] = {0};
		size_t n_first = 0;
		buf_reset(&text);
		write_text(&text, pick(50), "abcdefgh", 8);
		buf_add(&text, buf_sv(&literals[pick(N_LITERALS)]));
		write_text(&text, pick(12), "ab-z", 4);
		assert_false(pieces_find(&p, buf_sv(&text), note, told));
		for (size_t i = 0; i < N_LITERALS; i++) {
			bool stands = sv_find(buf_sv(&text), buf_sv(&literals[i])) != SV_NONE;
			assert_true(told[i] || !stands);
			n_standing += stands;
			n_told += told[i];
		}
		assert_true(pieces_find(&p, buf_sv(&text), stop_at_first, &n_first));
		assert_int_equal(n_first, 1);
	}
	assert_int_equal(n_told, n_standing);
	for (size_t i = 0; i < N_LITERALS; i++)
		buf_fini(&literals[i]);
	buf_fini(&text);
	pieces_fini(&p);
	arena_fini(&arena);
}

static void case_is_one(void **state)
{
	struct arena arena = {0};
	struct pieces p = {0};
	bool told[3] = {0};

	(void)state;
	pieces_add(&p, 0, SV("abc"), &arena);
	pieces_add(&p, 1, SV("role/deploy"), &arena);
	pieces_add(&p, 2, SV("arn:aws:iam::1:role/admin"), &arena);
	pieces_finish(&p);
	pieces_find(&p, SV("xABCx arn:aws:iam::1:ROLE/Admin"), note, told);
	assert_true(told[0] && !told[1] && told[2]);
	assert_false(pieces_find(&p, SV("ab"), note, told));
	assert_false(pieces_find(&p, SV(""), note, told));
	pieces_fini(&p);
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_that_stands_is_told),
	    cmocka_unit_test(case_is_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
