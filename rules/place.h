/* Places inside a scalar of a rule file: line and column of its n-th byte, for faults in conditions and
 * templates. */
#ifndef KW_RULES_PLACE_H
#define KW_RULES_PLACE_H

#include "base/vec.h"
#include "base/ydoc.h"

/* The text of a rule file and where its lines begin. Start with {0}, place_map_init, place_map_fini. */
struct place_map {
	struct sv text; /* borrowed */
	VEC(size_t) lines;
};

void place_map_init(struct place_map *m, struct sv text);
void place_map_fini(struct place_map *m);

struct place {
	int line, col; /* 1-based; columns count code points, as YAML's do */
};

/* The place of byte `at` of a scalar's text. Where the source does not spell the text as it is (block
 * scalars, escapes, folded lines) it is the scalar's own place. */
struct place place_of(const struct place_map *m, const struct ydoc_node *scalar, size_t at);

#endif
