/* YAML trees over libyaml's events. The text is first cut at its document markers, so that a broken document
 * takes only itself down: a line that begins with `---` or `...` can be nothing else in YAML. Aliases share
 * the node they name; every reader of a tree walks it expanded, so nodes are counted that way. One thread. */
#include "base/ydoc.h"

#include <yaml.h>

#include "base/arena.h"
#include "base/map.h"

#define MAX_NODES ((size_t)200000)
#define MAX_DEPTH 64
#define MANY_KEYS 16 /* from here on, keys are compared by hash */

struct node {
	struct ydoc_node pub; /* first, so that both pointers are one */
	size_t size;          /* nodes below and including this one, aliases expanded */
	int height;           /* levels below and including this one */
	bool open;            /* its end has not been read: an alias to it would be endless */
};

struct ydoc {
	struct arena arena;
	VEC(const struct ydoc_node *) roots;
};

struct reader {
	struct ydoc *y;
	const char *file;
	struct faults *faults;
	struct sv piece; /* the documents (most often one) being read */
	int lines_before;
	yaml_parser_t parser;
	struct map anchors; /* of the document */
	size_t max_nodes;
	size_t n_nodes;   /* of the document, without aliases */
	size_t n_aliased; /* of the file's good documents and this one, added by aliases */
	bool refused;     /* the document has a fault */
};

/* --- faults --------------------------------------------------------------------------------------- */

static int line_of(const struct reader *r, yaml_mark_t mark)
{
	return r->lines_before + (int)mark.line + 1;
}

#define refuse(r, mark, ...)                                                                                 \
	do {                                                                                                 \
		(r)->refused = true;                                                                         \
		fault_add((r)->faults, FAULT_ERROR, (r)->file, line_of((r), (mark)), (int)(mark).column + 1, \
		    __VA_ARGS__);                                                                            \
	} while (0)

/* The reader's errors come with a byte offset only. */
static yaml_mark_t mark_of_offset(struct sv piece, size_t offset)
{
	yaml_mark_t mark = {.index = offset};
	for (size_t i = 0; i < offset && i < piece.len; i++) {
		bool starts_code_point = ((unsigned char)piece.ptr[i] & 0xc0) != 0x80;
		mark.column += starts_code_point;
		if (piece.ptr[i] == '\n') {
			mark.line++;
			mark.column = 0;
		}
	}
	return mark;
}

/* Is there a tab where the mark points, or in the indentation of its line? */
static bool tab_at(struct sv piece, yaml_mark_t mark)
{
	struct sv rest = piece, line = {NULL, 0};
	for (size_t i = 0; i <= mark.line; i++)
		if (!sv_cut(&rest, '\n', &line))
			return false;
	for (size_t i = 0; i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'); i++)
		if (line.ptr[i] == '\t')
			return true;
	return mark.column < line.len && line.ptr[mark.column] == '\t';
}

static void refuse_syntax(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "out of memory";
	if (p->error == YAML_READER_ERROR)
		refuse(r, mark_of_offset(r->piece, p->problem_offset),
		    "not valid YAML: %s (0x%02x); the file must be UTF-8 text", problem,
		    (unsigned)p->problem_value);
	else if (tab_at(r->piece, p->problem_mark))
		refuse(r, p->problem_mark, "a tab is used for indentation; YAML takes only spaces there");
	else if (strstr(problem, "mapping values are not allowed"))
		refuse(r, p->problem_mark,
		    "not valid YAML: %s; check the indentation, and quote a value that holds \": \"",
		    problem);
	else if (p->context && p->context_mark.line != p->problem_mark.line)
		refuse(r, p->problem_mark, "not valid YAML: %s (%s that begins on line %d)", problem,
		    p->context, line_of(r, p->context_mark));
	else
		refuse(r, p->problem_mark, "not valid YAML: %s", problem);
}

static bool next_event(struct reader *r, yaml_event_t *out)
{
	if (yaml_parser_parse(&r->parser, out))
		return true;
	refuse_syntax(r);
	return false;
}

/* --- scalars under the core schema ---------------------------------------------------------------- */

static bool one_of(struct sv s, const char *const *words)
{
	for (; *words; words++)
		if (sv_eq(s, sv_from(*words)))
			return true;
	return false;
}

static size_t span_of(struct sv s, const char *set)
{
	size_t n = 0;
	while (n < s.len && s.ptr[n] && strchr(set, s.ptr[n]))
		n++;
	return n;
}

static struct sv skip_sign(struct sv s)
{
	return s.len && (s.ptr[0] == '-' || s.ptr[0] == '+') ? sv_skip(s, 1) : s;
}

#define DIGITS "0123456789"

static bool spelled_int(struct sv s)
{
	if (sv_starts(s, SV("0o")))
		return s.len > 2 && span_of(sv_skip(s, 2), "01234567") == s.len - 2;
	if (sv_starts(s, SV("0x")))
		return s.len > 2 && span_of(sv_skip(s, 2), DIGITS "abcdefABCDEF") == s.len - 2;
	s = skip_sign(s);
	return s.len && span_of(s, DIGITS) == s.len;
}

static bool spelled_float(struct sv s)
{
	static const char *const infinite[] = {".inf", ".Inf", ".INF", NULL};
	static const char *const none[] = {".nan", ".NaN", ".NAN", NULL};
	if (one_of(skip_sign(s), infinite) || one_of(s, none))
		return true;
	s = skip_sign(s);
	size_t whole = span_of(s, DIGITS), part = 0;
	s = sv_skip(s, whole);
	if (s.len && s.ptr[0] == '.') {
		s = sv_skip(s, 1);
		part = span_of(s, DIGITS);
		s = sv_skip(s, part);
	}
	if (!whole && !part)
		return false;
	if (!s.len)
		return true;
	if (s.ptr[0] != 'e' && s.ptr[0] != 'E')
		return false;
	s = skip_sign(sv_skip(s, 1));
	return s.len && span_of(s, DIGITS) == s.len;
}

static enum ydoc_type core_type(struct sv s)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
	/* Nearly every text is told by its first byte to be none of all this. */
	if (s.len && (!s.ptr[0] || !strchr("~nNtTfF.+-" DIGITS, s.ptr[0])))
		return YDOC_TEXT;
	if (one_of(s, nulls))
		return YDOC_NULL;
	if (one_of(s, bools))
		return YDOC_BOOL;
	if (spelled_int(s))
		return YDOC_INT;
	return spelled_float(s) ? YDOC_FLOAT : YDOC_TEXT;
}

