/* The page of one rule: a tree of rows, aligned when all are known. */
#include "agent/author/explain/explain.h"
#include "agent/author/explain/explain_words.h"
#include "base/utf8.h"

#define LEFT_MIN 36
#define LEFT_MAX 64

struct row {
	struct sv left, detail; /* in the arena */
	enum truth truth;
	bool is_hint;
};

struct page {
	struct explain *x;
	const struct explain_style *style;
	struct arena *arena;
	VEC(struct row) rows;
	VEC(const struct trace_node *) shown; /* selections that were told */
};

/* Where a node hangs: the lines in front of it and of what is below it, and whether its truth would help. */
struct branch {
	struct sv head, below;
	bool wanted;
};

static void show_node(struct page *p, const struct trace_node *t, struct branch b, struct sv label);

static struct branch branch_below(struct page *p, struct branch b, bool last)
{
	return (struct branch){arena_printf(p->arena, "%.*s%s", SV_ARG(b.below), last ? "└─ " : "├─ "),
	    arena_printf(p->arena, "%.*s%s", SV_ARG(b.below), last ? "   " : "│  "), b.wanted};
}

static void add_row(struct page *p, struct branch b, struct sv text, enum truth truth, struct sv detail)
{
	vec_push(
	    &p->rows, (struct row){.left = arena_printf(p->arena, "%.*s%.*s", SV_ARG(b.head), SV_ARG(text)),
			  .detail = detail,
			  .truth = truth});
}

/* --- items ------------------------------------------------------------------------------------------ */

/* "198.51.100.7  (entry 198.51.100.0/24)", "a, the 2nd of 3", "x  (none of 12 entries)". */
static struct sv detail_of(struct page *p, const struct trace_node *t, const struct trace_look *look)
{
	struct buf out = {0};
	explain_value(p->x, t, look, &p->style->redact, &out);
	bool several =
	    look->n_values > 1 && t->key && !sv_starts(t->key->text, SV("|")) && !look->whole_object;
	if (several && look->which)
		buf_printf(&out, "  (value %zu of %zu)", look->which, look->n_values);
	else if (several)
		buf_printf(&out, "  (the first of %zu)", look->n_values);
	if (t->truth == TRUTH_UNKNOWN)
		buf_adds(&out, "  (the list has no values)");
	else if (look->which && look->entry.ptr && !sv_eq_nocase(look->entry, look->value) &&
		 look->n_entries > 1) {
		buf_adds(&out, "  (by ");
		buf_add_printable(&out, utf8_cut(look->entry, 60));
		buf_adds(&out, ")");
	} else if (t->truth == TRUTH_FALSE && look->entry.ptr && look->n_entries > 1) {
		buf_adds(&out, "  (lacks ");
		buf_add_printable(&out, utf8_cut(look->entry, 60));
		buf_adds(&out, ")");
	} else if (t->truth == TRUTH_FALSE && !look->which && look->n_entries > 1) {
		buf_printf(&out, "  (none of %zu)", look->n_entries);
	}
	if (look->from.ptr) {
		buf_adds(&out, "  < ");
		buf_add_printable(&out, look->from);
	}
	struct sv detail = arena_copy(p->arena, buf_sv(&out));
	buf_fini(&out);
	return detail;
}

/* `label` stands in front: the name of a selection that is this one item. */
static void show_item(struct page *p, const struct trace_node *t, struct branch b, struct sv label)
{
	struct trace_look look;
	struct buf text = {0};
	trace_look(t, p->x->record, &look);
	buf_add(&text, label);
	buf_adds(&text, label.len ? ": " : "");
	explain_words(t, &text);
	add_row(p, b, buf_sv(&text), t->truth, detail_of(p, t, &look));
	if (look.hint.ptr && b.wanted && t->truth == TRUTH_FALSE) {
		struct buf hint = {0};
		buf_add_printable(&hint, look.hint);
		struct sv line =
		    arena_printf(p->arena, "%.*s  hint: %.*s", SV_ARG(b.below), SV_ARG(buf_sv(&hint)));
		vec_push(&p->rows, (struct row){.left = line, .is_hint = true});
		buf_fini(&hint);
	}
	buf_fini(&text);
}

/* --- the tree ---------------------------------------------------------------------------------------- */

static void show_children(struct page *p, const struct trace_node *t, struct branch b)
{
	for (size_t i = 0; i < t->n; i++)
		show_node(p, t->children[i], branch_below(p, b, i + 1 == t->n), (struct sv){NULL, 0});
}

