/* From slots to candidates. A program is built when rules are loaded; each worker has a state of its own.
 *
 * A field is looked up when it is asked for: those through which rules are reached for every event, all
 * others only when the condition of a rule that was reached comes to them. Values whose kind says that a
 * field holds more than one plain value (objects, arrays, several hits) mean "unknown", as do texts too long
 * to remember. Into an object or array one look is taken for the literals that its text must hold; only where
 * one stands is it read. */
#include "rules/fast/program.h"

#include "rules/fast/inputs.h"
#include "rules/fast/memo.h"
#include "rules/texts.h"

/* Longer ones are for the reference evaluator. */
#define PROGRAM_MAX_OBJECT ((size_t)64 << 10)
/* Up to here what an object means is remembered. */
#define PROGRAM_SHORT_OBJECT ((size_t)256)

/* How a path's value is had. */
struct way_in {
	uint32_t slot;
	struct inputs inputs; /* of a derived field; else empty */
};

struct program {
	struct ruleset *rules;
	struct scan_plan *plan;
	struct compiled compiled;
	struct way_in *ways; /* by path */
	size_t n_slots;
	_Atomic int refs;
};

struct program_state {
	struct program *program;
	struct memo *memo;
	const struct scan_slot *slots; /* of the event in hand */

	/* By path: its meaning for this event; NULL: unknown. Stands where `asked` is the event's number. */
	const struct meaning **meanings;
	uint32_t *asked;
	uint32_t event;

	/* By rank: the last event that reached it. */
	uint32_t *reached;
	uint32_t *ranks; /* candidates in the order found */
	bool certain;    /* of all of them */
	struct rank_set rank_set;

	/* Finding out what a new value means. By predicate: the last value that it was asked about. */
	uint32_t *tested;
	uint32_t value_number;
	const struct tree *value;
	VEC(uint32_t) odd;
	uint32_t *odd_ranks;
	struct buf folded;
	struct record *record; /* of a derived field; NULL: `value` is asked about */

	/* Of an object or array: its texts, once somebody had to be asked. */
	const struct scan_slot *container;
	struct texts texts;
	bool has_texts, unreadable;
	struct arena kept; /* trees and meanings, until the next event */
	bool keeps;
	struct arena arena; /* unescaped texts, small records */
	struct buf quoted, key;

	struct program_steps steps;
};

/* --- programs ------------------------------------------------------------------------------------------ */

static const struct sv own_slots[PROGRAM_SLOT_COUNT] = {
    [PROGRAM_EVENT_VERSION] = SV_INIT("eventVersion"),
    [PROGRAM_EVENT_ID] = SV_INIT("eventID"),
    [PROGRAM_EVENT_TIME] = SV_INIT("eventTime"),
    [PROGRAM_EVENT_TYPE] = SV_INIT("eventType"),
    [PROGRAM_EVENT_CATEGORY] = SV_INIT("eventCategory"),
    [PROGRAM_RECORDS] = SV_INIT("Records"),
    [PROGRAM_EVENTS] = SV_INIT("Events"),
    [PROGRAM_EVENT_SOURCE] = SV_INIT("eventSource"),
    [PROGRAM_EVENT_NAME] = SV_INIT("eventName"),
    [PROGRAM_ACCOUNT] = SV_INIT("recipientAccountId"),
};

/* Paths on their way into a plan, each once. */
struct slots {
	VEC(struct sv) paths;
	struct map by_path; /* number + 1 */
};

static uint32_t slot_of(void *ctx, struct sv path)
{
	struct slots *s = ctx;
	uintptr_t known = (uintptr_t)map_get(&s->by_path, path);
	if (known)
		return (uint32_t)(known - 1);
	vec_push(&s->paths, path);
	map_put(&s->by_path, path, (void *)(uintptr_t)s->paths.n);
	return (uint32_t)s->paths.n - 1;
}

static void find_ways_in(struct program *p, struct slots *slots)
{
	size_t n = p->compiled.predicates.paths.n;
	p->ways = heap_zero(n + 1, sizeof *p->ways);
	for (size_t i = 0; i < n; i++) {
		const struct predicate_path *path = &p->compiled.predicates.paths.items[i];
		if (path->kw < 0)
			p->ways[i].slot = slot_of(slots, path->name);
		else
			inputs_init(&p->ways[i].inputs, (enum kw_field)path->kw, slot_of, slots);
	}
}

