/* Stepping over a value and checking all of it, by RFC 8259 to the letter as tree.h has it: for plans that
 * are strict (scan_plan_strict). Part of scan_body.h, compiled once a unit. */
#ifndef KW_RULES_EVENT_SCAN_CHECK_H
#define KW_RULES_EVENT_SCAN_CHECK_H

#include "rules/event/scan_step.h"

static inline const char *check_blanks(const struct body *b, const char *p)
{
	return p < b->end && body_is_blank(*p) ? text_run_blanks(p, b->end) : p;
}

/* From the opening quote to behind the closing one. */
static inline const char *check_string(struct body *b, const char *p)
{
	bool escapes;
	const char *end = body_string_end(b, p + 1, &escapes);
	if (end && escapes && !scan_state_escapes(sv_of(p + 1, (size_t)(end - p - 1))))
		return body_wrong(b);
	return end ? end + 1 : NULL;
}

/* From a key's quote to where its value begins. */
static inline const char *check_key(struct body *b, const char *p)
{
	if (p == b->end)
		return body_more(b);
	if (*p != '"')
		return body_wrong(b);
	p = check_string(b, p);
	if (!p)
		return NULL;
	p = check_blanks(b, p);
	if (p == b->end)
		return body_more(b);
	return *p == ':' ? check_blanks(b, p + 1) : body_wrong(b);
}

/* A string, a number or a word. */
static inline const char *check_scalar(struct body *b, const char *p)
{
	if (*p == '"')
		return check_string(b, p);
	const char *end = body_scalar_end(b, p);
	return !end || body_scalar_kind(p, end) != SCAN_COMPLEX ? end : body_wrong(b);
}

/* From an opening bracket, with `depth` others around it, to behind the one that closes it. */
static const char *check_value(struct body *b, const char *p, unsigned depth)
{
	uint64_t is_object[SCAN_MAX_DEPTH / 64];
	unsigned open = depth;
	bool object;
	for (;;) {
		if (p == b->end)
			return body_more(b);
		bool goes_in = false;
		if (*p == '{' || *p == '[') {
			if (open == SCAN_MAX_DEPTH)
				return body_wrong(b);
			uint64_t *word = &is_object[open / 64], bit = 1ull << open % 64;
			object = *p == '{';
			*word = object ? *word | bit : *word & ~bit;
			open++;
			p = check_blanks(b, p + 1);
			if (p == b->end)
				return body_more(b);
			goes_in = *p != (object ? '}' : ']');
			if (goes_in && object && !(p = check_key(b, p)))
				return NULL;
		} else {
			p = check_scalar(b, p);
			if (!p)
				return NULL;
			p = check_blanks(b, p);
		}
		/* Behind a value: to the next one, past all brackets that close here. */
		while (!goes_in) {
			if (p == b->end)
				return body_more(b);
			object = is_object[(open - 1) / 64] >> (open - 1) % 64 & 1;
			if (*p == ',') {
				p = check_blanks(b, p + 1);
				if (object && !(p = check_key(b, p)))
					return NULL;
				break;
			}
			if (*p != (object ? '}' : ']'))
				return body_wrong(b);
			p++;
			if (--open == depth)
				return p;
			p = check_blanks(b, p);
		}
	}
}

#endif
