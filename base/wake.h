/* A descriptor that one thread polls and any other makes readable: to ask a loop to stop, or to look again.
 */
#ifndef KW_BASE_WAKE_H
#define KW_BASE_WAKE_H

#include "base/err.h"
#include "base/sv.h"

struct wake {
	int fd; /* for poll(2) with POLLIN; -1: not open */
};
#define WAKE_CLOSED \
	{           \
		-1  \
	}

/* RC_IO. */
enum rc wake_open(struct wake *w, struct err *e);
void wake_close(struct wake *w);

/* Makes it readable, until wake_quiet. Any thread, also before anybody polls. */
void wake_ring(const struct wake *w);

/* Waits up to `timeout_ms` (0: only looks): was it rung? */
bool wake_rung(const struct wake *w, int64_t timeout_ms);

/* Makes it quiet again. */
void wake_quiet(const struct wake *w);

#endif
