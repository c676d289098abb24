/* What `doctor` asks of a source that lists a bucket: as struct source_type has it. */
#ifndef KW_AGENT_SOURCE_S3_CHECK_H
#define KW_AGENT_SOURCE_S3_CHECK_H

#include "base/checkup.h"
#include "config/schema.h"

/* May the bucket be listed, and is the first object there to be read, its key included? */
void s3_check(const struct options *options, struct checkup *out);

#endif