struct program *program_new(struct ruleset *set)
{
	struct program *p = heap_zero(1, sizeof *p);
	struct slots slots = {0};
	p->rules = ruleset_ref(set);
	p->refs = 1;
	compiled_init(&p->compiled, set);
	for (int i = 0; i < PROGRAM_SLOT_COUNT; i++)
		slot_of(&slots, own_slots[i]);
	find_ways_in(p, &slots);
	p->n_slots = slots.paths.n;
	p->plan = scan_plan_new(slots.paths.items, p->n_slots);
	scan_plan_strict(p->plan);
	vec_fini(&slots.paths);
	map_fini(&slots.by_path);
	return p;
}

struct program *program_ref(struct program *p)
{
	p->refs++;
	return p;
}

void program_unref(struct program *p)
{
	if (!p || --p->refs > 0)
		return;
	scan_plan_free(p->plan);
	for (size_t i = 0; i < p->compiled.predicates.paths.n; i++)
		vec_fini(&p->ways[i].inputs.list);
	free(p->ways);
	compiled_fini(&p->compiled);
	ruleset_unref(p->rules);
	free(p);
}

const struct scan_plan *program_plan(const struct program *p)
{
	return p->plan;
}

size_t program_n_slots(const struct program *p)
{
	return p->n_slots;
}

uint32_t program_slot_of(const struct program *p, struct sv path)
{
	for (size_t i = 0; i < p->compiled.predicates.paths.n; i++) {
		const struct predicate_path *known = &p->compiled.predicates.paths.items[i];
		if (known->kw < 0 && sv_eq(known->name, path))
			return p->ways[i].slot;
	}
	return UINT32_MAX;
}

struct ruleset *program_rules(const struct program *p)
{
	return p->rules;
}

size_t program_n_rules(const struct program *p)
{
	return p->compiled.rules.n;
}

/* --- states ----------------------------------------------------------------------------------------------
 */

struct program_state *program_state_new(struct program *p)
{
	const struct compiled *c = &p->compiled;
	struct program_state *s = heap_zero(1, sizeof *s);
	s->program = program_ref(p);
	s->memo = memo_new(PROGRAM_MEMORY);
	s->meanings = heap_zero(c->predicates.paths.n + 1, sizeof *s->meanings);
	s->asked = heap_zero(c->predicates.paths.n + 1, sizeof *s->asked);
	s->reached = heap_zero(c->rules.n + 1, sizeof *s->reached);
	s->ranks = heap_zero(c->rules.n + 1, sizeof *s->ranks);
	s->odd_ranks = heap_zero(c->rules.n + 1, sizeof *s->odd_ranks);
	s->rank_set.n_words = c->rules.n / 64 + 1;
	s->rank_set.words = heap_zero(s->rank_set.n_words, sizeof *s->rank_set.words);
	s->tested = heap_zero(c->predicates.list.n + 1, sizeof *s->tested);
	vec_reserve(&s->odd, c->predicates.list.n + 1);
	buf_room(&s->folded, FINDER_FOLDED);
	buf_room(&s->quoted, 2 * FINDER_MAX_TEXT);
	s->key.limit = FINDER_MAX_TEXT;
	buf_room(&s->key, FINDER_MAX_TEXT);
	return s;
}

void program_state_free(struct program_state *s)
{
	if (!s)
		return;
	program_unref(s->program);
	memo_free(s->memo);
	free(s->meanings);
	free(s->asked);
	free(s->reached);
	free(s->ranks);
	free(s->odd_ranks);
	free(s->rank_set.words);
	free(s->tested);
	vec_fini(&s->odd);
	buf_fini(&s->folded);
	buf_fini(&s->quoted);
	buf_fini(&s->key);
	texts_fini(&s->texts);
	arena_fini(&s->kept);
	arena_fini(&s->arena);
	free(s);
}

const struct program_steps *program_steps(const struct program_state *s)
{
	return &s->steps;
}

/* Numbers of events and misses come round after 2^32 of them; marks of the last round would then count. */
static void next_event(struct program_state *s)
{
	const struct compiled *c = &s->program->compiled;
	s->steps.events++;
	if (s->keeps)
		arena_reset(&s->kept);
	s->keeps = false;
	if (++s->event)
		return;
	memset(s->asked, 0, c->predicates.paths.n * sizeof *s->asked);
	memset(s->reached, 0, c->rules.n * sizeof *s->reached);
	s->event = 1;
}

