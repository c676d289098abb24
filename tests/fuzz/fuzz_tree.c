/* Any bytes as one JSON text. What is accepted must read the same again from its compact form, and as a
 * record give every derived field; what is not must leave nothing behind. */
#include <assert.h>
#include <stdlib.h>

#include "rules/event/principal.h"

static bool same(const struct tree *a, const struct tree *b)
{
	if (a->type != b->type || !sv_eq(a->text, b->text) || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same(&a->items[i], &b->items[i]) || (a->keys && !sv_eq(a->keys[i], b->keys[i])))
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct buf compact = {0};
	const struct tree *t = NULL, *again = NULL;
	struct record r;
	if (tree_read(&a, sv_of(data, size), &t, NULL) == RC_OK) {
		tree_compact(t, &compact);
		if (tree_read(&a, buf_sv(&compact), &again, NULL) || !same(t, again))
			abort();
	}
	if (record_open(&r, &a, sv_of(data, size), NULL, NULL) == RC_OK) {
		for (int f = 0; f < KW_FIELD_COUNT; f++)
			assert(record_derived(&r, (enum kw_field)f).ptr ||
			       !record_derived_from(&r, (enum kw_field)f).ptr);
		principal_matches(SV("role/*"), &r);
		assert(record_key(&r).len > 0);
	}
	buf_fini(&compact);
	arena_fini(&a);
	return 0;
}
