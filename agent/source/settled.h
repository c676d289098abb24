/* Works that have settled, on their way from the analyst's thread to their source's. A work is held until its
 * source has heard of it: sources know works by their address, which must not be another work's by then. */
#ifndef KW_AGENT_SOURCE_SETTLED_H
#define KW_AGENT_SOURCE_SETTLED_H

#include <pthread.h>

#include "agent/source/source.h"

struct settled_list {
	pthread_mutex_t lock;
	VEC(struct settled {
		struct work *work; /* a reference */
		enum rc rc;
	})
	items; /* under the lock */
};
void settled_init(struct settled_list *l);
void settled_fini(struct settled_list *l);

/* Any thread. */
void settled_add(struct settled_list *l, struct work *w, enum rc rc);

/* Gives everything that has come to `take`, in its order. The source's thread. */
void settled_each(
    struct settled_list *l, void (*take)(void *ctx, const struct work *w, enum rc rc), void *ctx);

#endif
