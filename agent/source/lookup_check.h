/* What `doctor` asks of a source that reads CloudTrail's event history: as struct source_type has it. */
#ifndef KW_AGENT_SOURCE_LOOKUP_CHECK_H
#define KW_AGENT_SOURCE_LOOKUP_CHECK_H

#include "base/checkup.h"
#include "config/schema.h"

/* One page of the last hours: may it be asked, and is anything there? */
void lookup_check(const struct options *options, struct checkup *out);

#endif
