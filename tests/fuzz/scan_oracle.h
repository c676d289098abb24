/* What the unit test and the fuzz target of the scanner both ask: do all units say the same of some bytes,
 * and is it what the plain reader says? */
#ifndef KW_TESTS_FUZZ_SCAN_ORACLE_H
#define KW_TESTS_FUZZ_SCAN_ORACLE_H

#include "rules/event/scan.h"
#include "rules/path.h"

#define ORACLE_MAX_PATHS 64

struct oracle {
	const struct sv *paths;
	size_t n_paths;
	struct scan_plan *plan, *strict;
	struct scan_state *states[SCAN_UNIT_COUNT], *strict_states[SCAN_UNIT_COUNT]; /* NULL: not here */
};

static inline void oracle_init(struct oracle *o)
{
	*o = (struct oracle){0};
	for (int u = 0; u < SCAN_UNIT_COUNT; u++) {
		o->states[u] = scan_state_new_for((enum scan_unit)u);
		o->strict_states[u] = scan_state_new_for((enum scan_unit)u);
	}
}

static inline void oracle_fini(struct oracle *o)
{
	for (int u = 0; u < SCAN_UNIT_COUNT; u++) {
		scan_state_free(o->states[u]);
		scan_state_free(o->strict_states[u]);
	}
	scan_plan_free(o->plan);
	scan_plan_free(o->strict);
}

/* Asks about these paths from now on; they are borrowed. */
static inline void oracle_plan(struct oracle *o, const struct sv *paths, size_t n_paths)
{
	scan_plan_free(o->plan);
	scan_plan_free(o->strict);
	o->plan = scan_plan_new(paths, n_paths);
	o->strict = scan_plan_new(paths, n_paths);
	scan_plan_strict(o->strict);
	o->paths = paths;
	o->n_paths = n_paths;
}

struct oracle_hits {
	size_t n;
	struct tree first;
};

static inline void oracle_count(void *ctx, const struct tree *value)
{
	struct oracle_hits *hits = ctx;
	if (hits->n++ == 0)
		hits->first = *value;
}

static inline bool oracle_same_kind(enum scan_kind kind, const struct tree *t)
{
	bool escaped = sv_find_char(t->raw, '\\') != SV_NONE;
	switch (t->type) {
	case TREE_NULL: return kind == SCAN_NULL;
	case TREE_FALSE: return kind == SCAN_FALSE;
	case TREE_TRUE: return kind == SCAN_TRUE;
	case TREE_NUMBER: return kind == SCAN_NUMBER;
	case TREE_STRING: return kind == (escaped ? SCAN_STRING_ESCAPED : SCAN_STRING);
	case TREE_ARRAY: return kind == SCAN_ARRAY;
	case TREE_OBJECT: return kind == SCAN_OBJECT;
	}
	return false;
}

/* NULL, or what is wrong with the slot of a path. */
static inline const char *oracle_slot(struct sv path, struct record *r, const struct scan_slot *s)
{
	struct oracle_hits hits = {0};
	path_each(&(struct path){path, -1}, r, oracle_count, &hits);
	size_t dots = 0;
	for (size_t i = 0; i < path.len; i++)
		dots += path.ptr[i] == '.';
	/* Only these may be left to the tree. */
	bool reason = hits.n > 1 || dots >= 32 || sv_find_char(r->bytes, '[') != SV_NONE ||
		      sv_find_char(r->bytes, '\\') != SV_NONE;
	if (s->kind == SCAN_COMPLEX)
		return reason ? NULL : "complex without a reason";
	if (hits.n != (s->kind != SCAN_ABSENT))
		return "another number of values";
	if (hits.n == 0)
		return s->ptr || s->len ? "bytes of an absent value" : NULL;
	bool string = hits.first.type == TREE_STRING;
	struct sv raw = hits.first.raw, text = string ? sv_of(raw.ptr + 1, raw.len - 2) : raw;
	if (!oracle_same_kind((enum scan_kind)s->kind, &hits.first))
		return "another kind";
	return s->ptr == text.ptr && s->len == text.len ? NULL : "other bytes";
}

/* Scans with all units; NULL, or how they differ. */
static inline const char *oracle_scan(const struct oracle *o, const struct scan_plan *plan,
    struct scan_state *const *states, struct sv bytes, int64_t *out_len, struct scan_slot *slots)
{
	struct scan_slot others[ORACLE_MAX_PATHS];
	memset(slots, 0xaa, sizeof others);
	*out_len = scan_record(plan, states[SCAN_PLAIN], bytes.ptr, bytes.len, slots);
	for (int u = SCAN_PLAIN + 1; u < SCAN_UNIT_COUNT; u++) {
		if (!states[u])
			continue;
		memset(others, 0xaa, sizeof others);
		if (scan_record(plan, states[u], bytes.ptr, bytes.len, others) != *out_len)
			return "units return different lengths";
		for (size_t i = 0; *out_len > 0 && i < o->n_paths; i++)
			if (slots[i].ptr != others[i].ptr || slots[i].len != others[i].len ||
			    slots[i].kind != others[i].kind)
				return "units fill different slots";
	}
	return NULL;
}

static inline const char *oracle_slots(
    const struct oracle *o, struct record *r, const struct scan_slot *slots)
{
	const char *wrong = NULL;
	for (size_t i = 0; i < o->n_paths && !wrong; i++)
		wrong = oracle_slot(o->paths[i], r, &slots[i]);
	return wrong;
}

/* Scans `bytes`, which may be anything, with all units and both kinds of plan. NULL, or what is wrong;
 * `out_len` is what the scans return, `out_read` whether the plain reader accepts the bytes. */
static inline const char *oracle_ask(
    const struct oracle *o, struct arena *a, struct sv bytes, int64_t *out_len, bool *out_read)
{
	struct scan_slot slots[ORACLE_MAX_PATHS], strict_slots[ORACLE_MAX_PATHS];
	struct record r;
	int64_t strict_len;
	const char *wrong = oracle_scan(o, o->plan, o->states, bytes, out_len, slots);
	if (!wrong)
		wrong = oracle_scan(o, o->strict, o->strict_states, bytes, &strict_len, strict_slots);
	if (wrong)
		return wrong;
	/* What the scan takes for a record, which may have more bytes behind it. */
	struct sv taken = *out_len > 0 ? sv_head(bytes, (size_t)*out_len) : bytes;
	*out_read = bytes.len && bytes.ptr[0] == '{' && record_open(&r, a, taken, NULL, NULL) == RC_OK;
	if (!*out_read)
		return strict_len > 0 ? "strict takes what the plain reader refuses" : NULL;
	if (*out_len <= 0 || strict_len != *out_len)
		return "the plain reader takes a record that the scan refuses";
	wrong = oracle_slots(o, &r, slots);
	return wrong ? wrong : oracle_slots(o, &r, strict_slots);
}

#endif
