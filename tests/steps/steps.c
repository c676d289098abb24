/* Counts what the binary does, as a number that is the same every time: basic blocks of our own code (gcc
 * calls __sanitizer_cov_trace_pc in each) and bytes that libc's memory functions go over. Linked into
 * build/steps/kendrawatch alone; at the end of the process the sum is written to the file that KW_STEPS
 * names. PCRE2's work is seen through the callout of rules/regex.c, decompression is not. Any thread. */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define UNCOUNTED __attribute__((no_sanitize_coverage))

static atomic_uint_fast64_t n_steps;

static UNCOUNTED void add(size_t bytes)
{
	atomic_fetch_add_explicit(&n_steps, 1 + bytes / 16, memory_order_relaxed);
}

void __sanitizer_cov_trace_pc(void);
UNCOUNTED void __sanitizer_cov_trace_pc(void)
{
	atomic_fetch_add_explicit(&n_steps, 1, memory_order_relaxed);
}

static __attribute__((destructor)) UNCOUNTED void tell(void)
{
	const char *path = getenv("KW_STEPS");
	FILE *f = path ? fopen(path, "we") : NULL;
	if (!f)
		return;
	fprintf(f, "%llu\n", (unsigned long long)n_steps);
	fclose(f);
}

/* --- libc's: what they went over, not what they were allowed to -------------------------------- */

/* Declares the two names that ld's --wrap makes of one. */
#define WRAPS(result, name, ...)           \
	result __real_##name(__VA_ARGS__); \
	result __wrap_##name(__VA_ARGS__); \
	UNCOUNTED result __wrap_##name(__VA_ARGS__)

static UNCOUNTED size_t passed(const void *from, const void *found, size_t otherwise)
{
	return found ? (size_t)((const char *)found - (const char *)from) : otherwise;
}

WRAPS(void *, memcpy, void *to, const void *from, size_t n)
{
	add(n);
	return __real_memcpy(to, from, n);
}

WRAPS(void *, memmove, void *to, const void *from, size_t n)
{
	add(n);
	return __real_memmove(to, from, n);
}

WRAPS(void *, memset, void *to, int c, size_t n)
{
	add(n);
	return __real_memset(to, c, n);
}

WRAPS(void *, calloc, size_t n, size_t size)
{
	add(n * size);
	return __real_calloc(n, size);
}

WRAPS(int, memcmp, const void *a, const void *b, size_t n)
{
	add(n);
	return __real_memcmp(a, b, n);
}

WRAPS(void *, memchr, const void *s, int c, size_t n)
{
	void *found = __real_memchr(s, c, n);
	add(passed(s, found, n));
	return found;
}

WRAPS(void *, memrchr, const void *s, int c, size_t n)
{
	void *found = __real_memrchr(s, c, n);
	add(found ? n - passed(s, found, 0) : n);
	return found;
}

WRAPS(void *, memmem, const void *s, size_t n, const void *part, size_t part_len)
{
	void *found = __real_memmem(s, n, part, part_len);
	add(part_len + passed(s, found, n));
	return found;
}

WRAPS(size_t, strlen, const char *s)
{
	size_t n = __real_strlen(s);
	add(n);
	return n;
}
