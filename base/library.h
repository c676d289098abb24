/* Shared libraries that are loaded when they are first called, instead of before main. libcurl and
 * libmicrohttpd bring thirty others with them, which most commands never use; see
 * docs/decisions/0015-libraries-on-demand.md.
 *
 * A file that stands for such a library defines its functions with their own names and types, so that callers
 * and the compiler's checks see no difference, and fills a table of the real ones with this. */
#ifndef KW_BASE_LIBRARY_H
#define KW_BASE_LIBRARY_H

#include <stddef.h>

/* A table has whole pages of its own, because it is made read-only like the ones of the linker. */
#define LIBRARY_PAGE 4096
#define LIBRARY_CALLS_MAX (LIBRARY_PAGE / sizeof(void *))
struct library_calls {
	_Alignas(LIBRARY_PAGE) void *at[LIBRARY_CALLS_MAX];
};

/* Loads `file` ("libcurl.so.4") and writes the address of each of its `names` into `calls`, in their order.
 * Ends the process with one clear line where the library or a function of it is missing, as the dynamic
 * linker would. Call once a table, never two threads at a time (pthread_once); about 20 ms for libcurl. */
void library_load(const char *file, const char *const names[], size_t n, struct library_calls *calls);

#endif
