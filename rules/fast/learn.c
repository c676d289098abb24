/* Finding out what a new value means: those predicates are asked of which the finder found something in it.
 * Called by program.c. */
#include "rules/fast/state.h"

/* Nobody was asked about the value that comes now. */
void learn_next_value(struct program_state *s)
{
	if (++s->value_number)
		return;
	memset(s->tested, 0, s->program->compiled.predicates.list.n * sizeof *s->tested);
	s->value_number = 1;
}

static void test(void *ctx, uint32_t id)
{
	struct program_state *s = ctx;
	const struct predicate *p = &s->program->compiled.predicates.list.items[id];
	if (s->tested[id] == s->value_number)
		return;
	s->tested[id] = s->value_number;
	s->steps.tests++;
	bool holds = s->record ? item_holds(p->item, s->record, NULL) : item_holds_value(p->item, s->value);
	if (holds != p->usually)
		s->odd.items[s->odd.n++] = id;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* Heap sort, since qsort may allocate. */
static void sink(uint32_t *ids, size_t i, size_t n)
{
	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		child += child + 1 < n && by_number(&ids[child + 1], &ids[child]) > 0;
		if (by_number(&ids[i], &ids[child]) >= 0)
			return;
		uint32_t id = ids[i];
		ids[i] = ids[child];
		ids[child] = id;
	}
}

void learn_sort(uint32_t *ids, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sink(ids, i, n);
	for (size_t i = n; i-- > 1;) {
		uint32_t id = ids[0];
		ids[0] = ids[i];
		ids[i] = id;
		sink(ids, 0, i);
	}
}

/* The ranks reached through the odd predicates; those of a single one are borrowed from the program. */
static bool gather_ranks(struct program_state *s, struct meaning *m)
{
	const struct compiled *c = &s->program->compiled;
	const struct compiled_ranks *only = NULL;
	size_t n = 0;
	for (size_t i = 0; i < s->odd.n; i++)
		if (c->reached[s->odd.items[i]].n) {
			only = &c->reached[s->odd.items[i]];
			n++;
		}
	if (n <= 1) {
		m->ranks = only ? only->ranks : NULL;
		m->n_ranks = only ? only->n : 0;
		return true;
	}
	for (size_t i = 0; i < s->odd.n; i++)
		for (uint32_t j = 0; j < c->reached[s->odd.items[i]].n; j++)
			compiled_add_rank(&s->rank_set, c->reached[s->odd.items[i]].ranks[j]);
	m->ranks = s->odd_ranks;
	m->n_ranks = compiled_take_ranks(&s->rank_set, s->odd_ranks);
	return false;
}

/* The slot's value as the plain reader has it; false when it can't be had. */
static bool read_slot(struct program_state *s, const struct scan_slot *slot, struct tree *out)
{
	const struct tree *read;
	struct sv bytes = sv_of(slot->ptr, slot->len);
	enum tree_type type = slot->kind == SCAN_NUMBER ? TREE_NUMBER : TREE_STRING;
	*out = (struct tree){.type = type, .raw = bytes, .text = bytes};
	if (slot->kind != SCAN_STRING_ESCAPED)
		return true;
	arena_reset(&s->arena);
	buf_reset(&s->quoted);
	buf_addc(&s->quoted, '"');
	buf_add(&s->quoted, bytes);
	buf_addc(&s->quoted, '"');
	if (tree_read(&s->arena, buf_sv(&s->quoted), &read, NULL) != RC_OK)
		return false;
	*out = *read;
	return true;
}

bool learn_sum_up(struct program_state *s, struct meaning *m)
{
	learn_sort(s->odd.items, s->odd.n);
	*m = (struct meaning){.odd = s->odd.items, .n_odd = (uint32_t)s->odd.n};
	return gather_ranks(s, m);
}

static const struct meaning *remember(struct program_state *s, const struct memo_key *key, uint64_t digest)
{
	struct meaning m;
	bool last = learn_sum_up(s, &m);
	return memo_put(s->memo, key, digest, &m, last);
}

const struct meaning *learn_value(
    struct program_state *s, const struct memo_key *key, uint64_t digest, const struct scan_slot *slot)
{
	const struct predicate_path *path = &s->program->compiled.predicates.paths.items[key->path];
	struct tree value;
	s->steps.misses++;
	learn_next_value(s);
	if (!read_slot(s, slot, &value))
		return NULL;
	s->value = &value;
	s->record = NULL;
	s->odd.n = 0;
	finder_find(path->finder, value.text, &s->folded, test, s);
	return remember(s, key, digest);
}

/* An absent field is asked about by everybody. */
const struct meaning *learn_derived(
    struct program_state *s, const struct memo_key *key, uint64_t digest, const struct inputs *in)
{
	const struct predicate_path *path = &s->program->compiled.predicates.paths.items[key->path];
	struct record record;
	s->steps.misses++;
	learn_next_value(s);
	arena_reset(&s->arena);
	buf_reset(&s->quoted);
	if (!inputs_record(in, s->slots, &s->arena, &s->quoted, &record))
		return NULL;
	struct sv text = record_derived(&record, in->field);
	if (text.len > FINDER_MAX_TEXT)
		return NULL;
	s->record = &record;
	s->odd.n = 0;
	if (text.ptr)
		finder_find(path->finder, text, &s->folded, test, s);
	for (size_t i = 0; !text.ptr && i < path->members.n; i++)
		test(s, path->members.items[i]);
	return remember(s, key, digest);
}
