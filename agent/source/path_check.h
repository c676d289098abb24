/* What `doctor` asks of sources that read local files: as struct source_type has it. */
#ifndef KW_AGENT_SOURCE_PATH_CHECK_H
#define KW_AGENT_SOURCE_PATH_CHECK_H

#include "base/checkup.h"
#include "config/schema.h"

/* The file or folder of the option "path": there, readable, and how old the newest thing in it is. */
void path_check(const struct options *options, struct checkup *out);

#endif
