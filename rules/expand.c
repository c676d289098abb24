/* Placeholders of lists, multiplied out while a rule is loaded. Called by value.c. */
#include "rules/expand.h"

#include "base/nearest.h"

/* An entry with the key it stands under (ptr NULL: plain). Text is a single row. */
struct row {
	struct sv key, entry;
};

struct column {
	VEC(struct row) rows;
	struct path by;
	size_t at; /* row of the present value */
};

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '-' || c == '.';
}

/* Length of the `%name%` at the front of `s`, 0 when there is none. */
static size_t placeholder_length(struct sv s)
{
	size_t n = 1;
	while (n < s.len && name_char(s.ptr[n]))
		n++;
	return n > 1 && n < s.len && s.ptr[n] == '%' ? n + 1 : 0;
}

static bool is_needed(const struct item_input *in, struct sv name)
{
	for (size_t i = 0; i < in->n_needs; i++)
		if (sv_eq(in->needs[i], name))
			return true;
	return false;
}

static void fault_unknown(
    const struct item_input *in, const struct ydoc_node *value, struct sv name, struct faults *faults)
{
	const char *nearest = NULL;
	if (in->lists && in->lists->by_name.n) {
		size_t n = in->lists->by_name.n;
		const char **names = heap_zero(n, sizeof *names);
		for (size_t i = 0; i < n; i++)
			names[i] = in->lists->by_name.entries[i].key.ptr;
		int at = nearest_find(name, names, n);
		if (at >= 0)
			nearest = names[at];
		free(names);
	}
	if (nearest)
		fault_add(faults, FAULT_ERROR, in->file, value->line, value->col,
		    "unknown list \"%.*s\"; did you mean \"%s\"?", SV_ARG(name), nearest);
	else
		fault_add(faults, FAULT_ERROR, in->file, value->line, value->col,
		    "unknown list \"%.*s\"; declare it under \"lists:\", or name it in \"kendrawatch: "
		    "needs\" and the "
		    "rule waits for it",
		    SV_ARG(name));
	fault_tag(faults, FAULT_LIST_UNDECLARED);
}

static enum item_status add_list(const struct item_input *in, const struct ydoc_node *value, struct sv name,
    struct expand *x, struct sv *out_waits_for, struct faults *faults)
{
	const struct list *list = in->lists ? lists_find(in->lists, name) : NULL;
	if (is_needed(in, name) && (!list || list_count(list) == 0)) {
		*out_waits_for = arena_copy(in->arena, name);
		return ITEM_WAITS;
	}
	if (!list) {
		fault_unknown(in, value, name, faults);
		return ITEM_REFUSED;
	}
	vec_push(&x->pieces, (struct expand_piece){.text = name, .list = list});
	x->has_list = true;
	return ITEM_OK;
}

static void add_text(struct expand *x, struct sv text)
{
	if (text.len)
		vec_push(&x->pieces, (struct expand_piece){.text = text});
}

enum item_status expand_read(const struct item_input *in, const struct ydoc_node *value, struct expand *out,
    struct sv *out_waits_for, struct faults *faults)
{
	enum item_status status = ITEM_OK;
	struct expand x = {0};
	struct sv s = value->text;
	size_t begin = 0;
	for (size_t i = 0; i < s.len;) {
		size_t length = s.ptr[i] == '%' ? placeholder_length(sv_skip(s, i)) : 0;
		if (s.ptr[i] == '\\' && i + 1 < s.len) {
			if (s.ptr[i + 1] == '%') {
				add_text(&x, sv_of(s.ptr + begin, i - begin));
				begin = i + 1;
			}
			/* `\` before anything but * ? \ % is itself: only an escaped character may be stepped
			 * over. */
			i += strchr("*?\\%", s.ptr[i + 1]) && s.ptr[i + 1] ? 2 : 1;
		} else if (length) {
			add_text(&x, sv_of(s.ptr + begin, i - begin));
			enum item_status one =
			    add_list(in, value, sv_of(s.ptr + i + 1, length - 2), &x, out_waits_for, faults);
			if (one == ITEM_REFUSED || (one == ITEM_WAITS && status == ITEM_OK))
				status = one;
			i += length;
			begin = i;
		} else {
			i++;
		}
	}
	add_text(&x, sv_skip(s, begin));
	if (status != ITEM_OK) {
		vec_fini(&x.pieces);
		return status;
	}
	*out = x;
	return ITEM_OK;
}

