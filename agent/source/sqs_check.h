/* What `doctor` asks of a source that reads an SQS queue with notices of trail files: as struct source_type
 * has it. */
#ifndef KW_AGENT_SOURCE_SQS_CHECK_H
#define KW_AGENT_SOURCE_SQS_CHECK_H

#include "base/aws/grant.h"
#include "base/checkup.h"
#include "config/schema.h"

/* They read queue_url, region, buckets and the AWS options. */
void sqs_check_grants(const struct options *options, struct grants *out);
void sqs_check(const struct options *options, struct checkup *out);

/* ARN of the queue of a URL in a region, appended; false when it is no queue's URL, or there is no region. */
bool sqs_check_arn(struct sv url, struct sv region, struct buf *out);

/* Stands for the bucket in policies when the configuration does not name it. */
#define SQS_CHECK_ANY_BUCKET "LOG-BUCKET"

#endif
