/*
 * The memory of a scan, and which of the scanners runs. Called by each worker for its own state.
 *
 * The keys stand densely, for the sake of the caches, and are found by a table that gives up after a few
 * probes: crafted keys cannot make it slow. When all places are taken, everything is forgotten.
 */
#include "rules/event/scan_seen.h"

#include <stdlib.h>

#include "base/heap.h"

/* clang-format off */
#define TIMES_8(c) c, c, c, c, c, c, c, c
#define TIMES_32(c) { TIMES_8(c), TIMES_8(c), TIMES_8(c), TIMES_8(c) }
/* clang-format on */

const struct scan_state_bytes scan_state_bytes = {
    .quote = TIMES_32('"'),
    .backslash = TIMES_32('\\'),
    .last_control = TIMES_32(0x1f),
    .fold = TIMES_32(0x20),
    .opening = TIMES_32('{'),
    .closing = TIMES_32('}'),
};

#ifdef __x86_64__
static bool have_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("pclmul");
}
#endif

struct scan_state *scan_state_new_for(enum scan_unit unit)
{
	struct scan_state *state = heap_zero(1, sizeof *state);
#ifdef __x86_64__
	if (unit == SCAN_AVX2 && have_avx2())
		state->record = scan_avx2_record;
	else if (unit == SCAN_SSE2)
		state->record = scan_sse2_record;
#endif
	if (unit == SCAN_PLAIN)
		state->record = scan_plain_record;
	if (state->record)
		return state;
	free(state);
	return NULL;
}

struct scan_state *scan_state_new(void)
{
	struct scan_state *state = scan_state_new_for(SCAN_AVX2);
	if (!state)
		state = scan_state_new_for(SCAN_SSE2);
	return state ? state : scan_state_new_for(SCAN_PLAIN);
}

void scan_state_free(struct scan_state *state)
{
	if (!state)
		return;
	scan_seen_free(state->seen);
	free(state->begin);
	free(state);
}

static void forget(struct scan_state *state)
{
	memset(state->keys, 0, sizeof state->keys);
	memset(state->places, 0, sizeof state->places);
	for (size_t i = 0; i < SCAN_STATE_KEYS; i++)
		state->keys[i].from = UINT32_MAX;
	state->n_keys = 0;
}

void scan_state_bind(struct scan_state *state, const struct scan_plan *plan)
{
	scan_seen_free(state->seen);
	state->seen = plan->strict ? scan_seen_new() : NULL;
	free(state->begin);
	state->begin = heap_zero(plan->n_nodes, sizeof *state->begin);
	state->plan_id = plan->id;
	forget(state);
}

/* For a key that cannot be remembered. */
static struct scan_state_key *nowhere(struct scan_state *state, const struct scan_plan *plan, uint32_t to)
{
	state->nowhere.to = to;
	state->nowhere.slot = plan->nodes[to].slot;
	return &state->nowhere;
}

static struct scan_state_key *add_key(
    struct scan_state *state, const struct scan_plan *plan, uint32_t from, struct sv key)
{
	uint32_t to = scan_plan_find(plan, from, key);
	size_t len = key.len + 3;
	struct scan_state_key *k = &state->keys[state->n_keys++];
	*k = (struct scan_state_key){.mask = (uint32_t)((1ull << len) - 1),
	    .len = (uint32_t)len,
	    .from = from,
	    .to = to,
	    .slot = plan->nodes[to].slot};
	k->text[0] = '"';
	memcpy(k->text + 1, key.ptr, key.len);
	memcpy(k->text + 1 + key.len, "\":", 2);
	return k;
}

struct scan_state_key *scan_state_find(
    struct scan_state *state, const struct scan_plan *plan, uint32_t from, struct sv key)
{
	if (key.len + 3 > SCAN_STATE_TEXT)
		return nowhere(state, plan, scan_plan_find(plan, from, key));
	if (state->n_keys == SCAN_STATE_KEYS)
		forget(state);
	uint64_t hash = scan_plan_hash(from, key);
	for (uint64_t i = 0; i < SCAN_STATE_PROBES; i++) {
		uint16_t *place = &state->places[(hash + i) % SCAN_STATE_PLACES];
		struct scan_state_key *k = *place ? &state->keys[*place - 1] : NULL;
		if (!k) {
			*place = (uint16_t)(state->n_keys + 1);
			return add_key(state, plan, from, key);
		}
		if (k->from == from && k->len == key.len + 3 && memcmp(k->text + 1, key.ptr, key.len) == 0)
			return k;
	}
	return nowhere(state, plan, scan_plan_find(plan, from, key));
}

int64_t scan_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes, size_t len,
    struct scan_slot *slots)
{
	if (state->plan_id != plan->id)
		scan_state_bind(state, plan);
	return state->record(plan, state, bytes, len, slots);
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool scan_state_escapes(struct sv raw)
{
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.ptr[i] != '\\')
			continue;
		if (++i == raw.len || !raw.ptr[i] || !strchr("\"\\/bfnrtu", raw.ptr[i]))
			return false;
		if (raw.ptr[i] != 'u')
			continue;
		if (raw.len - i < 5)
			return false;
		for (size_t k = 1; k <= 4; k++)
			if (!is_hex(raw.ptr[i + k]))
				return false;
	}
	return true;
}
