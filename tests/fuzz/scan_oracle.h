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
	const struct scan_plan *plan;
	struct scan_state *states[SCAN_UNIT_COUNT]; /* NULL: not on this machine */
};

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

/* Scans `bytes`, which may be anything, with all units. NULL, or what is wrong; `out_len` is what the scans
 * return, `out_read` whether the plain reader accepts the bytes. */
static inline const char *oracle_ask(
    const struct oracle *o, struct arena *a, struct sv bytes, int64_t *out_len, bool *out_read)
{
	struct scan_slot slots[ORACLE_MAX_PATHS], others[ORACLE_MAX_PATHS];
	struct record r;
	memset(slots, 0xaa, sizeof slots);
	*out_len = scan_record(o->plan, o->states[SCAN_PLAIN], bytes.ptr, bytes.len, slots);
	for (int u = SCAN_PLAIN + 1; u < SCAN_UNIT_COUNT; u++) {
		if (!o->states[u])
			continue;
		memset(others, 0xaa, sizeof others);
		if (scan_record(o->plan, o->states[u], bytes.ptr, bytes.len, others) != *out_len)
			return "units return different lengths";
		for (size_t i = 0; *out_len > 0 && i < o->n_paths; i++)
			if (slots[i].ptr != others[i].ptr || slots[i].len != others[i].len ||
			    slots[i].kind != others[i].kind)
				return "units fill different slots";
	}
	/* What the scan takes for a record, which may have more bytes behind it. */
	struct sv taken = *out_len > 0 ? sv_head(bytes, (size_t)*out_len) : bytes;
	*out_read = bytes.len && bytes.ptr[0] == '{' && record_open(&r, a, taken, NULL, NULL) == RC_OK;
	if (!*out_read)
		return NULL;
	if (*out_len <= 0)
		return "the plain reader takes a record that the scan refuses";
	for (size_t i = 0; i < o->n_paths; i++) {
		const char *wrong = oracle_slot(o->paths[i], &r, &slots[i]);
		if (wrong)
			return wrong;
	}
	return NULL;
}

#endif
