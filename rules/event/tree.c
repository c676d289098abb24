/*
 * JSON as a tree. Called for every record by the workers and by whoever explains a verdict; any thread. The
 * tree lives in the caller's arena; what is still without a parent waits on a stack of the call's own, so
 * that each container gets one array of just its size.
 *
 * Descends by recursion: the cap on depth comes first, so the machine's stack is bounded, and the code has
 * the shape of the grammar.
 */
#include "rules/event/tree.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/utf8.h"
#include "rules/event/text_run.h"

/* Values read so far whose container is still open, each with its key: this many without the heap. */
#define WAITING_ON_STACK 192

struct waiting {
	struct sv key;
	struct tree value;
};

struct reader {
	struct arena *arena;
	const char *start, *p, *end;
	struct waiting *waiting;
	size_t n_waiting, cap_waiting;
	struct waiting *heap; /* of `waiting` once it outgrew the stack */
	int depth;
	enum rc rc;
	const char *reason; /* at `p` */
};

static bool fail(struct reader *r, const char *reason)
{
	r->rc = RC_INPUT;
	r->reason = reason;
	return false;
}

/* --- scalars ------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Four hex digits at `p`, or -1. */
static int32_t unit(const char *p, const char *end)
{
	if (end - p < 4)
		return -1;
	int32_t v = 0;
	for (int i = 0; i < 4; i++) {
		int d = hex_digit(p[i]);
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* At the `u` of an escape whose digits were checked. Returns the code point and steps over it, over both
 * halves of a pair; a half alone is U+FFFD. */
static uint32_t escaped_code_point(const char **p, const char *end)
{
	uint32_t high = (uint32_t)unit(*p + 1, end);
	*p += 5;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high <= 0xdbff && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
		int32_t low = unit(*p + 2, end);
		if (low >= 0xdc00 && low <= 0xdfff) {
			*p += 6;
			return 0x10000 + ((high - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
		}
	}
	return 0xfffd;
}

static char short_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
	case '/': return c;
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	default: return 0;
	}
}

/* What a string with escapes says; `inside` was checked. No escape is shorter than what it stands for. */
static struct sv unescape(struct arena *a, struct sv inside)
{
	char *out = arena_alloc(a, inside.len), *to = out;
	const char *p = inside.ptr, *end = p + inside.len;
	while (p < end) {
		if (*p != '\\') {
			const char *run = text_run(p, end);
			memcpy(to, p, (size_t)(run - p));
			to += run - p;
			p = run;
			continue;
		}
		p++;
		if (*p == 'u')
			to += utf8_put(escaped_code_point(&p, end), to);
		else
			*to++ = short_escape(*p++);
	}
	return sv_of(out, (size_t)(to - out));
}

/* At the opening quote. */
static bool read_string(struct reader *r, struct sv *out_text)
{
	const char *inside = r->p + 1;
	bool escapes = false;
	r->p = inside;
	for (;;) {
		r->p = text_run(r->p, r->end);
		if (r->p == r->end)
			return fail(r, "the string has no end");
		if (*r->p == '"')
			break;
		if (*r->p != '\\')
			return fail(r, "raw control character in a string");
		escapes = true;
		if (r->end - r->p < 2)
			return fail(r, "the string has no end");
		bool ok = r->p[1] == 'u' ? unit(r->p + 2, r->end) >= 0 : short_escape(r->p[1]) != 0;
		if (!ok)
			return fail(r, "no such escape");
		r->p += r->p[1] == 'u' ? 6 : 2;
	}
	struct sv text = sv_of(inside, (size_t)(r->p - inside));
	r->p++;
	*out_text = escapes ? unescape(r->arena, text) : text;
	return true;
}

/* Steps over digits; false when there is none. */
static bool digits(struct reader *r)
{
	const char *first = r->p;
	while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
		r->p++;
	return r->p > first;
}

static bool read_number(struct reader *r)
{
	if (*r->p == '-')
		r->p++;
	if (r->p < r->end && *r->p == '0') {
		r->p++;
		if (r->p < r->end && *r->p >= '0' && *r->p <= '9')
			return fail(r, "a number with a leading zero");
	} else if (!digits(r)) {
		return fail(r, "a number without digits");
	}
	if (r->p < r->end && *r->p == '.') {
		r->p++;
		if (!digits(r))
			return fail(r, "a number without digits behind its point");
	}
	if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
		r->p++;
		if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
			r->p++;
		if (!digits(r))
			return fail(r, "a number without digits in its exponent");
	}
	return true;
}

static bool read_word(struct reader *r, struct sv word)
{
	if ((size_t)(r->end - r->p) < word.len || memcmp(r->p, word.ptr, word.len) != 0)
		return fail(r, "expected a value");
	r->p += word.len;
	return true;
}

/* --- containers ---------------------------------------------------------------------------------- */

static void wait_for_end(struct reader *r, const struct waiting *w)
{
	if (r->n_waiting == r->cap_waiting) {
		struct waiting *old = r->waiting;
		r->cap_waiting *= 2;
		r->heap = heap_resize(r->heap, r->cap_waiting, sizeof *r->heap);
		if (old != r->heap && r->n_waiting == WAITING_ON_STACK)
			memcpy(r->heap, old, r->n_waiting * sizeof *old);
		r->waiting = r->heap;
	}
	r->waiting[r->n_waiting++] = *w;
}

