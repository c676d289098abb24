/* The page of one rule for programs. */
#include "agent/author/explain/explain.h"
#include "agent/author/explain/explain_words.h"

struct writer {
	struct explain *x;
	const struct explain_style *style;
	struct jout *j;
};

static void write_truth(struct jout *j, const char *key, enum truth truth)
{
	jout_key(j, key);
	if (truth == TRUTH_UNKNOWN)
		jout_null(j);
	else
		jout_bool(j, truth == TRUTH_TRUE);
}

static const char *kind_name(enum trace_kind kind)
{
	switch (kind) {
	case TRACE_ITEM: return "item";
	case TRACE_AND: return "and";
	case TRACE_OR: return "or";
	case TRACE_NOT: return "not";
	case TRACE_SELECTION: return "selection";
	case TRACE_ALL_OF: return "all_of";
	case TRACE_ONE_OF: return "one_of";
	case TRACE_FILTER: return "filter";
	}
	return "";
}

static const char *presence_name(enum trace_presence p)
{
	switch (p) {
	case TRACE_ABSENT: return "absent";
	case TRACE_NULL: return "null";
	case TRACE_EMPTY_ARRAY: return "empty_array";
	case TRACE_PRESENT: return "present";
	}
	return "";
}

static void write_item(struct writer *w, const struct trace_node *t)
{
	struct trace_look look;
	struct buf text = {0};
	trace_look(t, w->x->record, &look);
	jout_kv(w->j, "field", explain_field(t));
	explain_words(t, &text);
	jout_kv(w->j, "text", buf_sv(&text));
	if (t->key)
		jout_kv_int(w->j, "line", t->key->line);
	jout_kv(w->j, "presence", sv_from(presence_name(look.presence)));
	buf_reset(&text);
	if (look.value.ptr) {
		explain_value(w->x, t, &look, &w->style->redact, &text);
		jout_kv(w->j, "value", buf_sv(&text));
	}
	jout_kv_int(w->j, "values", (int64_t)look.n_values);
	if (look.which)
		jout_kv_int(w->j, "which", (int64_t)look.which);
	if (look.which && look.entry.ptr)
		jout_kv(w->j, "entry", look.entry);
	if (look.from.ptr)
		jout_kv(w->j, "from", look.from);
	if (look.hint.ptr)
		jout_kv(w->j, "hint", look.hint);
	buf_fini(&text);
}

static void write_node(struct writer *w, const struct trace_node *t)
{
	jout_begin_object(w->j);
	jout_kv(w->j, "kind", sv_from(kind_name(t->kind)));
	write_truth(w->j, "holds", t->truth);
	if (t->kind == TRACE_ITEM)
		write_item(w, t);
	if (t->name.ptr)
		jout_kv(w->j, "name", t->name);
	if (t->kind == TRACE_FILTER)
		jout_kv(w->j, "name", explain_filter_name(w->style->rules, t->filter));
	/* A writer nests 63 levels, a condition 64 and more. */
	if (t->n && w->j->depth < 58) {
		jout_key(w->j, "children");
		jout_begin_array(w->j);
		for (size_t i = 0; i < t->n; i++)
			write_node(w, t->children[i]);
		jout_end_array(w->j);
	}
	jout_end_object(w->j);
}

static void write_flips(struct writer *w)
{
	struct explain_change *c = &w->x->change;
	jout_key(w->j, "flips");
	jout_begin_array(w->j);
	for (size_t i = 0; i < c->n; i++) {
		struct buf text = {0};
		jout_begin_object(w->j);
		jout_kv(w->j, "field", explain_field(c->flips[i].item));
		jout_kv_bool(w->j, "to", c->flips[i].to);
		if (explain_change_words(c, i, w->x->record, &w->style->redact, &text))
			jout_kv(w->j, "text", buf_sv(&text));
		jout_end_object(w->j);
		buf_fini(&text);
	}
	jout_end_array(w->j);
}

/* What to edit in the event; a value of null takes the field away, as `unset` does. */
static void write_edits(struct writer *w)
{
	const struct explain_change *c = &w->x->change;
	jout_key(w->j, "edits");
	jout_begin_array(w->j);
	for (size_t i = 0; i < c->n_edits; i++) {
		jout_begin_object(w->j);
		jout_kv(w->j, "path", c->edits[i].path);
		if (!c->edits[i].json.ptr) {
			jout_kv_bool(w->j, "unset", true);
		} else {
			jout_key(w->j, "set");
			if (redact_hides(&w->style->redact, redact_path(c->edits[i].path)))
				jout_string(w->j, SV(REDACT_MASK));
			else
				jout_raw(w->j, c->edits[i].json);
		}
		jout_end_object(w->j);
	}
	jout_end_array(w->j);
}

void explain_json(struct explain *x, const struct explain_style *style, struct jout *j)
{
	struct writer w = {x, style, j};
	jout_begin_object(j);
	jout_kv(j, "rule", x->rule->name.len ? x->rule->name : x->rule->key);
	jout_kv(j, "id", x->rule->key);
	jout_kv(j, "title", x->rule->title);
	jout_kv(j, "file", x->rule->file);
	jout_kv_int(j, "line", x->rule->line);
	jout_kv(j, "state", sv_from(rule_state_name(x->rule->state)));
	if (x->rule->state_reason.len)
		jout_kv(j, "reason", x->rule->state_reason);
	jout_kv(j, "verdict", sv_from(explain_verdict(x)));
	if (x->traced) {
		write_truth(j, "holds", x->verdict);
		jout_kv_int(j, "distance", (int64_t)x->distance);
		jout_key(j, "condition");
		write_node(&w, x->trace.root);
		jout_key(j, "change");
		jout_begin_object(j);
		jout_kv(j, "to", x->verdict == TRUTH_TRUE ? SV("no match") : SV("match"));
		jout_kv_bool(j, "verified", x->change.verified);
		write_flips(&w);
		write_edits(&w);
		jout_end_object(j);
	}
	jout_end_object(j);
}