/* The type that a tag asks for; false when the tag is none of YAML's own or does not fit the text. */
static bool tagged_type(struct sv tag, struct sv text, enum ydoc_type *out)
{
	static const struct {
		struct sv tag;
		enum ydoc_type type;
	} tags[] = {{SV_INIT("!"), YDOC_TEXT}, {SV_INIT(YAML_STR_TAG), YDOC_TEXT},
	    {SV_INIT(YAML_NULL_TAG), YDOC_NULL}, {SV_INIT(YAML_BOOL_TAG), YDOC_BOOL},
	    {SV_INIT(YAML_INT_TAG), YDOC_INT}, {SV_INIT(YAML_FLOAT_TAG), YDOC_FLOAT}};
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (sv_eq(tag, tags[i].tag)) {
			*out = tags[i].type;
			return *out == YDOC_TEXT || *out == core_type(text);
		}
	return false;
}

/* --- nodes ---------------------------------------------------------------------------------------- */

static bool count(struct reader *r, size_t created, size_t aliased, yaml_mark_t mark)
{
	r->n_nodes += created;
	r->n_aliased += aliased;
	if (r->n_nodes + r->n_aliased <= r->max_nodes)
		return true;
	refuse(r, mark, "more than %zu YAML nodes after aliases are expanded; split the file", r->max_nodes);
	return false;
}

static struct node *new_node(
    struct reader *r, enum ydoc_kind kind, const yaml_event_t *ev, yaml_char_t *anchor)
{
	if (!count(r, 1, 0, ev->start_mark))
		return NULL;
	struct node *n = arena_zero(&r->y->arena, sizeof *n);
	n->pub.kind = kind;
	n->pub.line = line_of(r, ev->start_mark);
	n->pub.col = (int)ev->start_mark.column + 1;
	n->size = 1;
	n->height = 1;
	if (anchor)
		map_put(&r->anchors, sv_from((char *)anchor), n);
	return n;
}

