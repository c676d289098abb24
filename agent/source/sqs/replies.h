/* What the queue hears of its messages: delete it, it stays ours for longer, here it is back. In batches, of
 * which single entries may fail. The source's thread. */
#ifndef KW_AGENT_SOURCE_SQS_REPLIES_H
#define KW_AGENT_SOURCE_SQS_REPLIES_H

#include "agent/source/sqs/hand.h"
#include "base/aws/client.h"

/* The queue, and how it is talked to. */
struct replies {
	struct source *source; /* for complaints */
	struct aws_client *client;
	struct hand *hand;
	struct sv queue_url;
	const char *url; /* scheme and host of the queue, when AWS's endpoint is not it; NULL */
	int64_t visibility_ms;
	size_t n_under_way;     /* batches without an answer */
	int64_t pause_until_ms; /* monotonic: no deletes before that */
	int64_t delete_due_ms;  /* monotonic: when what is done is deleted, be it a full batch or not; 0:
				   nothing */
};

/* Prepares a request to the queue: it goes to the queue's own host. */
void replies_address(const struct replies *r, struct aws_request *request);

/* Sends what is due: messages that are done are deleted, in full batches or a moment after the first; those
 * that are worked on are kept at half of their visibility. `all`: waits for no full batch. The time until the
 * next thing is due, at most `most_ms`. */
int64_t replies_send(struct replies *r, bool all, int64_t most_ms);

/* Gives back what is in hand and not done: it can be received again after `hidden_s`, at once when that is 0.
 * Each is given back once, and not kept any more; call it again for messages that came since. */
void replies_give_back(struct replies *r, int64_t hidden_s);

#endif
