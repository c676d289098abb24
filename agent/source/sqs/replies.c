/* Batches of deletes and of visibility changes. A batch holds ids and receipts of its own, since a message
 * may be forgotten, or come again under another receipt, while the batch is under way. */
#include "agent/source/sqs/replies.h"

#include "base/aws/sqs.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/point.h"

#define GATHER_MS 100      /* a delete waits so long for others */
#define AGAIN_MS 1000      /* after a batch that failed */
#define ENTRY_AGAIN_MS 200 /* after one of which single entries did */
#define MAX_BATCHES 4

enum kind { DELETE, KEEP, GIVE_BACK };

/* A batch under way. */
struct batch {
	struct replies *replies;
	enum kind kind;
	size_t n;
	char *ids[SQS_BATCH], *receipts[SQS_BATCH];
	bool failed[SQS_BATCH];
};

static const char *action(enum kind k)
{
	return k == DELETE ? "sqs:DeleteMessage" : "sqs:ChangeMessageVisibility";
}

void replies_address(const struct replies *r, struct aws_request *request)
{
	request->url = heap_copy(r->url);
}

static void complain(const struct batch *b, const struct failure *why)
{
	struct source *s = b->replies->source;
	char *summary = heap_printf("The queue refuses %s: %s. Grant it to the agent, or every message comes "
				    "again and again.",
	    action(b->kind), why->message);
	source_complain(
	    s, &(struct complaint){"kendrawatch.self.queue_refuses",
		   "The queue refuses what its reader must do", LEVEL_HIGH, action(b->kind), summary});
	free(summary);
}

static void entry_failed(void *ctx, size_t entry, const struct failure *why)
{
	struct batch *b = ctx;
	b->failed[entry] = true;
	log_debug("entry of a batch failed", "source=%s action=%s code=%s error=\"%s\"",
	    b->replies->source->setup.name, action(b->kind), why->code, why->message);
	/* The receipt is good for nothing any more: the message comes again, and is known then. */
	struct message *m = hand_message(b->replies->hand, sv_from(b->ids[entry]));
	bool gone = why->kind == FAILURE_REFUSED && strcmp(why->code, "ReceiptHandleIsInvalid") == 0;
	if (m && gone && m->done && strcmp(m->receipt, b->receipts[entry]) == 0)
		hand_forget(b->replies->hand, m);
	else if (why->kind == FAILURE_REFUSED && strstr(why->code, "AccessDenied"))
		complain(b, why);
}

/* One entry that was done. */
static void entry_done(struct batch *b, size_t n)
{
	struct replies *r = b->replies;
	struct message *m = hand_message(r->hand, sv_from(b->ids[n]));
	bool current = m && strcmp(m->receipt, b->receipts[n]) == 0;
	if (b->kind == KEEP && current)
		m->keep_ms = clk_mono_ms() + r->visibility_ms / 2;
	if (b->kind == DELETE && current) {
		metric_add(METRIC_QUEUE_DELETED, 1);
		hand_forget(r->hand, m);
	} else if (b->kind == DELETE && m) {
		/* SQS may answer well to an old receipt and delete nothing: once more with the new one. */
		m->deleting = false;
	}
}

static void entry_again(struct batch *b, size_t n)
{
	struct replies *r = b->replies;
	struct message *m = hand_message(r->hand, sv_from(b->ids[n]));
	if (m && b->kind == KEEP)
		m->keep_ms = clk_mono_ms() + r->visibility_ms / 8;
	if (m && b->kind == DELETE)
		m->deleting = false;
}

/* After a failure nothing is deleted for a while. */
static void pause_deletes(struct replies *r, int64_t ms)
{
	r->pause_until_ms = clk_mono_ms() + ms;
}

static void batch_free(struct batch *b)
{
	for (size_t n = 0; n < b->n; n++) {
		free(b->ids[n]);
		free(b->receipts[n]);
	}
	free(b);
}

static void answered(void *ctx, const struct aws_answer *a)
{
	struct batch *b = ctx;
	struct replies *r = b->replies;
	struct err e = {0};
	r->n_under_way--;
	enum rc rc = aws_answer_rc(a, "sqs", &e);
	if (rc == RC_OK)
		rc = sqs_read_batch(a->reply, b->n, entry_failed, b, &e);
	if (rc == RC_REJECT)
		complain(b, &a->failure);
	if (rc != RC_OK && e.rc != RC_STOPPED)
		log_warn("queue can't be told", "source=%s action=%s error=\"%s\" next=\"%s\"",
		    r->source->setup.name, action(b->kind), e.text,
		    b->kind == GIVE_BACK ? "its messages come again after their visibility"
					 : "it is tried again");
	if (rc == RC_OK && b->kind == DELETE)
		POINT(sqs_after_delete);
	for (size_t n = 0; n < b->n && b->kind != GIVE_BACK; n++) {
		bool good = rc == RC_OK && !b->failed[n];
		if (good)
			entry_done(b, n);
		else
			entry_again(b, n);
		if (!good && b->kind == DELETE)
			pause_deletes(r, rc == RC_OK ? ENTRY_AGAIN_MS : AGAIN_MS);
	}
	batch_free(b);
}

