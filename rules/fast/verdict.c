/* Rules' trees as flat nodes. Built by one thread, then read by any. */
#include "rules/fast/verdict.h"

static uint32_t open_node(struct verdicts *v, enum verdict_op op)
{
	vec_push(&v->nodes, (struct verdict_node){.op = op});
	return (uint32_t)v->nodes.n - 1;
}

static void close_node(struct verdicts *v, uint32_t node)
{
	v->nodes.items[node].end = (uint32_t)v->nodes.n;
}

static void add_item(struct verdicts *v, const struct item *it, struct predicates *p)
{
	uint32_t id = predicates_add(p, it);
	uint32_t node = open_node(v, id == PREDICATE_NONE ? VERDICT_UNKNOWN : VERDICT_PREDICATE);
	v->nodes.items[node].predicate = id;
	close_node(v, node);
}

static void add_group(struct verdicts *v, const struct group *g, struct predicates *p)
{
	if (g->kind == GROUP_ITEM) {
		add_item(v, g->item, p);
		return;
	}
	uint32_t node = open_node(v, g->kind == GROUP_AND ? VERDICT_AND : VERDICT_OR);
	for (size_t i = 0; i < g->n; i++)
		add_group(v, g->children[i], p);
	close_node(v, node);
}

static void add_selections(struct verdicts *v, const struct condition *c, struct predicates *p)
{
	uint32_t node = open_node(v, c->all ? VERDICT_AND : VERDICT_OR);
	for (size_t i = 0; i < c->n_selections; i++)
		add_group(v, c->selections[i]->group, p);
	close_node(v, node);
}

static enum verdict_op op_of(enum condition_kind kind)
{
	switch (kind) {
	case CONDITION_AND: return VERDICT_AND;
	case CONDITION_OR: return VERDICT_OR;
	case CONDITION_NOT: return VERDICT_NOT;
	case CONDITION_NAME:
	case CONDITION_OF: break;
	}
	return VERDICT_UNKNOWN;
}

static void add_condition(struct verdicts *v, const struct condition *c, struct predicates *p)
{
	if (c->kind == CONDITION_NAME || c->kind == CONDITION_OF) {
		add_selections(v, c, p);
		return;
	}
	uint32_t node = open_node(v, op_of(c->kind));
	for (size_t i = 0; i < c->n; i++)
		add_condition(v, c->children[i], p);
	close_node(v, node);
}

uint32_t verdicts_add(struct verdicts *v, const struct detection *d, struct predicates *p)
{
	uint32_t node = open_node(v, VERDICT_AND);
	add_condition(v, d->condition, p);
	for (size_t i = 0; i < d->filters.n; i++)
		add_condition(v, d->filters.items[i]->condition, p);
	close_node(v, node);
	return node;
}

enum truth verdict_of(
    const struct verdicts *v, uint32_t node, enum truth (*ask)(void *ctx, uint32_t predicate), void *ctx)
{
	const struct verdict_node *n = &v->nodes.items[node];
	bool is_and = n->op == VERDICT_AND;
	enum truth so_far = is_and ? TRUTH_TRUE : TRUTH_FALSE;
	if (n->op == VERDICT_PREDICATE)
		return ask(ctx, n->predicate);
	if (n->op == VERDICT_UNKNOWN)
		return TRUTH_UNKNOWN;
	if (n->op == VERDICT_NOT)
		return TRUTH_TRUE - verdict_of(v, node + 1, ask, ctx);
	for (uint32_t i = node + 1; i < n->end; i = v->nodes.items[i].end) {
		enum truth t = verdict_of(v, i, ask, ctx);
		if (t == (is_and ? TRUTH_FALSE : TRUTH_TRUE))
			return t;
		if (t == TRUTH_UNKNOWN)
			so_far = t;
	}
	return so_far;
}
