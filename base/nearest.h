/* "did you mean": the nearest of a few names. */
#ifndef KW_BASE_NEAREST_H
#define KW_BASE_NEAREST_H

#include "base/sv.h"

/* Edits (insert, delete, replace, swap of neighbours) between `a` and `b`, A-Z folded; capped at 64 bytes
 * each. */
size_t nearest_distance(struct sv a, struct sv b);

/* Index of the name nearest to `word` when it is near enough to be meant (distance <= max(1, length / 3)),
 * else -1. */
int nearest_find(struct sv word, const char *const *names, size_t n_names);

#endif