/* Maps and lists of maps, below `label`. A map of one item is the item. */
static void show_group(
    struct page *p, const struct trace_node *g, enum truth truth, struct branch b, struct sv label)
{
	while ((g->kind == TRACE_AND || g->kind == TRACE_OR) && g->n == 1)
		g = g->children[0];
	if (g->kind == TRACE_ITEM && !sv_starts(label, SV("not "))) {
		show_item(p, g, b, label);
		return;
	}
	bool list = g->kind == TRACE_OR;
	struct sv text = label.len ? list ? arena_printf(p->arena, "%.*s (one of)", SV_ARG(label)) : label
			 : list    ? SV("one of")
				   : SV("all of");
	add_row(p, b, text, truth, (struct sv){NULL, 0});
	if (g->kind == TRACE_ITEM)
		show_item(p, g, branch_below(p, b, true), (struct sv){NULL, 0});
	else
		show_children(p, g, b);
}

static bool was_shown(struct page *p, const struct trace_node *t)
{
	for (size_t i = 0; i < p->shown.n; i++)
		if (p->shown.items[i] == t)
			return true;
	vec_push(&p->shown, t);
	return false;
}

/* `truth` is that of `label`, which may be "not NAME". */
static void show_selection(
    struct page *p, const struct trace_node *t, enum truth truth, struct branch b, struct sv label)
{
	if (was_shown(p, t))
		add_row(p, b, label, truth, SV("as above"));
	else
		show_group(p, t->children[0], truth, b, label);
}

static struct sv text_of(struct page *p, const struct trace_node *t)
{
	struct buf out = {0};
	explain_condition(t, &out);
	struct sv text = arena_copy(p->arena, buf_sv(&out));
	buf_fini(&out);
	return text;
}

static void show_not(struct page *p, const struct trace_node *t, struct branch b)
{
	const struct trace_node *inner = t->children[0];
	b.wanted = !b.wanted;
	if (inner->kind == TRACE_SELECTION) {
		show_selection(p, inner, t->truth, b, text_of(p, t));
		return;
	}
	add_row(p, b, text_of(p, t), t->truth, (struct sv){NULL, 0});
	show_children(p, t, b);
}

static void show_filter(struct page *p, const struct trace_node *t, struct branch b)
{
	struct sv name = explain_filter_name(p->style->rules, t->filter);
	add_row(p, b, arena_printf(p->arena, "filter %.*s", SV_ARG(name)), t->truth, (struct sv){NULL, 0});
	show_children(p, t, b);
}

/* Many selections below a pattern are told by what decides. */
static void show_node(struct page *p, const struct trace_node *t, struct branch b, struct sv label)
{
	struct sv name;
	switch (t->kind) {
	case TRACE_ITEM: show_item(p, t, b, label); return;
	case TRACE_SELECTION:
		name = arena_copy(p->arena, t->name);
		show_selection(p, t, t->truth, b, name);
		return;
	case TRACE_NOT: show_not(p, t, b); return;
	case TRACE_FILTER: show_filter(p, t, b); return;
	case TRACE_AND:
	case TRACE_OR:
		if (!t->source) {
			bool filters = t == p->x->trace.root;
			if (!filters) {
				show_group(p, t, t->truth, b, label);
				return;
			}
			add_row(p, b, SV("the rule, less its filters"), t->truth, (struct sv){NULL, 0});
			show_children(p, t, b);
			return;
		}
		break;
	case TRACE_ALL_OF:
	case TRACE_ONE_OF: break;
	}
	add_row(p, b, text_of(p, t), t->truth, (struct sv){NULL, 0});
	show_children(p, t, b);
}

/* --- as text ------------------------------------------------------------------------------------------ */

static void add_coloured(const struct page *p, const char *code, const char *text, struct buf *out)
{
	if (p->style->colour)
		buf_printf(out, "\x1b[%sm%s\x1b[0m", code, text);
	else
		buf_adds(out, text);
}

static void add_truth(const struct page *p, enum truth truth, struct buf *out)
{
	switch (truth) {
	case TRUTH_TRUE: add_coloured(p, "32", "true", out); return;
	case TRUTH_FALSE: add_coloured(p, "31", "false", out); return;
	case TRUTH_UNKNOWN: add_coloured(p, "33", "?", out); return;
	}
}

