/* Hash map from text to pointer, in insertion order. Start with {0}. */
#ifndef KW_BASE_MAP_H
#define KW_BASE_MAP_H

#include "base/sv.h"

struct map_entry {
	struct sv key; /* the map's own copy */
	void *value;
	uint64_t hash;
};

/* Read `entries[0..n)` to walk in insertion order. */
struct map {
	struct map_entry *entries;
	size_t n, cap;
	uint32_t *slots; /* index + 1 into entries; 0 is free */
	size_t n_slots;
};

/* Frees keys and table, not the values. */
void map_fini(struct map *m);

/* The value of `key`, or NULL. */
void *map_get(const struct map *m, struct sv key);
bool map_has(const struct map *m, struct sv key);

/* Sets `key` (copied). Returns the value it replaces, or NULL. */
void *map_put(struct map *m, struct sv key, void *value);

#endif
