/* What the agent remembers about itself from run to run: texts by key, in the state file. */
#ifndef KW_AGENT_SELFWATCH_MEMORY_H
#define KW_AGENT_SELFWATCH_MEMORY_H

#include "base/store.h"

/* Replaces the value of `key`, inside the caller's transaction. */
enum rc memory_write(struct store *s, struct sv key, struct sv value, int64_t now_ms, struct err *e);

/* Tells `each` all keys that begin with `prefix`, in the order of the bytes; views are borrowed for the call.
 */
enum rc memory_read(struct store *s, struct sv prefix,
    void (*each)(void *ctx, struct sv key, struct sv value), void *ctx, struct err *e);

#endif
