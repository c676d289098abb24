/* Literals inside a text, found by pieces of them: of a text of a thousand bytes some hundred places are
 * looked at, and behind a bitmap. */
#ifndef KW_RULES_FAST_PIECES_H
#define KW_RULES_FAST_PIECES_H

#include "rules/fast/index.h"

#include "base/arena.h"
#include "base/sv.h"

/* A literal in which a piece stands. */
struct pieces_place {
	struct sv text; /* loose */
	uint32_t at;    /* of its first piece */
	uint32_t id;
};

/* Literals that are long enough for pieces of `length`, one at each of `stride` places in a row. */
struct pieces_group {
	size_t length, stride;
	VEC(struct pieces_place) places;
	struct index by_piece; /* number of the place * stride + how far behind its first piece */
	uint64_t *bitmap;
	unsigned bitmap_shift;
};

#define PIECES_GROUPS 3

/* Start with {0}. Read-only, and for any thread, once pieces_finish was called. */
struct pieces {
	struct pieces_group groups[PIECES_GROUPS];
	size_t n; /* literals */
};

/* Adds a literal, of REQUIRED_MIN bytes at least, under a number; copied to `arena`. */
void pieces_add(struct pieces *p, uint32_t id, struct sv text, struct arena *arena);
void pieces_finish(struct pieces *p);
void pieces_fini(struct pieces *p);

/* Tells `found` the number of each literal in `text`, upper and lower case of ASCII being one; some that are
 * nearly in it, too, and some more than once. True at once, and no more is told, when `found` says so. */
bool pieces_find(const struct pieces *p, struct sv text, bool (*found)(void *ctx, uint32_t id), void *ctx);

#endif
