/* Writes trees with one value changed. For commands; recursion is bounded by TREE_MAX_DEPTH. */
#include "rules/event/edit.h"

#include "base/jout.h"

struct writer {
	struct sv json; /* ptr NULL: take away */
	struct buf *out;
	size_t n_hits;
};

static void write_value(struct writer *w, const struct tree *t, struct sv rest);

static void begin_member(struct buf *out, bool *first, struct sv key)
{
	if (!*first)
		buf_addc(out, ',');
	*first = false;
	jout_quote(out, key);
	buf_addc(out, ':');
}

/* Does `rest` go on below a member of that key? */
static bool leads_below(struct sv key, struct sv rest)
{
	return rest.len > key.len && rest.ptr[key.len] == '.' && sv_starts(rest, key);
}

static void write_object(struct writer *w, const struct tree *t, struct sv rest)
{
	bool first = true;
	buf_addc(w->out, '{');
	for (size_t i = 0; i < t->n; i++) {
		if (sv_eq(t->keys[i], rest)) {
			w->n_hits++;
			if (!w->json.ptr)
				continue;
			begin_member(w->out, &first, t->keys[i]);
			buf_add(w->out, w->json);
			continue;
		}
		begin_member(w->out, &first, t->keys[i]);
		if (leads_below(t->keys[i], rest))
			write_value(w, &t->items[i], sv_skip(rest, t->keys[i].len + 1));
		else
			buf_add(w->out, t->items[i].raw);
	}
	buf_addc(w->out, '}');
}

static void write_value(struct writer *w, const struct tree *t, struct sv rest)
{
	if (t->type == TREE_OBJECT) {
		write_object(w, t, rest);
	} else if (t->type == TREE_ARRAY) {
		buf_addc(w->out, '[');
		for (size_t i = 0; i < t->n; i++) {
			buf_adds(w->out, i ? "," : "");
			write_value(w, &t->items[i], rest);
		}
		buf_addc(w->out, ']');
	} else {
		buf_add(w->out, t->raw);
	}
}

/* --- a value that is not there yet ----------------------------------------------------------------- */

static void write_new(struct sv rest, struct sv json, struct buf *out)
{
	struct sv key;
	size_t depth = 0;
	for (; sv_cut(&rest, '.', &key) && depth < TREE_MAX_DEPTH; depth++) {
		buf_addc(out, '{');
		jout_quote(out, key);
		buf_addc(out, ':');
	}
	buf_add(out, json);
	while (depth-- > 0)
		buf_addc(out, '}');
}

static void insert(const struct tree *t, struct sv rest, struct sv json, struct buf *out);

static void insert_into_object(const struct tree *t, struct sv rest, struct sv json, struct buf *out)
{
	bool first = true, done = false;
	buf_addc(out, '{');
	for (size_t i = 0; i < t->n; i++) {
		begin_member(out, &first, t->keys[i]);
		if (!done && leads_below(t->keys[i], rest)) {
			insert(&t->items[i], sv_skip(rest, t->keys[i].len + 1), json, out);
			done = true;
		} else {
			buf_add(out, t->items[i].raw);
		}
	}
	if (!done) {
		struct sv key;
		sv_cut(&rest, '.', &key);
		begin_member(out, &first, key);
		write_new(rest, json, out);
	}
	buf_addc(out, '}');
}

/* Into an object, or the first object of an array; anything else gives way. */
static void insert(const struct tree *t, struct sv rest, struct sv json, struct buf *out)
{
	if (t->type == TREE_OBJECT) {
		insert_into_object(t, rest, json, out);
	} else if (t->type == TREE_ARRAY && t->n && t->items[0].type == TREE_OBJECT) {
		buf_addc(out, '[');
		insert_into_object(&t->items[0], rest, json, out);
		for (size_t i = 1; i < t->n; i++) {
			buf_addc(out, ',');
			buf_add(out, t->items[i].raw);
		}
		buf_addc(out, ']');
	} else {
		write_new(rest, json, out);
	}
}

void edit_write(const struct tree *event, const struct edit *edit, struct buf *out)
{
	struct writer w = {.json = edit->json, .out = out};
	size_t before = out->len;
	write_value(&w, event, edit->path);
	if (w.n_hits || !edit->json.ptr)
		return;
	out->len = before;
	insert(event, edit->path, edit->json, out);
}

enum rc edit_all(const struct tree *event, const struct edit *edits, size_t n, struct arena *a,
    const struct tree **out, struct err *e)
{
	struct buf text = {0};
	enum rc rc = RC_OK;
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		buf_reset(&text);
		edit_write(event, &edits[i], &text);
		rc = tree_read(a, arena_copy(a, buf_sv(&text)), &event, e);
	}
	buf_fini(&text);
	if (rc == RC_OK)
		*out = event;
	return rc;
}
