/* The list of source types, and works. */
#include "agent/source/source.h"

#include <unistd.h>

static const struct source_type *const types[] = {
#define SOURCE(symbol) &source_##symbol,
#include "agent/source/source_list.h"
#undef SOURCE
};

const struct source_type *const *source_types(size_t *out_n)
{
	*out_n = sizeof types / sizeof *types;
	return types;
}

const struct source_type *source_type_find(const char *name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i]->name, name) == 0)
			return types[i];
	return NULL;
}

struct work *work_new(struct source *source, const char *object)
{
	struct work *w = heap_zero(1, sizeof *w);
	w->refs = 1;
	w->source = source;
	w->object = heap_copy(object);
	w->fd = -1;
	return w;
}

struct work *work_ref(struct work *w)
{
	w->refs++;
	return w;
}

void work_unref(struct work *w)
{
	if (!w || --w->refs)
		return;
	if (w->fd >= 0)
		close(w->fd);
	buf_fini(&w->bytes);
	ledger_row_fini(&w->row);
	free(w->object);
	free(w);
}
