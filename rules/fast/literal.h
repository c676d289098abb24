/* What a text must look like for an item to hold for it: whole texts, parts, numbers, networks. */
#ifndef KW_RULES_FAST_LITERAL_H
#define KW_RULES_FAST_LITERAL_H

#include "base/cidr.h"
#include "rules/fast/required.h"
#include "rules/item.h"

/* Of each kind any one is enough, and so is any kind. All of it folded (rules/casefold.h). */
struct literals {
	struct sv_list whole;   /* the text is this */
	struct sv_list inside;  /* the text holds this; at least REQUIRED_MIN bytes */
	struct sv_list numbers; /* the text spells a number of this canonical form */
	VEC(struct cidr) nets;  /* the text is an address in this network */
};

/* Necessary conditions for what a plain item says, leaving aside a negation by neq: where none of them holds
 * for a field's one value (no null), nothing of the item is met. False, and *out is empty, when there is
 * none. Texts live in `arena`; literals_fini frees the lists. */
bool literals_of_item(const struct item *it, struct arena *arena, struct literals *out);
void literals_fini(struct literals *l);

/* The same where the field's one value is an object: in `inside`, what its compact text must hold unless
 * something in it is escaped. What an object never meets asks for nothing. */
bool literals_in_object(const struct item *it, struct arena *arena, struct literals *out);

/* May an array meet it in other ways than an object does: by numbers, networks, truth values, null? */
bool literals_array_differs(const struct item *it);

/* Does the item hold for every text and number, or for none? True for `'*'`, null and `exists`. */
bool literals_any_text(const struct item *it);

/* Longest canonical form that is compared; longer numbers give none. */
#define LITERAL_NUMBER 80

/* The canonical form of the number that `text` spells, the same for 1, 1.0 and 10e-1, in `room`; the empty
 * view when it spells none, *out_long set when it is too long to tell. */
struct sv literal_number(struct sv text, char room[LITERAL_NUMBER], bool *out_long);

#endif
