/* What both kinds of places share. */
#include "agent/digest/place.h"

void place_list_fini(struct place_list *l)
{
	for (size_t i = 0; i < l->all.n; i++)
		free(l->all.items[i].key);
	vec_fini(&l->all);
}

void place_add(struct place_list *l, char *key, int64_t from_ms, int64_t to_ms)
{
	struct place_entry entry = {.key = key};
	bool ours = trail_name_read(sv_from(key), &entry.name);
	l->n_other += !ours;
	if (ours && entry.name.time_ms >= from_ms && entry.name.time_ms <= to_ms)
		vec_push(&l->all, entry);
	else
		free(key);
}

void place_free(struct place *p)
{
	if (p)
		p->type->free(p);
}

enum rc place_walk(struct place *p, int64_t from_ms, int64_t to_ms, struct place_list *out, struct err *e)
{
	return p->type->walk(p, from_ms, to_ms, out, e);
}

void place_get(struct place *p, const struct place_request *requests, size_t n, bool metadata,
    void (*each)(void *ctx, const struct place_object *o), void *ctx)
{
	p->type->get(p, requests, n, metadata, each, ctx);
}

bool place_is_at(struct place *p, struct sv key, struct sv bucket, struct sv object)
{
	return p->type->is_at(p, key, bucket, object);
}
