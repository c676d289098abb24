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

/* Takes out the one node `i`, below or at `node`, and leaves its parts. */
static void drop_node(struct verdicts *v, uint32_t node, uint32_t i)
{
	struct verdict_node *items = v->nodes.items;
	v->nodes.n--;
	memmove(items + i, items + i + 1, (v->nodes.n - i) * sizeof *items);
	for (uint32_t j = node; j < v->nodes.n; j++)
		items[j].end -= items[j].end > i;
}

/* An AND in an AND is the same AND, and one of a single part is that part. */
static void close_group(struct verdicts *v, uint32_t node)
{
	close_node(v, node);
	for (uint32_t i = node + 1; i < v->nodes.items[node].end;)
		if (v->nodes.items[i].op == v->nodes.items[node].op)
			drop_node(v, node, i);
		else
			i = v->nodes.items[i].end;
	if (node + 1 < v->nodes.n && v->nodes.items[node + 1].end == v->nodes.n)
		drop_node(v, node, node);
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
	close_group(v, node);
}

static void add_selections(struct verdicts *v, const struct condition *c, struct predicates *p)
{
	uint32_t node = open_node(v, c->all ? VERDICT_AND : VERDICT_OR);
	for (size_t i = 0; i < c->n_selections; i++)
		add_group(v, c->selections[i]->group, p);
	close_group(v, node);
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
	if (c->kind == CONDITION_AND || c->kind == CONDITION_OR)
		close_group(v, node);
	else
		close_node(v, node);
}

uint32_t verdicts_add(struct verdicts *v, const struct detection *d, struct predicates *p)
{
	uint32_t node = open_node(v, VERDICT_AND);
	add_condition(v, d->condition, p);
	for (size_t i = 0; i < d->filters.n; i++)
		add_condition(v, d->filters.items[i]->condition, p);
	close_group(v, node);
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
		const struct verdict_node *part = &v->nodes.items[i];
		enum truth t =
		    part->op == VERDICT_PREDICATE ? ask(ctx, part->predicate) : verdict_of(v, i, ask, ctx);
		if (t == (is_and ? TRUTH_FALSE : TRUTH_TRUE))
			return t;
		if (t == TRUTH_UNKNOWN)
			so_far = t;
	}
	return so_far;
}