static struct node *scalar(struct reader *r, const yaml_event_t *ev)
{
	struct node *n = new_node(r, YDOC_SCALAR, ev, ev->data.scalar.anchor);
	if (!n)
		return NULL;
	struct sv text = sv_of(ev->data.scalar.value, ev->data.scalar.length);
	struct sv tag = sv_from((char *)ev->data.scalar.tag);
	n->pub.plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	n->pub.type = n->pub.plain ? core_type(text) : YDOC_TEXT;
	if (tag.len && !tagged_type(tag, text, &n->pub.type))
		refuse(r, ev->start_mark,
		    "the tag \"%.*s\" is unknown here or does not fit the value; leave it out", SV_ARG(tag));
	n->pub.text = arena_copy(&r->y->arena, text);
	if (n->pub.type == YDOC_BOOL)
		n->pub.text = text.ptr[0] == 't' || text.ptr[0] == 'T' ? SV("true") : SV("false");
	return n;
}

static struct node *alias(struct reader *r, const yaml_event_t *ev, int depth)
{
	struct sv name = sv_from((char *)ev->data.alias.anchor);
	struct node *n = map_get(&r->anchors, name);
	if (!n || n->open) {
		refuse(r, ev->start_mark,
		    n ? "alias \"*%.*s\" stands inside the value it names"
		      : "alias \"*%.*s\" has no anchor \"&\" of that name above it in the document",
		    SV_ARG(name));
		return NULL;
	}
	if (depth + n->height - 1 > MAX_DEPTH) {
		refuse(r, ev->start_mark, "nested deeper than %d levels", MAX_DEPTH);
		return NULL;
	}
	return count(r, 0, n->size, ev->start_mark) ? n : NULL;
}

static struct node *build(struct reader *r, yaml_event_t *ev, int depth);

/* Duplicates among n keys; every one is reported. */
static void check_keys(struct reader *r, struct ydoc_node *const *keys, size_t n)
{
	struct map seen = {0};
	for (size_t i = 0; i < n; i++) {
		const struct ydoc_node *first = NULL;
		if (n >= MANY_KEYS) {
			first = map_put(&seen, keys[i]->text, keys[i]);
		} else {
			for (size_t j = 0; j < i && !first; j++)
				if (sv_eq(keys[j]->text, keys[i]->text))
					first = keys[j];
		}
		if (!first)
			continue;
		r->refused = true;
		fault_add(r->faults, FAULT_ERROR, r->file, keys[i]->line, keys[i]->col,
		    "duplicate key \"%.*s\"; it stands on line %d already", SV_ARG(keys[i]->text),
		    first->line);
	}
	map_fini(&seen);
}

struct parts {
	VEC(struct ydoc_node *) nodes; /* a map's keys and values in turn */
};

/* Reads children up to the end of `n`. */
static bool children(struct reader *r, struct node *n, struct parts *parts, int depth)
{
	for (;;) {
		yaml_event_t ev;
		if (!next_event(r, &ev))
			return false;
		if (ev.type == YAML_SEQUENCE_END_EVENT || ev.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&ev);
			return true;
		}
		bool is_key = n->pub.kind == YDOC_MAP && parts->nodes.n % 2 == 0;
		yaml_mark_t mark = ev.start_mark;
		struct node *child = build(r, &ev, depth + 1);
		if (!child)
			return false;
		if (is_key && child->pub.kind != YDOC_SCALAR) {
			refuse(r, mark, "a key must be a text; quote it when it begins with [ or {");
			return false;
		}
		vec_push(&parts->nodes, &child->pub);
		n->size += child->size;
		if (child->height + 1 > n->height)
			n->height = child->height + 1;
	}
}

static void keep(struct reader *r, struct node *n, const struct parts *parts)
{
	size_t step = n->pub.kind == YDOC_MAP ? 2 : 1;
	n->pub.n = parts->nodes.n / step;
	size_t bytes = n->pub.n * sizeof *n->pub.items;
	n->pub.items = arena_alloc(&r->y->arena, bytes);
	for (size_t i = 0; i < n->pub.n; i++)
		n->pub.items[i] = parts->nodes.items[i * step + step - 1];
	if (n->pub.kind != YDOC_MAP)
		return;
	n->pub.keys = arena_alloc(&r->y->arena, bytes);
	for (size_t i = 0; i < n->pub.n; i++)
		n->pub.keys[i] = parts->nodes.items[i * 2];
	check_keys(r, n->pub.keys, n->pub.n);
}

