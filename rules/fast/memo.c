/* A set-associative table: four seats a bucket, one bucket a cache line, so that a look-up is bounded
 * whatever values an attacker chooses; the digest's key is the process's own. Entries live in one block,
 * which is emptied as a whole: values repeat or they do not, and keeping account of their age would cost more
 * than finding out again what the frequent ones mean. */
#include "rules/fast/memo.h"

#include "base/hash.h"
#include "rules/fast/digest.h"

#define WAYS 4
#define BUCKETS ((size_t)4096)
#define ALIGN ((size_t)8)
#define NEAR_BITS 12
#define NEAR_PLACES ((size_t)1 << NEAR_BITS)

struct entry {
	struct meaning meaning; /* first, so that who holds it holds the entry */
	uint32_t path;
	uint32_t len_kind; /* both at once */
	char bytes[];
};

struct seat {
	uint64_t digest;
	const struct entry *entry;
};

struct memo {
	const struct entry **near; /* what collides throws the other out */
	struct seat (*buckets)[WAYS];
	char *room;
	size_t used, size;
	uint64_t key;
	bool full;
};

struct memo *memo_new(size_t bytes)
{
	struct memo *m = heap_zero(1, sizeof *m);
	m->buckets = heap_zero(BUCKETS, sizeof *m->buckets);
	m->near = heap_zero(NEAR_PLACES, sizeof *m->near);
	m->room = heap_alloc(bytes);
	m->size = bytes;
	m->key = hash_sv(SV("rules/fast/memo"));
	return m;
}

void memo_free(struct memo *m)
{
	if (!m)
		return;
	free(m->buckets);
	free(m->near);
	free(m->room);
	free(m);
}

/* Values of one field that differ in the middle only share a place. */
static inline size_t near_place(const struct memo_key *key)
{
	struct sv s = key->bytes;
	uint64_t a = s.len >= 8 ? digest_load(s.ptr) : digest_tail(s.ptr, s.len);
	uint64_t b = s.len >= 8 ? digest_load(s.ptr + s.len - 8) : key->kind;
	uint64_t h = (a ^ (uint64_t)key->path << 56 ^ (uint64_t)s.len << 48) * DIGEST_A;
	h = (h ^ h >> 32 ^ b) * DIGEST_B;
	return h >> (64 - NEAR_BITS);
}

/* Lengths are those of values in a record, which is far below 2^24 bytes. */
static inline uint32_t len_kind(const struct memo_key *key)
{
	return (uint32_t)key->bytes.len << 8 | key->kind;
}

static inline bool same_text(const char *a, const char *b, size_t n)
{
	if (n < 8)
		return memcmp(a, b, n) == 0;
	for (size_t i = 0; i + 8 < n; i += 8)
		if (digest_load(a + i) != digest_load(b + i))
			return false;
	return digest_load(a + n - 8) == digest_load(b + n - 8);
}

const struct meaning *memo_near(const struct memo *m, const struct memo_key *key)
{
	const struct entry *e = m->near[near_place(key)];
	if (!e || e->path != key->path || e->len_kind != len_kind(key))
		return NULL;
	return same_text(e->bytes, key->bytes.ptr, key->bytes.len) ? &e->meaning : NULL;
}

void memo_put_near(struct memo *m, const struct memo_key *key, const struct meaning *meaning)
{
	m->near[near_place(key)] = (const struct entry *)(const void *)meaning;
}

uint64_t memo_digest(const struct memo *m, const struct memo_key *key)
{
	return digest_of(key->bytes, m->key ^ ((uint64_t)key->path << 8 | key->kind) * DIGEST_A);
}

const struct meaning *memo_find(const struct memo *m, const struct memo_key *key, uint64_t digest)
{
	const struct seat *bucket = m->buckets[digest % BUCKETS];
	for (size_t i = 0; i < WAYS; i++) {
		const struct entry *e = bucket[i].entry;
		if (bucket[i].digest == digest && e && e->path == key->path && e->len_kind == len_kind(key) &&
		    memcmp(e->bytes, key->bytes.ptr, key->bytes.len) == 0)
			return &e->meaning;
	}
	return NULL;
}

static void *take(struct memo *m, size_t bytes)
{
	void *p = m->room + m->used;
	m->used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
	return p;
}

static const void *copy(struct memo *m, const void *from, size_t bytes)
{
	void *p = take(m, bytes);
	if (bytes)
		memcpy(p, from, bytes);
	return p;
}

static struct seat *seat_for(struct memo *m, uint64_t digest)
{
	struct seat *bucket = m->buckets[digest % BUCKETS];
	for (size_t i = 0; i < WAYS; i++)
		if (!bucket[i].entry)
			return &bucket[i];
	return &bucket[digest >> 62];
}

const struct meaning *memo_put(struct memo *m, const struct memo_key *key, uint64_t digest,
    const struct meaning *meaning, bool ranks_last)
{
	size_t odd = meaning->n_odd * sizeof *meaning->odd;
	size_t ranks = ranks_last ? 0 : meaning->n_ranks * sizeof *meaning->ranks;
	size_t need = sizeof(struct entry) + odd + ranks + key->bytes.len + 4 * ALIGN;
	if (need > m->size - m->used) {
		/* Emptying would not help one that is too large by itself. */
		m->full = need < m->size / 2;
		return NULL;
	}
	struct entry *e = take(m, sizeof *e + key->bytes.len);
	e->meaning = *meaning;
	e->path = key->path;
	e->len_kind = len_kind(key);
	if (key->bytes.len)
		memcpy(e->bytes, key->bytes.ptr, key->bytes.len);
	e->meaning.odd = copy(m, meaning->odd, odd);
	if (!ranks_last)
		e->meaning.ranks = copy(m, meaning->ranks, ranks);
	*seat_for(m, digest) = (struct seat){digest, e};
	return &e->meaning;
}

void memo_tidy(struct memo *m)
{
	if (!m->full)
		return;
	memset(m->buckets, 0, BUCKETS * sizeof *m->buckets);
	memset(m->near, 0, NEAR_PLACES * sizeof *m->near);
	m->used = 0;
	m->full = false;
}
