/* Numbers as texts: compared as decimals of any length, never as doubles, so that 2^63+1 and 1.10 stay what
 * they are. */
#ifndef KW_RULES_NUMBER_H
#define KW_RULES_NUMBER_H

#include "base/arena.h"
#include "base/sv.h"

/* A parsed number: sign * 0.DIGITS * 10^magnitude, where DIGITS runs over `whole` then `fraction`. Borrows
 * the text it was read from. Zero has no digits and no sign. */
struct number {
	bool negative;
	struct sv whole, fraction; /* decimal digits */
	size_t first, end;         /* the significant ones, counted over both */
	int64_t magnitude;
};

/* Exponents past this are taken as this. No record is long enough to write the difference out in digits. */
#define NUMBER_MAX_EXPONENT ((int64_t)1000000000000000)

/* Reads `s` when all of it is a number in JSON's grammar: no blanks, no leading zero or plus. */
bool number_read(struct sv s, struct number *out);

/* Reads a YAML core-schema number: as JSON's, and `+1`, `010` (ten), `.5`, `5.`, `0x1f`, `0o17` (up to 64
 * bits). False for .inf and .nan, which no event can hold. The text is kept in `a` where it had to be
 * respelled. */
bool number_read_yaml(struct sv s, struct arena *a, struct number *out);

/* <0, 0, >0. Linear in the digits written. */
int number_cmp(const struct number *a, const struct number *b);

#endif
