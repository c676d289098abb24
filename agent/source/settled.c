/* The list of settled works. `items` is shared; what settled_each has taken out is the source's alone. */
#include "agent/source/settled.h"

#include <stdlib.h>

void settled_init(struct settled_list *l)
{
	*l = (struct settled_list){0};
	pthread_mutex_init(&l->lock, NULL);
}

void settled_fini(struct settled_list *l)
{
	for (size_t i = 0; i < l->items.n; i++)
		work_unref(l->items.items[i].work);
	vec_fini(&l->items);
	pthread_mutex_destroy(&l->lock);
}

void settled_add(struct settled_list *l, struct work *w, enum rc rc)
{
	pthread_mutex_lock(&l->lock);
	vec_push(&l->items, (struct settled){work_ref(w), rc});
	pthread_mutex_unlock(&l->lock);
}

void settled_each(
    struct settled_list *l, void (*take)(void *ctx, const struct work *w, enum rc rc), void *ctx)
{
	pthread_mutex_lock(&l->lock);
	struct settled *items = l->items.items;
	size_t n = l->items.n;
	l->items.items = NULL;
	l->items.n = l->items.cap = 0;
	pthread_mutex_unlock(&l->lock);
	for (size_t i = 0; i < n; i++) {
		take(ctx, items[i].work, items[i].rc);
		work_unref(items[i].work);
	}
	free(items);
}
