/* What objects and arrays mean. What a rule says of one must stand in its text, or in one of its strings when
 * something in it is escaped or spaced. So one look is taken at the raw text; only where a literal stands is
 * it read, and items are asked. Called by program.c. */
#include "rules/fast/state.h"

/* Longer ones are for the reference evaluator. */
#define INSIDE_MAX ((size_t)64 << 10)
/* Up to here what an object means is remembered. */
#define INSIDE_SHORT ((size_t)1024)

static void forget_texts(struct program_state *s)
{
	for (size_t i = 0; i < s->texts.owned.n; i++)
		free(s->texts.owned.items[i]);
	s->texts.owned.n = s->texts.list.n = s->texts.n_hits = 0;
	s->texts.has_null = s->has_texts = false;
}

static void read_texts(struct program_state *s)
{
	const struct tree *value;
	struct sv raw = sv_of(s->container->ptr, s->container->len);
	forget_texts(s);
	s->keeps = s->has_texts = true;
	if (tree_read(&s->kept, raw, &value, NULL) == RC_OK)
		texts_of_value(&s->texts, value);
	else
		s->unreadable = true;
}

static void test_inside(void *ctx, uint32_t id)
{
	struct program_state *s = ctx;
	const struct predicate *p = &s->program->compiled.predicates.list.items[id];
	if (s->tested[id] == s->value_number)
		return;
	if (!s->has_texts)
		read_texts(s);
	s->tested[id] = s->value_number;
	s->steps.tests++;
	if (item_holds_texts(p->item, &s->texts) != p->usually)
		s->odd.items[s->odd.n++] = id;
}

static void find_in_texts(struct program_state *s, const struct finder *f)
{
	if (!s->has_texts)
		read_texts(s);
	for (size_t i = 0; i < s->texts.list.n; i++)
		finder_find_inside(f, s->texts.list.items[i].text, &s->folded, test_inside, s);
}

static const void *keep(struct program_state *s, const void *from, size_t bytes)
{
	void *to = arena_alloc(&s->kept, bytes + 1);
	if (bytes)
		memcpy(to, from, bytes);
	return to;
}

/* Asks those that have to be asked. */
static const struct meaning *read_through(struct program_state *s, const struct predicate_path *path,
    const struct meaning *base, const struct scan_slot *slot, enum finder_inside found)
{
	struct sv raw = sv_of(slot->ptr, slot->len);
	learn_next_value(s);
	s->container = slot;
	s->has_texts = s->unreadable = false;
	s->odd.n = 0;
	for (size_t i = 0; i < path->ask.n; i++)
		test_inside(s, path->ask.items[i]);
	for (size_t i = 0; slot->kind == SCAN_ARRAY && i < path->ask_arrays.n; i++)
		test_inside(s, path->ask_arrays.items[i]);
	if (found == FINDER_SOMETHING)
		finder_find_inside(path->inside, raw, NULL, test_inside, s);
	else if (found == FINDER_UNCLEAR)
		find_in_texts(s, path->inside);
	if (s->unreadable)
		return NULL;
	if (!s->has_texts)
		return base;
	for (uint32_t i = 0; i < base->n_odd; i++)
		if (s->tested[base->odd[i]] != s->value_number)
			s->odd.items[s->odd.n++] = base->odd[i];
	struct meaning m;
	if (!learn_sum_up(s, &m))
		m.ranks = keep(s, m.ranks, m.n_ranks * sizeof *m.ranks);
	m.odd = keep(s, s->odd.items, s->odd.n * sizeof *m.odd);
	return keep(s, &m, sizeof m);
}

const struct meaning *inside_meaning(struct program_state *s, uint32_t number, const struct scan_slot *slot)
{
	const struct predicate_path *path = &s->program->compiled.predicates.paths.items[number];
	const struct meaning *base = &s->program->compiled.paths[number].in_object;
	if (slot->len > INSIDE_MAX || !path->inside)
		return NULL;
	enum finder_inside found = finder_inside(path->inside, sv_of(slot->ptr, slot->len));
	bool asks = path->ask.n || (slot->kind == SCAN_ARRAY && path->ask_arrays.n);
	if (found == FINDER_NOTHING && !asks)
		return base;
	if (slot->len > INSIDE_SHORT)
		return read_through(s, path, base, slot, found);
	const struct memo_key key = {number, slot->kind, sv_of(slot->ptr, slot->len)};
	uint64_t digest = memo_digest(s->memo, &key);
	const struct meaning *m = memo_find(s->memo, &key, digest);
	if (m)
		return m;
	m = read_through(s, path, base, slot, found);
	if (m)
		memo_put(s->memo, &key, digest, m, false);
	return m;
}
