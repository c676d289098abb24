/* Walks a record along a path. Each node is reached with one rest of the path only (what its ancestors' keys
 * left over), so the walk is linear although a path can be cut into keys in many ways. */
#include "rules/path.h"

#include "base/nearest.h"

struct walk {
	void (*hit)(void *ctx, const struct tree *value);
	void *ctx;
};

static enum rc unknown_field(struct sv name, struct err *e)
{
	const char *names[KW_FIELD_COUNT];
	for (int f = 0; f < KW_FIELD_COUNT; f++)
		names[f] = kw_field_name((enum kw_field)f);
	int nearest = nearest_find(name, names, KW_FIELD_COUNT);
	if (nearest < 0)
		return err_set(e, RC_CONFIG,
		    "unknown field \"%.*s\"; \"kendrawatch list fields\" shows what is under kw.",
		    SV_ARG(name));
	return err_set(
	    e, RC_CONFIG, "unknown field \"%.*s\"; did you mean \"%s\"?", SV_ARG(name), names[nearest]);
}

enum rc path_read(struct sv name, struct path *out, struct err *e)
{
	struct path p = {name, -1};
	if (sv_starts(name, SV("kw."))) {
		p.kw = kw_field_find(name);
		if (p.kw < 0)
			return unknown_field(name, e);
	}
	*out = p;
	return RC_OK;
}

static void descend(const struct walk *w, const struct tree *t, struct sv rest);

/* One member: its whole key must be the head of the rest, up to a dot. */
static void try_member(const struct walk *w, struct sv key, const struct tree *value, struct sv rest)
{
	if (!sv_starts(rest, key))
		return;
	if (rest.len == key.len)
		w->hit(w->ctx, value);
	else if (rest.ptr[key.len] == '.')
		descend(w, value, sv_skip(rest, key.len + 1));
}

static void descend(const struct walk *w, const struct tree *t, struct sv rest)
{
	if (t->type == TREE_OBJECT) {
		for (size_t i = 0; i < t->n; i++)
			try_member(w, t->keys[i], &t->items[i], rest);
	} else if (t->type == TREE_ARRAY) {
		for (size_t i = 0; i < t->n; i++)
			descend(w, &t->items[i], rest);
	}
}

void path_each(
    const struct path *p, struct record *r, void (*hit)(void *ctx, const struct tree *value), void *ctx)
{
	if (p->kw < 0) {
		if (sv_starts(p->name, SV("kw.")))
			return;
		descend(&(struct walk){hit, ctx}, r->root, p->name);
		return;
	}
	struct sv text = record_derived(r, (enum kw_field)p->kw);
	if (text.ptr)
		hit(ctx, &(struct tree){.type = TREE_STRING, .raw = text, .text = text});
}