static void write_rows(const struct page *p, struct buf *out)
{
	size_t width = LEFT_MIN;
	for (size_t i = 0; i < p->rows.n; i++) {
		size_t n = utf8_count(p->rows.items[i].left);
		if (!p->rows.items[i].is_hint && n > width && n <= LEFT_MAX)
			width = n;
	}
	for (size_t i = 0; i < p->rows.n; i++) {
		const struct row *row = &p->rows.items[i];
		buf_adds(out, "  ");
		buf_add(out, row->left);
		if (!row->is_hint) {
			size_t n = utf8_count(row->left);
			buf_printf(out, "%*s", (int)(n < width ? width - n + 2 : 2), "");
			add_truth(p, row->truth, out);
			if (row->detail.len) {
				buf_printf(out, "%*s",
				    row->truth == TRUTH_FALSE  ? 2
				    : row->truth == TRUTH_TRUE ? 3
							       : 6,
				    "");
				buf_add(out, row->detail);
			}
		}
		buf_addc(out, '\n');
	}
}

static void write_head(const struct page *p, struct buf *out)
{
	const struct rule *r = p->x->rule;
	const char *verdict = explain_verdict(p->x);
	buf_add_printable(out, r->name.len ? r->name : r->key);
	buf_adds(out, ": ");
	add_coloured(p, strcmp(verdict, "match") == 0 ? "1;32" : "1", verdict, out);
	buf_adds(out, "    ");
	buf_add_printable(out, r->file);
	buf_printf(out, ":%d\n", r->line);
	if (r->title.len) {
		buf_adds(out, "  ");
		buf_add_printable(out, r->title);
		buf_addc(out, '\n');
	}
}

/* What a rule that is not evaluated would say. */
static void write_state(const struct page *p, struct buf *out)
{
	const struct rule *r = p->x->rule;
	if (r->kind == RULE_CORRELATION)
		buf_adds(out, "  It is a correlation: it counts what other rules match; explain those.\n");
	if (r->state == RULE_ACTIVE)
		return;
	buf_printf(out, "  It is %s", rule_state_name(r->state));
	if (r->state_reason.len) {
		buf_adds(out, ": ");
		buf_add_printable(out, r->state_reason);
	}
	buf_adds(out, ".");
	if (p->x->traced && r->state == RULE_WAITING)
		buf_adds(out,
		    p->x->verdict == TRUTH_TRUE    ? " Whatever the list holds, this event would match."
		    : p->x->verdict == TRUTH_FALSE ? " Whatever the list holds, this event would not match."
						   : " With values it would hang on the list: the ? below.");
	if (p->x->traced && r->state == RULE_OFF)
		buf_printf(out, " If it were on: %s.", p->x->verdict == TRUTH_TRUE ? "match" : "no match");
	buf_addc(out, '\n');
}

static void write_one_change(struct page *p, struct buf *out)
{
	struct explain_change *c = &p->x->change;
	size_t told = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct buf words = {0};
		if (explain_change_words(c, i, p->x->record, &p->style->redact, &words)) {
			buf_adds(out, told++ ? "\n            and: " : "");
			buf_add(out, buf_sv(&words));
		}
		buf_fini(&words);
	}
	buf_printf(out, "\n  (%zu change%s%s)\n", told, told == 1 ? "" : "s",
	    !c->verified ? "; not tried on a copy: no values of fields were found that show it"
	    : p->x->verdict == TRUTH_TRUE ? "; tried on a copy of the event: no match"
					  : "; tried on a copy of the event: it matches");
}

static void write_change(struct page *p, struct buf *out)
{
	struct explain *x = p->x;
	bool match = x->verdict == TRUTH_TRUE;
	if (!x->traced)
		return;
	buf_adds(out, match ? "Would miss if: " : "Would match if: ");
	if (x->change.n)
		write_one_change(p, out);
	else
		buf_adds(out, match ? "nothing; it matches every event\n" : "nothing; it can't match\n");
}

void explain_page(struct explain *x, const struct explain_style *style, struct buf *out)
{
	struct page p = {.x = x, .style = style, .arena = x->record->arena};
	write_head(&p, out);
	write_state(&p, out);
	if (x->traced)
		show_node(&p, x->trace.root, (struct branch){.wanted = true}, (struct sv){NULL, 0});
	write_rows(&p, out);
	write_change(&p, out);
	vec_fini(&p.rows);
	vec_fini(&p.shown);
}