/* Nobody was asked about the value that comes now. */
static void next_value(struct program_state *s)
{
	if (++s->value_number)
		return;
	memset(s->tested, 0, s->program->compiled.predicates.list.n * sizeof *s->tested);
	s->value_number = 1;
}

/* --- what a new value means -------------------------------------------------------------------------------
 */

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

static void sort(uint32_t *ids, size_t n)
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

/* What the odd predicates amount to. */
static const struct meaning *remember(struct program_state *s, const struct memo_key *key, uint64_t digest)
{
	struct meaning m = {0};
	sort(s->odd.items, s->odd.n);
	m.odd = s->odd.items;
	m.n_odd = (uint32_t)s->odd.n;
	bool last = gather_ranks(s, &m);
	return memo_put(s->memo, key, digest, &m, last);
}

static const struct meaning *find_out(
    struct program_state *s, const struct memo_key *key, uint64_t digest, const struct scan_slot *slot)
{
	const struct predicate_path *path = &s->program->compiled.predicates.paths.items[key->path];
	struct tree value;
	s->steps.misses++;
	next_value(s);
	if (!read_slot(s, slot, &value))
		return NULL;
	s->value = &value;
	s->record = NULL;
	s->odd.n = 0;
	finder_find(path->finder, value.text, &s->folded, test, s);
	return remember(s, key, digest);
}

/* An absent field is asked about by everybody. */
static const struct meaning *find_out_derived(
    struct program_state *s, const struct memo_key *key, uint64_t digest, const struct inputs *in)
{
	const struct predicate_path *path = &s->program->compiled.predicates.paths.items[key->path];
	struct record record;
	s->steps.misses++;
	next_value(s);
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

/* --- objects and arrays ------------------------------------------------------------------------------------
 */

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
		finder_find_part(f, s->texts.list.items[i].text, &s->folded, test_inside, s);
}

static const void *keep(struct program_state *s, const void *from, size_t bytes)
{
	void *to = arena_alloc(&s->kept, bytes + 1);
	if (bytes)
		memcpy(to, from, bytes);
	return to;
}

/* Stands until the next event. */
static const struct meaning *look_into(struct program_state *s, uint32_t number, const struct scan_slot *slot)
{
	const struct predicate_path *path = &s->program->compiled.predicates.paths.items[number];
	const struct meaning *base = &s->program->compiled.paths[number].in_object;
	next_value(s);
	s->container = slot;
	s->has_texts = s->unreadable = false;
	s->odd.n = 0;
	for (size_t i = 0; i < path->ask.n; i++)
		test_inside(s, path->ask.items[i]);
	for (size_t i = 0; slot->kind == SCAN_ARRAY && i < path->ask_arrays.n; i++)
		test_inside(s, path->ask_arrays.items[i]);
	if (!finder_find_inside(path->inside, sv_of(slot->ptr, slot->len), test_inside, s))
		find_in_texts(s, path->inside);
	if (s->unreadable)
		return NULL;
	if (!s->has_texts)
		return base;
	for (uint32_t i = 0; i < base->n_odd; i++)
		if (s->tested[base->odd[i]] != s->value_number)
			s->odd.items[s->odd.n++] = base->odd[i];
	struct meaning m = {.n_odd = (uint32_t)s->odd.n};
	sort(s->odd.items, s->odd.n);
	if (!gather_ranks(s, &m))
		m.ranks = keep(s, m.ranks, m.n_ranks * sizeof *m.ranks);
	m.odd = keep(s, s->odd.items, s->odd.n * sizeof *m.odd);
	return keep(s, &m, sizeof m);
}

/* --- asking ----------------------------------------------------------------------------------------------
 */

/* Short ones often come again: three of four parameters in what was measured. */
static const struct meaning *look_up_container(
    struct program_state *s, uint32_t path, const struct scan_slot *slot)
{
	if (slot->len > PROGRAM_MAX_OBJECT)
		return NULL;
	if (slot->len > PROGRAM_SHORT_OBJECT)
		return look_into(s, path, slot);
	const struct memo_key key = {path, slot->kind, sv_of(slot->ptr, slot->len)};
	uint64_t digest = memo_digest(s->memo, &key);
	const struct meaning *m = memo_find(s->memo, &key, digest);
	if (m)
		return m;
	m = look_into(s, path, slot);
	if (m)
		memo_put(s->memo, &key, digest, m, false);
	return m;
}

