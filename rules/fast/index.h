/* Digest -> numbers, many to many, for tables that are built once. */
#ifndef KW_RULES_FAST_INDEX_H
#define KW_RULES_FAST_INDEX_H

#include "base/vec.h"

#include <stdint.h>

struct index_pair {
	uint64_t digest;
	uint32_t number;
};

/* The upper half of a digest, and where in `numbers` the count of those under it stands, which they follow;
 * 0: a free place. */
struct index_span {
	uint32_t digest, at;
};

/* Start with {0}. */
struct index {
	VEC(struct index_pair) pairs; /* until index_finish */
	struct index_span *spans;     /* open addressing, half full at most */
	size_t mask;
	uint32_t *numbers; /* the first says nothing */
};

/* Puts `number` under `digest`. */
void index_add(struct index *x, uint64_t digest, uint32_t number);

/* No more is added: index_find may be called from now on, by any thread. */
void index_finish(struct index *x);

/* Frees what it owns. */
void index_fini(struct index *x);

/* The numbers under `digest`, ascending and each once; *out_n 0 when there are none. A digest may stand for
 * several keys, and two digests be taken for one: what is found has to be looked at. */
static inline const uint32_t *index_find(const struct index *x, uint64_t digest, uint32_t *out_n)
{
	for (size_t i = digest & x->mask;; i = (i + 1) & x->mask) {
		const struct index_span *s = &x->spans[i];
		const uint32_t *counted = x->numbers + s->at;
		*out_n = s->at ? counted[0] : 0;
		if (!s->at || s->digest == digest >> 32)
			return counted + 1;
	}
}

#endif
