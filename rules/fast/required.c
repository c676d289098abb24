/* Reads a regular expression for its plain characters. Called while a rule set is prepared; no state.
 *
 * A run is what stands side by side outside groups and classes. A quantifier that allows none takes its
 * character out of the run; groups, classes, dots and escapes with a meaning end it. Anything that changes
 * how the rest is read (inline options, verbs, lookarounds, \Q) ends the reading: no answer is always right.
 */
#include "rules/fast/required.h"

#include "rules/casefold.h"

struct reader {
	struct sv rest;
	char run[256], best[256];
	size_t n, n_best;
};

static void end_run(struct reader *r)
{
	if (r->n > r->n_best) {
		memcpy(r->best, r->run, r->n);
		r->n_best = r->n;
	}
	r->n = 0;
}

static char take(struct reader *r)
{
	char c = r->rest.ptr[0];
	r->rest = sv_skip(r->rest, 1);
	return c;
}

static bool next_is(const struct reader *r, const char *any)
{
	return r->rest.len && r->rest.ptr[0] && strchr(any, r->rest.ptr[0]);
}

static bool alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind `\`. Escapes that take arguments or switch modes are not followed. */
static bool take_escape(struct reader *r, char *out_plain)
{
	*out_plain = '\0';
	if (!r->rest.len)
		return false;
	char c = take(r);
	if (!alphanumeric(c)) {
		*out_plain = c;
		return (unsigned char)c < 0x80;
	}
	return strchr("dDwWsSbBAzZhHvVRntrfae", c) != NULL;
}

/* Behind `[`, up to its end. */
static bool skip_class(struct reader *r)
{
	char ignored;
	if (next_is(r, "^"))
		take(r);
	if (next_is(r, "]"))
		take(r);
	while (r->rest.len) {
		char c = take(r);
		if (c == ']')
			return true;
		if (c == '\\' && !take_escape(r, &ignored))
			return false;
		if (c == '[' && next_is(r, ":.=")) {
			size_t end = sv_find(r->rest, SV(":]"));
			if (end == SV_NONE)
				return false;
			r->rest = sv_skip(r->rest, end + 2);
		}
	}
	return false;
}

/* Behind `(`, up to its end. */
static bool skip_group(struct reader *r)
{
	unsigned depth = 1;
	char ignored;
	while (r->rest.len && depth) {
		char c = take(r);
		if (c == '\\' && !take_escape(r, &ignored))
			return false;
		if (c == '[' && !skip_class(r))
			return false;
		depth += c == '(';
		depth -= c == ')';
	}
	return depth == 0;
}

/* `(?:` and `(` are followed, other kinds of groups are not. */
static bool plain_groups(struct sv regex)
{
	for (size_t i = 0; i + 1 < regex.len; i++)
		if (regex.ptr[i] == '(' &&
		    (regex.ptr[i + 1] == '*' ||
			(regex.ptr[i + 1] == '?' && !(i + 2 < regex.len && regex.ptr[i + 2] == ':'))))
			return false;
	return true;
}

/* Behind `{`: a count. Braces also stand for themselves, which is not followed. */
static bool take_count(struct reader *r)
{
	while (next_is(r, "0123456789,"))
		take(r);
	if (!next_is(r, "}"))
		return false;
	take(r);
	return true;
}

/* Behind what may be repeated: takes its quantifiers. *out_optional: none at all is enough. */
static bool take_quantifiers(struct reader *r, bool *out_any, bool *out_optional)
{
	*out_any = *out_optional = false;
	while (next_is(r, "?*+{")) {
		char c = take(r);
		*out_any = true;
		*out_optional |= c != '+';
		if (c == '{' && !take_count(r))
			return false;
	}
	return true;
}

static bool take_plain(struct reader *r, char c)
{
	bool quantified, optional;
	if (!take_quantifiers(r, &quantified, &optional))
		return false;
	if (!optional && r->n < sizeof r->run)
		r->run[r->n++] = (char)casefold_cp((unsigned char)c);
	if (quantified)
		end_run(r);
	return true;
}

static bool skip_gap(struct reader *r)
{
	bool quantified, optional;
	end_run(r);
	return take_quantifiers(r, &quantified, &optional);
}

/* One item of the expression; false when reading must end. */
static bool read_one(struct reader *r)
{
	char c = take(r), plain;
	if (c == '\\') {
		if (!take_escape(r, &plain))
			return false;
		return plain ? take_plain(r, plain) : skip_gap(r);
	}
	if ((unsigned char)c >= 0x80 || c == '.' || c == '^' || c == '$')
		return skip_gap(r);
	if (c == '(')
		return skip_group(r) && skip_gap(r);
	if (c == '[')
		return skip_class(r) && skip_gap(r);
	if (c == ')' || c == '?' || c == '*' || c == '+' || c == '{' || c == '\0')
		return false;
	return take_plain(r, c);
}

/* One alternative; its longest run is in `best`. */
static bool read_alternative(struct reader *r)
{
	r->n = r->n_best = 0;
	while (r->rest.len && !next_is(r, "|"))
		if (!read_one(r))
			return false;
	end_run(r);
	return r->n_best >= REQUIRED_MIN;
}

bool required_texts(struct sv regex, struct arena *arena, struct sv_list *out)
{
	struct reader r = {.rest = regex};
	size_t before = out->list.n;
	if (!plain_groups(regex))
		return false;
	for (;;) {
		if (!read_alternative(&r)) {
			out->list.n = before;
			return false;
		}
		vec_push(&out->list, arena_copy(arena, sv_of(r.best, r.n_best)));
		if (!r.rest.len)
			return true;
		take(&r);
	}
}
