/* Words for items and conditions. Pure; for `explain` and `coverage`. */
#include "agent/author/explain/explain_words.h"

#include "base/utf8.h"
#include "rules/modifier.h"

#define VALUES_COLUMNS 40
#define VALUE_BYTES 60

struct words {
	const struct trace_node *item;
	struct sv field;
	struct modifiers m;
	bool negated, several;
	struct buf *out;
};

struct sv explain_field(const struct trace_node *t)
{
	size_t bar = t->key ? sv_find_char(t->key->text, '|') : SV_NONE;
	if (!t->key || bar == 0)
		return SV("any value");
	return bar == SV_NONE ? t->key->text : sv_head(t->key->text, bar);
}

/* --- values ---------------------------------------------------------------------------------------- */

static void add_value(struct buf *out, struct sv text)
{
	struct sv shown = utf8_cut(text, VALUE_BYTES);
	bool quote = !text.len || sv_trim(text).len < text.len || sv_find_char(text, ',') != SV_NONE;
	buf_adds(out, quote ? "\"" : "");
	buf_add_printable(out, shown);
	buf_adds(out, shown.len < text.len ? "…" : "");
	buf_adds(out, quote ? "\"" : "");
}

static void add_values(const struct words *w)
{
	const struct ydoc_node *v = w->item->value;
	if (v->kind != YDOC_LIST) {
		add_value(w->out, v->text);
		return;
	}
	size_t begin = w->out->len, i = 0;
	for (; i < v->n && (i == 0 || w->out->len - begin + v->items[i]->text.len < VALUES_COLUMNS); i++) {
		buf_adds(w->out, i ? ", " : "");
		add_value(w->out, v->items[i]->text);
	}
	if (i < v->n)
		buf_printf(w->out, " … (%zu)", v->n);
}

/* --- verbs ----------------------------------------------------------------------------------------- */

static bool has(const struct words *w, enum modifier m)
{
	return w->m.has[m];
}

/* "is", "is not"; "contains", "does not contain". */
static void add_verb(const struct words *w, const char *is, const char *is_not)
{
	buf_addc(w->out, ' ');
	buf_adds(w->out, w->negated ? is_not : is);
	if (w->several)
		buf_adds(w->out, has(w, MODIFIER_ALL) ? " all of" : w->negated ? " any of" : " one of");
	buf_addc(w->out, ' ');
}

/* The name in a lone `%name%`; the empty view otherwise. */
static struct sv lone_list(const struct words *w)
{
	struct sv text = w->item->value->kind == YDOC_SCALAR ? w->item->value->text : (struct sv){NULL, 0};
	if (!has(w, MODIFIER_EXPAND) || text.len < 3 || text.ptr[0] != '%' || text.ptr[text.len - 1] != '%')
		return (struct sv){NULL, 0};
	return sv_head(sv_skip(text, 1), text.len - 2);
}

static void add_comparison(const struct words *w)
{
	if (has(w, MODIFIER_LT))
		add_verb(w, "is less than", "is not less than");
	else if (has(w, MODIFIER_LTE))
		add_verb(w, "is at most", "is more than");
	else if (has(w, MODIFIER_GT))
		add_verb(w, "is more than", "is at most");
	else if (has(w, MODIFIER_GTE))
		add_verb(w, "is at least", "is less than");
	else
		add_verb(w, "is", "is not");
}

static void add_place(const struct words *w)
{
	bool starts = has(w, MODIFIER_STARTSWITH), ends = has(w, MODIFIER_ENDSWITH);
	if (has(w, MODIFIER_CONTAINS) || (starts && ends))
		add_verb(w, "contains", "does not contain");
	else if (starts)
		add_verb(w, "starts with", "does not start with");
	else if (ends)
		add_verb(w, "ends with", "does not end with");
	else
		add_comparison(w);
}

/* Date parts, encoders and the rest, which stand beside the words. */
static void add_remarks(const struct words *w)
{
	bool first = true;
	for (size_t i = 0; i < w->m.n; i++) {
		enum modifier m = w->m.order[i];
		bool told = m == MODIFIER_WIDE || m == MODIFIER_UTF16BE || m == MODIFIER_UTF16 ||
			    m == MODIFIER_BASE64 || m == MODIFIER_BASE64OFFSET || m == MODIFIER_WINDASH ||
			    m == MODIFIER_CASED;
		if (!told)
			continue;
		buf_adds(w->out, first ? " (" : ", ");
		buf_adds(w->out, m == MODIFIER_CASED ? "case counts" : modifier_name(m));
		first = false;
	}
	buf_adds(w->out, first ? "" : ")");
}