static struct node *collection(struct reader *r, const yaml_event_t *ev, int depth)
{
	bool is_map = ev->type == YAML_MAPPING_START_EVENT;
	struct sv tag = sv_from((char *)(is_map ? ev->data.mapping_start.tag : ev->data.sequence_start.tag));
	if (tag.len && !sv_eq(tag, sv_from(is_map ? YAML_MAP_TAG : YAML_SEQ_TAG)) && !sv_eq(tag, SV("!")))
		refuse(r, ev->start_mark, "the tag \"%.*s\" is unknown here; leave it out", SV_ARG(tag));
	if (depth > MAX_DEPTH) {
		refuse(r, ev->start_mark, "nested deeper than %d levels", MAX_DEPTH);
		return NULL;
	}
	struct node *n = new_node(r, is_map ? YDOC_MAP : YDOC_LIST, ev,
	    is_map ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor);
	if (!n)
		return NULL;
	struct parts parts = {0};
	n->open = true;
	bool whole = children(r, n, &parts, depth);
	n->open = false;
	if (whole)
		keep(r, n, &parts);
	vec_fini(&parts.nodes);
	return whole ? n : NULL;
}

/* The node that begins with `ev`, which is used up. NULL after a fault that ends the document. */
static struct node *build(struct reader *r, yaml_event_t *ev, int depth)
{
	struct node *n = NULL;
	if (ev->type == YAML_ALIAS_EVENT)
		n = alias(r, ev, depth);
	else if (ev->type == YAML_SCALAR_EVENT)
		n = scalar(r, ev);
	else if (ev->type == YAML_SEQUENCE_START_EVENT || ev->type == YAML_MAPPING_START_EVENT)
		n = collection(r, ev, depth);
	yaml_event_delete(ev);
	return n;
}

/* --- documents ------------------------------------------------------------------------------------ */

/* Nothing but `---`, or a null: the document is empty. */
static const struct ydoc_node *root_of(const struct node *n)
{
	return n->pub.kind == YDOC_SCALAR && n->pub.plain && n->pub.type == YDOC_NULL ? NULL : &n->pub;
}

static void read_piece(struct reader *r)
{
	yaml_event_t ev;
	yaml_parser_initialize(&r->parser);
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)r->piece.ptr, r->piece.len);
	for (bool more = true; more && next_event(r, &ev);) {
		yaml_event_type_t type = ev.type;
		if (type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
		    type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT) {
			r->refused = false;
			r->n_nodes = 0;
			size_t aliased_before = r->n_aliased;
			struct node *root = build(r, &ev, 1);
			map_fini(&r->anchors);
			if (r->refused)
				r->n_aliased = aliased_before;
			more = root != NULL;
			/* What follows the root may still be wrong: the document counts at its end. */
			if (root && next_event(r, &ev)) {
				yaml_event_delete(&ev);
				if (!r->refused)
					vec_push(&r->y->roots, root_of(root));
			} else {
				more = false;
			}
			continue;
		}
		yaml_event_delete(&ev);
		more = type != YAML_STREAM_END_EVENT;
	}
	yaml_parser_delete(&r->parser);
}

/* `---` or `...` at the start of a line, followed by a blank or nothing. */
static bool is_marker(struct sv line, struct sv marker)
{
	return sv_starts(line, marker) && (line.len == 3 || strchr(" \t\r", line.ptr[3]));
}

static bool is_content(struct sv line)
{
	struct sv text = sv_trim(line);
	return text.len && text.ptr[0] != '#' && line.ptr[0] != '%';
}

struct ydoc *ydoc_parse(const char *file, struct sv bytes, size_t max_nodes, struct faults *faults)
{
	struct ydoc *y = heap_zero(1, sizeof *y);
	struct reader r = {
	    .y = y, .file = file, .faults = faults, .max_nodes = max_nodes ? max_nodes : MAX_NODES};
	if (sv_starts(bytes, SV("\xef\xbb\xbf")))
		bytes = sv_skip(bytes, 3);
	size_t from = 0, at = 0;
	int lines = 0;
	bool has_content = false;
	while (at < bytes.len) {
		struct sv rest = sv_skip(bytes, at), line;
		sv_cut(&rest, '\n', &line);
		bool starts = is_marker(line, SV("---")), ends = is_marker(line, SV("..."));
		if (starts && has_content) {
			r.piece = sv_of(bytes.ptr + from, at - from);
			read_piece(&r);
			from = at;
			r.lines_before = lines;
		}
		at = at + line.len + 1 < bytes.len ? at + line.len + 1 : bytes.len;
		lines++;
		has_content = has_content || starts || is_content(line);
		if (ends) {
			r.piece = sv_of(bytes.ptr + from, at - from);
			read_piece(&r);
			from = at;
			r.lines_before = lines;
			has_content = false;
		}
	}
	if (from < bytes.len) {
		r.piece = sv_skip(bytes, from);
		read_piece(&r);
	}
	return y;
}

