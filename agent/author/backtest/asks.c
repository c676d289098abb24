/* A walk over conditions. Main thread, once a run. */
#include "agent/author/backtest/asks.h"

#include "rules/detection.h"
#include "rules/path.h"
#include "rules/value.h"

struct walk {
	struct asks *asks;
	struct asks_rule *rule;
	bool names_calls; /* an item on eventName was met */
};

static void add_once(struct asks_rule *r, bool is_field, uint32_t number)
{
	size_t n = is_field ? r->fields.n : r->names.n;
	const uint32_t *known = is_field ? r->fields.items : r->names.items;
	for (size_t i = 0; i < n; i++)
		if (known[i] == number)
			return;
	if (is_field)
		vec_push(&r->fields, number);
	else
		vec_push(&r->names, number);
}

static uint32_t number_of(struct map *by_text, struct sv text, size_t n_known)
{
	uintptr_t known = (uintptr_t)map_get(by_text, text);
	if (known)
		return (uint32_t)(known - 1);
	map_put(by_text, text, (void *)(uintptr_t)(n_known + 1));
	return (uint32_t)n_known;
}

static void add_field(struct walk *w, struct sv path)
{
	uint32_t number = number_of(&w->asks->by_field, path, w->asks->fields.n);
	if (number == w->asks->fields.n)
		vec_push(&w->asks->fields, path);
	add_once(w->rule, true, number);
}

static void add_name(struct walk *w, struct sv name)
{
	char *lower = heap_text(name);
	for (char *p = lower; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
	uint32_t number = number_of(&w->asks->by_name, sv_from(lower), w->asks->names.n);
	if (number == w->asks->names.n) {
		vec_push(&w->asks->names, sv_from(lower));
		vec_push(&w->asks->shown, name);
	} else {
		free(lower);
	}
	add_once(w->rule, false, number);
}

static bool is_plain_text(const struct value *v)
{
	return v->n == 1 && v->probes[0].kind == PROBE_PATTERN && v->written.len &&
	       sv_find_char(v->written, '*') == SV_NONE && sv_find_char(v->written, '?') == SV_NONE &&
	       sv_find_char(v->written, '\\') == SV_NONE;
}

static void take_names(struct walk *w, const struct item_parts *parts)
{
	w->names_calls = true;
	for (size_t i = 0; i < parts->n; i++) {
		if (parts->modifiers->n == 0 && is_plain_text(&parts->values[i]))
			add_name(w, parts->values[i].written);
		else
			w->rule->any_name = true;
	}
}

/* Is absence what it asks for, or enough for it? */
static bool wants_absence(const struct item_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		for (size_t k = 0; k < parts->values[i].n; k++) {
			const struct probe *p = &parts->values[i].probes[k];
			if (p->kind == PROBE_NULL || (p->kind == PROBE_EXISTS && !p->truth))
				return true;
		}
	return parts->modifiers->has[MODIFIER_NEQ];
}

static void walk_item(struct walk *w, const struct item *item)
{
	if (!item)
		return;
	struct item_parts parts = item_parts(item);
	if (!parts.field || parts.field->kw >= 0 || wants_absence(&parts))
		return;
	add_field(w, parts.field->name);
	if (sv_eq(parts.field->name, SV("eventName")))
		take_names(w, &parts);
}

/* Groups are nested no deeper than the loader allows. */
static void walk_group(struct walk *w, const struct group *g)
{
	if (g->kind == GROUP_ITEM)
		walk_item(w, g->item);
	for (size_t i = 0; g->kind != GROUP_ITEM && i < g->n; i++)
		walk_group(w, g->children[i]);
}

static void walk_condition(struct walk *w, const struct condition *c, bool negated)
{
	negated ^= c->kind == CONDITION_NOT;
	for (size_t i = 0; i < c->n; i++)
		walk_condition(w, c->children[i], negated);
	for (size_t i = 0; !negated && i < c->n_selections; i++)
		if (c->selections[i]->group)
			walk_group(w, c->selections[i]->group);
}

void asks_init(struct asks *a, const struct ruleset *set)
{
	*a = (struct asks){.n_rules = set->rules.n};
	a->rules = heap_zero(set->rules.n + 1, sizeof *a->rules);
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct rule *rule = set->rules.items[i];
		struct walk w = {a, &a->rules[i], false};
		if (rule->kind == RULE_DETECTION && rule->detection && rule->detection->condition)
			walk_condition(&w, rule->detection->condition, false);
		if (!w.names_calls)
			w.rule->any_name = true;
	}
}

void asks_fini(struct asks *a)
{
	for (size_t i = 0; i < a->n_rules; i++) {
		vec_fini(&a->rules[i].fields);
		vec_fini(&a->rules[i].names);
	}
	for (size_t i = 0; i < a->names.n; i++)
		free((char *)(uintptr_t)a->names.items[i].ptr);
	free(a->rules);
	vec_fini(&a->fields);
	vec_fini(&a->names);
	vec_fini(&a->shown);
	map_fini(&a->by_field);
	map_fini(&a->by_name);
}
