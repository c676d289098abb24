/* The scanner's own text, compiled once a unit over that unit's block functions: included by scan_plain.c,
 * scan_sse2.c and scan_avx2.c only, behind their own block functions.
 *
 * Two ways of going over bytes, for two kinds of bytes. On the way to the paths it goes from token to token:
 * keys are compared with the one that came next last time, strings end at the first quote, found 16 or 32
 * bytes at a time, since most are short. A value that no path leads into is stepped over in blocks of 64
 * bytes, of which only quotes and brackets are looked at.
 *
 * What returns a position returns NULL when it cannot go on, with `verdict` set. No function reads at or
 * behind `end`. */
#ifndef KW_RULES_EVENT_SCAN_BODY_H
#define KW_RULES_EVENT_SCAN_BODY_H

#include "rules/event/scan_check.h"
#include "rules/event/scan_seen.h"

#define BODY_MAX_BYTES ((size_t)INT32_MAX)

/* Are the escapes between `p` and `end` such as JSON has, as far as the plan wants to know? */
static inline bool body_may_escape(const struct body *b, const char *p, const char *end)
{
	return !b->plan->strict || scan_state_escapes(sv_of(p, (size_t)(end - p)));
}

/* --- slots --------------------------------------------------------------------------------------- */

/* `index`: of a slot, or SCAN_PLAN_NO_SLOT. */
static inline void body_pick(
    struct body *b, uint32_t index, enum scan_kind kind, const char *p, const char *end)
{
	struct scan_slot *slot = &b->slots[index];
	if (index == SCAN_PLAN_NO_SLOT)
		return;
	if (slot->kind == SCAN_ABSENT)
		*slot = (struct scan_slot){p, (uint32_t)(end - p), (uint8_t)kind};
	else
		*slot = (struct scan_slot){.kind = SCAN_COMPLEX};
}

static inline void body_hit(
    struct body *b, uint32_t node, enum scan_kind kind, const char *p, const char *end)
{
	body_pick(b, b->plan->nodes[node].slot, kind, p, end);
}

/* Any path that goes on below the node may have a hit that was not told. */
static __attribute__((noinline)) void body_complex_below(struct body *b, uint32_t node)
{
	const struct scan_plan_node *n = &b->plan->nodes[node];
	for (uint32_t i = 0; i < n->n_below; i++)
		b->slots[b->plan->order[n->below + i]] = (struct scan_slot){.kind = SCAN_COMPLEX};
}

/* --- values -------------------------------------------------------------------------------------- */

/* From an opening bracket, with `depth` others around it, to behind the one that closes it. */
static inline const char *body_step_over(struct body *b, const char *p, unsigned depth)
{
	return b->plan->strict ? check_value(b, p, depth) : body_skip(b, p, depth);
}

static const char *body_scalar(struct body *b, uint32_t node, const char *p)
{
	const char *end = body_scalar_end(b, p);
	if (!end || (node == 0 && !b->plan->strict))
		return end;
	enum scan_kind kind = body_scalar_kind(p, end);
	if (kind == SCAN_COMPLEX)
		return body_wrong(b);
	body_hit(b, node, kind, p, end);
	return end;
}

static const char *body_array(struct body *b, uint32_t node, const char *p, unsigned depth)
{
	const char *end = body_step_over(b, p, depth);
	if (!end || node == 0)
		return end;
	body_hit(b, node, SCAN_ARRAY, p, end);
	/* Paths go through arrays into objects only. */
	if (b->plan->nodes[node].n_below && memchr(p, '{', (size_t)(end - p)))
		body_complex_below(b, node);
	return end;
}

static const char *body_members(struct body *b, uint32_t node, const char *p, unsigned depth);

static const char *body_read_object(struct body *b, uint32_t node, const char *p, unsigned depth)
{
	const char *end;
	if (node == 0)
		return body_step_over(b, p, depth);
	end = b->plan->nodes[node].n_below ? body_members(b, node, p + 1, depth + 1)
					   : body_step_over(b, p, depth);
	if (end)
		body_hit(b, node, SCAN_OBJECT, p, end);
	return end;
}

/* An object of the record's own, which may equal one that was read before. */
static const char *body_object(struct body *b, struct scan_state_key *key, const char *p)
{
	struct scan_seen *seen = b->state->seen;
	uint32_t node = key->to;
	size_t len = scan_seen_find(seen, key, p, (size_t)(b->end - p), b->slots);
	if (len)
		return p + len;
	bool blank = scan_seen_is_blank(b->plan, node, b->slots);
	const char *end = body_read_object(b, node, p, 1);
	if (end && blank)
		scan_seen_keep(seen, b->plan, node, p, (size_t)(end - p), b->slots);
	return end;
}

/* A key's text, which stands from `p` to its closing quote at `end` (NULL: there is none). Returns what is
 * behind it. */
static inline __attribute__((always_inline)) const char *body_text(
    struct body *b, const struct scan_state_key *key, const char *p, const char *end, bool escapes)
{
	if (!end)
		return NULL;
	if (__builtin_expect(escapes, 0) && !body_may_escape(b, p, end))
		return body_wrong(b);
	body_pick(b, key->slot, escapes ? SCAN_STRING_ESCAPED : SCAN_STRING, p, end);
	return end + 1;
}

/* The value of a key, inside `depth` brackets; its node is where its path ends, 0 when no path has to do with
 * it. */