/* Moves what waits from `first` on into `out`. */
static void gather(struct reader *r, size_t first, struct tree *out)
{
	out->n = r->n_waiting - first;
	r->n_waiting = first;
	if (out->n == 0)
		return;
	out->items = arena_alloc(r->arena, out->n * sizeof *out->items);
	if (out->type == TREE_OBJECT)
		out->keys = arena_alloc(r->arena, out->n * sizeof *out->keys);
	for (size_t i = 0; i < out->n; i++) {
		out->items[i] = r->waiting[first + i].value;
		if (out->keys)
			out->keys[i] = r->waiting[first + i].key;
	}
}

static bool read_value(struct reader *r, struct tree *out);

static bool at(struct reader *r, char c)
{
	r->p = text_run_blanks(r->p, r->end);
	return r->p < r->end && *r->p == c;
}

/* Key and colon. */
static bool read_key(struct reader *r, struct sv *out)
{
	if (!at(r, '"'))
		return fail(r, "expected a key in quotes");
	if (!read_string(r, out))
		return false;
	if (!at(r, ':'))
		return fail(r, "expected a colon");
	r->p++;
	return true;
}

/* At the opening bracket. */
static bool read_container(struct reader *r, struct tree *out)
{
	size_t first = r->n_waiting;
	char close = out->type == TREE_OBJECT ? '}' : ']';
	if (r->depth == TREE_MAX_DEPTH) {
		fail(r, "nested too deeply");
		r->rc = RC_LIMIT;
		return false;
	}
	r->depth++;
	r->p++;
	if (!at(r, close)) {
		for (;;) {
			struct waiting w = {0};
			if (out->type == TREE_OBJECT && !read_key(r, &w.key))
				return false;
			if (!read_value(r, &w.value))
				return false;
			wait_for_end(r, &w);
			if (!at(r, ','))
				break;
			r->p++;
		}
		if (!at(r, close))
			return fail(r, close == '}' ? "expected , or }" : "expected , or ]");
	}
	r->p++;
	r->depth--;
	gather(r, first, out);
	return true;
}

static bool read_by_first_byte(struct reader *r, struct tree *out)
{
	switch (*r->p) {
	case '{': out->type = TREE_OBJECT; return read_container(r, out);
	case '[': out->type = TREE_ARRAY; return read_container(r, out);
	case '"': out->type = TREE_STRING; return read_string(r, &out->text);
	case 't': out->type = TREE_TRUE; return read_word(r, SV("true"));
	case 'f': out->type = TREE_FALSE; return read_word(r, SV("false"));
	case 'n': out->type = TREE_NULL; return read_word(r, SV("null"));
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9': out->type = TREE_NUMBER; return read_number(r);
	default: return fail(r, "expected a value");
	}
}

/* `out` is zeroed. */
static bool read_value(struct reader *r, struct tree *out)
{
	r->p = text_run_blanks(r->p, r->end);
	if (r->p == r->end)
		return fail(r, "expected a value");
	const char *first = r->p;
	if (!read_by_first_byte(r, out))
		return false;
	out->raw = sv_of(first, (size_t)(r->p - first));
	if (out->type < TREE_STRING)
		out->text = out->raw;
	return true;
}

enum rc tree_read(struct arena *a, struct sv bytes, const struct tree **out, struct err *e)
{
	struct waiting waiting[WAITING_ON_STACK];
	const char *start = bytes.len ? bytes.ptr : "";
	struct reader r = {.arena = a,
	    .start = start,
	    .p = start,
	    .end = start + bytes.len,
	    .waiting = waiting,
	    .cap_waiting = WAITING_ON_STACK};
	struct tree *root = arena_zero(a, sizeof *root);
	bool ok = read_value(&r, root);
	if (ok) {
		r.p = text_run_blanks(r.p, r.end);
		if (r.p < r.end)
			ok = fail(&r, "more bytes behind the value");
	}
	free(r.heap);
	if (!ok)
		return err_set(e, r.rc, "offset %zu: %s", (size_t)(r.p - r.start), r.reason);
	*out = root;
	return RC_OK;
}

/* --- looking ------------------------------------------------------------------------------------- */

const struct tree *tree_get(const struct tree *object, struct sv key)
{
	if (!object || object->type != TREE_OBJECT)
		return NULL;
	for (size_t i = 0; i < object->n; i++)
		if (sv_eq(object->keys[i], key))
			return &object->items[i];
	return NULL;
}

const struct tree *tree_at(const struct tree *root, const char *dotted_path)
{
	struct sv rest = sv_from(dotted_path), part;
	while (root && sv_cut(&rest, '.', &part))
		root = tree_get(root, part);
	return root;
}

struct sv tree_text(const struct tree *t)
{
	if (!t || t->type == TREE_NULL || t->type >= TREE_ARRAY)
		return (struct sv){0};
	return t->text;
}

void tree_compact(const struct tree *t, struct buf *out)
{
	const char *p = t->raw.ptr, *end = p + t->raw.len;
	while (p < end) {
		const char *first = p = text_run_blanks(p, end);
		bool in_string = false;
		while (p < end && (in_string || (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t'))) {
			if (in_string && *p == '\\')
				p++;
			else if (*p == '"')
				in_string = !in_string;
			p++;
		}
		buf_add(out, sv_of(first, (size_t)(p - first)));
	}
}
