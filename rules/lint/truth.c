/* Conditions that can never or always hold, parts that no event fulfils, exceptions that take nothing away.
 * Whatever is claimed is proved by the formula; what can't be proved in its budget is not said. */
#include "rules/lint/formula.h"

static bool impossible(struct formula *f, int a, int b)
{
	return sat_impossible(f->sat, (const int[]){a, b}, 2);
}

static const struct ydoc_node *condition_node(const struct lint *l)
{
	const struct ydoc_node *n = ydoc_get(l->detection, "condition");
	return n->kind == YDOC_LIST && n->n > 0 ? n->items[0] : n;
}

/* --- why a selection can't hold ------------------------------------------------------------------- */

/* Two items of one map that exclude each other; told at the second. */
static bool tell_pair(const struct lint *l, struct formula *f, const struct selection *s)
{
	for (size_t i = 0; i < l->items.n; i++)
		for (size_t j = i + 1; j < l->items.n; j++) {
			const struct lint_item *a = &l->items.items[i], *b = &l->items.items[j];
			if (a->selection != s || b->map != a->map || !a->map ||
			    !impossible(f, f->items.items[i], f->items.items[j]))
				continue;
			lint_say(l, FAULT_DEAD_BRANCH, FAULT_WARNING, b->key,
			    "no event fulfils this together with `%.*s` on line %d", SV_ARG(a->key->text),
			    a->key->line);
			return true;
		}
	return false;
}

/* Selections that no event fulfils, and alternatives of them. */
static bool check_selections(const struct lint *l, struct formula *f)
{
	const struct detection *d = l->rule->detection;
	bool dead = false;
	for (size_t i = 0; i < d->selections.n; i++) {
		const struct selection *s = &d->selections.items[i];
		int literal = f->selections.items[i];
		if (!s->used || !s->group)
			continue;
		if (impossible(f, literal, literal)) {
			dead = true;
			if (!tell_pair(l, f, s))
				lint_say(l, FAULT_DEAD_BRANCH, FAULT_WARNING, s->key,
				    "no event fulfils selection \"%.*s\"", SV_ARG(s->name));
			continue;
		}
		for (size_t j = 0; s->group->kind == GROUP_OR && j < s->group->n; j++) {
			int each = formula_group(f, l, s->group->children[j]);
			if (impossible(f, each, each) && !tell_pair(l, f, s))
				lint_say(l, FAULT_DEAD_BRANCH, FAULT_WARNING, s->key,
				    "no event fulfils alternative %zu of selection \"%.*s\"", j + 1,
				    SV_ARG(s->name));
		}
	}
	return dead;
}

/* --- why a condition can't hold ------------------------------------------------------------------- */

static void describe(const struct condition *c, struct buf *out)
{
	if (c->kind == CONDITION_NOT) {
		buf_adds(out, "not ");
		describe(c->children[0], out);
	} else if (c->kind == CONDITION_NAME) {
		buf_add(out, c->name);
	} else if (c->kind == CONDITION_OF) {
		buf_printf(out, "%s of %.*s", c->all ? "all" : "1", SV_ARG(c->name));
	} else {
		buf_adds(out, "(…)");
	}
}

static void tell_never(const struct lint *l, struct formula *f)
{
	const struct condition *c = l->rule->detection->condition;
	struct buf a = {.limit = 200}, b = {.limit = 200};
	for (size_t i = 0; c->kind == CONDITION_AND && i < c->n && a.len == 0; i++)
		for (size_t j = i + 1; j < c->n && a.len == 0; j++)
			if (impossible(f, formula_condition(f, l, c->children[i]),
				formula_condition(f, l, c->children[j]))) {
				describe(c->children[i], &a);
				describe(c->children[j], &b);
			}
	if (a.len > 0)
		lint_say(l, FAULT_NEVER_TRUE, FAULT_WARNING, condition_node(l),
		    "this can never be true: no event fulfils `%s` and `%s` at once", a.ptr, b.ptr);
	else
		lint_say(l, FAULT_NEVER_TRUE, FAULT_WARNING, condition_node(l),
		    "this can never be true, so the rule never fires");
	buf_fini(&a);
	buf_fini(&b);
}

/* --- exceptions ----------------------------------------------------------------------------------- */

static void check_exception(
    const struct lint *l, struct formula *f, const int *rest, size_t n, const struct selection *s)
{
	VEC(int) all = {0};
	int literal = formula_selection(f, l, s);
	for (size_t i = 0; i < n; i++)
		vec_push(&all, rest[i]);
	vec_push(&all, literal);
	if (!impossible(f, literal, literal) && sat_impossible(f->sat, all.items, all.n))
		lint_say(l, FAULT_REDUNDANT_EXCEPTION, FAULT_WARNING, s->key,
		    "the exception \"%.*s\" takes nothing away: no event fulfils it and the rest of the "
		    "condition",
		    SV_ARG(s->name));
	vec_fini(&all);
}

/* `a and b and not c`: is there an event of a and b that c takes away? */
static void check_exceptions(const struct lint *l, struct formula *f)
{
	const struct condition *c = l->rule->detection->condition;
	VEC(int) rest = {0};
	if (c->kind != CONDITION_AND)
		return;
	for (size_t i = 0; i < c->n; i++)
		if (c->children[i]->kind != CONDITION_NOT)
			vec_push(&rest, formula_condition(f, l, c->children[i]));
	for (size_t i = 0; i < c->n; i++) {
		const struct condition *x =
		    c->children[i]->kind == CONDITION_NOT ? c->children[i]->children[0] : NULL;
		for (size_t j = 0; x && !x->all && j < x->n_selections; j++)
			check_exception(l, f, rest.items, rest.n, x->selections[j]);
	}
	vec_fini(&rest);
}

static void check_alternatives(const struct lint *l, struct formula *f)
{
	const struct condition *c = l->rule->detection->condition;
	for (size_t i = 0; c->kind == CONDITION_OR && i < c->n; i++) {
		struct buf part = {.limit = 200};
		int each = formula_condition(f, l, c->children[i]);
		describe(c->children[i], &part);
		if (c->children[i]->kind != CONDITION_NAME && impossible(f, each, each))
			lint_say(l, FAULT_DEAD_BRANCH, FAULT_WARNING, condition_node(l),
			    "alternative %zu, `%s`, can never be true", i + 1, part.ptr);
		buf_fini(&part);
	}
}

void lint_truth(const struct lint *l)
{
	struct formula f;
	if (!formula_init(&f, l))
		return;
	bool dead = check_selections(l, &f);
	if (impossible(&f, f.condition, f.condition)) {
		tell_never(l, &f);
	} else if (impossible(&f, -f.condition, -f.condition)) {
		lint_say(l, FAULT_ALWAYS_TRUE, FAULT_WARNING, condition_node(l),
		    "this is true of every event, so the rule fires on all of them");
	} else if (!dead) {
		check_exceptions(l, &f);
		check_alternatives(l, &f);
	}
	formula_fini(&f);
}
