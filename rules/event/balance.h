/* A light look at one JSON value while its bytes come in: brackets by type, quotes, and where a key, a colon,
 * a comma or a value may stand. It finds the value's end, or the first byte that cannot be, without a tree;
 * what scalars say is tree.h's business. */
#ifndef KW_RULES_EVENT_BALANCE_H
#define KW_RULES_EVENT_BALANCE_H

#include "base/sv.h"

#define BALANCE_MAX_DEPTH 512

enum balance_verdict {
	BALANCE_MORE,  /* all bytes are used up inside the value */
	BALANCE_DONE,  /* the value ends before `at` */
	BALANCE_ARRAY, /* only while `envelope` is set, see there */
	BALANCE_WRONG, /* the byte at `at` cannot be there: `wrong` says why */
	BALANCE_DEEP,  /* the bracket at `at` would open level 513 */
};

/* Start with balance_begin or balance_tail. Offsets count from the value's first byte. */
struct balance {
	size_t at;         /* next byte to look at */
	int depth;         /* open brackets */
	const char *wrong; /* after BALANCE_WRONG: "expected , or }" */

	/* In: stop with BALANCE_ARRAY when the outermost object has a key `Records` or `Events` whose value
	 * is an array, and only scalars stand before it; `at` is then behind the `[`. Cleared when that is no
	 * longer possible. */
	bool envelope;

	enum balance_state {
		BALANCE_KEY_OR_END, /* from here to NEXT blanks may stand */
		BALANCE_KEY,
		BALANCE_COLON,
		BALANCE_VALUE_OR_END,
		BALANCE_VALUE,
		BALANCE_NEXT,
		BALANCE_STRING,
		BALANCE_ESCAPE,
		BALANCE_SCALAR,
	} state;
	bool in_key;                                /* the string is a key */
	size_t key_start, key_end;                  /* the outermost object's last key, without its quotes */
	uint64_t is_object[BALANCE_MAX_DEPTH / 64]; /* a bit a level */
	uint32_t start[BALANCE_MAX_DEPTH];          /* where each open bracket stands */
};

/* Begins at a value's first byte. */
void balance_begin(struct balance *b);

/* Begins inside an object, behind one of its values: ends with the object's `}`. */
void balance_tail(struct balance *b);

/* Goes on from `at` over `bytes`, which hold the value from its first byte to what has come in so far. */
enum balance_verdict balance_run(struct balance *b, struct sv bytes);

static inline bool balance_in_object(const struct balance *b, int level)
{
	return b->is_object[level / 64] >> (level % 64) & 1;
}

#endif
