/* Builds the nodes of a rule once and asks them as often as needed. For commands, one thread; selections are
 * shared, so the size is that of the rule and not of what its condition repeats. */
#include "rules/trace.h"

struct builder {
	struct arena *arena;
	struct trace *out;
	VEC(const struct selection *) known; /* parallel to out->selections */
};

static struct trace_node *node_new(struct builder *b, enum trace_kind kind, size_t n)
{
	struct trace_node *t = arena_zero(b->arena, sizeof *t);
	t->kind = kind;
	t->truth = TRUTH_UNKNOWN;
	t->children = arena_zero(b->arena, (n ? n : 1) * sizeof(struct trace_node *));
	t->n = n;
	return t;
}

static struct trace_node *build_group(struct builder *b, const struct group *g, struct sv selection)
{
	if (g->kind == GROUP_ITEM) {
		struct trace_node *t = node_new(b, TRACE_ITEM, 0);
		t->item = g->item;
		t->key = g->key;
		t->value = g->value;
		t->selection = selection;
		t->number = b->out->items.n;
		vec_push(&b->out->items, t);
		return t;
	}
	struct trace_node *t = node_new(b, g->kind == GROUP_AND ? TRACE_AND : TRACE_OR, g->n);
	for (size_t i = 0; i < g->n; i++)
		t->children[i] = build_group(b, g->children[i], selection);
	return t;
}

static struct trace_node *build_selection(struct builder *b, const struct selection *s)
{
	for (size_t i = 0; i < b->known.n; i++)
		if (b->known.items[i] == s)
			return b->out->selections.items[i];
	struct trace_node *t = node_new(b, TRACE_SELECTION, 1);
	t->name = s->name;
	t->children[0] = build_group(b, s->group, s->name);
	vec_push(&b->known, s);
	vec_push(&b->out->selections, t);
	return t;
}

static struct trace_node *build_condition(struct builder *b, const struct condition *c)
{
	struct trace_node *t;
	switch (c->kind) {
	case CONDITION_NAME: return build_selection(b, c->selections[0]);
	case CONDITION_OF:
		t = node_new(b, c->all ? TRACE_ALL_OF : TRACE_ONE_OF, c->n_selections);
		t->name = c->name;
		t->source = c;
		for (size_t i = 0; i < c->n_selections; i++)
			t->children[i] = build_selection(b, c->selections[i]);
		return t;
	case CONDITION_AND:
	case CONDITION_OR:
	case CONDITION_NOT: break;
	}
	t = node_new(b,
	    c->kind == CONDITION_AND  ? TRACE_AND
	    : c->kind == CONDITION_OR ? TRACE_OR
				      : TRACE_NOT,
	    c->n);
	t->source = c;
	for (size_t i = 0; i < c->n; i++)
		t->children[i] = build_condition(b, c->children[i]);
	return t;
}

/* The rule's own condition, and each filter's beside it. */
static struct trace_node *build_rule(struct builder *b, const struct detection *d)
{
	if (!d->filters.n)
		return build_condition(b, d->condition);
	struct trace_node *t = node_new(b, TRACE_AND, d->filters.n + 1);
	t->children[0] = build_condition(b, d->condition);
	for (size_t i = 0; i < d->filters.n; i++) {
		struct trace_node *f = node_new(b, TRACE_FILTER, 1);
		f->filter = d->filters.items[i];
		f->children[0] = build_condition(b, f->filter->condition);
		t->children[i + 1] = f;
	}
	return t;
}

bool trace_build(const struct rule *rule, struct arena *arena, struct trace *out)
{
	*out = (struct trace){0};
	if (rule->kind == RULE_CORRELATION || rule->state == RULE_REFUSED || !rule->detection ||
	    !rule->detection->condition)
		return false;
	struct builder b = {.arena = arena, .out = out};
	out->root = build_rule(&b, rule->detection);
	vec_fini(&b.known);
	return true;
}

void trace_fini(struct trace *t)
{
	vec_fini(&t->selections);
	vec_fini(&t->items);
}

/* --- ask ------------------------------------------------------------------------------------------- */

static enum truth negate(enum truth t)
{
	return t == TRUTH_UNKNOWN ? t : t == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

/* AND is decided by what is false, OR by what is true; else what is unknown leaves it unknown. */
static enum truth joined(const struct trace_node *t, enum truth decides)
{
	bool unknown = false;
	for (size_t i = 0; i < t->n; i++) {
		if (t->children[i]->truth == decides)
			return decides;
		unknown |= t->children[i]->truth == TRUTH_UNKNOWN;
	}
	return unknown ? TRUTH_UNKNOWN : negate(decides);
}

/* Items know theirs already, and so do selections when something above them is asked. */
static void conclude(struct trace_node *t, bool above)
{
	if (t->kind == TRACE_ITEM || (above && t->kind == TRACE_SELECTION))
		return;
	for (size_t i = 0; i < t->n; i++)
		conclude(t->children[i], above);
	switch (t->kind) {
	case TRACE_ITEM: return;
	case TRACE_AND:
	case TRACE_ALL_OF: t->truth = joined(t, TRUTH_FALSE); return;
	case TRACE_OR:
	case TRACE_ONE_OF: t->truth = joined(t, TRUTH_TRUE); return;
	case TRACE_NOT: t->truth = negate(t->children[0]->truth); return;
	case TRACE_SELECTION:
	case TRACE_FILTER: t->truth = t->children[0]->truth; return;
	}
}

enum truth trace_ask(struct trace *t, enum truth (*ask)(void *ctx, const struct trace_node *item), void *ctx)
{
	for (size_t i = 0; i < t->items.n; i++)
		t->items.items[i]->truth = ask(ctx, t->items.items[i]);
	for (size_t i = 0; i < t->selections.n; i++)
		conclude(t->selections.items[i], false);
	conclude(t->root, true);
	return t->root->truth;
}

static enum truth ask_event(void *ctx, const struct trace_node *t)
{
	if (!t->item)
		return TRUTH_UNKNOWN;
	return item_holds(t->item, ctx, NULL) ? TRUTH_TRUE : TRUTH_FALSE;
}

enum truth trace_event(struct trace *t, struct record *r)
{
	return trace_ask(t, ask_event, r);
}
