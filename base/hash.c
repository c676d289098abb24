/* SipHash-2-4. The process key is drawn once, at first use; any thread. */
#include "base/hash.h"

#include <pthread.h>
#include <sys/random.h>

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static void rounds(uint64_t v[4], int n)
{
	while (n--) {
		v[0] += v[1];
		v[1] = ROTL(v[1], 13) ^ v[0];
		v[0] = ROTL(v[0], 32);
		v[2] += v[3];
		v[3] = ROTL(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = ROTL(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = ROTL(v[1], 17) ^ v[2];
		v[2] = ROTL(v[2], 32);
	}
}

static uint64_t little_endian(const char *p, size_t n)
{
	uint64_t w = 0;
	for (size_t i = 0; i < n; i++)
		w |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return w;
}

uint64_t hash_sip(struct sv s, const uint64_t key[2])
{
	uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
	    key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
	size_t whole = s.len / 8 * 8;
	if (!s.ptr)
		s = SV("");
	for (size_t i = 0; i < whole; i += 8) {
		uint64_t m = little_endian(s.ptr + i, 8);
		v[3] ^= m;
		rounds(v, 2);
		v[0] ^= m;
	}
	uint64_t last = ((uint64_t)s.len << 56) | little_endian(s.ptr + whole, s.len - whole);
	v[3] ^= last;
	rounds(v, 2);
	v[0] ^= last;
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t process_key[2] = {0x9ae16a3b2f90404fu, 0xc949d7c7509e6557u};

static void draw_key(void)
{
	/* Early in boot there may be no entropy yet; the constants above then stand in, and only table speed
	 * is at stake. */
	if (getrandom(process_key, sizeof process_key, GRND_NONBLOCK) != (ssize_t)sizeof process_key)
		return;
}

uint64_t hash_sv(struct sv s)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, draw_key);
	return hash_sip(s, process_key);
}
