/* Runs every pass over every rule, and what the passes share: the items of a rule with their places, found by
 * walking compiled groups and YAML side by side. */
#include "rules/lint/lint.h"

#include "rules/lint/pass.h"

#include <stdarg.h>
#include <stdio.h>

#define MAX_TEXT 1000

/* --- items ---------------------------------------------------------------------------------------- */

static void add_item(struct lint *l, const struct selection *s, const struct group *g,
    const struct ydoc_node *map, const struct ydoc_node *key, const struct ydoc_node *const *value)
{
	struct lint_item it = {.selection = s, .map = map, .key = key, .item = g->item};
	struct err e = {0};
	bool list = (*value)->kind == YDOC_LIST;
	it.values = list ? (const struct ydoc_node *const *)(*value)->items : value;
	it.n = list ? (*value)->n : 1;
	size_t bar = key ? sv_find_char(key->text, '|') : SV_NONE;
	it.field = !key ? SV("") : bar == SV_NONE ? key->text : sv_head(key->text, bar);
	if (bar != SV_NONE && modifier_read(sv_skip(key->text, bar + 1), &it.modifiers, &e))
		return;
	vec_push(&l->items, it);
}

/* A map's groups stand in the order of its keys, a list's in the order of its elements. */
static void walk(
    struct lint *l, const struct selection *s, const struct group *g, const struct ydoc_node *const *node)
{
	const struct ydoc_node *n = *node;
	if (n->kind == YDOC_SCALAR) {
		add_item(l, s, g, NULL, NULL, node);
		return;
	}
	if (g->n != n->n)
		return;
	for (size_t i = 0; i < g->n; i++) {
		const struct ydoc_node *const *each = (const struct ydoc_node *const *)&n->items[i];
		if (n->kind == YDOC_MAP)
			add_item(l, s, g->children[i], n, n->keys[i], each);
		else
			walk(l, s, g->children[i], each);
	}
}

static const struct ydoc_node *const *selection_node(const struct lint *l, const struct selection *s)
{
	for (size_t i = 0; i < l->detection->n; i++)
		if (l->detection->keys[i] == s->key)
			return (const struct ydoc_node *const *)&l->detection->items[i];
	return NULL;
}

void lint_init(struct lint *l, const struct rule *r, struct faults *faults)
{
	*l = (struct lint){.rule = r, .faults = faults};
	if (!r->detection)
		return;
	l->detection = ydoc_get(r->root, r->kind == RULE_FILTER ? "filter" : "detection");
	for (size_t i = 0; l->detection && i < r->detection->selections.n; i++) {
		const struct selection *s = &r->detection->selections.items[i];
		const struct ydoc_node *const *node = selection_node(l, s);
		if (node && s->group)
			walk(l, s, s->group, node);
	}
}

void lint_fini(struct lint *l)
{
	vec_fini(&l->items);
}

/* --- what passes ask and say ---------------------------------------------------------------------- */

void lint_say(const struct lint *l, enum fault_code code, enum fault_level level, const struct ydoc_node *at,
    const char *fmt, ...)
{
	char text[MAX_TEXT];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	fault_add(l->faults, level, l->rule->file.ptr, at->line, at->col, "%s", text);
	fault_tag(l->faults, code);
}

bool lint_is_literal(const struct lint_item *it, const struct ydoc_node *value)
{
	for (size_t i = 0; i < it->modifiers.n; i++)
		if (it->modifiers.order[i] != MODIFIER_CASED && it->modifiers.order[i] != MODIFIER_ALL &&
		    it->modifiers.order[i] != MODIFIER_NEQ)
			return false;
	return value->kind == YDOC_SCALAR && value->type == YDOC_TEXT && value->text.len > 0 &&
	       !memchr(value->text.ptr, '*', value->text.len) &&
	       !memchr(value->text.ptr, '?', value->text.len) &&
	       !memchr(value->text.ptr, '\\', value->text.len);
}

static bool names_it(const struct condition *c, const struct selection *s)
{
	for (size_t i = 0; i < c->n_selections; i++)
		if (c->selections[i] == s)
			return true;
	return false;
}

/* Bit 0: somewhere outside `not`; bit 1: below one. */
static unsigned polarity(const struct condition *c, const struct selection *s, bool negated)
{
	unsigned found = names_it(c, s) ? (negated ? 2 : 1) : 0;
	for (size_t i = 0; i < c->n; i++)
		found |= polarity(c->children[i], s, negated ^ (c->kind == CONDITION_NOT));
	return found;
}

bool lint_is_exception(const struct lint *l, const struct selection *s)
{
	const struct condition *c = l->rule->detection->condition;
	return c && polarity(c, s, false) == 2;
}

/* --- the whole ------------------------------------------------------------------------------------ */

static bool is_linted(const struct rule *r)
{
	return r->state != RULE_REFUSED && r->state != RULE_OFF && r->root && r->root->kind == YDOC_MAP;
}

void lint_ruleset(const struct ruleset *s, struct faults *faults)
{
	for (size_t i = 0; i < s->rules.n; i++) {
		struct lint l;
		if (!is_linted(s->rules.items[i]))
			continue;
		lint_init(&l, s->rules.items[i], faults);
#define LINT_PASS(name) name(&l);
		LINT_PASSES(LINT_PASS)
#undef LINT_PASS
		lint_fini(&l);
	}
	faults_sort(faults);
	lint_ignore(faults);
}
