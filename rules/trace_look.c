/* Looks at an event through one item. For commands; one thread. */
#include "rules/trace_look.h"

#include "base/utf8.h"
#include "rules/value.h"

#define SHOWN_BYTES 256

/* The field of an item that could not be compiled. */
static bool path_of_key(const struct trace_node *t, struct path *out)
{
	size_t bar = t->key ? sv_find_char(t->key->text, '|') : SV_NONE;
	if (!t->key || bar == 0)
		return false;
	return path_read(bar == SV_NONE ? t->key->text : sv_head(t->key->text, bar), out, NULL) == RC_OK;
}

/* The first value of the rule that is met, or under `all` the first that is not. */
static void find_decision(
    const struct item_parts *parts, const struct texts *texts, struct record *r, struct trace_look *out)
{
	bool all = parts->modifiers->has[MODIFIER_ALL];
	const struct text *text = NULL;
	for (size_t i = 0; i < parts->n; i++)
		out->n_entries += parts->values[i].n_lists ? parts->values[i].n : 1;
	for (size_t i = 0; i < parts->n; i++) {
		const struct value *v = &parts->values[i];
		bool met = false;
		for (size_t k = 0; k < v->n && !met; k++) {
			met = probe_met(&v->probes[k], texts, r, &text);
			if (met)
				out->entry = v->probes[k].entry.ptr ? v->probes[k].entry : v->written;
		}
		if (met == all)
			continue;
		if (!met)
			out->entry = v->written;
		break;
	}
	if (!text)
		return;
	out->which = (size_t)(text - texts->list.items) + 1;
	out->value = text->text;
	out->whole_object = text->type == TREE_OBJECT;
}

static enum trace_presence presence_of(const struct texts *texts)
{
	if (!texts->n_hits)
		return TRACE_ABSENT;
	if (texts->list.n)
		return TRACE_PRESENT;
	return sv_starts(texts->first, SV("[")) ? TRACE_EMPTY_ARRAY : TRACE_NULL;
}

void trace_look(const struct trace_node *t, struct record *r, struct trace_look *out)
{
	struct texts texts = {0};
	struct path path;
	bool keyword = !path_of_key(t, &path);
	*out = (struct trace_look){0};
	if (keyword)
		texts_of_record(&texts, r);
	else
		texts_of_field(&texts, &path, r);
	out->presence = presence_of(&texts);
	out->n_values = texts.list.n;
	if (texts.list.n && !keyword) {
		out->value = texts.list.items[0].text;
		out->whole_object = texts.list.items[0].type == TREE_OBJECT;
	}
	if (t->item) {
		struct item_parts parts = item_parts(t->item);
		find_decision(&parts, &texts, r, out);
	}
	if (out->value.ptr)
		out->value = arena_copy(r->arena, utf8_cut(out->value, SHOWN_BYTES));
	if (!keyword && path.kw >= 0)
		out->from = record_derived_from(r, (enum kw_field)path.kw);
	texts_fini(&texts);
	if (t->item && t->truth == TRUTH_FALSE)
		out->hint = trace_hint(t->item, r);
}
