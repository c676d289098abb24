/* Walks condition and selections over one record, then, for a match, walks once more to collect the leaves
 * that decided. Called for every event by whoever evaluates; any thread, since rules are read-only and the
 * record is the caller's. Depth is bounded by the caps of condition.h. */
#include "rules/eval.h"

#include "rules/detection.h"

#define MAX_LEAVES 32

static bool group_holds(const struct group *g, struct record *r)
{
	switch (g->kind) {
	case GROUP_ITEM: return item_holds(g->item, r, NULL);
	case GROUP_AND:
		for (size_t i = 0; i < g->n; i++)
			if (!group_holds(g->children[i], r))
				return false;
		return true;
	case GROUP_OR:
		for (size_t i = 0; i < g->n; i++)
			if (group_holds(g->children[i], r))
				return true;
		return false;
	}
	return false;
}

/* `all of`: every selection holds; `1 of` and a plain name: one does. */
static bool selections_hold(const struct condition *c, struct record *r)
{
	for (size_t i = 0; i < c->n_selections; i++)
		if (group_holds(c->selections[i]->group, r) != c->all)
			return !c->all;
	return c->all;
}

static bool condition_holds(const struct condition *c, struct record *r)
{
	switch (c->kind) {
	case CONDITION_AND:
		for (size_t i = 0; i < c->n; i++)
			if (!condition_holds(c->children[i], r))
				return false;
		return true;
	case CONDITION_OR:
		for (size_t i = 0; i < c->n; i++)
			if (condition_holds(c->children[i], r))
				return true;
		return false;
	case CONDITION_NOT: return !condition_holds(c->children[0], r);
	case CONDITION_NAME:
	case CONDITION_OF: return selections_hold(c, r);
	}
	return false;
}

/* --- why ------------------------------------------------------------------------------------------ */

/* An AND that is true, or an OR that is false, is decided by all of its parts; else the first part that has
 * the verdict decides alone. */
static bool all_decide(bool is_and, bool verdict)
{
	return is_and == verdict;
}

/* `verdict` is what the group is known to be. */
static void explain_group(const struct group *g, bool verdict, struct record *r, struct why *why)
{
	bool all = all_decide(g->kind == GROUP_AND, verdict);

	if (g->kind == GROUP_ITEM) {
		struct why_leaf leaf = {0};

		if (why->leaves.n == MAX_LEAVES)
			return;
		item_holds(g->item, r, &leaf);
		leaf.negated = !verdict;
		vec_push(&why->leaves, leaf);
		return;
	}
	for (size_t i = 0; i < g->n; i++) {
		if (!all && group_holds(g->children[i], r) != verdict)
			continue;
		explain_group(g->children[i], verdict, r, why);
		if (!all)
			return;
	}
}

static void explain_selections(const struct condition *c, bool verdict, struct record *r, struct why *why)
{
	bool all = all_decide(c->all, verdict);

	for (size_t i = 0; i < c->n_selections; i++) {
		const struct group *g = c->selections[i]->group;

		if (!all && group_holds(g, r) != verdict)
			continue;
		explain_group(g, verdict, r, why);
		if (!all)
			return;
	}
}

/* A `not` turns the verdict round, so that its leaves are those that made the inner false. */
static void explain_condition(const struct condition *c, bool verdict, struct record *r, struct why *why)
{
	bool all = all_decide(c->kind == CONDITION_AND, verdict);

	switch (c->kind) {
	case CONDITION_NAME:
	case CONDITION_OF: explain_selections(c, verdict, r, why); return;
	case CONDITION_NOT: explain_condition(c->children[0], !verdict, r, why); return;
	case CONDITION_AND:
	case CONDITION_OR: break;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (!all && condition_holds(c->children[i], r) != verdict)
			continue;
		explain_condition(c->children[i], verdict, r, why);
		if (!all)
			return;
	}
}

bool eval_rule(const struct rule *rule, struct record *r, struct why *why)
{
	const struct detection *d = rule->detection;

	if (rule->kind == RULE_CORRELATION || (rule->state != RULE_ACTIVE && rule->state != RULE_SHADOW))
		return false;
	if (!condition_holds(d->condition, r))
		return false;
	for (size_t i = 0; i < d->filters.n; i++)
		if (!condition_holds(d->filters.items[i]->condition, r))
			return false;
	if (!why)
		return true;
	explain_condition(d->condition, true, r, why);
	for (size_t i = 0; i < d->filters.n; i++)
		explain_condition(d->filters.items[i]->condition, true, r, why);
	return true;
}

bool eval_explain(const struct rule *rule, struct record *r, struct why *why)
{
	const struct detection *d = rule->detection;

	if (eval_rule(rule, r, why))
		return true;
	if (rule->kind == RULE_CORRELATION || (rule->state != RULE_ACTIVE && rule->state != RULE_SHADOW))
		return false;
	if (!condition_holds(d->condition, r)) {
		explain_condition(d->condition, false, r, why);
		return false;
	}
	for (size_t i = 0; i < d->filters.n; i++)
		if (!condition_holds(d->filters.items[i]->condition, r)) {
			explain_condition(d->filters.items[i]->condition, false, r, why);
			return false;
		}
	return false;
}
