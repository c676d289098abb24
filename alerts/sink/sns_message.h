/* What an alert looks like as one SNS message: the text for each protocol, the subject, the attributes. Pure.
 */
#ifndef KW_ALERTS_SINK_SNS_MESSAGE_H
#define KW_ALERTS_SINK_SNS_MESSAGE_H

#include "alerts/sink/sink.h"
#include "base/aws/sns.h"

#define SNS_MESSAGE_ATTRIBUTES 5

struct sns_message {
	struct sns_publish publish; /* its views point into the fields below and to the topic */
	struct buf message, subject;
	struct sns_attribute attributes[SNS_MESSAGE_ATTRIBUTES];
	struct buf values[SNS_MESSAGE_ATTRIBUTES];
	char group_id[65], dedup_id[65];
};

/* Fills `out` ({0}; sns_message_fini it). Texts for people are those of alerts/render; sqs, lambda, http and
 * https get the alert's JSON. What would pass SNS's 256 KB first gives the JSON once, as `default`, and then
 * leaves the record itself out and says so ("event_omitted":true). RC_REJECT: too large even then. */
enum rc sns_message_make(
    const struct delivery *d, struct sv topic_arn, const char *zone, struct sns_message *out, struct err *e);
void sns_message_fini(struct sns_message *m);

#endif
