/* Places inside scalars of a YAML text. */
#include "rules/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The place of byte `at` in the value of key `k`. */
static void assert_place(const char *yaml, size_t at, int line, int col)
{
	struct faults faults = {0};
	struct place_map map = {0};
	struct ydoc *y = ydoc_parse("t", sv_from(yaml), 0, &faults);
	const struct ydoc_node *n = ydoc_get(ydoc_root(y, 0), "k");

	assert_non_null(n);
	place_map_init(&map, sv_from(yaml));
	struct place p = place_of(&map, n, at);
	assert_int_equal(p.line, line);
	assert_int_equal(p.col, col);
	place_map_fini(&map);
	ydoc_free(y);
	faults_fini(&faults);
}

static void counts_from_where_the_text_stands(void **state)
{
	(void)state;
	assert_place("k: abc", 0, 1, 4);
	assert_place("k: abc", 2, 1, 6);
	assert_place("a: 1\nk: 'abc'\n", 2, 2, 7);
	assert_place("a: 1\nk: \"abc\"\n", 3, 2, 8);
	assert_place("{k: abc}", 1, 1, 6);
}

static void columns_are_code_points(void **state)
{
	(void)state;
	assert_place("k: \xc3\xa4\xc3\xb6x", 4, 1, 6);
	assert_place("{\xc3\xa4: 1, k: ab}", 1, 1, 12);
}

static void other_spellings_give_the_beginning(void **state)
{
	(void)state;
	assert_place("k: |\n  abc\n  def\n", 5, 1, 4);
	assert_place("k: \"a\\tbc\"", 3, 1, 4);
	assert_place("k: abc", 99, 1, 4);
}

static void lines_that_fold_keep_their_head(void **state)
{
	(void)state;
	assert_place("k: abc\n  def\n", 2, 1, 6);
	assert_place("k: abc\n  def\n", 5, 1, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_from_where_the_text_stands),
	    cmocka_unit_test(columns_are_code_points),
	    cmocka_unit_test(other_spellings_give_the_beginning),
	    cmocka_unit_test(lines_that_fold_keep_their_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
