/* From slots to candidates. A program is built when rules are loaded; each worker has a state of its own.
 *
 * A field is looked up when it is asked for: those through which rules are reached for every event, all
 * others only when the condition of a rule that was reached comes to them. Values whose kind says that a
 * field holds more than one plain value (several hits) mean "unknown", as do texts too long to remember. */
#include "rules/fast/state.h"

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

/* Kinds of values that say all there is to say. */
static void find_entries(struct program *p)
{
	const struct compiled *c = &p->compiled;
	p->entries = heap_zero(c->entries.n + 1, sizeof *p->entries);
	for (size_t i = 0; i < c->entries.n; i++) {
		uint32_t path = c->entries.items[i];
		const struct compiled_path *known = &c->paths[path];
		p->entries[i] = (struct entry_path){.path = path, .slot = p->ways[path].slot};
		for (int kind = SCAN_ABSENT; kind < known->n_fixed; kind++)
			p->entries[i].dull |= (uint32_t)(known->fixed[kind].n_ranks == 0) << kind;
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
	find_entries(p);
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
	free(p->entries);
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

/* --- asking ----------------------------------------------------------------------------------------------
 */

static const struct meaning *look_up_slot(
    struct program_state *s, uint32_t path, const struct scan_slot *slot)
{
	if (slot->kind < s->program->compiled.paths[path].n_fixed)
		return &s->program->compiled.paths[path].fixed[slot->kind];
	if (slot->kind == SCAN_OBJECT || slot->kind == SCAN_ARRAY)
		return inside_meaning(s, path, slot);
	if (slot->kind > SCAN_STRING_ESCAPED || slot->len > FINDER_MAX_TEXT)
		return NULL;
	const struct memo_key key = {path, slot->kind, sv_of(slot->ptr, slot->len)};
	const struct meaning *m = memo_near(s->memo, &key);
	if (m)
		return m;
	uint64_t digest = memo_digest(s->memo, &key);
	m = memo_find(s->memo, &key, digest);
	if (!m)
		m = learn_value(s, &key, digest, slot);
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
	return m ? m : learn_derived(s, &key, digest, in);
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

/* As meaning_of; entries are no derived fields. */
static inline const struct meaning *meaning_at_entry(struct program_state *s, const struct entry_path *entry)
{
	uint32_t path = entry->path;
	if (s->asked[path] != s->event) {
		s->asked[path] = s->event;
		s->steps.lookups++;
		s->meanings[path] = look_up_slot(s, path, &s->slots[entry->slot]);
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
	size_t n = c->always.n ? take(s, c->always.items, c->always.n, 0) : 0;
	for (size_t i = 0; i < c->entries.n; i++) {
		const struct entry_path *entry = &s->program->entries[i];
		const struct compiled_ranks *reached = &c->paths[entry->path].reached;
		if (entry->dull >> slots[entry->slot].kind & 1)
			continue;
		const struct meaning *m = meaning_at_entry(s, entry);
		if (m && m->n_ranks)
			n = take(s, m->ranks, m->n_ranks, n);
		else if (!m)
			n = take(s, reached->ranks, reached->n, n);
	}
	if (!ascending(s->ranks, n))
		learn_sort(s->ranks, n);
	for (size_t i = 0; i < n; i++)
		out[i] = c->rules.items[s->ranks[i]].rule;
	s->steps.candidates += n;
	*out_certain = s->certain;
	return n;
}