static inline __attribute__((always_inline)) const char *body_value(
    struct body *b, struct scan_state_key *key, const char *p, unsigned depth)
{
	uint32_t node = key->to;
	if (p == b->end)
		return body_more(b);
	if (*p == '"') {
		bool escapes;
		const char *end = body_string_end(b, p + 1, &escapes);
		return body_text(b, key, p + 1, end, escapes);
	}
	if (*p == '{')
		return depth == 1 && b->state->seen && scan_seen_may_help(key)
			   ? body_object(b, key, p)
			   : body_read_object(b, node, p, depth);
	if (*p == '[')
		return body_array(b, node, p, depth);
	return body_scalar(b, node, p);
}

/* --- keys ---------------------------------------------------------------------------------------- */

/* Does the remembered key `k` stand at `p`, and under that node? */
static inline bool body_is_key(
    const struct body *b, const struct scan_state_key *k, uint32_t node, const char *p)
{
	if (k->from != node)
		return false;
	if (b->end - p >= SCAN_STATE_TEXT)
		return block_is_key(p, k);
	return (size_t)(b->end - p) >= k->len && memcmp(p, k->text, k->len) == 0;
}

/* Reads the key at `at`, up to where its value begins. What it leads to is looked up in the plan only when it
 * is not remembered. */
static struct scan_state_key *body_read_key(struct body *b, uint32_t node)
{
	bool escapes;
	const char *quote = b->at, *end = body_string_end(b, quote + 1, &escapes);
	if (!end)
		return NULL;
	const char *colon = text_run_blanks(end + 1, b->end);
	if (colon == b->end || *colon != ':') {
		b->verdict = colon == b->end ? 0 : -1;
		return NULL;
	}
	b->at = colon + 1;
	if (escapes) {
		if (!body_may_escape(b, quote + 1, end)) {
			b->verdict = -1;
			return NULL;
		}
		body_complex_below(b, node);
		b->state->nowhere.to = 0;
		b->state->nowhere.slot = SCAN_PLAN_NO_SLOT;
		return &b->state->nowhere;
	}
	return scan_state_find(b->state, b->plan, node, sv_of(quote + 1, (size_t)(end - quote - 1)));
}

/* The key at or behind `p` when the first guess, what came after `last`, failed. Returns what is known of it,
 * and where its value begins in `at`. */
static __attribute__((noinline)) struct scan_state_key *body_other_key(
    struct body *b, uint32_t node, const char *p, struct scan_state_key *last)
{
	struct scan_state_key *keys = b->state->keys, *k = &keys[last->next[1]];
	b->at = text_run_blanks(p, b->end);
	if (b->at == b->end || *b->at != '"') {
		b->verdict = b->at == b->end ? 0 : -1;
		return NULL;
	}
	if (b->at > p && body_is_key(b, &keys[last->next[0]], node, b->at)) {
		b->at += keys[last->next[0]].len;
		return &keys[last->next[0]];
	}
	if (body_is_key(b, k, node, b->at))
		b->at += k->len;
	else
		k = body_read_key(b, node);
	if (k && k != &b->state->nowhere) {
		last->next[1] = last->next[0];
		last->next[0] = (uint32_t)(k - keys);
	}
	return k;
}

/* From behind the opening brace of the object at a node, itself inside depth - 1 others, to behind its end.
 */
static const char *body_members(struct body *b, uint32_t node, const char *p, unsigned depth)
{
	struct scan_state_key *const keys = b->state->keys, *last = &b->state->begin[node];
	const char *const end = b->end;
	p = text_run_blanks(p, end);
	if (p < end && *p == '}')
		return p + 1;
	for (;;) {
		struct scan_state_key *guess = &keys[last->next[0]];
		if (body_is_key(b, guess, node, p)) {
			p += guess->len;
			last = guess;
		} else {
			last = body_other_key(b, node, p, last);
			if (!last)
				return NULL;
			p = b->at;
		}
		if (end - p > SCAN_BLOCK_STEP && *p == '"') {
			/* Most values, hence without the questions that body_value has to ask. */
			bool escapes;
			const char *quote = body_near_string_end(b, p + 1, &escapes);
			p = body_text(b, last, p + 1, quote, escapes);
		} else {
			if (p < end && body_is_blank(*p))
				p = text_run_blanks(p, end);
			p = body_value(b, last, p, depth);
		}
		if (!p)
			return NULL;
		if (p < end && *p == ',') {
			p++;
			continue;
		}
		p = text_run_blanks(p, end);
		if (p == end)
			return body_more(b);
		if (*p == '}')
			return p + 1;
		if (*p++ != ',')
			return body_wrong(b);
	}
}

/* --- records ------------------------------------------------------------------------------------- */

static inline int64_t body_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes,
    size_t len, struct scan_slot *slots)
{
	struct body b = {plan, state, slots, bytes + (len < BODY_MAX_BYTES ? len : BODY_MAX_BYTES), NULL, 0};
	if (len == 0)
		return 0;
	if (*bytes != '{')
		return -1;
	memcpy(slots, plan->fresh, plan->n_paths * sizeof *slots);
	const char *end = body_members(&b, 0, bytes + 1, 1);
	if (!end)
		return b.verdict;
	for (size_t i = 0; i < plan->n_twins; i++)
		slots[plan->twins[i].copy] = slots[plan->twins[i].slot];
	return end - bytes;
}

#endif
