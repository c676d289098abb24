/* Arena: a chain of blocks, bump allocation. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/heap.h"

#define BLOCK_BYTES ((size_t)64 << 10)
#define KEEP_BYTES ((size_t)4 << 20)

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	_Alignas(max_align_t) char bytes[];
};

static struct arena_block *new_block(size_t size)
{
	struct arena_block *b = heap_alloc(sizeof *b + size);
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size = (size + 15) & ~(size_t)15;
	while (a->current && a->current->size - a->current->used < size && a->current->next)
		a->current = a->current->next;
	if (!a->current || a->current->size - a->current->used < size) {
		struct arena_block *b = new_block(size > BLOCK_BYTES ? size : BLOCK_BYTES);
		if (a->current)
			a->current->next = b;
		else
			a->first = b;
		a->current = b;
	}
	void *p = a->current->bytes + a->current->used;
	a->current->used += size;
	a->used += size;
	return p;
}

void *arena_zero(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

struct sv arena_copy(struct arena *a, struct sv s)
{
	char *p = arena_alloc(a, s.len + 1);
	if (s.len)
		memcpy(p, s.ptr, s.len);
	p[s.len] = 0;
	return sv_of(p, s.len);
}

struct sv arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	size_t len = n > 0 ? (size_t)n : 0;
	char *p = arena_alloc(a, len + 1);
	vsnprintf(p, len + 1, fmt, again);
	va_end(again);
	return sv_of(p, len);
}

void arena_reset(struct arena *a)
{
	size_t kept = 0;
	struct arena_block **link = &a->first;
	while (*link) {
		struct arena_block *b = *link;
		if (kept + b->size > KEEP_BYTES) {
			*link = b->next;
			free(b);
			continue;
		}
		kept += b->size;
		b->used = 0;
		link = &b->next;
	}
	a->current = a->first;
	a->used = 0;
}

void arena_fini(struct arena *a)
{
	if (!a)
		return;
	for (struct arena_block *b = a->first, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){0};
}