static void add_rows(struct column *c, struct sv key, const struct list_values *values)
{
	for (size_t i = 0; values && i < values->items.n; i++)
		vec_push(&c->rows, (struct row){key, values->items.items[i]});
}

static void fill(struct column *c, const struct expand_piece *piece, struct arena *arena)
{
	const struct list *list = piece->list;
	if (!list) {
		vec_push(&c->rows, (struct row){{NULL, 0}, piece->text});
	} else if (!list->by.ptr) {
		add_rows(c, (struct sv){NULL, 0}, list_values_of(list, SV("")));
	} else {
		/* A `by` that names no field leads nowhere, so nothing under it ever counts. */
		c->by = (struct path){arena_copy(arena, list->by), kw_field_find(list->by)};
		for (size_t i = 0; i < list->keyed.n; i++)
			add_rows(
			    c, arena_copy(arena, list->keyed.entries[i].key), list->keyed.entries[i].value);
	}
}

/* The next combination of rows; false after the last one. */
static bool advance(struct column *columns, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		if (++columns[i].at < columns[i].rows.n)
			return true;
		columns[i].at = 0;
	}
	return false;
}

static bool give(struct column *columns, size_t n, struct arena *arena,
    bool (*each)(void *ctx, const struct expanded *value), void *ctx)
{
	struct sv *parts = heap_zero(n + 1, sizeof *parts);
	struct expand_guard *guards = NULL;
	size_t n_guards = 0;
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &columns[i].rows.items[columns[i].at];
		parts[i] = row->entry;
		if (row->key.ptr && !guards)
			guards = arena_alloc(arena, n * sizeof *guards);
		if (row->key.ptr)
			guards[n_guards++] = (struct expand_guard){columns[i].by, row->key};
	}
	bool more = each(ctx, &(struct expanded){parts, n, guards, n_guards});
	free(parts);
	return more;
}

enum rc expand_each(const struct expand *x, struct arena *arena,
    bool (*each)(void *ctx, const struct expanded *value), void *ctx, struct err *e)
{
	enum rc rc = RC_OK;
	size_t n = x->pieces.n, n_lists = 0, total = 1;
	struct column *columns = heap_zero(n + 1, sizeof *columns);
	for (size_t i = 0; i < n; i++) {
		fill(&columns[i], &x->pieces.items[i], arena);
		n_lists += x->pieces.items[i].list != NULL;
		size_t rows = columns[i].rows.n;
		/* Stays small enough to multiply once more; a list without values makes it 0 for good. */
		total = total > EXPAND_MAX_VALUES && rows ? total : total * rows;
	}
	if (total > EXPAND_MAX_VALUES && n_lists > 1)
		rc = err_set(e, RC_LIMIT, "expands to more than %d values", EXPAND_MAX_VALUES);
	else if (total)
		while (give(columns, n, arena, each, ctx) && advance(columns, n))
			;
	for (size_t i = 0; i < n; i++)
		vec_fini(&columns[i].rows);
	free(columns);
	return rc;
}

struct key_search {
	struct sv key;
	bool found;
};

static void compare_key(void *ctx, const struct tree *value)
{
	struct key_search *s = ctx;
	if (value->type == TREE_ARRAY) {
		for (size_t i = 0; i < value->n; i++)
			compare_key(ctx, &value->items[i]);
		return;
	}
	s->found |= value->type != TREE_NULL && value->type != TREE_OBJECT && sv_eq(value->text, s->key);
}

bool expand_guard_holds(const struct expand_guard *g, struct record *r)
{
	struct key_search s = {g->key, false};
	path_each(&g->by, r, compare_key, &s);
	if (!s.found && g->by.kw == KW_FIELD_INDEX)
		path_each(&(struct path){g->by.name, KW_FIELD_INDEX_NAME}, r, compare_key, &s);
	return s.found;
}
