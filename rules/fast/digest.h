/* A fast keyed hash for the tables of this folder: two 64-bit factors a step, folded. It is no SipHash;
 * whoever looks up what an attacker may choose bounds the length of a chain as well (memo.c). */
#ifndef KW_RULES_FAST_DIGEST_H
#define KW_RULES_FAST_DIGEST_H

#include "base/sv.h"

static inline uint64_t digest_mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t digest_load(const char *p)
{
	uint64_t w;
	memcpy(&w, p, sizeof w);
	return w;
}

/* The last 0-8 bytes of a text, told apart by its length elsewhere. */
static inline uint64_t digest_tail(const char *p, size_t n)
{
	uint32_t head, tail;
	if (n >= 4) {
		memcpy(&head, p, 4);
		memcpy(&tail, p + n - 4, 4);
		return (uint64_t)head << 32 | tail;
	}
	if (n == 0)
		return 0;
	return (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
	       (unsigned char)p[n - 1];
}

#define DIGEST_A 0x9e3779b97f4a7c15u
#define DIGEST_B 0xd6e8feb86659fd93u

/* The digest of `s` under `key`. */
static inline uint64_t digest_of(struct sv s, uint64_t key)
{
	uint64_t h = key ^ digest_mix(s.len ^ DIGEST_A, DIGEST_B);
	const char *p = s.ptr;
	size_t n = s.len;
	while (n > 16) {
		h = digest_mix(digest_load(p) ^ DIGEST_A ^ h, digest_load(p + 8) ^ DIGEST_B ^ key);
		p += 16;
		n -= 16;
	}
	uint64_t a = n > 8 ? digest_load(p) : digest_tail(p, n), b = n > 8 ? digest_load(p + n - 8) : 0;
	return digest_mix(a ^ DIGEST_A ^ h, b ^ DIGEST_B ^ key);
}

#endif
