/* Counts what the heap is asked for by the whole program. Included once, by a test's own file; under
 * sanitizers, which have a heap of their own, nothing is counted. */
#ifndef KW_TESTS_UNIT_HEAP_CALLS_H
#define KW_TESTS_UNIT_HEAP_CALLS_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS_HEAP 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNTS_HEAP 0
#endif
#endif
#ifndef COUNTS_HEAP
#define COUNTS_HEAP 1
#endif

static size_t n_heap_calls;

#if COUNTS_HEAP
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	n_heap_calls++;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	n_heap_calls++;
	return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	n_heap_calls++;
	return __libc_realloc(old, size);
}
#endif

#endif
