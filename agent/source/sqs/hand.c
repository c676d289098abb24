/* Messages and items in hand. There are at most some hundreds of each, so that looking through all of them is
 * cheaper than a table that must forget. */
#include "agent/source/sqs/hand.h"

#include "base/metric.h"

static void message_free(struct message *m)
{
	free(m->id);
	free(m->receipt);
	free(m);
}

static void item_free(struct item *i)
{
	work_unref(i->work);
	vec_fini(&i->waiters);
	free(i->name);
	free(i->told);
	free(i->bucket);
	free(i->key);
	free(i);
}

void hand_fini(struct hand *h)
{
	for (size_t n = 0; n < h->items.n; n++)
		item_free(h->items.items[n]);
	for (size_t n = 0; n < h->messages.n; n++)
		message_free(h->messages.items[n]);
	vec_fini(&h->items);
	vec_fini(&h->messages);
}

struct message *hand_message(const struct hand *h, struct sv id)
{
	for (size_t n = 0; n < h->messages.n; n++)
		if (sv_eq(id, sv_from(h->messages.items[n]->id)))
			return h->messages.items[n];
	return NULL;
}

struct message *hand_add(struct hand *h, struct sv id, struct sv receipt, int64_t receives)
{
	struct message *m = heap_zero(1, sizeof *m);
	*m = (struct message){.id = heap_text(id), .receipt = heap_text(receipt), .receives = receives};
	vec_push(&h->messages, m);
	return m;
}

void hand_forget(struct hand *h, struct message *m)
{
	for (size_t n = 0; n < h->messages.n; n++)
		if (h->messages.items[n] == m) {
			memmove(h->messages.items + n, h->messages.items + n + 1,
			    (h->messages.n - n - 1) * sizeof *h->messages.items);
			h->messages.n--;
			break;
		}
	message_free(m);
}

struct item *hand_item(const struct hand *h, const char *name, const char *told)
{
	for (size_t n = 0; n < h->items.n; n++)
		if (strcmp(h->items.items[n]->name, name) == 0 && strcmp(h->items.items[n]->told, told) == 0)
			return h->items.items[n];
	return NULL;
}

struct item *hand_add_item(struct hand *h, const char *name, const char *told)
{
	struct item *i = heap_zero(1, sizeof *i);
	*i = (struct item){.name = heap_copy(name), .told = heap_copy(told)};
	vec_push(&h->items, i);
	return i;
}

void hand_join(struct item *i, struct message *m)
{
	for (size_t n = 0; n < i->waiters.n; n++)
		if (i->waiters.items[n] == m)
			return;
	vec_push(&i->waiters, m);
	m->n_open++;
}

struct item *hand_item_of(const struct hand *h, const struct work *w)
{
	for (size_t n = 0; n < h->items.n; n++)
		if (h->items.items[n]->work == w)
			return h->items.items[n];
	return NULL;
}

void hand_judge(struct hand *h, struct message *m)
{
	if (m->n_open)
		return;
	if (!m->failed) {
		m->done = true;
		return;
	}
	metric_add(METRIC_QUEUE_LEFT, 1);
	hand_forget(h, m);
}

void hand_end(struct hand *h, struct item *i, bool good)
{
	for (size_t n = 0; n < h->items.n; n++)
		if (h->items.items[n] == i) {
			memmove(h->items.items + n, h->items.items + n + 1,
			    (h->items.n - n - 1) * sizeof *h->items.items);
			h->items.n--;
			break;
		}
	for (size_t n = 0; n < i->waiters.n; n++) {
		struct message *m = i->waiters.items[n];
		m->n_open--;
		m->failed |= !good;
		hand_judge(h, m);
	}
	item_free(i);
}
