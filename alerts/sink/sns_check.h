/* What `doctor` asks of an SNS sink. */
#ifndef KW_ALERTS_SINK_SNS_CHECK_H
#define KW_ALERTS_SINK_SNS_CHECK_H

#include "alerts/sink/sink.h"

/* As struct sink_type has them. */
void sns_check_grants(const struct options *options, struct grants *out);
void sns_check(const struct options *options, struct checkup *out);

#endif