static void add_part(const struct words *w)
{
	for (size_t i = 0; i < w->m.n; i++)
		if (w->m.order[i] >= MODIFIER_MINUTE && w->m.order[i] <= MODIFIER_YEAR)
			buf_printf(w->out, "%s of ", modifier_name(w->m.order[i]));
}

/* What has words of its own; false: the usual ones. */
static bool add_special(const struct words *w)
{
	const struct ydoc_node *v = w->item->value;
	struct sv list = lone_list(w);
	bool truth;
	if (has(w, MODIFIER_EXISTS) && ydoc_bool(v, &truth)) {
		buf_adds(w->out, truth != w->negated ? " exists" : " does not exist");
	} else if (v->kind == YDOC_SCALAR && v->type == YDOC_NULL) {
		buf_adds(w->out, w->negated ? " is there and not null" : " is absent or null");
	} else if (v->kind == YDOC_SCALAR && sv_eq(v->text, SV("*")) && w->item->key &&
		   w->m.n == w->negated) {
		buf_adds(w->out, w->negated ? " is absent or null" : " is present");
	} else if (list.ptr) {
		add_place(w);
		w->out->len -= 1; /* "is in list", "contains an entry of list" */
		bool placed =
		    has(w, MODIFIER_CONTAINS) || has(w, MODIFIER_STARTSWITH) || has(w, MODIFIER_ENDSWITH);
		buf_printf(w->out, "%s list ", placed ? " an entry of" : " in");
		buf_add_printable(w->out, list);
	} else if (has(w, MODIFIER_RE)) {
		add_verb(w, "matches", "does not match");
		buf_addc(w->out, '/');
		add_values(w);
		buf_addc(w->out, '/');
		buf_adds(w->out, has(w, MODIFIER_RE_I) ? "i" : "");
	} else if (has(w, MODIFIER_CIDR)) {
		add_verb(w, "is in", "is not in");
		add_values(w);
	} else {
		return false;
	}
	return true;
}

void explain_words(const struct trace_node *t, struct buf *out)
{
	struct words w = {.item = t, .field = explain_field(t), .out = out};
	size_t bar = t->key ? sv_find_char(t->key->text, '|') : SV_NONE;
	if (bar != SV_NONE)
		modifier_read(sv_skip(t->key->text, bar + 1), &w.m, NULL);
	w.negated = w.m.has[MODIFIER_NEQ];
	w.several = t->value->kind == YDOC_LIST && t->value->n > 1;
	add_part(&w);
	buf_add_printable(out, w.field);
	if (!add_special(&w)) {
		if (!t->key || bar == 0)
			add_verb(&w, "contains", "does not contain");
		else
			add_place(&w);
		if (has(&w, MODIFIER_FIELDREF))
			buf_adds(out, "the value of ");
		add_values(&w);
	}
	add_remarks(&w);
}

/* --- conditions -------------------------------------------------------------------------------------- */

static void add_condition(const struct condition *c, bool inside, struct buf *out)
{
	bool joins = c->kind == CONDITION_AND || c->kind == CONDITION_OR;
	switch (c->kind) {
	case CONDITION_NAME: buf_add_printable(out, c->name); return;
	case CONDITION_OF:
		buf_adds(out, c->all ? "all of " : "1 of ");
		buf_add_printable(out, c->name);
		return;
	case CONDITION_NOT:
		buf_adds(out, "not ");
		add_condition(c->children[0], true, out);
		return;
	case CONDITION_AND:
	case CONDITION_OR: break;
	}
	buf_adds(out, joins && inside ? "(" : "");
	for (size_t i = 0; i < c->n; i++) {
		if (i)
			buf_adds(out, c->kind == CONDITION_AND ? " and " : " or ");
		add_condition(c->children[i], true, out);
	}
	buf_adds(out, joins && inside ? ")" : "");
}

void explain_condition(const struct trace_node *t, struct buf *out)
{
	if (t->source)
		add_condition(t->source, false, out);
	else if (t->kind == TRACE_SELECTION)
		buf_add_printable(out, t->name);
}
