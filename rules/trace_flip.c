/* Dynamic programming over a trace: for each node and each truth, the cheapest few sets of flips that give
 * it. An OR that should be true takes one of its children's sets, an AND a set of each. Selections are solved
 * once. For commands; one thread. */
#include "rules/trace_flip.h"

struct set {
	const struct trace_flip *flips; /* by number */
	size_t n;
	unsigned cost;
};

/* Sets in order; at most TRACE_FLIPS. */
struct sets {
	struct set items[TRACE_FLIPS];
	size_t n;
};

/* Of one selection, for both truths; `known` when they are there. */
struct solved {
	const struct trace_node *selection;
	struct sets sets[2];
	bool known[2];
};

struct solver {
	struct arena *arena;
	unsigned (*cost)(void *ctx, const struct trace_node *item, bool to);
	void *ctx;
	struct solved *solved;
	size_t n_solved;
};

static void solve(struct solver *s, const struct trace_node *t, bool want, struct sets *out);

static bool same_set(const struct set *a, const struct set *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->flips[i].item != b->flips[i].item || a->flips[i].to != b->flips[i].to)
			return false;
	return true;
}

static bool is_better(const struct set *a, const struct set *b)
{
	return a->n != b->n ? a->n < b->n : a->cost < b->cost;
}

/* Behind what is as good; the worst falls off the end. */
static void keep(struct sets *sets, struct set one)
{
	size_t at = sets->n;
	for (size_t i = 0; i < sets->n; i++)
		if (same_set(&sets->items[i], &one))
			return;
	while (at > 0 && is_better(&one, &sets->items[at - 1]))
		at--;
	if (at == TRACE_FLIPS)
		return;
	if (sets->n < TRACE_FLIPS)
		sets->n++;
	memmove(&sets->items[at + 1], &sets->items[at], (sets->n - 1 - at) * sizeof *sets->items);
	sets->items[at] = one;
}

/* Both sets as one, merged by number; false when they contradict each other. */
static bool unite(struct solver *s, const struct set *a, const struct set *b, struct set *out)
{
	if (!a->n || !b->n) {
		*out = a->n ? *a : *b;
		return true;
	}
	struct trace_flip *flips = arena_alloc(s->arena, (a->n + b->n) * sizeof *flips);
	struct set one = {.flips = flips, .cost = a->cost + b->cost};
	size_t i = 0, k = 0;
	while (i < a->n || k < b->n) {
		if (k == b->n || (i < a->n && a->flips[i].item->number < b->flips[k].item->number)) {
			flips[one.n++] = a->flips[i++];
		} else if (i == a->n || b->flips[k].item->number < a->flips[i].item->number) {
			flips[one.n++] = b->flips[k++];
		} else {
			if (a->flips[i].to != b->flips[k].to)
				return false;
			one.cost -= s->cost ? s->cost(s->ctx, a->flips[i].item, a->flips[i].to) : 0;
			flips[one.n++] = a->flips[i++];
			k++;
		}
	}
	*out = one;
	return true;
}

static void solve_item(struct solver *s, const struct trace_node *t, bool want, struct sets *out)
{
	struct set one = {0};
	if (t->truth != (want ? TRUTH_TRUE : TRUTH_FALSE)) {
		struct trace_flip *flip = arena_alloc(s->arena, sizeof *flip);
		*flip = (struct trace_flip){t, want};
		one = (struct set){flip, 1, s->cost ? s->cost(s->ctx, t, want) : 0};
	}
	keep(out, one);
}

/* Every child. */
static void solve_all(struct solver *s, const struct trace_node *t, bool want, struct sets *out)
{
	keep(out, (struct set){0});
	for (size_t c = 0; c < t->n; c++) {
		struct sets child = {0}, so_far = *out;
		struct set one;
		solve(s, t->children[c], want, &child);
		out->n = 0;
		for (size_t i = 0; i < so_far.n; i++)
			for (size_t k = 0; k < child.n; k++)
				if (unite(s, &so_far.items[i], &child.items[k], &one))
					keep(out, one);
	}
}

/* One of the children. */
static void solve_one(struct solver *s, const struct trace_node *t, bool want, struct sets *out)
{
	for (size_t c = 0; c < t->n; c++) {
		struct sets child = {0};
		solve(s, t->children[c], want, &child);
		for (size_t k = 0; k < child.n; k++)
			keep(out, child.items[k]);
	}
}

static void solve_selection(struct solver *s, const struct trace_node *t, bool want, struct sets *out)
{
	struct solved *known = s->solved;
	while (known->selection != t)
		known++;
	if (!known->known[want]) {
		solve(s, t->children[0], want, &known->sets[want]);
		known->known[want] = true;
	}
	*out = known->sets[want];
}

static void solve(struct solver *s, const struct trace_node *t, bool want, struct sets *out)
{
	switch (t->kind) {
	case TRACE_ITEM: solve_item(s, t, want, out); return;
	case TRACE_NOT: solve(s, t->children[0], !want, out); return;
	case TRACE_FILTER: solve(s, t->children[0], want, out); return;
	case TRACE_SELECTION: solve_selection(s, t, want, out); return;
	case TRACE_AND:
	case TRACE_ALL_OF:
	case TRACE_OR:
	case TRACE_ONE_OF: break;
	}
	if (want == (t->kind == TRACE_AND || t->kind == TRACE_ALL_OF))
		solve_all(s, t, want, out);
	else
		solve_one(s, t, want, out);
}

/* --- does it turn the tree? ------------------------------------------------------------------------ */

struct what_if {
	const enum truth *now; /* by number */
	const struct set *set; /* NULL: as it is now */
};

static enum truth ask_flipped(void *ctx, const struct trace_node *t)
{
	const struct what_if *w = ctx;
	for (size_t i = 0; w->set && i < w->set->n; i++)
		if (w->set->flips[i].item == t)
			return w->set->flips[i].to ? TRUTH_TRUE : TRUTH_FALSE;
	return w->now[t->number];
}

size_t trace_flips(struct trace *t, bool want,
    unsigned (*cost)(void *ctx, const struct trace_node *item, bool to), void *ctx, struct arena *arena,
    struct trace_flips out[TRACE_FLIPS])
{
	struct solver s = {.arena = arena, .cost = cost, .ctx = ctx, .n_solved = t->selections.n};
	enum truth *now = arena_alloc(arena, (t->items.n + 1) * sizeof *now);
	struct sets sets = {0};
	size_t n = 0;
	s.solved = heap_zero(s.n_solved + 1, sizeof *s.solved);
	for (size_t i = 0; i < s.n_solved; i++)
		s.solved[i].selection = t->selections.items[i];
	for (size_t i = 0; i < t->items.n; i++)
		now[i] = t->items.items[i]->truth;
	solve(&s, t->root, want, &sets);
	for (size_t i = 0; i < sets.n; i++) {
		struct what_if w = {now, &sets.items[i]};
		if (trace_ask(t, ask_flipped, &w) == (want ? TRUTH_TRUE : TRUTH_FALSE))
			out[n++] =
			    (struct trace_flips){sets.items[i].flips, sets.items[i].n, sets.items[i].cost};
	}
	trace_ask(t, ask_flipped, &(struct what_if){now, NULL});
	free(s.solved);
	return n;
}
