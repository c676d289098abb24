/* Wildcard patterns: compiled to a row of code points, matched with one point of return (the last run seen):
 * a later run never needs an earlier one to give way. What stands between two runs is looked for as Knuth,
 * Morris and Pratt do: `known[i]` is how many items of it are known to fit when those before item i did and
 * item i does not, so that no byte is read again. With a `?` that can't be known (GO_BACK): the text is read
 * again from one code point further on, and that is counted. Pure functions, any thread. */
#include "rules/pattern.h"

#include "base/utf8.h"
#include "rules/casefold.h"
#include "rules/limit.h"

/* One character as written, its escape resolved; `*out_special` is PATTERN_ONE, PATTERN_RUN or 0. */
static uint32_t next_written(struct sv *s, uint32_t *out_special)
{
	uint32_t cp = utf8_next(s);
	*out_special = 0;
	if (cp == '\\' && s->len && (s->ptr[0] == '*' || s->ptr[0] == '?' || s->ptr[0] == '\\'))
		return utf8_next(s);
	if (cp == '*')
		*out_special = PATTERN_RUN;
	else if (cp == '?')
		*out_special = PATTERN_ONE;
	return cp;
}

#define GO_BACK UINT32_MAX

static bool is_dash(uint32_t cp)
{
	return cp == '-' || cp == '/' || (cp >= 0x2013 && cp <= 0x2015);
}

static void add_one(struct pattern_builder *b, uint32_t cp)
{
	if (b->windash && is_dash(cp))
		cp = PATTERN_DASH;
	else if (!b->cased)
		cp = casefold_cp(cp);
	vec_push(&b->items, cp);
}

static void add_run(struct pattern_builder *b)
{
	if (!b->items.n || b->items.items[b->items.n - 1] != PATTERN_RUN)
		vec_push(&b->items, PATTERN_RUN);
}

void pattern_add(struct pattern_builder *b, struct sv written)
{
	while (written.len) {
		uint32_t special, cp = next_written(&written, &special);
		if (special == PATTERN_RUN)
			add_run(b);
		else if (special == PATTERN_ONE)
			vec_push(&b->items, PATTERN_ONE);
		else
			add_one(b, cp);
	}
}

void pattern_add_literal(struct pattern_builder *b, struct sv text)
{
	while (text.len)
		add_one(b, utf8_next(&text));
}

/* Of one piece between runs; `known` has n + 1 places. */
static void learn(const uint32_t *items, size_t n, uint32_t *known)
{
	bool ones = false;
	for (size_t i = 0; i < n; i++)
		ones |= items[i] == PATTERN_ONE;
	known[0] = 0;
	for (size_t i = 1, fits = 0; i <= n; i++) {
		known[i] = ones ? GO_BACK : (uint32_t)fits;
		while (i < n && fits && items[i] != items[fits])
			fits = known[fits];
		fits += !ones && i < n && items[i] == items[fits];
	}
}

static const uint32_t *learn_all(const uint32_t *items, size_t n, struct arena *a)
{
	uint32_t *known = arena_alloc(a, (n + 1) * sizeof *known);
	for (size_t from = 0, to; from <= n; from = to + 1) {
		for (to = from; to < n && items[to] != PATTERN_RUN;)
			to++;
		learn(items + from, to - from, known + from);
	}
	return known;
}

struct pattern pattern_of(const uint32_t *items, size_t n, bool cased, struct arena *a)
{
	return (struct pattern){items, learn_all(items, n, a), n, cased};
}

struct pattern pattern_finish(struct pattern_builder *b, struct arena *a, bool open_head, bool open_tail)
{
	if (open_tail)
		add_run(b);
	bool put_head = open_head && !(b->items.n && b->items.items[0] == PATTERN_RUN);
	size_t n = b->items.n + put_head;
	uint32_t *items = arena_alloc(a, (n ? n : 1) * sizeof *items);
	if (put_head)
		items[0] = PATTERN_RUN;
	if (b->items.n)
		memcpy(items + put_head, b->items.items, b->items.n * sizeof *items);
	vec_fini(&b->items);
	return pattern_of(items, n, b->cased, a);
}

static bool fits_one(const struct pattern *p, uint32_t item, uint32_t cp)
{
	if (item == PATTERN_ONE)
		return true;
	if (item == PATTERN_DASH)
		return is_dash(cp);
	return item == cp || (!p->cased && item == casefold_cp(cp));
}

/* Item i of a piece that a run precedes does not fit at `text`: where to go on, in both. */
static bool go_on(
    const struct pattern *p, size_t piece, size_t *i, struct sv *text, struct sv *retry, uint64_t *steps_left)
{
	uint32_t known = p->known[*i];
	if (*i == piece) {
		utf8_next(text);
		*retry = *text;
	} else if (known != GO_BACK) {
		*i = piece + known;
	} else {
		uint64_t steps = *i - piece + 1;
		if (steps > *steps_left) {
			limit_reached();
			return false;
		}
		*steps_left -= steps;
		utf8_next(retry);
		*text = *retry;
		*i = piece;
	}
	return true;
}

bool pattern_fits(const struct pattern *p, struct sv text)
{
	uint64_t steps_left = PATTERN_MAX_STEPS;
	size_t i = 0, piece = 0; /* the piece behind the last run begins at that item */
	bool seen_run = false;
	struct sv retry = text; /* where the last run would give way next */
	while (text.len) {
		if (i < p->n && p->items[i] == PATTERN_RUN) {
			piece = ++i;
			seen_run = true;
			retry = text;
			if (i == p->n)
				return true;
			continue;
		}
		struct sv rest = text;
		uint32_t cp = utf8_next(&rest);
		if (i < p->n && fits_one(p, p->items[i], cp)) {
			i++;
			text = rest;
		} else if (!seen_run || !go_on(p, piece, &i, &text, &retry, &steps_left)) {
			return false;
		}
	}
	while (i < p->n && p->items[i] == PATTERN_RUN)
		i++;
	return i == p->n;
}

bool pattern_plain(struct sv written, struct buf *out)
{
	while (written.len) {
		struct sv before = written;
		uint32_t special, cp = next_written(&written, &special);
		if (special)
			return false;
		/* The last byte or bytes consumed are the character itself; an escape's backslash is left
		 * out. */
		size_t consumed = before.len - written.len;
		bool escaped = consumed == 2 && before.ptr[0] == '\\' && cp < 0x80;
		buf_add(out, sv_head(sv_skip(before, escaped), consumed - escaped));
	}
	return true;
}
