/* Builds the tables. Called once for each rule set that is loaded. */
#include "rules/fast/compiled.h"

#include "rules/fast/cover.h"
#include "rules/fast/literal.h"
#include "rules/texts.h"

/* Pairs of (predicate, rank), then their spans. */
struct way {
	uint32_t predicate, rank;
};

struct ways {
	VEC(struct way) list;
};

static bool can_match(const struct rule *r)
{
	return r->kind == RULE_DETECTION && (r->state == RULE_ACTIVE || r->state == RULE_SHADOW);
}

static void take_rules(struct compiled *c, const struct ruleset *set)
{
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct rule *r = set->rules.items[i];
		if (!can_match(r))
			continue;
		uint32_t node = verdicts_add(&c->verdicts, r->detection, &c->predicates);
		vec_push(&c->rules, (struct compiled_rule){r, node});
	}
	predicates_finish(&c->predicates);
}

static void choose_ways(struct compiled *c, struct ways *ways)
{
	struct cover_costs costs;
	cover_costs_init(&costs, &c->predicates, &c->verdicts);
	for (size_t rank = 0; rank < c->rules.n; rank++) {
		struct cover cover =
		    cover_of(&c->verdicts, c->rules.items[rank].node, &c->predicates, &costs);
		for (size_t i = 0; i < cover.predicates.n; i++)
			vec_push(&ways->list, (struct way){cover.predicates.items[i], (uint32_t)rank});
		if (cover.always)
			vec_push(&c->always, (uint32_t)rank);
		vec_fini(&cover.predicates);
	}
	cover_costs_fini(&costs);
}

/* --- ranks --------------------------------------------------------------------------------------------- */

uint32_t compiled_take_ranks(struct rank_set *set, uint32_t *out)
{
	uint32_t n = 0;
	for (size_t i = 0; i < set->n_words; i++) {
		for (uint64_t w = set->words[i]; w; w &= w - 1)
			out[n++] = (uint32_t)(i * 64 + (size_t)__builtin_ctzll(w));
		set->words[i] = 0;
	}
	return n;
}

static struct compiled_ranks keep_ranks(struct compiled *c, struct rank_set *set, uint32_t *room)
{
	uint32_t n = compiled_take_ranks(set, room);
	uint32_t *kept = n ? arena_alloc(&c->arena, n * sizeof *kept) : NULL;
	if (n)
		memcpy(kept, room, n * sizeof *kept);
	return (struct compiled_ranks){kept, n};
}

