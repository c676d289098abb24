/* Memory from the heap that is always there: running out of memory on a small allocation ends the process
 * with one line in the log, since nothing that is not durable has been acknowledged. Sizes that come from
 * input are capped by the caller before they get here. */
#ifndef KW_BASE_HEAP_H
#define KW_BASE_HEAP_H

#include <stddef.h>

#include "base/sv.h"

/* `size` uninitialised bytes; free() them. */
void *heap_alloc(size_t size);

/* `n` zeroed elements of `size` bytes. */
void *heap_zero(size_t n, size_t size);

/* realloc() to `n` elements of `size` bytes. */
void *heap_resize(void *old, size_t n, size_t size);

/* A NUL-terminated copy of `s`. */
char *heap_text(struct sv s);

/* As heap_text, of a C string; NULL gives NULL. */
char *heap_copy(const char *s);

/* A formatted text. */
char *heap_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
