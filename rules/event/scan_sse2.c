/* The scanner for every 64-bit x86. Called through scan_record on machines without AVX2. */
#ifdef __x86_64__
#include <emmintrin.h>

#define SCAN_BLOCK_STEP 16
#include "rules/event/scan_block.h"

static inline __m128i load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline __m128i equal(__m128i v, const char *bytes)
{
	return _mm_cmpeq_epi8(v, load(bytes));
}

static inline __m128i control(__m128i v)
{
	return _mm_cmpeq_epi8(_mm_min_epu8(v, load(scan_state_bytes.last_control)), v);
}

static inline uint32_t bits(__m128i v)
{
	return (uint32_t)_mm_movemask_epi8(v);
}

static inline uint64_t block_stops(const char *p)
{
	__m128i v = load(p);
	return bits(
	    _mm_or_si128(_mm_or_si128(equal(v, scan_state_bytes.quote), equal(v, scan_state_bytes.backslash)),
		control(v)));
}

static inline struct block block_read(const char *p)
{
	struct block b = {0};
	for (int i = 0; i < 64; i += 16) {
		__m128i v = load(p + i), folded = _mm_or_si128(v, load(scan_state_bytes.fold));
		b.quotes |= (uint64_t)bits(equal(v, scan_state_bytes.quote)) << i;
		b.backslashes |= (uint64_t)bits(equal(v, scan_state_bytes.backslash)) << i;
		b.opens |= (uint64_t)bits(equal(folded, scan_state_bytes.opening)) << i;
		b.closes |= (uint64_t)bits(equal(folded, scan_state_bytes.closing)) << i;
		b.controls |= (uint64_t)bits(control(v)) << i;
	}
	return b;
}

static inline bool block_is_key(const char *p, const struct scan_state_key *k)
{
	uint32_t low = bits(_mm_cmpeq_epi8(load(p), load(k->text)));
	uint32_t high = bits(_mm_cmpeq_epi8(load(p + 16), load(k->text + 16)));
	return (~(low | high << 16) & k->mask) == 0;
}

static inline uint64_t block_parity(uint64_t b)
{
	b ^= b << 1;
	b ^= b << 2;
	b ^= b << 4;
	b ^= b << 8;
	b ^= b << 16;
	return b ^ b << 32;
}

#include "rules/event/scan_body.h"

int64_t scan_sse2_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes,
    size_t len, struct scan_slot *slots)
{
	return body_record(plan, state, bytes, len, slots);
}
#endif
