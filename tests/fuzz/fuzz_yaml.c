/* Any bytes as YAML: no crash, bounded work, and every tree can be walked expanded within the node cap. */
#include <assert.h>

#include "base/ydoc.h"

#define MAX_NODES ((size_t)5000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct ydoc_node *n, int depth)
{
	size_t total = 1;
	int64_t number;
	bool flag;
	assert(n->line > 0 && n->col > 0 && depth <= 64);
	if (n->kind == YDOC_SCALAR)
		assert(n->text.ptr[n->text.len] == 0);
	ydoc_yaml11(n);
	ydoc_int(n, &number);
	ydoc_bool(n, &flag);
	for (size_t i = 0; i < n->n; i++) {
		total += walk(n->items[i], depth + 1);
		if (n->kind == YDOC_MAP)
			total += walk(n->keys[i], depth + 1);
	}
	return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct faults faults = {0};
	struct ydoc *y = ydoc_parse("fuzz.yml", sv_of(data, size), MAX_NODES, &faults);
	for (size_t i = 0; i < ydoc_count(y); i++)
		if (ydoc_root(y, i))
			assert(walk(ydoc_root(y, i), 1) <= MAX_NODES);
	ydoc_free(y);
	faults_fini(&faults);
	return 0;
}
