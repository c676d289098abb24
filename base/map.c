/* Hash map with open addressing over an insertion-ordered array; keyed hashing, since keys may be an
 * attacker's. One thread. */
#include "base/map.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/heap.h"

void map_fini(struct map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		free((char *)(uintptr_t)m->entries[i].key.ptr);
	free(m->entries);
	free(m->slots);
	*m = (struct map){0};
}

static struct map_entry *find(const struct map *m, struct sv key, uint64_t hash)
{
	if (!m->n_slots)
		return NULL;
	for (size_t i = hash & (m->n_slots - 1); m->slots[i]; i = (i + 1) & (m->n_slots - 1)) {
		struct map_entry *e = &m->entries[m->slots[i] - 1];
		if (e->hash == hash && sv_eq(e->key, key))
			return e;
	}
	return NULL;
}

void *map_get(const struct map *m, struct sv key)
{
	struct map_entry *e = find(m, key, hash_sv(key));
	return e ? e->value : NULL;
}

bool map_has(const struct map *m, struct sv key)
{
	return find(m, key, hash_sv(key)) != NULL;
}

static void place(struct map *m, size_t index)
{
	size_t i = m->entries[index].hash & (m->n_slots - 1);
	while (m->slots[i])
		i = (i + 1) & (m->n_slots - 1);
	m->slots[i] = (uint32_t)index + 1;
}

static void grow(struct map *m)
{
	m->cap = m->cap ? m->cap * 2 : 8;
	m->entries = heap_resize(m->entries, m->cap, sizeof *m->entries);
	free(m->slots);
	m->n_slots = m->cap * 2;
	m->slots = heap_zero(m->n_slots, sizeof *m->slots);
	for (size_t i = 0; i < m->n; i++)
		place(m, i);
}

void *map_put(struct map *m, struct sv key, void *value)
{
	uint64_t hash = hash_sv(key);
	struct map_entry *e = find(m, key, hash);
	if (e) {
		void *old = e->value;
		e->value = value;
		return old;
	}
	if (m->n == m->cap)
		grow(m);
	m->entries[m->n] = (struct map_entry){{heap_text(key), key.len}, value, hash};
	place(m, m->n++);
	return NULL;
}
