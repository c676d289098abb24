/* From a message to works and back: what it names is read, handed to the workers, and when all of it is
 * durable the message is done. The source's thread, but for nothing. */
#ifndef KW_AGENT_SOURCE_SQS_TAKE_H
#define KW_AGENT_SOURCE_SQS_TAKE_H

#include "agent/source/digest_desk.h"
#include "agent/source/object.h"
#include "agent/source/sqs/hand.h"
#include "base/aws/sqs.h"
#include "base/store.h"

struct take {
	struct source *source;
	struct hand hand;
	struct object_reader *objects;
	struct digests digests;
	struct digest_desk *desk; /* while it runs, with digest: on */
	struct store *state;      /* reading, for the ledger; NULL: the setup's ledger is asked */
	const char *queue_name;
	const struct option_value *buckets; /* allow-list; empty: any bucket, but keys of CloudTrail's only */
	int64_t visibility_ms;
	int64_t max_receives;   /* of what is nothing we know, before it is set aside */
	struct sqs_queue queue; /* as it said of itself */
	bool queue_known;
	bool stopping; /* nothing new is read or handed on; messages stay in hand, to be given back, those
			  that still come among them */
};

/* Takes a message that was received; it may have been received before. Borrowed. */
void take_message(struct take *t, const struct sqs_message *received);

/* Offers to the intake what is read, as long as there is room. True when something must wait. */
bool take_offer(struct take *t);

/* A work has settled (on whatever thread), well or not. */
void take_settled(struct take *t, const struct work *w, enum rc rc);

#endif
