/* What `doctor` asks of a push source: as struct source_type has it. */
#ifndef KW_AGENT_SOURCE_PUSH_CHECK_H
#define KW_AGENT_SOURCE_PUSH_CHECK_H

#include "agent/source/push/door.h"
#include "base/checkup.h"

/* The door that the options describe, not open. RC_CONFIG: they don't fit together. `name` is the source's.
 */
enum rc push_check_options(const struct options *options, struct door **out, struct err *e);

/* Address, certificate and key, and who is let in. */
void push_check(const struct options *options, struct checkup *out);

#endif
