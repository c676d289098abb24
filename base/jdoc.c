/* JSON documents. jansson is included here and nowhere else. Any thread, as long as one document stays with
 * one; a `struct jdoc` is a json_t in disguise, so that the library's type stays out of our headers. */
#include "base/jdoc.h"

#include <assert.h>

#include <jansson.h>

#define MAX_BYTES (8u * 1024 * 1024)
#define MAX_DEPTH 64

static const json_t *in(const struct jdoc *v)
{
	return (const json_t *)(const void *)v;
}

static const struct jdoc *out_of(const json_t *v)
{
	return (const struct jdoc *)(const void *)v;
}

/* --- reading
 * ---------------------------------------------------------------------------------------------------- */

/* Offset behind the string that begins at `at` (a quote). */
static size_t skip_string(struct sv s, size_t at)
{
	for (at++; at < s.len && s.ptr[at] != '"'; at++)
		if (s.ptr[at] == '\\')
			at++;
	return at < s.len ? at + 1 : s.len;
}

/* Deepest nesting of brackets outside strings; the text need not be valid. */
static size_t depth_of(struct sv s)
{
	size_t depth = 0, deepest = 0;
	for (size_t at = 0; at < s.len;) {
		char c = s.ptr[at];
		if (c == '"') {
			at = skip_string(s, at);
			continue;
		}
		if (c == '{' || c == '[')
			deepest = ++depth > deepest ? depth : deepest;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		at++;
	}
	return deepest;
}

static bool in_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* May jansson refuse this number for its size? Generous: what is quoted in vain only reads as text. */
static bool too_large(struct sv number)
{
	size_t n_digits = 0;
	for (size_t i = 0; i < number.len; i++) {
		if (number.ptr[i] == 'e' || number.ptr[i] == 'E')
			return true;
		n_digits += number.ptr[i] >= '0' && number.ptr[i] <= '9';
	}
	return n_digits >= 19;
}

/* Copies `s` with every number that no C type may hold put in quotes. */
static void quote_large_numbers(struct sv s, struct buf *out)
{
	for (size_t at = 0; at < s.len;) {
		size_t end = at + 1;
		bool number = (s.ptr[at] >= '0' && s.ptr[at] <= '9') || s.ptr[at] == '-';
		if (s.ptr[at] == '"')
			end = skip_string(s, at);
		else if (number)
			while (end < s.len && in_number(s.ptr[end]))
				end++;
		struct sv token = sv_of(s.ptr + at, end - at);
		bool quote = number && too_large(token);
		if (quote)
			buf_addc(out, '"');
		buf_add(out, token);
		if (quote)
			buf_addc(out, '"');
		at = end;
	}
}

static json_t *load(struct sv bytes, json_error_t *fault)
{
	const size_t flags = JSON_ALLOW_NUL | JSON_DECODE_ANY;
	json_t *v = json_loadb(bytes.ptr ? bytes.ptr : "", bytes.len, flags, fault);
	if (v || json_error_code(fault) != json_error_numeric_overflow)
		return v;
	struct buf quoted = {0};
	quote_large_numbers(bytes, &quoted);
	v = json_loadb(quoted.ptr, quoted.len, flags, fault);
	buf_fini(&quoted);
	return v;
}

enum rc jdoc_read(struct sv bytes, struct jdoc **out, struct err *e)
{
	if (bytes.len > MAX_BYTES)
		return err_set(e, RC_LIMIT, "JSON of %zu bytes, more than %u", bytes.len, MAX_BYTES);
	if (depth_of(bytes) > MAX_DEPTH)
		return err_set(e, RC_LIMIT, "JSON nested deeper than %d", MAX_DEPTH);
	json_error_t fault;
	json_t *v = load(bytes, &fault);
	if (!v) {
		struct buf text = {0};
		buf_add_printable(&text, sv_from(fault.text));
		err_set(e, RC_INPUT, "line %d, column %d: not JSON: %.*s", fault.line, fault.column,
		    SV_ARG(buf_sv(&text)));
		buf_fini(&text);
		return RC_INPUT;
	}
	*out = (struct jdoc *)(void *)v;
	return RC_OK;
}

void jdoc_free(struct jdoc *root)
{
	json_decref((json_t *)(void *)root);
}

/* --- looking
 * ---------------------------------------------------------------------------------------------------- */

static const json_t *member(const json_t *v, struct sv key)
{
	int64_t i;
	if (json_is_array(v))
		return sv_int(key, 0, INT32_MAX, &i) ? json_array_get(v, (size_t)i) : NULL;
	return json_is_object(v) ? json_object_getn(v, key.ptr, key.len) : NULL;
}

const struct jdoc *jdoc_at(const struct jdoc *v, const char *path)
{
	const json_t *at = in(v);
	struct sv rest = sv_from(path), part;
	if (rest.len == 0)
		return v;
	while (at && sv_cut(&rest, '.', &part))
		at = member(at, part);
	return out_of(at);
}

struct sv jdoc_text(const struct jdoc *v, const char *path)
{
	const json_t *at = in(jdoc_at(v, path));
	if (!json_is_string(at))
		return (struct sv){NULL, 0};
	return sv_of(json_string_value(at), json_string_length(at));
}

int64_t jdoc_int(const struct jdoc *v, const char *path, int64_t otherwise)
{
	const json_t *at = in(jdoc_at(v, path));
	return json_is_integer(at) ? (int64_t)json_integer_value(at) : otherwise;
}

bool jdoc_bool(const struct jdoc *v, const char *path, bool otherwise)
{
	const json_t *at = in(jdoc_at(v, path));
	return json_is_boolean(at) ? json_is_true(at) : otherwise;
}

size_t jdoc_count(const struct jdoc *v)
{
	return json_is_array(in(v)) ? json_array_size(in(v)) : json_object_size(in(v));
}

/* jansson's iterators take no const; they do not write. */
static json_t *loosen(const struct jdoc *v)
{
	return (json_t *)(uintptr_t)v;
}

const struct jdoc *jdoc_item(const struct jdoc *v, size_t i)
{
	if (json_is_array(in(v)))
		return out_of(json_array_get(in(v), i));
	void *at = json_object_iter(loosen(v));
	for (; at && i > 0; i--)
		at = json_object_iter_next(loosen(v), at);
	return at ? out_of(json_object_iter_value(at)) : NULL;
}

void jdoc_members(
    const struct jdoc *v, void (*each)(void *ctx, struct sv key, const struct jdoc *value), void *ctx)
{
	for (void *at = json_object_iter(loosen(v)); at; at = json_object_iter_next(loosen(v), at))
		each(ctx, sv_of(json_object_iter_key(at), json_object_iter_key_len(at)),
		    out_of(json_object_iter_value(at)));
}

static int append(const char *bytes, size_t n, void *ctx)
{
	buf_add(ctx, sv_of(bytes, n));
	return 0;
}

void jdoc_write(const struct jdoc *v, bool pretty, struct buf *out)
{
	size_t flags = JSON_ENCODE_ANY | (pretty ? JSON_INDENT(2) : JSON_COMPACT);
	int failed = json_dump_callback(in(v), append, out, flags);
	assert(!failed);
	(void)failed;
}
