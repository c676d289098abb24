/* The scanner for x86 with AVX2. Called through scan_record where the processor says that it has it; the rest
 * of the program is built without these instructions, hence the target set here and not in the Makefile. */
#ifdef __x86_64__
#include <immintrin.h>

#define SCAN_BLOCK_STEP 32
#include "rules/event/scan_block.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,pclmul"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,pclmul")
#endif

static inline __m256i load(const char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline __m256i equal(__m256i v, const char *bytes)
{
	return _mm256_cmpeq_epi8(v, load(bytes));
}

static inline __m256i control(__m256i v)
{
	return _mm256_cmpeq_epi8(_mm256_min_epu8(v, load(scan_state_bytes.last_control)), v);
}

static inline uint32_t bits(__m256i v)
{
	return (uint32_t)_mm256_movemask_epi8(v);
}

static inline uint64_t both(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

static inline __m256i stops(__m256i v)
{
	return _mm256_or_si256(
	    _mm256_or_si256(equal(v, scan_state_bytes.quote), equal(v, scan_state_bytes.backslash)),
	    control(v));
}

static inline uint64_t block_stops(const char *p)
{
	return bits(stops(load(p)));
}

static inline struct block block_read(const char *p)
{
	__m256i a = load(p), b = load(p + 32);
	__m256i fa = _mm256_or_si256(a, load(scan_state_bytes.fold)),
		fb = _mm256_or_si256(b, load(scan_state_bytes.fold));
	return (struct block){
	    .quotes = both(bits(equal(a, scan_state_bytes.quote)), bits(equal(b, scan_state_bytes.quote))),
	    .backslashes =
		both(bits(equal(a, scan_state_bytes.backslash)), bits(equal(b, scan_state_bytes.backslash))),
	    .opens =
		both(bits(equal(fa, scan_state_bytes.opening)), bits(equal(fb, scan_state_bytes.opening))),
	    .closes =
		both(bits(equal(fa, scan_state_bytes.closing)), bits(equal(fb, scan_state_bytes.closing))),
	    .controls = both(bits(control(a)), bits(control(b))),
	};
}

static inline bool block_is_key(const char *p, const struct scan_state_key *k)
{
	return (~bits(_mm256_cmpeq_epi8(load(p), load(k->text))) & k->mask) == 0;
}

static inline uint64_t block_parity(uint64_t b)
{
	__m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)b), _mm_set1_epi8(-1), 0);
	return (uint64_t)_mm_cvtsi128_si64(product);
}

#include "rules/event/scan_body.h"

int64_t scan_avx2_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes,
    size_t len, struct scan_slot *slots)
{
	return body_record(plan, state, bytes, len, slots);
}

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
