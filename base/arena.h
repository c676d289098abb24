/* Memory of a batch: many small allocations, freed at once. One thread. Start with {0}. */
#ifndef KW_BASE_ARENA_H
#define KW_BASE_ARENA_H

#include "base/sv.h"

struct arena_block;
struct arena {
	struct arena_block *first, *current;
	size_t used; /* bytes handed out since the last reset */
};

/* `size` uninitialised bytes, aligned for anything. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_zero(struct arena *a, size_t size);

/* A copy of `s` (NUL-terminated behind its end). */
struct sv arena_copy(struct arena *a, struct sv s);

/* Formatted text in the arena. */
struct sv arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Forgets everything, keeps up to 4 MiB of memory for the next batch. */
void arena_reset(struct arena *a);
void arena_fini(struct arena *a);

#endif
