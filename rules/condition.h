/* The condition of a rule: text → tree. `a and not (b or 1 of c*)`; loosest to tightest: or, and, not, of. */
#ifndef KW_RULES_CONDITION_H
#define KW_RULES_CONDITION_H

#include "base/arena.h"
#include "base/err.h"

/* Caps on what a person can mean; past them it is RC_LIMIT. Nesting counts parentheses and `not`. */
#define CONDITION_MAX_DEPTH 64
#define CONDITION_MAX_TOKENS 10000
#define CONDITION_MAX_NAME 255

enum condition_kind {
	CONDITION_AND,  /* two or more children */
	CONDITION_OR,   /* two or more children */
	CONDITION_NOT,  /* one child */
	CONDITION_NAME, /* `name`: one selection */
	CONDITION_OF,   /* `1 of name`: the selections that fit a pattern, a name or `them` */
};

struct selection; /* rules/detection.h */

struct condition {
	enum condition_kind kind;
	size_t at; /* offset in the text where it begins */

	struct condition **children; /* AND, OR, NOT */
	size_t n;

	struct sv name; /* NAME, OF: as written */
	bool all;       /* OF: `all of`, else `1 of` or `any of` */

	const struct selection **selections; /* NAME: one; OF: those that fit. Put in by bind.c */
	size_t n_selections;
};

/* Parses `text` (borrowed, as are the names in the tree). The tree lives in `arena`. RC_INPUT or RC_LIMIT
 * with a text for the author, and *out_at is the offset of the fault in `text`. */
enum rc condition_parse(
    struct arena *arena, struct sv text, struct condition **out, size_t *out_at, struct err *e);

/* Joins conditions by OR: a list of conditions in a rule. `n` is at least 1; one is itself. */
struct condition *condition_any(struct arena *arena, struct condition *const *conditions, size_t n);

/* Does a selection's name fit what stands behind `of`: `them`, a name, or a pattern with `*`? Names with a
 * leading underscore fit only what begins with one. */
bool condition_fits(struct sv pattern, struct sv name);

/* Is there a `not` anywhere? */
bool condition_negates(const struct condition *c);

#endif
