/* What a field of an event offers to be compared with: its scalars, also those inside arrays; of an object
 * its compact JSON text and every scalar in it. */
#ifndef KW_RULES_TEXTS_H
#define KW_RULES_TEXTS_H

#include "base/vec.h"
#include "rules/path.h"

struct text {
	enum tree_type type; /* TREE_OBJECT: a compact text */
	struct sv text;
	bool inside; /* of or in an object: seen by tests of strings only */
};

/* Start with {0}; views borrow from the record and from here. */
struct texts {
	VEC(struct text) list; /* in source order, without nulls */
	size_t n_hits;         /* values the path led to; 0: the field is absent */
	bool has_null;         /* one was null or an empty array, or held such in an array */
	struct sv first;       /* first hit in the source's spelling when it gave no text ("null", "[]") */
	VEC(char *) owned;     /* compact texts */
};

/* The texts of every value that `p` leads to; appended to what is there. */
void texts_of_field(struct texts *t, const struct path *p, struct record *r);

/* The texts of a field whose one value is `value`; appended. */
void texts_of_value(struct texts *t, const struct tree *value);

/* Every scalar value of the record, for keywords; not keys, not nulls. */
void texts_of_record(struct texts *t, const struct record *r);

/* What a field offers whose one value is `value`: null, a truth value, a number or a string; NULL: the field
 * is absent. `room` holds the text for as long as `t` is used. Takes nothing from the heap: no texts_fini. */
void texts_of_scalar(struct texts *t, struct text *room, const struct tree *value);

void texts_fini(struct texts *t);

#endif
