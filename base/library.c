/* Loads shared libraries on demand, for the files that stand for one (net/http_curl.c,
 * agent/listen/listen_mhd.c). What is loaded stays until the process ends. */
#include "base/library.h"

#include <assert.h>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

void library_load(const char *file, const char *const names[], size_t n, struct library_calls *calls)
{
	assert(n <= LIBRARY_CALLS_MAX);
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
	if (!library)
		log_fatal("a library is missing", "error=\"%s\" next=\"install the package that has %s\"",
		    dlerror(), file);
	for (size_t i = 0; i < n; i++) {
		calls->at[i] = dlsym(library, names[i]);
		if (!calls->at[i])
			log_fatal("a library is too old", "library=%s missing=%s next=\"install a newer %s\"",
			    file, names[i], file);
	}
	/* Nobody redirects a call later, as with -z relro. Larger pages would take their neighbours with
	 * them. */
	if (sysconf(_SC_PAGESIZE) == LIBRARY_PAGE)
		mprotect(calls, sizeof *calls, PROT_READ);
}
