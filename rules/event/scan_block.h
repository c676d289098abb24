/* What a scanner does with many bytes at once, in plain C. scan_sse2.c and scan_avx2.c have the same
 * functions with vector instructions in place of these. */
#ifndef KW_RULES_EVENT_SCAN_BLOCK_H
#define KW_RULES_EVENT_SCAN_BLOCK_H

#include "rules/event/scan_state.h"
#include "rules/event/text_run.h"

/* 64 bytes, a bit each, from the lowest. Brackets of either type. */
struct block {
	uint64_t quotes, backslashes, opens, closes;
	uint64_t controls; /* below 0x20 */
};

#ifndef SCAN_BLOCK_STEP
#define SCAN_BLOCK_STEP 8 /* bytes that block_stops looks at */

/* The high bit of each byte of `v` that is `c`. */
static inline uint64_t block_bytes_equal(uint64_t v, uint64_t c)
{
	uint64_t x = v ^ TEXT_RUN_ONES * c;
	return ~(((x & ~TEXT_RUN_HIGH) + ~TEXT_RUN_HIGH) | x) & TEXT_RUN_HIGH;
}

/* The high bit of each byte of `v` below 0x20. */
static inline uint64_t block_bytes_control(uint64_t v)
{
	return ~(((v & ~TEXT_RUN_HIGH) + TEXT_RUN_ONES * 0x60) | v) & TEXT_RUN_HIGH;
}

/* Eight high bits into eight bits. */
static inline uint64_t block_gather(uint64_t high_bits)
{
	return ((high_bits >> 7) * 0x0102040810204080u) >> 56;
}

static inline uint64_t block_word(const char *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

/* Which of the next SCAN_BLOCK_STEP bytes do not stand for themselves in a string. */
static inline uint64_t block_stops(const char *p)
{
	uint64_t v = block_word(p);
	return block_gather(block_bytes_equal(v, '"') | block_bytes_equal(v, '\\') | block_bytes_control(v));
}

static inline struct block block_read(const char *p)
{
	struct block b = {0};
	for (int i = 0; i < 64; i += 8) {
		uint64_t v = block_word(p + i), folded = v | TEXT_RUN_ONES * 0x20;
		b.quotes |= block_gather(block_bytes_equal(v, '"')) << i;
		b.backslashes |= block_gather(block_bytes_equal(v, '\\')) << i;
		b.opens |= block_gather(block_bytes_equal(folded, '{')) << i;
		b.closes |= block_gather(block_bytes_equal(folded, '}')) << i;
		b.controls |= block_gather(block_bytes_control(v)) << i;
	}
	return b;
}

/* Does the text of `k` stand at `p`, where SCAN_STATE_TEXT bytes can be read? */
static inline bool block_is_key(const char *p, const struct scan_state_key *k)
{
	return memcmp(p, k->text, k->len) == 0;
}

/* Each bit: the parity of the bits up to and with it. */
static inline uint64_t block_parity(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}
#endif

#endif
