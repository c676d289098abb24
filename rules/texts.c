/* Collects texts of a field. Recursion is bounded by TREE_MAX_DEPTH. One thread. */
#include "rules/texts.h"

#include <assert.h>

static void add_scalars(struct texts *t, const struct tree *value, bool inside)
{
	switch (value->type) {
	case TREE_NULL: break;
	case TREE_FALSE:
	case TREE_TRUE:
	case TREE_NUMBER:
	case TREE_STRING: vec_push(&t->list, (struct text){value->type, value->text, inside}); break;
	case TREE_ARRAY:
	case TREE_OBJECT:
		for (size_t i = 0; i < value->n; i++)
			add_scalars(t, &value->items[i], inside);
		break;
	}
}

static void add_object(struct texts *t, const struct tree *object)
{
	struct buf compact = {0};
	tree_compact(object, &compact);
	struct sv text = buf_sv(&compact);
	vec_push(&t->owned, buf_take(&compact));
	vec_push(&t->list, (struct text){TREE_OBJECT, text, true});
	add_scalars(t, object, true);
}

static void add_value(struct texts *t, const struct tree *value)
{
	switch (value->type) {
	case TREE_NULL: t->has_null = true; break;
	case TREE_FALSE:
	case TREE_TRUE:
	case TREE_NUMBER:
	case TREE_STRING: add_scalars(t, value, false); break;
	case TREE_ARRAY:
		t->has_null |= value->n == 0;
		for (size_t i = 0; i < value->n; i++)
			add_value(t, &value->items[i]);
		break;
	case TREE_OBJECT: add_object(t, value); break;
	}
}

static void hit(void *ctx, const struct tree *value)
{
	struct texts *t = ctx;
	if (t->n_hits++ == 0)
		t->first = value->raw;
	add_value(t, value);
}

void texts_of_value(struct texts *t, const struct tree *value)
{
	hit(t, value);
}

void texts_of_field(struct texts *t, const struct path *p, struct record *r)
{
	path_each(p, r, hit, t);
}

void texts_of_record(struct texts *t, const struct record *r)
{
	add_scalars(t, r->root, false);
	t->n_hits = 1;
}

void texts_of_scalar(struct texts *t, struct text *room, const struct tree *value)
{
	*t = (struct texts){0};
	if (!value)
		return;
	assert(value->type < TREE_ARRAY);
	t->n_hits = 1;
	t->first = value->raw;
	t->has_null = value->type == TREE_NULL;
	if (t->has_null)
		return;
	*room = (struct text){value->type, value->text, false};
	t->list.items = room;
	t->list.n = t->list.cap = 1;
}

void texts_fini(struct texts *t)
{
	for (size_t i = 0; i < t->owned.n; i++)
		free(t->owned.items[i]);
	vec_fini(&t->owned);
	vec_fini(&t->list);
}