static const struct meaning *look_up_slot(
    struct program_state *s, uint32_t path, const struct scan_slot *slot)
{
	if (slot->kind < s->program->compiled.paths[path].n_fixed)
		return &s->program->compiled.paths[path].fixed[slot->kind];
	if (slot->kind == SCAN_OBJECT || slot->kind == SCAN_ARRAY)
		return look_up_container(s, path, slot);
	if (slot->kind > SCAN_STRING_ESCAPED || slot->len > FINDER_MAX_TEXT)
		return NULL;
	const struct memo_key key = {path, slot->kind, sv_of(slot->ptr, slot->len)};
	const struct meaning *m = memo_near(s->memo, &key);
	if (m)
		return m;
	uint64_t digest = memo_digest(s->memo, &key);
	m = memo_find(s->memo, &key, digest);
	if (!m)
		m = find_out(s, &key, digest, slot);
	if (m)
		memo_put_near(s->memo, &key, m);
	return m;
}

static const struct meaning *look_up_derived(struct program_state *s, uint32_t path, const struct inputs *in)
{
	buf_reset(&s->key);
	if (!inputs_key(in, s->slots, &s->key))
		return NULL;
	const struct memo_key key = {path, SCAN_STRING, buf_sv(&s->key)};
	uint64_t digest = memo_digest(s->memo, &key);
	const struct meaning *m = memo_find(s->memo, &key, digest);
	return m ? m : find_out_derived(s, &key, digest, in);
}

static const struct meaning *look_up(struct program_state *s, uint32_t path)
{
	const struct way_in *way = &s->program->ways[path];
	s->steps.lookups++;
	return way->inputs.list.n ? look_up_derived(s, path, &way->inputs)
				  : look_up_slot(s, path, &s->slots[way->slot]);
}

static const struct meaning *meaning_of(struct program_state *s, uint32_t path)
{
	if (s->asked[path] != s->event) {
		s->asked[path] = s->event;
		s->meanings[path] = look_up(s, path);
	}
	return s->meanings[path];
}

static bool holds(const struct meaning *m, uint32_t id)
{
	uint32_t low = 0, high = m->n_odd;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (m->odd[middle] == id)
			return true;
		if (m->odd[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static enum truth ask(void *ctx, uint32_t id)
{
	struct program_state *s = ctx;
	const struct predicate *p = &s->program->compiled.predicates.list.items[id];
	const struct meaning *m = meaning_of(s, p->path);
	if (!m)
		return TRUTH_UNKNOWN;
	return holds(m, id) != p->usually ? TRUTH_TRUE : TRUTH_FALSE;
}

/* --- candidates --------------------------------------------------------------------------------------------
 */

static size_t take(struct program_state *s, const uint32_t *ranks, size_t n_ranks, size_t n)
{
	const struct compiled *c = &s->program->compiled;
	for (size_t i = 0; i < n_ranks; i++) {
		uint32_t rank = ranks[i];
		if (s->reached[rank] == s->event)
			continue;
		s->reached[rank] = s->event;
		s->steps.reached++;
		enum truth t = verdict_of(&c->verdicts, c->rules.items[rank].node, ask, s);
		if (t == TRUTH_FALSE)
			continue;
		s->certain &= t == TRUTH_TRUE;
		s->ranks[n++] = rank;
	}
	return n;
}

static bool ascending(const uint32_t *ranks, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (ranks[i - 1] > ranks[i])
			return false;
	return true;
}

size_t program_candidates(
    struct program_state *s, const struct scan_slot *slots, const struct rule **out, bool *out_certain)
{
	const struct compiled *c = &s->program->compiled;
	memo_tidy(s->memo);
	next_event(s);
	s->slots = slots;
	s->certain = true;
	size_t n = take(s, c->always.items, c->always.n, 0);
	for (size_t i = 0; i < c->entries.n; i++) {
		uint32_t path = c->entries.items[i];
		const struct meaning *m = meaning_of(s, path);
		if (m)
			n = take(s, m->ranks, m->n_ranks, n);
		else
			n = take(s, c->paths[path].reached.ranks, c->paths[path].reached.n, n);
	}
	if (!ascending(s->ranks, n))
		sort(s->ranks, n);
	for (size_t i = 0; i < n; i++)
		out[i] = c->rules.items[s->ranks[i]].rule;
	s->steps.candidates += n;
	*out_certain = s->certain;
	return n;
}
