/* Digest -> numbers, many to many, for tables that are built once. */
#ifndef KW_RULES_FAST_INDEX_H
#define KW_RULES_FAST_INDEX_H

#include "base/vec.h"

#include <stdint.h>

struct index_pair {
	uint64_t digest;
	uint32_t number;
};

struct index_span {
	uint64_t digest;
	uint32_t first, n; /* in `numbers`; n 0: a free place */
};

/* Start with {0}. */
struct index {
	VEC(struct index_pair) pairs; /* until index_finish */
	struct index_span *spans;     /* open addressing, half full */
	size_t mask;
	uint32_t *numbers;
};

/* Puts `number` under `digest`. */
void index_add(struct index *x, uint64_t digest, uint32_t number);

/* No more is added: index_find may be called from now on, by any thread. */
void index_finish(struct index *x);

/* Frees what it owns. */
void index_fini(struct index *x);

/* The numbers under `digest`, ascending and each once; *out_n 0 when there are none. A digest may stand for
 * several keys: what is found has to be looked at. */
static inline const uint32_t *index_find(const struct index *x, uint64_t digest, uint32_t *out_n)
{
	for (size_t i = digest & x->mask;; i = (i + 1) & x->mask) {
		const struct index_span *s = &x->spans[i];
		*out_n = s->n;
		if (s->n == 0 || s->digest == digest)
			return x->numbers + s->first;
	}
}

#endif