static int by_predicate(const void *a, const void *b)
{
	const struct way *x = a, *y = b;
	if (x->predicate != y->predicate)
		return x->predicate < y->predicate ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void reach_by_predicate(struct compiled *c, struct ways *ways, struct rank_set *set, uint32_t *room)
{
	c->reached = heap_zero(c->predicates.list.n + 1, sizeof *c->reached);
	if (ways->list.n)
		qsort(ways->list.items, ways->list.n, sizeof *ways->list.items, by_predicate);
	for (size_t i = 0; i < ways->list.n;) {
		uint32_t predicate = ways->list.items[i].predicate;
		for (; i < ways->list.n && ways->list.items[i].predicate == predicate; i++)
			compiled_add_rank(set, ways->list.items[i].rank);
		c->reached[predicate] = keep_ranks(c, set, room);
	}
}

static void add_reached(const struct compiled *c, uint32_t predicate, struct rank_set *set)
{
	for (uint32_t i = 0; i < c->reached[predicate].n; i++)
		compiled_add_rank(set, c->reached[predicate].ranks[i]);
}

/* --- paths --------------------------------------------------------------------------------------------- */

static const struct tree *fixed_value(int kind)
{
	static const struct tree null = {.type = TREE_NULL, .raw = SV_INIT("null"), .text = SV_INIT("null")};
	static const struct tree no = {.type = TREE_FALSE, .raw = SV_INIT("false"), .text = SV_INIT("false")};
	static const struct tree yes = {.type = TREE_TRUE, .raw = SV_INIT("true"), .text = SV_INIT("true")};
	static const struct tree number = {.type = TREE_NUMBER, .raw = SV_INIT("1"), .text = SV_INIT("1")};
	static const struct tree text = {.type = TREE_STRING, .raw = SV_INIT("x"), .text = SV_INIT("x")};
	switch (kind) {
	case SCAN_NULL: return &null;
	case SCAN_FALSE: return &no;
	case SCAN_TRUE: return &yes;
	case SCAN_NUMBER: return &number;
	case SCAN_STRING:
	case SCAN_STRING_ESCAPED: return &text;
	default: return NULL;
	}
}

static bool holds_in_object(const struct item *it)
{
	struct text text = {TREE_OBJECT, SV_INIT("{}"), true};
	return item_holds_texts(it, &(struct texts){.list = {&text, 1, 1}, .n_hits = 1, .first = text.text});
}

/* `kind` may be SCAN_OBJECT. */
static struct meaning fixed_meaning(
    struct compiled *c, const struct predicate_path *path, int kind, struct rank_set *set, uint32_t *room)
{
	VEC(uint32_t) odd = {0};
	for (size_t i = 0; i < path->members.n; i++) {
		uint32_t id = path->members.items[i];
		const struct predicate *p = &c->predicates.list.items[id];
		bool holds = kind == SCAN_OBJECT ? holds_in_object(p->item)
						 : item_holds_value(p->item, fixed_value(kind));
		if (holds == p->usually)
			continue;
		vec_push(&odd, id);
		add_reached(c, id, set);
	}
	struct compiled_ranks ranks = keep_ranks(c, set, room);
	uint32_t *kept = arena_alloc(&c->arena, (odd.n + 1) * sizeof *kept);
	if (odd.n)
		memcpy(kept, odd.items, odd.n * sizeof *kept);
	struct meaning m = {kept, (uint32_t)odd.n, ranks.n, ranks.ranks};
	vec_fini(&odd);
	return m;
}

/* Does nobody ask more than whether there is a text? */
static bool is_blind(const struct compiled *c, const struct predicate_path *path)
{
	for (size_t i = 0; i < path->members.n; i++)
		if (!literals_any_text(c->predicates.list.items[path->members.items[i]].item))
			return false;
	return true;
}

static void compile_paths(struct compiled *c, struct rank_set *set, uint32_t *room)
{
	c->paths = heap_zero(c->predicates.paths.n + 1, sizeof *c->paths);
	for (size_t i = 0; i < c->predicates.paths.n; i++) {
		const struct predicate_path *path = &c->predicates.paths.items[i];
		c->paths[i].n_fixed = is_blind(c, path) ? SCAN_STRING_ESCAPED + 1 : SCAN_TRUE + 1;
		for (int kind = SCAN_ABSENT; kind < c->paths[i].n_fixed && path->kw < 0; kind++)
			c->paths[i].fixed[kind] = fixed_meaning(c, path, kind, set, room);
		if (path->kw < 0)
			c->paths[i].in_object = fixed_meaning(c, path, SCAN_OBJECT, set, room);
		for (size_t j = 0; j < path->members.n; j++)
			add_reached(c, path->members.items[j], set);
		c->paths[i].reached = keep_ranks(c, set, room);
		if (c->paths[i].reached.n)
			vec_push(&c->entries, (uint32_t)i);
	}
}

void compiled_init(struct compiled *c, const struct ruleset *set)
{
	struct ways ways = {0};
	*c = (struct compiled){0};
	take_rules(c, set);
	choose_ways(c, &ways);
	struct rank_set ranks = {.n_words = c->rules.n / 64 + 1};
	ranks.words = heap_zero(ranks.n_words, sizeof *ranks.words);
	uint32_t *room = heap_zero(c->rules.n + 1, sizeof *room);
	reach_by_predicate(c, &ways, &ranks, room);
	compile_paths(c, &ranks, room);
	free(room);
	free(ranks.words);
	vec_fini(&ways.list);
}

void compiled_fini(struct compiled *c)
{
	predicates_fini(&c->predicates);
	vec_fini(&c->verdicts.nodes);
	vec_fini(&c->rules);
	vec_fini(&c->always);
	vec_fini(&c->entries);
	free(c->paths);
	free(c->reached);
	arena_fini(&c->arena);
}
