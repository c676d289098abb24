/* Amazon SNS, as far as we need it: Publish by the Query protocol (API version 2010-03-31). Pure functions;
 * the caller signs (base/aws/sigv4.h) and sends. */
#ifndef KW_BASE_AWS_SNS_H
#define KW_BASE_AWS_SNS_H

#include "base/aws/client.h"

#define SNS_MAX_BYTES 262144          /* message and attributes together */
#define SNS_MAX_SUBJECT_CHARACTERS 99 /* "less than 100" */
#define SNS_MAX_ID_CHARACTERS 128     /* group and deduplication ids */

struct sns_attribute {
	const char
	    *name; /* letters, digits, _ . -; at most 10 attributes, or raw SQS delivery drops the message */
	struct sv value; /* a String; not empty */
};

struct sns_publish {
	struct sv topic_arn;
	struct sv message; /* UTF-8, not empty */
	struct sv subject; /* empty: none; the caller keeps to printable ASCII of the allowed length */
	bool structured;   /* the message is a JSON object with a text for each protocol */
	const struct sns_attribute *attributes;
	size_t n_attributes;
	struct sv group_id, dedup_id; /* FIFO topics; empty: none */
};

/* Is it a FIFO topic (the name ends in .fifo)? */
bool sns_is_fifo(struct sv topic_arn);

/* Bytes that count against SNS_MAX_BYTES. */
size_t sns_size(const struct sns_publish *p);

/* Fills `out` ({0}) with the unsigned request to `url` (from endpoint_url). */
void sns_build(const struct sns_publish *p, const char *url, struct http_request *out);

/* What the sender does next. */
enum sns_answer {
	SNS_SENT,        /* message_id says under which id */
	SNS_RETRY,       /* throttled, busy, away, or not SNS that answered */
	SNS_CREDENTIALS, /* the keys ran out or are not known: get new ones, sign again */
	SNS_CLOCK,       /* our clock is off: take the reply's Date, sign again */
	SNS_REJECT,      /* this message or topic is refused for good */
};

struct sns_result {
	enum sns_answer answer;
	char message_id[64];
	char code[64];     /* AWS error code; "" when there is none */
	char message[400]; /* what AWS says, printable */
};

/* Reads what came back. Never trusts it: a 200 without a MessageId was not SNS (a proxy, a login page) and is
 * SNS_RETRY. */
void sns_read(const struct http_reply *reply, struct sns_result *out);

/* --- the topic itself, for `doctor` ------------------------------------------------------------------ */

/* GetTopicAttributes, for a client (client.h); `out` is {0}. */
void sns_topic_attributes(struct sv topic_arn, struct aws_request *out);

/* What it says; -1 and empty where nothing is said. */
struct sns_topic {
	int64_t confirmed, pending; /* subscriptions */
	char kms_key[256];
};
void sns_read_topic(const struct http_reply *reply, struct sns_topic *out);

#endif
