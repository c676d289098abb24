/* Regular expressions in PCRE's syntax (PCRE2 behind it), searched anywhere in a text that need not be UTF-8,
 * in bounded time whatever the expression and the text. */
#ifndef KW_RULES_REGEX_H
#define KW_RULES_REGEX_H

#include "base/err.h"
#include "base/sv.h"

struct regex;

/* Any number of threads may search with one. */
struct regex_flags {
	bool ignore_case; /* i */
	bool multi_line;  /* m: ^ and $ at every line */
	bool dot_all;     /* s: . takes line breaks */
};

/* Longest expression, in bytes. */
#define REGEX_MAX_BYTES 16384

/* RC_CONFIG with PCRE's reason, "is wrong at character N: …" counted in code points from 1, RC_LIMIT past
 * REGEX_MAX_BYTES ("is longer than …"). Free with regex_free (NULL is fine). */
enum rc regex_new(struct sv written, struct regex_flags flags, struct regex **out, struct err *e);
void regex_free(struct regex *re);

/* Steps (items of the expression tried, and bytes passed over) that looking through one field may take. */
#define REGEX_MAX_STEPS ((uint64_t)10000000)

/* Is there a match somewhere in `text`? Takes the steps it needed from *steps_left, which the caller sets
 * once for all texts of a field: an event may hold many. False, with METRIC_PATTERN_LIMIT counted, when they
 * are used up or another limit is reached; false at once when there were none left. The first search with
 * an expression takes some 50 us more, for its machine code. */
bool regex_found(struct regex *re, struct sv text, uint64_t *steps_left);

#endif
