/* Crash points; compiled to something in the test flavours only. Any thread. */
#include "base/point.h"

#ifdef KW_TEST
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sv.h"

static const char *const names[] = {
#define POINT_NAME(name, where) #name,
#include "base/point_list.h"
#undef POINT_NAME
};

void point_pass(enum point p)
{
	static _Atomic int64_t passes[POINT_COUNT];
	const char *wish = getenv("KW_POINT");
	if (!wish)
		return;
	struct sv rest = sv_from(wish), name;
	int64_t n = 1;
	sv_cut(&rest, ':', &name);
	if (!sv_eq(name, sv_from(names[p])) || (rest.ptr && !sv_int(rest, 1, INT64_MAX, &n)))
		return;
	if (atomic_fetch_add(&passes[p], 1) + 1 == n)
		kill(getpid(), SIGKILL);
}
#else
/* A translation unit must hold something. */
extern const int point_none;
const int point_none = 0;
#endif
