/* Multi-document files of Sigma 1, still in use. Called by load.c for every document in file order. */
#include "rules/action.h"

#include "base/nearest.h"

/* Room for the keys of both maps; the comparisons that merging takes count against the cap. NULL past it. */
static struct ydoc_node *map_new(
    struct action *a, struct arena *arena, const struct ydoc_node *place, size_t n_under, size_t n_over)
{
	size_t n = n_under + n_over;

	a->n_steps += (n_under + 1) * (n_over + 1);
	if (a->n_steps > ACTION_MAX_STEPS)
		return NULL;
	struct ydoc_node *m = arena_zero(arena, sizeof *m);

	m->kind = YDOC_MAP;
	m->line = place->line;
	m->col = place->col;
	m->keys = arena_alloc(arena, (n + 1) * sizeof(struct ydoc_node *));
	m->items = arena_alloc(arena, (n + 1) * sizeof(struct ydoc_node *));
	return m;
}

static struct ydoc_node **find_item(struct ydoc_node *map, struct sv key)
{
	for (size_t i = 0; i < map->n; i++)
		if (sv_eq(map->keys[i]->text, key))
			return &map->items[i];
	return NULL;
}

/* `over` on top of `under`, both maps: keys of `under` first. NULL past the cap. */
static struct ydoc_node *merge(
    struct action *a, struct arena *arena, const struct ydoc_node *under, const struct ydoc_node *over)
{
	struct ydoc_node *m = map_new(a, arena, over, under->n, over->n);

	if (!m)
		return NULL;
	for (m->n = 0; m->n < under->n; m->n++) {
		m->keys[m->n] = under->keys[m->n];
		m->items[m->n] = under->items[m->n];
	}
	for (size_t i = 0; i < over->n; i++) {
		struct ydoc_node *value = over->items[i];
		struct ydoc_node **old = find_item(m, over->keys[i]->text);

		if (old && (*old)->kind == YDOC_MAP && value->kind == YDOC_MAP)
			value = merge(a, arena, *old, value);
		if (!value)
			return NULL;
		if (old) {
			*old = value;
			continue;
		}
		m->keys[m->n] = over->keys[i];
		m->items[m->n++] = value;
	}
	return m;
}

/* The document without its `action`. NULL past the cap. */
static struct ydoc_node *without_action(struct action *a, struct arena *arena, const struct ydoc_node *root)
{
	struct ydoc_node *m = map_new(a, arena, root, 0, root->n);

	for (size_t i = 0; m && i < root->n; i++) {
		if (sv_eq(root->keys[i]->text, SV("action")))
			continue;
		m->keys[m->n] = root->keys[i];
		m->items[m->n++] = root->items[i];
	}
	return m;
}

static enum action_result refuse(
    struct faults *faults, const char *file, const struct ydoc_node *at, const char *text)
{
	fault_add(faults, FAULT_ERROR, file, at->line, at->col, "%s", text);
	return ACTION_REFUSE;
}

static enum action_result refuse_unknown(
    struct faults *faults, const char *file, const struct ydoc_node *value)
{
	static const char *const names[] = {"global", "reset", "repeat"};
	int near = nearest_find(ydoc_text(value), names, 3);

	if (near >= 0)
		fault_add(faults, FAULT_ERROR, file, value->line, value->col,
		    "unknown action \"%.*s\"; did you mean \"%s\"?", SV_ARG(ydoc_text(value)), names[near]);
	else
		fault_add(faults, FAULT_ERROR, file, value->line, value->col,
		    "unknown action \"%.*s\"; there are global, reset and repeat", SV_ARG(ydoc_text(value)));
	return ACTION_REFUSE;
}

static enum action_result refuse_large(struct faults *faults, const char *file, const struct ydoc_node *root)
{
	return refuse(faults, file, root, "the merged documents of this file are too large; split it");
}

static enum action_result set_global(struct action *a, struct arena *arena, const char *file,
    const struct ydoc_node *root, struct faults *faults)
{
	const struct ydoc_node *added = without_action(a, arena, root);

	if (added && a->global)
		added = merge(a, arena, a->global, added);
	if (!added)
		return refuse_large(faults, file, root);
	a->global = added;
	return ACTION_NONE;
}

/* The document as it is loaded; NULL past the cap. */
static const struct ydoc_node *put_over(
    struct action *a, struct arena *arena, const struct ydoc_node *root, bool repeats)
{
	const struct ydoc_node *over = repeats ? without_action(a, arena, root) : root;
	const struct ydoc_node *under = repeats ? a->previous : a->global;

	if (!over || !under || over->kind != YDOC_MAP)
		return over;
	return merge(a, arena, under, over);
}

enum action_result action_apply(struct action *a, struct arena *arena, const char *file,
    const struct ydoc_node *root, const struct ydoc_node **out, struct faults *faults)
{
	const struct ydoc_node *value = ydoc_get(root, "action");
	struct sv action = ydoc_text(value);
	bool repeats = sv_eq(action, SV("repeat"));

	if (sv_eq(action, SV("reset"))) {
		a->global = NULL;
		return ACTION_NONE;
	}
	if (sv_eq(action, SV("global")))
		return set_global(a, arena, file, root, faults);
	if (value && !repeats)
		return refuse_unknown(faults, file, value);
	if (repeats && !a->previous)
		return refuse(faults, file, value, "`action: repeat` has no document before it");
	const struct ydoc_node *result = put_over(a, arena, root, repeats);
	if (!result)
		return refuse_large(faults, file, root);
	a->previous = result->kind == YDOC_MAP ? result : NULL;
	*out = result;
	return ACTION_LOAD;
}
