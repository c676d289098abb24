/* The table of objects seen before. Called by the scanners (scan_body.h), on each worker's thread.
 *
 * An object's place follows from some of its first bytes, since its end is not known yet. A place that is
 * wrong, or filled on purpose, costs a comparison: bytes are always compared, all of them. */
#include "rules/event/scan_seen.h"

#include "base/heap.h"

#define SETS_BITS 7
#define WAYS ((size_t)2)
#define MAX_BYTES ((size_t)800)
#define MAX_HITS ((size_t)24)
#define FACTOR 0x9e3779b97f4a7c15u

/* Which bytes tell objects apart: identities have their name from 37 on, TLS details their host from 91 on.
 */
static const uint8_t telling[] = {40, 48, 56, 64, 88, 96, 104};
#define MIN_BYTES ((size_t)112)

/* A value that was picked; `at` counts from the object's start. */
struct hit {
	uint16_t slot, at, len;
	uint8_t kind;
};

struct object {
	uint32_t node;
	uint32_t len; /* 0: nothing here */
	uint32_t last_seen;
	uint32_t n_hits;
	uint64_t digest;
	struct hit hits[MAX_HITS];
	char bytes[MAX_BYTES];
};

struct scan_seen {
	uint32_t now;    /* counts what was found or kept; that it comes round does no harm */
	uint64_t digest; /* of the object asked about last */
	struct object objects[1 << SETS_BITS][WAYS];
};

struct scan_seen *scan_seen_new(void)
{
	return heap_zero(1, sizeof(struct scan_seen));
}

void scan_seen_free(struct scan_seen *seen)
{
	free(seen);
}

static inline uint64_t digest_of(uint32_t node, const char *p)
{
	uint64_t digest = node, word;
	for (size_t i = 0; i < sizeof telling; i++) {
		memcpy(&word, p + telling[i], sizeof word);
		digest = (digest ^ word) * FACTOR;
	}
	return digest;
}

static inline struct object *set_of(struct scan_seen *seen)
{
	return seen->objects[seen->digest >> (64 - SETS_BITS)];
}

/* As reading the object would pick them. */
static void pick(const struct object *o, const char *p, struct scan_slot *slots)
{
	for (uint32_t i = 0; i < o->n_hits; i++) {
		const struct hit *h = &o->hits[i];
		struct scan_slot *slot = &slots[h->slot];
		if (slot->kind != SCAN_ABSENT || h->kind == SCAN_COMPLEX)
			*slot = (struct scan_slot){.kind = SCAN_COMPLEX};
		else
			*slot = (struct scan_slot){p + h->at, h->len, h->kind};
	}
}

size_t scan_seen_find(
    struct scan_seen *seen, struct scan_state_key *key, const char *p, size_t left, struct scan_slot *slots)
{
	seen->digest = 0;
	if (left < MIN_BYTES)
		return 0;
	seen->digest = digest_of(key->to, p);
	struct object *o = set_of(seen);
	for (size_t i = 0; i < WAYS; i++, o++) {
		if (o->digest != seen->digest || o->node != key->to || o->len > left ||
		    memcmp(o->bytes, p, o->len) != 0)
			continue;
		o->last_seen = ++seen->now;
		key->doubt -= key->doubt > 0;
		pick(o, p, slots);
		return o->len;
	}
	key->doubt++;
	return 0;
}

bool scan_seen_is_blank(const struct scan_plan *plan, uint32_t node, const struct scan_slot *slots)
{
	const struct scan_plan_node *n = &plan->nodes[node];
	if (node == 0)
		return true;
	for (uint32_t i = 0; i < n->n_below; i++)
		if (slots[plan->order[n->below + i]].kind != SCAN_ABSENT)
			return false;
	return n->slot == SCAN_PLAN_NO_SLOT || slots[n->slot].kind == SCAN_ABSENT;
}

/* False when it cannot be remembered. */
static bool add_hit(struct object *o, uint32_t slot, const char *p, const struct scan_slot *slots)
{
	const struct scan_slot *s = &slots[slot];
	if (s->kind == SCAN_ABSENT)
		return true;
	if (slot > UINT16_MAX || o->n_hits == MAX_HITS)
		return false;
	o->hits[o->n_hits++] =
	    (struct hit){(uint16_t)slot, s->ptr ? (uint16_t)(s->ptr - p) : 0, (uint16_t)s->len, s->kind};
	return true;
}

static bool add_hits(
    struct object *o, const struct scan_plan *plan, const char *p, const struct scan_slot *slots)
{
	const struct scan_plan_node *n = &plan->nodes[o->node];
	if (o->node == 0)
		return true;
	for (uint32_t i = 0; i < n->n_below; i++)
		if (!add_hit(o, plan->order[n->below + i], p, slots))
			return false;
	return n->slot == SCAN_PLAN_NO_SLOT || add_hit(o, n->slot, p, slots);
}

void scan_seen_keep(struct scan_seen *seen, const struct scan_plan *plan, uint32_t node, const char *p,
    size_t len, const struct scan_slot *slots)
{
	if (len > MAX_BYTES || len < MIN_BYTES || seen->digest == 0)
		return;
	struct object *o = set_of(seen);
	o += o[1].len == 0 || seen->now - o[1].last_seen > seen->now - o[0].last_seen;
	o->node = node;
	o->n_hits = 0;
	o->len = 0;
	o->digest = 0;
	if (!add_hits(o, plan, p, slots))
		return;
	memcpy(o->bytes, p, len);
	o->len = (uint32_t)len;
	o->digest = seen->digest;
	o->last_seen = ++seen->now;
}
