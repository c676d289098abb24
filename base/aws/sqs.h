/* Amazon SQS, as far as a consumer needs it: requests by the JSON 1.0 protocol, and what their replies hold.
 * Pure functions; the caller gives the requests to a client (client.h). Source: the SQS API reference,
 * "Making Query API requests using AWS JSON protocol". */
#ifndef KW_BASE_AWS_SQS_H
#define KW_BASE_AWS_SQS_H

#include "base/aws/client.h"
#include "base/jdoc.h"

#define SQS_BATCH 10      /* messages of one receive, entries of one batch */
#define SQS_MAX_WAIT_S 20 /* of a long poll */
#define SQS_MAX_BYTES \
	(9u << 20) /* of a receive's reply: ten messages of up to 1 MiB would be more than jdoc takes */

/* The region that a queue's URL names (sqs.REGION.amazonaws.com, REGION.queue.amazonaws.com, an interface
 * endpoint's); empty when it names none. The view is into `url`. */
struct sv sqs_url_region(struct sv url);

/* Is it a queue's URL: http or https, a host, and a path of an account and a name? */
bool sqs_url_valid(struct sv url);

/* --- requests: `out` is {0} --------------------------------------------------------------------------- */

/* Waits for up to `wait_s` for one to `max` messages, which then are ours for `visibility_s`. */
void sqs_receive(struct sv queue_url, int max, int wait_s, int64_t visibility_s, struct aws_request *out);

/* One entry a receipt handle, at most SQS_BATCH; entry i has the id "i" in the reply. */
void sqs_delete(struct sv queue_url, const struct sv *receipts, size_t n, struct aws_request *out);

/* The messages stay ours for `visibility_s` from now on; 0 gives them back at once. */
void sqs_keep(
    struct sv queue_url, const struct sv *receipts, size_t n, int64_t visibility_s, struct aws_request *out);

/* All attributes of the queue. */
void sqs_attributes(struct sv queue_url, struct aws_request *out);

/* --- replies ------------------------------------------------------------------------------------------ */

struct sqs_message {
	struct sv id, receipt, body;
	int64_t receives; /* how often it was received, this time included; 0: not said */
	int64_t sent_ms;  /* 0: not said */
	bool damaged;     /* the body is not the one that MD5OfBody is of */
};

struct sqs_messages {
	VEC(struct sqs_message) list; /* views into doc */
	struct jdoc *doc;
};
void sqs_messages_fini(struct sqs_messages *m);

/* RC_RETRY: a 2xx that is not SQS's (a proxy's page, another service's): nothing was received. An empty body
 * is an empty receive, as some emulators have it. */
enum rc sqs_read_messages(const struct http_reply *reply, struct sqs_messages *out, struct err *e);

/* Calls `failed` for every entry of a batch that was not done, with what it says. RC_RETRY as above: then
 * nothing is known of any entry. */
enum rc sqs_read_batch(const struct http_reply *reply, size_t n_entries,
    void (*failed)(void *ctx, size_t entry, const struct failure *why), void *ctx, struct err *e);

/* A queue's attributes; -1 and empty where they are not said. */
struct sqs_queue {
	int64_t waiting, in_flight, delayed; /* messages, about */
	int64_t visibility_s, retention_s, max_receives;
	char dead_letter_arn[256];
};
enum rc sqs_read_attributes(const struct http_reply *reply, struct sqs_queue *out, struct err *e);

#endif
