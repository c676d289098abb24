/* Growing array of any element type:
 *   struct { ... VEC(struct rule *) rules; ... };      start with {0}
 *   vec_push(&x->rules, rule);  x->rules.items[i];  x->rules.n;  vec_fini(&x->rules);   */
#ifndef KW_BASE_VEC_H
#define KW_BASE_VEC_H

#include <stdlib.h>

#include "base/heap.h"

#define VEC(type)            \
	struct {             \
		type *items; \
		size_t n;    \
		size_t cap;  \
	}

/* Appends `...` (one element; commas of compound literals are fine). */
#define vec_push(v, ...)                            \
	do {                                        \
		vec_reserve((v), 1);                \
		(v)->items[(v)->n++] = __VA_ARGS__; \
	} while (0)

#define vec_reserve(v, more)                                                                \
	do {                                                                                \
		if ((v)->n + (more) > (v)->cap) {                                           \
			(v)->cap = ((v)->n + (more)) * 2;                                   \
			(v)->items = heap_resize((v)->items, (v)->cap, sizeof *(v)->items); \
		}                                                                           \
	} while (0)

/* Frees the array, not what its elements own. */
#define vec_fini(v)                    \
	do {                           \
		free((v)->items);      \
		(v)->items = NULL;     \
		(v)->n = (v)->cap = 0; \
	} while (0)

#endif
