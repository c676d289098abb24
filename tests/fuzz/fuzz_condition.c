/* Any bytes as a condition: no crash, bounded depth, and a fault is inside the text. */
#include <assert.h>

#include "rules/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct condition *c, int depth)
{
	assert(depth <= 3 * CONDITION_MAX_DEPTH);
	assert(c->n_selections == 0 && (c->name.len > 0) == (c->n == 0));
	if (c->kind == CONDITION_OF)
		condition_fits(c->name, SV("selection_main"));
	for (size_t i = 0; i < c->n; i++)
		walk(c->children[i], depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct condition *c = NULL;
	struct err e = {0};
	size_t at = 0;

	if (condition_parse(&arena, sv_of(data, size), &c, &at, &e) == RC_OK)
		walk(c, 0);
	else
		assert(!c && at <= size && e.text[0]);
	arena_fini(&arena);
	return 0;
}
