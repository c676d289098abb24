/* Stepping over things, the lower half of the scanner's own text (scan_body.h): strings, scalars, and whole
 * values in blocks of 64 bytes, of which only quotes and brackets are looked at.
 *
 * What returns a position returns NULL when it cannot go on, with `verdict` set. No function reads at or
 * behind `end`. */
#ifndef KW_RULES_EVENT_SCAN_STEP_H
#define KW_RULES_EVENT_SCAN_STEP_H

#include "rules/event/scan_block.h"

struct body {
	const struct scan_plan *plan;
	struct scan_state *state;
	struct scan_slot *slots;
	const char *end;
	const char *at;  /* out of body_other_key */
	int64_t verdict; /* after NULL: what scan_record returns */
};

static inline const char *body_more(struct body *b)
{
	b->verdict = 0;
	return NULL;
}

static inline const char *body_wrong(struct body *b)
{
	b->verdict = -1;
	return NULL;
}

static inline bool body_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* --- blocks -------------------------------------------------------------------------------------- */

/* The last bytes as a block, filled up with blanks. */
static __attribute__((noinline)) struct block body_last_block(const char *p, const char *end)
{
	char bytes[64];
	memset(bytes, ' ', sizeof bytes);
	memcpy(bytes, p, (size_t)(end - p));
	return block_read(bytes);
}

static inline struct block body_block(const struct body *b, const char *p)
{
	return b->end - p >= 64 ? block_read(p) : body_last_block(p, b->end);
}

/* The bytes that stand behind a backslash which is not itself escaped. `carry` (0 or 1) says so of the first
 * byte, and then of the next block's. Most blocks have no backslash; a step an escape is quick enough. */
static inline uint64_t body_escaped(uint64_t backslashes, uint64_t *carry)
{
	uint64_t escaped = *carry, last = 0;
	backslashes &= ~escaped;
	while (backslashes) {
		last = backslashes & -backslashes;
		escaped |= last << 1;
		backslashes &= ~(last | last << 1);
	}
	*carry = last >> 63;
	return escaped;
}

/* --- stepping over values ------------------------------------------------------------------------ */

/* The end of a string of which nothing is escaped before `p`, in blocks. */
static __attribute__((noinline)) const char *body_string_end_slow(
    struct body *b, const char *p, bool *out_escapes)
{
	uint64_t carry = 0;
	*out_escapes = false;
	for (; p < b->end; p += 64) {
		struct block k = body_block(b, p);
		uint64_t quotes = k.quotes & ~body_escaped(k.backslashes, &carry);
		uint64_t before = quotes ? (quotes & -quotes) - 1 : UINT64_MAX;
		if (k.controls & before)
			return body_wrong(b);
		*out_escapes |= (k.backslashes & before) != 0;
		if (quotes)
			return p + __builtin_ctzll(quotes);
	}
	return body_more(b);
}

/* From behind a string's opening quote to its closing one; SCAN_BLOCK_STEP bytes can be read. */
static inline __attribute__((always_inline)) const char *body_near_string_end(
    struct body *b, const char *p, bool *out_escapes)
{
	*out_escapes = false;
	do {
		uint64_t stops = block_stops(p);
		if (stops) {
			p += __builtin_ctzll(stops);
			if (__builtin_expect(*p == '"', 1))
				return p;
			break;
		}
		p += SCAN_BLOCK_STEP;
	} while (b->end - p >= SCAN_BLOCK_STEP);
	return body_string_end_slow(b, p, out_escapes);
}

static inline const char *body_string_end(struct body *b, const char *p, bool *out_escapes)
{
	return b->end - p >= SCAN_BLOCK_STEP ? body_near_string_end(b, p, out_escapes)
					     : body_string_end_slow(b, p, out_escapes);
}

/* May a bracket open at `at`? Only behind a colon, a comma or another bracket: this notices where the next
 * record begins inside one that was cut off. */
static inline bool body_may_open(const char *at)
{
	char c = *--at;
	while (body_is_blank(c))
		c = *--at;
	return c == ':' || c == ',' || c == '[';
}