void ydoc_free(struct ydoc *y)
{
	if (!y)
		return;
	arena_fini(&y->arena);
	vec_fini(&y->roots);
	free(y);
}

size_t ydoc_count(const struct ydoc *y)
{
	return y->roots.n;
}

const struct ydoc_node *ydoc_root(const struct ydoc *y, size_t i)
{
	return i < y->roots.n ? y->roots.items[i] : NULL;
}

/* --- reading -------------------------------------------------------------------------------------- */

const struct ydoc_node *ydoc_get(const struct ydoc_node *map, const char *key)
{
	if (!map || map->kind != YDOC_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (sv_eq(map->keys[i]->text, sv_from(key)))
			return map->items[i];
	return NULL;
}

bool ydoc_bool(const struct ydoc_node *n, bool *out)
{
	if (!n || n->kind != YDOC_SCALAR || n->type != YDOC_BOOL)
		return false;
	*out = n->text.ptr[0] == 't';
	return true;
}

static bool based_int(struct sv digits, unsigned base, int64_t *out)
{
	uint64_t v = 0;
	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.ptr[i];
		unsigned d = c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a') + 10;
		if (v > ((uint64_t)INT64_MAX - d) / base)
			return false;
		v = v * base + d;
	}
	*out = (int64_t)v;
	return true;
}

bool ydoc_int(const struct ydoc_node *n, int64_t *out)
{
	if (!n || n->kind != YDOC_SCALAR || n->type != YDOC_INT)
		return false;
	struct sv s = n->text;
	if (sv_starts(s, SV("0o")))
		return based_int(sv_skip(s, 2), 8, out);
	if (sv_starts(s, SV("0x")))
		return based_int(sv_skip(s, 2), 16, out);
	bool negative = s.ptr[0] == '-';
	if (!based_int(skip_sign(s), 10, out))
		return negative && sv_eq(s, SV("-9223372036854775808")) && (*out = INT64_MIN, true);
	if (negative)
		*out = -*out;
	return true;
}

struct sv ydoc_text(const struct ydoc_node *n)
{
	return n && n->kind == YDOC_SCALAR ? n->text : (struct sv){NULL, 0};
}

/* Digits, with separators at fixed places: "0000-00-00" against a text. */
static bool shaped(struct sv s, const char *shape)
{
	if (s.len < strlen(shape))
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == '0' ? s.ptr[i] < '0' || s.ptr[i] > '9' : s.ptr[i] != shape[i])
			return false;
	return true;
}

static bool base_sixty(struct sv s)
{
	s = skip_sign(s);
	size_t n = span_of(s, DIGITS), groups = 0;
	for (s = sv_skip(s, n); n && s.len && s.ptr[0] == ':'; s = sv_skip(s, n), groups++) {
		s = sv_skip(s, 1);
		n = span_of(s, DIGITS);
	}
	return groups && n && n <= 2 && s.len == 0;
}

const char *ydoc_yaml11(const struct ydoc_node *n)
{
	static const char *const bools[] = {"y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on",
	    "On", "ON", "off", "Off", "OFF", NULL};
	if (!n || n->kind != YDOC_SCALAR || !n->plain)
		return NULL;
	struct sv s = n->text, digits = skip_sign(s);
	if (n->type == YDOC_INT) {
		if (sv_starts(s, SV("0o")))
			return "a text";
		bool octal =
		    digits.len > 1 && digits.ptr[0] == '0' && span_of(digits, "01234567") == digits.len;
		return octal ? "an octal number" : NULL;
	}
	if (n->type == YDOC_FLOAT)
		return sv_find_char(s, '.') == SV_NONE ? "a text" : NULL;
	if (n->type != YDOC_TEXT)
		return NULL;
	if (one_of(s, bools))
		return "a boolean";
	if (sv_eq(s, SV("<<")))
		return "a merge key";
	if (base_sixty(s))
		return "a number in base 60";
	if (shaped(s, "0000-00-00") && (s.len == 10 || strchr("Tt \t", s.ptr[10])))
		return "a date";
	if (sv_starts(digits, SV("0b")) && digits.len > 2 &&
	    span_of(sv_skip(digits, 2), "01_") == digits.len - 2)
		return "a binary number";
	if (digits.len && digits.ptr[0] >= '0' && digits.ptr[0] <= '9' &&
	    span_of(digits, DIGITS "_") == digits.len)
		return "a number";
	return NULL;
}
