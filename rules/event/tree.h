/* The plain reader: one JSON text as a tree, by RFC 8259 to the letter but for bytes that are not UTF-8,
 * which are accepted inside strings. Numbers keep their spelling, duplicate keys are kept, nothing is merged.
 * Written to be read: it is the reference that faster readers are tested against. */
#ifndef KW_RULES_EVENT_TREE_H
#define KW_RULES_EVENT_TREE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define TREE_MAX_DEPTH 512

enum tree_type { TREE_NULL, TREE_FALSE, TREE_TRUE, TREE_NUMBER, TREE_STRING, TREE_ARRAY, TREE_OBJECT };

struct tree {
	enum tree_type type;
	struct sv raw;      /* the value's own bytes in the source */
	struct sv text;     /* string: unescaped (may hold NUL; lone surrogates become U+FFFD); number, true,
			       false, null: as spelled */
	struct sv *keys;    /* object: n unescaped keys, in source order */
	struct tree *items; /* object and array: n values */
	size_t n;
};

/* Reads exactly one JSON value (blanks around it allowed) from `bytes`; the tree lives in `a` and borrows
 * `bytes`. RC_INPUT with "offset N: reason", RC_LIMIT past TREE_MAX_DEPTH. Linear; uses up to some 20 KiB of
 * stack and 200 bytes a level. */
enum rc tree_read(struct arena *a, struct sv bytes, const struct tree **out, struct err *e);

/* First member of an object, or NULL. */
const struct tree *tree_get(const struct tree *object, struct sv key);

/* Descends `a.b.c` through objects only, first hit; NULL when absent. For our own needs (record.c, decode),
 * not for rules. */
const struct tree *tree_at(const struct tree *root, const char *dotted_path);

/* Text of a string, number or truth value; the empty view for anything else or NULL. */
struct sv tree_text(const struct tree *t);

/* Compact JSON of a value, keys in source order, strings and numbers as the source spells them. Appended. */
void tree_compact(const struct tree *t, struct buf *out);

#endif