/* A value being stepped over. */
struct body_skip {
	uint64_t carry;  /* of body_escaped */
	uint64_t inside; /* all ones: the block begins inside a string */
	unsigned depth, open;
	uint64_t is_object[SCAN_MAX_DEPTH / 64]; /* a bit an open bracket */
};

/* Counts one bracket. True when it closes the value; `verdict` goes below 0 when it cannot be. */
static inline __attribute__((always_inline)) bool body_bracket(
    struct body *b, struct body_skip *s, const char *at, bool opens)
{
	bool object = *at & 0x20;
	if (opens) {
		if (s->open == SCAN_MAX_DEPTH || (s->open > s->depth && !body_may_open(at))) {
			body_wrong(b);
			return true;
		}
		uint64_t *word = &s->is_object[s->open / 64], bit = 1ull << s->open % 64;
		*word = object ? *word | bit : *word & ~bit;
		s->open++;
		return false;
	}
	s->open--;
	if (object != (s->is_object[s->open / 64] >> s->open % 64 & 1)) {
		body_wrong(b);
		return true;
	}
	return s->open == s->depth;
}

/* One block of it that stands at `p`. Returns what is behind the value's end, or NULL with verdict 0 when it
 * goes on. */
static inline __attribute__((always_inline)) const char *body_skip_block(
    struct body *b, struct body_skip *s, struct block k, const char *p)
{
	uint64_t quotes = k.quotes & ~body_escaped(k.backslashes, &s->carry);
	uint64_t strings = block_parity(quotes) ^ s->inside;
	s->inside = 0 - (strings >> 63);
	uint64_t wrong = k.controls & strings, left = (k.opens | k.closes) & ~strings;
	/* What stands behind the value's end is not its fault. */
	if (wrong)
		left &= (wrong & -wrong) - 1;
	for (; left; left &= left - 1) {
		const char *at = p + __builtin_ctzll(left);
		if (body_bracket(b, s, at, k.opens & left & -left))
			return b->verdict ? NULL : at + 1;
	}
	return wrong ? body_wrong(b) : NULL;
}

/* From an opening bracket, with `depth` others around it, to behind the one that closes it. */
static const char *body_skip(struct body *b, const char *p, unsigned depth)
{
	struct body_skip s = {.depth = depth, .open = depth};
	b->verdict = 0;
	for (; b->end - p >= 64; p += 64) {
		const char *end = body_skip_block(b, &s, block_read(p), p);
		if (end || b->verdict)
			return end;
	}
	return p < b->end ? body_skip_block(b, &s, body_last_block(p, b->end), p) : NULL;
}

/* Digits, letters, point and signs: all that numbers and words consist of. */
static inline const char *body_scalar_end(struct body *b, const char *p)
{
	const char *first = p;
	while (p < b->end && ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
				 (*p >= 'A' && *p <= 'Z') || *p == '-' || *p == '+' || *p == '.'))
		p++;
	if (p == b->end)
		return body_more(b);
	return p > first ? p : body_wrong(b);
}

static inline const char *body_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* Are the bytes one number? */
static bool body_is_number(const char *p, const char *end)
{
	const char *first;
	if (p < end && *p == '-')
		p++;
	first = p;
	p = body_digits(p, end);
	if (p == first || (*first == '0' && p > first + 1))
		return false;
	if (p < end && *p == '.') {
		first = ++p;
		p = body_digits(p, end);
		if (p == first)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		first = p;
		p = body_digits(p, end);
		if (p == first)
			return false;
	}
	return p == end;
}

/* What number or word the bytes are; SCAN_COMPLEX: none. */
static enum scan_kind body_scalar_kind(const char *p, const char *end)
{
	struct sv text = sv_of(p, (size_t)(end - p));
	if (sv_eq(text, SV("true")))
		return SCAN_TRUE;
	if (sv_eq(text, SV("false")))
		return SCAN_FALSE;
	if (sv_eq(text, SV("null")))
		return SCAN_NULL;
	return body_is_number(p, end) ? SCAN_NUMBER : SCAN_COMPLEX;
}

#endif
