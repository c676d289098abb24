/* Wildcard patterns over text, matched by code points and, unless `cased`, folded. `*` is any run, `?`
 * exactly one code point (line breaks too); `\*`, `\?`, `\\` stand for the character itself, any other
 * backslash is a backslash. */
#ifndef KW_RULES_PATTERN_H
#define KW_RULES_PATTERN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"

/* Not code points, and above UTF8_BAD's range. */
#define PATTERN_DASH 0xfffffffdu /* one of - / and the three long dashes (windash) */
#define PATTERN_ONE 0xfffffffeu
#define PATTERN_RUN 0xffffffffu

struct pattern {
	const uint32_t *items; /* folded code points, UTF8_BAD bytes, PATTERN_* */
	const uint32_t *known; /* n + 1 of them: pattern.c says what for */
	size_t n;
	bool cased;
};

/* Collects a pattern piece by piece. Start with {0} and the two settings. */
struct pattern_builder {
	VEC(uint32_t) items;
	bool cased;
	bool windash; /* each - / – — ― stands for any of the five */
};

/* Appends what a rule's author wrote: wildcards and escapes count. Escapes do not reach from one piece into
 * the next. */
void pattern_add(struct pattern_builder *b, struct sv written);

/* Appends text in which nothing is special. */
void pattern_add_literal(struct pattern_builder *b, struct sv text);

/* The pattern, in `a`, with any run allowed before and behind it as asked. Empties the builder. */
struct pattern pattern_finish(struct pattern_builder *b, struct arena *a, bool open_head, bool open_tail);

/* A pattern of items that are at hand: folded unless `cased`; in `a`, and used as they are. */
struct pattern pattern_of(const uint32_t *items, size_t n, bool cased, struct arena *a);

/* Steps that going back over a text may take, for the sake of a `?` behind a `*`. */
#define PATTERN_MAX_STEPS ((uint64_t)10000000)

/* Does the whole of `text` fit? No recursion. Linear in the text, but for `?` behind a `*`: there text length
 * times pattern length, and past PATTERN_MAX_STEPS it is false, with METRIC_PATTERN_LIMIT counted. */
bool pattern_fits(const struct pattern *p, struct sv text);

/* Appends the characters a wildcard-free `written` stands for. False when it holds a wildcard. */
bool pattern_plain(struct sv written, struct buf *out);

#endif