static void send(struct batch *b, int64_t visibility_s)
{
	struct replies *r = b->replies;
	struct aws_request request = {0};
	struct sv receipts[SQS_BATCH];
	for (size_t n = 0; n < b->n; n++)
		receipts[n] = sv_from(b->receipts[n]);
	if (b->kind == DELETE)
		sqs_delete(r->queue_url, receipts, b->n, &request);
	else
		sqs_keep(r->queue_url, receipts, b->n, visibility_s, &request);
	replies_address(r, &request);
	r->n_under_way++;
	aws_start(r->client, &request, answered, b);
}

static struct batch *new_batch(struct replies *r, enum kind kind)
{
	struct batch *b = heap_zero(1, sizeof *b);
	b->replies = r;
	b->kind = kind;
	return b;
}

static void put(struct batch *b, const struct message *m)
{
	b->ids[b->n] = heap_copy(m->id);
	b->receipts[b->n++] = heap_copy(m->receipt);
}

static size_t to_delete(const struct replies *r)
{
	size_t found = 0;
	for (size_t n = 0; n < r->hand->messages.n; n++)
		found += r->hand->messages.items[n]->done && !r->hand->messages.items[n]->deleting;
	return found;
}

static void send_deletes(struct replies *r, bool all)
{
	int64_t now = clk_mono_ms();
	size_t waiting = to_delete(r);
	if (waiting && !r->delete_due_ms)
		r->delete_due_ms = now + GATHER_MS;
	while (waiting && now >= r->pause_until_ms && r->n_under_way < MAX_BATCHES &&
	       (waiting >= SQS_BATCH || all || r->delete_due_ms <= now)) {
		struct batch *b = new_batch(r, DELETE);
		for (size_t n = 0; n < r->hand->messages.n && b->n < SQS_BATCH; n++) {
			struct message *m = r->hand->messages.items[n];
			if (m->done && !m->deleting) {
				m->deleting = true;
				put(b, m);
			}
		}
		waiting -= b->n;
		POINT(sqs_before_delete);
		send(b, 0);
	}
	if (!waiting)
		r->delete_due_ms = 0;
}

static bool is_near(const struct message *m, int64_t now, int64_t by)
{
	return !m->done && !m->given_back && now < m->last_ms && m->keep_ms <= by;
}

static bool any_is_due(const struct replies *r, int64_t now)
{
	for (size_t n = 0; n < r->hand->messages.n; n++)
		if (is_near(r->hand->messages.items[n], now, now))
			return true;
	return false;
}

/* Those that must be kept now, and with them those that must be soon. */
static void send_keeps(struct replies *r)
{
	int64_t now = clk_mono_ms();
	while (any_is_due(r, now)) {
		struct batch *b = new_batch(r, KEEP);
		for (size_t n = 0; n < r->hand->messages.n && b->n < SQS_BATCH; n++) {
			struct message *m = r->hand->messages.items[n];
			if (!is_near(m, now, now + r->visibility_ms / 8))
				continue;
			m->keep_ms = now + r->visibility_ms / 2; /* unless the answer says otherwise */
			put(b, m);
		}
		send(b, r->visibility_ms / 1000);
	}
}

/* When the next thing is due, if nothing happens until then. */
static int64_t next_due(const struct replies *r, int64_t most_ms)
{
	int64_t now = clk_mono_ms(), due = now + most_ms;
	for (size_t n = 0; n < r->hand->messages.n; n++) {
		const struct message *m = r->hand->messages.items[n];
		if (is_near(m, now, due))
			due = m->keep_ms;
	}
	int64_t deletes = r->delete_due_ms > r->pause_until_ms ? r->delete_due_ms : r->pause_until_ms;
	if (r->delete_due_ms && deletes < due)
		due = deletes;
	/* What is overdue waits for an answer. */
	return due > now ? due - now : 10;
}

int64_t replies_send(struct replies *r, bool all, int64_t most_ms)
{
	send_deletes(r, all);
	send_keeps(r);
	return next_due(r, most_ms);
}

void replies_give_back(struct replies *r, int64_t hidden_s)
{
	struct batch *b = NULL;
	for (size_t n = 0; n < r->hand->messages.n; n++) {
		struct message *m = r->hand->messages.items[n];
		if (m->done || m->given_back)
			continue;
		m->given_back = true;
		b = b ? b : new_batch(r, GIVE_BACK);
		put(b, m);
		if (b->n == SQS_BATCH) {
			send(b, hidden_s);
			b = NULL;
		}
	}
	if (b)
		send(b, hidden_s);
}
