/* Heap allocation that ends the process when memory is gone. Any thread. */
#include "base/heap.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static void *must(void *p, size_t size)
{
	if (!p && size)
		log_fatal("out of memory", "bytes=%zu", size);
	return p;
}

void *heap_alloc(size_t size)
{
	return must(malloc(size ? size : 1), size);
}

void *heap_zero(size_t n, size_t size)
{
	return must(calloc(n ? n : 1, size), n * size);
}

void *heap_resize(void *old, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		log_fatal("out of memory", "elements=%zu size=%zu", n, size);
	return must(realloc(old, n && size ? n * size : 1), n * size);
}

char *heap_text(struct sv s)
{
	char *p = heap_alloc(s.len + 1);
	if (s.len)
		memcpy(p, s.ptr, s.len);
	p[s.len] = 0;
	return p;
}

char *heap_copy(const char *s)
{
	return s ? heap_text(sv_from(s)) : NULL;
}

char *heap_printf(const char *fmt, ...)
{
	char *p = NULL;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&p, fmt, ap);
	va_end(ap);
	if (n < 0)
		log_fatal("out of memory", "while formatting a text");
	return p;
}
