/* What the queue source has in hand: messages, and the items that they wait for: objects and inline events.
 * One item may be waited for by several messages, one message may wait for many items. Book-keeping only. The
 * source's thread. */
#ifndef KW_AGENT_SOURCE_SQS_HAND_H
#define KW_AGENT_SOURCE_SQS_HAND_H

#include "agent/source/source.h"

struct message {
	char *id, *receipt;
	int64_t receives; /* how often it was received; 0: not said */
	int64_t keep_ms;  /* monotonic: when it must be kept ours for longer */
	int64_t last_ms;  /* monotonic: it can't be kept past that */
	size_t n_open;    /* items that have no end yet */
	bool failed;      /* an item, or a part of it, could not be done: it stays in the queue */
	bool done;        /* all of it is durable: to be deleted */
	bool deleting;    /* a request to delete it is under way */
	bool given_back;  /* with this receipt: it is not ours any more */
};

/* What messages wait for. */
struct item {
	void *owner;        /* the source, for callbacks */
	char *name;         /* s3://BUCKET/KEY, sqs://QUEUE/MESSAGE: of the work */
	char *told;         /* what messages said of its version; "" when nothing */
	char *bucket, *key; /* NULL for inline events */
	uint64_t skip;      /* records that were committed before */
	struct work *work;  /* a reference; NULL until it is read */
	bool offered;       /* the intake has it */
	int64_t held;       /* bytes of the object reader's budget */
	VEC(struct message *) waiters;
};

struct hand {
	VEC(struct message *) messages; /* in the order of their first receipt */
	VEC(struct item *) items;       /* in the order in which they were named */
};
void hand_fini(struct hand *h);

/* The message of this id, or NULL. */
struct message *hand_message(const struct hand *h, struct sv id);
/* A message that is not in hand yet. */
struct message *hand_add(struct hand *h, struct sv id, struct sv receipt, int64_t receives);
/* Forgets a message that nothing is open for. */
void hand_forget(struct hand *h, struct message *m);

/* The item of this name and version, or NULL. */
struct item *hand_item(const struct hand *h, const char *name, const char *told);
/* A new item; `name` is copied. */
struct item *hand_add_item(struct hand *h, const char *name, const char *told);
/* The message waits for the item (once, however often it names it). */
void hand_join(struct item *i, struct message *m);
/* The item of a work that has settled, or NULL. */
struct item *hand_item_of(const struct hand *h, const struct work *w);

/* The item has ended, well or not, and is freed. Messages that have nothing open any more are judged. */
void hand_end(struct hand *h, struct item *i, bool good);
/* Nothing is open for the message: it is done, or is forgotten and so left in the queue. */
void hand_judge(struct hand *h, struct message *m);

#endif
