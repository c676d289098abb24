/* Builds the formula from compiled groups. An item is the disjunction of its values (`all`: conjunction), a
 * value of its probes, `neq` a negation; what is not understood is a variable that nothing is known about. */
#include "rules/lint/formula.h"

#include "rules/lint/theory.h"
#include "rules/value.h"

/* Rules that ask more than this are lists of indicators, and pairs of them are not compared. */
#define MAX_ATOMS 200
#define MAX_ITEMS 300

/* --- atoms ---------------------------------------------------------------------------------------- */

/* Probes that the theory knows nothing about are the same when they are written alike. */
static bool is_same(const struct atom *a, const struct atom *b)
{
	if (!sv_eq(a->field, b->field))
		return false;
	if (a->probe->kind == b->probe->kind && sv_eq(a->chain, b->chain) && sv_eq(a->written, b->written) &&
	    !a->probe->entry.ptr && !b->probe->entry.ptr)
		return true;
	return theory_same(a->probe, b->probe);
}

/* Clauses about two atoms of one field. */
static void relate(struct formula *f, const struct atom *a, const struct atom *b)
{
	bool exists_a = a->probe->kind == PROBE_EXISTS, exists_b = b->probe->kind == PROBE_EXISTS;
	if (exists_b && !exists_a) {
		relate(f, b, a);
		return;
	}
	if (exists_a) {
		if (b->probe->kind == PROBE_NULL) /* what is absent is null */
			sat_clause(f->sat, (const int[]){a->literal, b->literal}, 2);
		else
			sat_clause(f->sat, (const int[]){a->literal, -b->literal}, 2);
		return;
	}
	if (theory_implies(a->probe, b->probe))
		sat_clause(f->sat, (const int[]){-a->literal, b->literal}, 2);
	if (theory_implies(b->probe, a->probe))
		sat_clause(f->sat, (const int[]){-b->literal, a->literal}, 2);
	if (theory_single(a->field) && theory_excludes(a->probe, b->probe))
		sat_clause(f->sat, (const int[]){-a->literal, -b->literal}, 2);
}

static int literal_of(
    struct formula *f, struct sv field, struct sv chain, struct sv written, const struct probe *p)
{
	struct atom new = {field, chain, written, p, 0};
	for (size_t i = 0; i < f->atoms.n; i++) {
		const struct atom *a = &f->atoms.items[i];
		if (p->kind == PROBE_EXISTS && a->probe->kind == PROBE_EXISTS && sv_eq(a->field, field))
			return p->truth ? a->literal : -a->literal;
		if (p->kind != PROBE_EXISTS && is_same(a, &new))
			return a->literal;
	}
	new.literal = sat_variable(f->sat);
	for (size_t i = 0; field.len > 0 && i < f->atoms.n; i++)
		if (sv_eq(f->atoms.items[i].field, field))
			relate(f, &f->atoms.items[i], &new);
	vec_push(&f->atoms, new);
	return p->kind == PROBE_EXISTS && !p->truth ? -new.literal : new.literal;
}

/* --- items ---------------------------------------------------------------------------------------- */

static int value_literal(struct formula *f, struct sv field, struct sv chain, const struct value *v)
{
	VEC(int) probes = {0};
	for (size_t i = 0; i < v->n; i++)
		vec_push(&probes, literal_of(f, field, chain, v->written, &v->probes[i]));
	int out = sat_or(f->sat, probes.items, probes.n);
	vec_fini(&probes);
	return out;
}

static int item_literal(struct formula *f, const struct lint_item *it)
{
	VEC(int) values = {0};
	if (!it->item)
		return sat_variable(f->sat);
	struct item_parts parts = item_parts(it->item);
	for (size_t i = 0; i < parts.n; i++)
		vec_push(&values, value_literal(f, it->field, parts.chain, &parts.values[i]));
	int out = it->modifiers.has[MODIFIER_ALL] ? sat_and(f->sat, values.items, values.n)
						  : sat_or(f->sat, values.items, values.n);
	vec_fini(&values);
	return it->modifiers.has[MODIFIER_NEQ] ? -out : out;
}

static size_t count_probes(const struct lint *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->items.n; i++) {
		if (!l->items.items[i].item)
			continue;
		struct item_parts parts = item_parts(l->items.items[i].item);
		for (size_t j = 0; j < parts.n; j++)
			n += parts.values[j].n;
	}
	return n;
}

/* --- groups and conditions ------------------------------------------------------------------------ */

int formula_group(struct formula *f, const struct lint *l, const struct group *g)
{
	VEC(int) parts = {0};
	if (g->kind == GROUP_ITEM) {
		for (size_t i = 0; g->item && i < l->items.n; i++)
			if (l->items.items[i].item == g->item)
				return f->items.items[i];
		return sat_variable(f->sat);
	}
	for (size_t i = 0; i < g->n; i++)
		vec_push(&parts, formula_group(f, l, g->children[i]));
	int out = g->kind == GROUP_AND ? sat_and(f->sat, parts.items, parts.n)
				       : sat_or(f->sat, parts.items, parts.n);
	vec_fini(&parts);
	return out;
}

int formula_selection(const struct formula *f, const struct lint *l, const struct selection *s)
{
	return f->selections.items[s - l->rule->detection->selections.items];
}

int formula_condition(struct formula *f, const struct lint *l, const struct condition *c)
{
	VEC(int) parts = {0};
	for (size_t i = 0; i < c->n_selections; i++)
		vec_push(&parts, formula_selection(f, l, c->selections[i]));
	for (size_t i = 0; i < c->n; i++)
		vec_push(&parts, formula_condition(f, l, c->children[i]));
	bool all = c->kind == CONDITION_AND || (c->kind == CONDITION_OF && c->all);
	int out = all ? sat_and(f->sat, parts.items, parts.n) : sat_or(f->sat, parts.items, parts.n);
	vec_fini(&parts);
	return c->kind == CONDITION_NOT ? -out : out;
}

bool formula_init(struct formula *f, const struct lint *l)
{
	const struct detection *d = l->rule->detection;
	*f = (struct formula){0};
	if (!d || !d->condition || l->items.n > MAX_ITEMS || count_probes(l) > MAX_ATOMS)
		return false;
	f->sat = sat_new();
	for (size_t i = 0; i < l->items.n; i++)
		vec_push(&f->items, item_literal(f, &l->items.items[i]));
	for (size_t i = 0; i < d->selections.n; i++)
		vec_push(&f->selections, d->selections.items[i].group
					     ? formula_group(f, l, d->selections.items[i].group)
					     : sat_variable(f->sat));
	f->condition = formula_condition(f, l, d->condition);
	return true;
}

void formula_fini(struct formula *f)
{
	sat_free(f->sat);
	vec_fini(&f->atoms);
	vec_fini(&f->items);
	vec_fini(&f->selections);
}
