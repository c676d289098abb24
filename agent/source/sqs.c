/* Source "sqs": messages of a queue that name new log files in S3, or hold events. One thread drives all
 * calls: receives, downloads, deletes. sqs/take.c says what becomes of a message, sqs/hand.c what is in hand,
 * sqs/replies.c tells the queue; see sqs/README.md. */

#include "alerts/state.h"
#include "agent/source/sqs/replies.h"
#include "agent/source/sqs/take.h"
#include "agent/source/settled.h"
#include "agent/source/sqs_check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/point.h"
#include "config/aws_options.h"
#include "config/secret.h"

static const struct option options[] = {
    {"queue_url", OPTION_TEXT, OPTION_REQUIRED, 0, 0, NULL,
	"URL of the queue: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"},
    {"region", OPTION_TEXT, NULL, 0, 0, NULL,
	"region of the queue, and of buckets until they say another; without it, the one in queue_url"},
    {"buckets", OPTION_TEXTS, NULL, 0, 0, NULL,
	"buckets that messages may name; without it any, but only keys in AWSLogs/; '*' for all"},
    {"wait", OPTION_SPAN, "20s", 0, 20000, NULL,
	"how long the queue waits for a message before it says none"},
    {"visibility", OPTION_SPAN, "120s", 1000, 43200000, NULL,
	"how long a message is ours; prolonged at half of it while it is worked on"},
    {"max_in_flight", OPTION_INT, "100", 10, 1000, NULL, "messages that are worked on at the same time"},
    {"memory", OPTION_BYTES, "128MiB", 1 << 20, INT64_C(1) << 36, NULL,
	"size of all log files in memory at the same time"},
    {"max_object", OPTION_BYTES, "128MiB", 1 << 10, INT64_C(1) << 34, NULL,
	"size of the largest log file that is read"},
    {"max_receives", OPTION_INT, "10", 1, 1000, NULL,
	"a message that is nothing we know goes to the quarantine at this receive, if the queue has no "
	"dead-letter queue"},
    {"s3_endpoint_url", OPTION_URL, NULL, 0, 0, NULL,
	"another address for S3 alone, such as its VPC endpoint"},
    DIGEST_OPTIONS("off|on", DIGEST_HELP),
    AWS_OPTIONS("SQS and S3"),
};
static const struct option_table table = {"sources.sqs",
    "log files that messages of a queue name, and events inside of messages", options,
    sizeof options / sizeof *options};

#define MAX_RECEIVES 4    /* calls at the same time */
#define MAX_CALLS 20      /* of the client: those, OBJECT_PARALLEL, and batches */
#define MAX_ITEMS 2000    /* objects in hand; each message may name many */
#define LOOK_MS 60000     /* between two looks at the queue's attributes */
#define OFFER_AGAIN_MS 10 /* when the intake is full */
#define IDLE_MS 1000
#define QUICK_MS 200      /* an answer of no messages that comes sooner is followed by a pause */
#define MIN_PAUSE_MS 1000 /* after a receive that failed, doubled each time */
#define MAX_PAUSE_MS 30000
#define TROUBLE_MS 300000     /* so long without an answer is worth an alert */
#define DRAIN_MS 3000         /* of a stop: what workers have in hand may become durable */
#define RECEIVES_END_MS 1000  /* of a stop: receives may be answered */
#define MUCH_BYTES (2u << 20) /* an answer that can't be read, and is longer, is too long */
#define SMALL_MS 3600000      /* so long one message at a time, after some that were too much together */
#define GIVE_BACK_MS 2000     /* of a stop: the queue's answers */

struct sqs_source {
	struct source base;
	struct aws_client *client;
	struct take take;
	struct replies replies;
	struct sv queue_url;
	char *region;     /* NULL: what the environment says */
	char *s3_url;     /* NULL: AWS's endpoint */
	char *queue_host; /* scheme and host, when AWS's endpoint is not it */
	int wait_s;
	size_t max_in_flight;
	size_t n_receiving, want_receiving;
	int64_t receive_due_ms, pause_ms, trouble_since_ms; /* monotonic; trouble 0: none */
	int64_t asked_ms;                                   /* monotonic: of the last receive */
	int64_t small_until_ms;                             /* monotonic: one message a receive */
	int64_t look_due_ms, age_noted_ms;
	bool looking;
	_Atomic bool stop;
	struct settled_list settled;
};

/* --- opening --------------------------------------------------------------------------------------- */

static void close_source(struct source *base)
{
	struct sqs_source *s = (struct sqs_source *)base;
	aws_client_free(s->client);
	object_reader_free(s->take.objects);
	hand_fini(&s->take.hand);
	store_close(s->take.state);
	digests_close(&s->take.digests);
	settled_fini(&s->settled);
	free(s->queue_host);
	free(s->s3_url);
	free(s->region);
	free(s);
}

/* A queue behind an interface endpoint, or of another maker, is asked at the host of its URL. */
static char *host_of_queue(struct sv url)
{
	bool public = sqs_url_region(url).len && sv_find(url, SV(".vpce.")) == SV_NONE;
	struct sv rest = sv_skip(url, sv_find(url, SV("://")) + 3);
	size_t slash = sv_find_char(rest, '/');
	return public ? NULL : heap_text(sv_head(url, url.len - rest.len + slash));
}

/* Reads the options, anew when a secret's file may hold other keys now. */
static enum rc read_options(struct sqs_source *s, struct aws_options *out, struct err *e)
{
	const struct options *o = s->base.setup.options;
	*out = (struct aws_options){.max_in_flight = MAX_CALLS, .max_reply_bytes = SQS_MAX_BYTES};
	enum rc rc = aws_options_read(o, out, e);
	out->region = out->credentials.region = s->region;
	return rc;
}

static enum rc open_client(struct sqs_source *s, struct err *e)
{
	struct sv in_url = sqs_url_region(s->queue_url);
	struct aws_options aws;
	s->region = heap_copy(options_text(s->base.setup.options, "region"));
	if (!s->region && in_url.len)
		s->region = heap_text(in_url);
	enum rc rc = read_options(s, &aws, e);
	if (rc == RC_OK)
		rc = aws_client_new(&aws, &s->client, e);
	aws.endpoint_url = (struct sv){NULL, 0}; /* it is SQS's */
	aws.max_reply_bytes = 0;
	return rc == RC_OK ? digests_open(s->base.setup.options, &aws, &s->take.digests, e) : rc;
}

static void renew_keys(struct sqs_source *s)
{
	struct aws_options aws;
	if (read_options(s, &aws, NULL) == RC_OK)
		aws_renew(s->client, &aws.credentials);
}

/* A path is put behind it. Heap. */
static char *url_without_slash(struct sv url)
{
	url = sv_trim(url);
	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	return heap_text(url);
}

static enum rc open_parts(struct sqs_source *s, const struct options *o, struct err *e)
{
	const struct source_setup *setup = &s->base.setup;
	if (!sqs_url_valid(s->queue_url))
		return err_set(e, RC_CONFIG,
		    "queue_url \"%.*s\" is no queue's URL: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME",
		    SV_ARG(s->queue_url));
	enum rc rc = open_client(s, e);
	if (rc == RC_OK && setup->state_folder)
		rc = state_open(setup->state_folder, STORE_READ, &s->take.state, e);
	if (rc != RC_OK)
		return rc;
	const struct option_value *s3_url = options_get(o, "s3_endpoint_url");
	s->queue_host = host_of_queue(s->queue_url);
	if (s3_url->set && s3_url->secret)
		s->s3_url = url_without_slash(secret_value(s3_url->secret));
	s->take.objects = object_reader_new(&(struct object_options){.client = s->client,
	    .url = s->s3_url,
	    .memory_bytes = options_number(o, "memory"),
	    .max_bytes = options_number(o, "max_object")});
	s->replies = (struct replies){.source = &s->base,
	    .client = s->client,
	    .hand = &s->take.hand,
	    .queue_url = s->queue_url,
	    .url = s->queue_host,
	    .visibility_ms = s->take.visibility_ms};
	return RC_OK;
}

static enum rc open_source(const struct source_setup *setup, struct source **out, struct err *e)
{
	const struct options *o = setup->options;
	struct sqs_source *s = heap_zero(1, sizeof *s);
	s->base = (struct source){.type = &source_sqs, .setup = *setup};
	settled_init(&s->settled);
	s->queue_url = sv_from(options_text(o, "queue_url"));
	s->wait_s = (int)(options_number(o, "wait") / 1000);
	s->max_in_flight = (size_t)options_number(o, "max_in_flight");
	s->want_receiving = 1;
	s->take = (struct take){.source = &s->base,
	    .queue_name = strrchr(s->queue_url.ptr, '/') ? strrchr(s->queue_url.ptr, '/') + 1 : "",
	    .buckets = options_get(o, "buckets"),
	    .visibility_ms = options_number(o, "visibility"),
	    .max_receives = options_number(o, "max_receives"),
	    .queue = {.max_receives = -1}};
	enum rc rc = open_parts(s, o, e);
	if (rc != RC_OK) {
		close_source(&s->base);
		return err_at(e, "source %s", setup->name);
	}
	*out = &s->base;
	return RC_OK;
}

/* --- receiving ------------------------------------------------------------------------------------- */

static void receive_failed(struct sqs_source *s, enum rc rc, const struct err *e)
{
	int64_t now = clk_mono_ms();
	if (rc == RC_STOPPED || s->stop)
		return;
	s->trouble_since_ms = s->trouble_since_ms ? s->trouble_since_ms : now;
	s->pause_ms = s->pause_ms ? 2 * s->pause_ms : MIN_PAUSE_MS;
	s->pause_ms = s->pause_ms < MAX_PAUSE_MS ? s->pause_ms : MAX_PAUSE_MS;
	s->receive_due_ms = now + s->pause_ms;
	log_warn("queue can't be read", "source=%s error=\"%s\" next=\"trying again in %lld s\"",
	    s->base.setup.name, e->text, (long long)(s->pause_ms / 1000));
	if (rc == RC_RETRY && now - s->trouble_since_ms < TROUBLE_MS)
		return;
	char *summary = heap_printf("No events come from source %s: its queue can't be read (%s).%s",
	    s->base.setup.name, e->text,
	    rc == RC_REJECT ? " Grant sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility and "
			      "sqs:GetQueueAttributes on it."
			    : "");
	source_complain(&s->base, &(struct complaint){"kendrawatch.self.queue_unreadable",
				      "A queue can't be read", LEVEL_HIGH, "receive", summary});
	free(summary);
}

/* More calls at the same time while there is much to get, one while there is nothing. Not every queue waits
 * when it is asked to. */
static void adapt(struct sqs_source *s, size_t n)
{
	int64_t now = clk_mono_ms();
	if (!n && now - s->asked_ms < QUICK_MS)
		s->receive_due_ms = now + MIN_PAUSE_MS;
	bool full = n >= SQS_BATCH || (n && now < s->small_until_ms);
	if (full && s->want_receiving < MAX_RECEIVES)
		s->want_receiving++;
	else if (!n)
		s->want_receiving = 1;
}

/* The age of the oldest message that came lately: about that of the queue. Kept for a while, since a receive
 * in between may bring a young one or none. */
static void note_age(struct sqs_source *s, const struct sqs_messages *got)
{
	int64_t oldest_ms = 0, now_ms = clk_now_ms();
	for (size_t i = 0; i < got->list.n; i++) {
		int64_t sent_ms = got->list.items[i].sent_ms;
		if (sent_ms && now_ms - sent_ms > oldest_ms)
			oldest_ms = now_ms - sent_ms;
	}
	if (oldest_ms < s->base.vitals.oldest_ms && clk_mono_ms() - s->age_noted_ms < 2 * LOOK_MS)
		return;
	s->base.vitals.oldest_ms = oldest_ms;
	s->age_noted_ms = clk_mono_ms();
}

/* Ten of the largest messages are more than one answer may hold. None of them was read, and all are hidden
 * now; without this they would come together again until they are in the dead letters, and with them whatever
 * was sent at that time. */
static void ask_for_less(struct sqs_source *s)
{
	s->small_until_ms = clk_mono_ms() + SMALL_MS;
	log_warn("receives bring more than is taken at once",
	    "source=%s next=\"one message at a time, for an hour; those that came are seen again in %lld s\"",
	    s->base.setup.name, (long long)(s->take.visibility_ms / 1000));
}

static void received(void *ctx, const struct aws_answer *a)
{
	struct sqs_source *s = ctx;
	struct sqs_messages got = {0};
	struct err e = {0};
	s->n_receiving--;
	enum rc rc = aws_answer_rc(a, "sqs", &e);
	if (rc == RC_OK)
		rc = sqs_read_messages(a->reply, &got, &e);
	if (a->failure.kind == FAILURE_CREDENTIALS)
		renew_keys(s);
	if (rc != RC_OK) {
		if (a->reply->status == 200 && a->reply->body.len > MUCH_BYTES)
			ask_for_less(s);
		else
			receive_failed(s, rc, &e);
		return;
	}
	if (s->trouble_since_ms)
		log_info("queue can be read again", "source=%s", s->base.setup.name);
	s->trouble_since_ms = s->pause_ms = 0;
	note_age(s, &got);
	if (got.list.n)
		POINT(sqs_received);
	adapt(s, got.list.n);
	/* Also while it stops: each is given back then, or it is out of sight for nobody. */
	for (size_t i = 0; i < got.list.n; i++)
		take_message(&s->take, &got.list.items[i]);
	sqs_messages_fini(&got);
}

static void start_receives(struct sqs_source *s)
{
	while (!s->stop && clk_mono_ms() >= s->receive_due_ms && s->n_receiving < s->want_receiving &&
	       s->take.hand.items.n < MAX_ITEMS &&
	       s->take.hand.messages.n + (s->n_receiving + 1) * SQS_BATCH <= s->max_in_flight) {
		struct aws_request request = {0};
		int most = clk_mono_ms() < s->small_until_ms ? 1 : SQS_BATCH;
		sqs_receive(s->queue_url, most, s->wait_s, s->take.visibility_ms / 1000, &request);
		replies_address(&s->replies, &request);
		s->n_receiving++;
		s->asked_ms = clk_mono_ms();
		aws_start(s->client, &request, received, s);
	}
}

/* --- the queue itself ------------------------------------------------------------------------------ */

static void looked(void *ctx, const struct aws_answer *a)
{
	struct sqs_source *s = ctx;
	struct err e = {0};
	s->looking = false;
	enum rc rc = aws_answer_rc(a, "sqs", &e);
	if (rc == RC_OK)
		rc = sqs_read_attributes(a->reply, &s->take.queue, &e);
	s->take.queue_known |= rc == RC_OK;
	if (rc == RC_OK)
		s->base.vitals.waiting = s->take.queue.waiting > 0 ? s->take.queue.waiting : 0;
	if (rc == RC_OK)
		log_debug("queue", "source=%s waiting=%lld in_flight=%lld", s->base.setup.name,
		    (long long)s->take.queue.waiting, (long long)s->take.queue.in_flight);
	else
		log_debug("queue says nothing of itself",
		    "source=%s error=\"%s\" next=\"grant sqs:GetQueueAttributes\"", s->base.setup.name,
		    e.text);
}

static void look(struct sqs_source *s)
{
	struct aws_request request = {0};
	if (s->looking || clk_mono_ms() < s->look_due_ms)
		return;
	s->looking = true;
	s->look_due_ms = clk_mono_ms() + LOOK_MS;
	sqs_attributes(s->queue_url, &request);
	replies_address(&s->replies, &request);
	aws_start(s->client, &request, looked, s);
}

/* --- running --------------------------------------------------------------------------------------- */

static void take_one(void *ctx, const struct work *w, enum rc rc)
{
	take_settled(ctx, w, rc);
}

static void take_all_settled(struct sqs_source *s)
{
	settled_each(&s->settled, take_one, &s->take);
}

/* One turn: everything that can be done now, then calls for up to `most_ms`. */
static void turn(struct sqs_source *s, int64_t most_ms)
{
	take_all_settled(s);
	s->base.vitals.due_ms = clk_mono_ms() + SOURCE_DUE_MS;
	s->base.vitals.credentials_end_ms = credentials_end_ms(aws_credentials(s->client));
	int64_t wait = object_advance(s->take.objects, most_ms);
	if (take_offer(&s->take) && wait > OFFER_AGAIN_MS)
		wait = OFFER_AGAIN_MS;
	start_receives(s);
	wait = replies_send(&s->replies, s->stop, wait);
	aws_run(s->client, wait);
}

static bool workers_have_some(const struct sqs_source *s)
{
	for (size_t n = 0; n < s->take.hand.items.n; n++)
		if (s->take.hand.items.items[n]->offered)
			return true;
	return false;
}

static bool any_done(const struct sqs_source *s)
{
	for (size_t n = 0; n < s->take.hand.messages.n; n++)
		if (s->take.hand.messages.items[n]->done)
			return true;
	return false;
}

/* What is not done by now is for the next reader. It may see it at once, unless a receive is still open: that
 * would get it first, even when nobody waits for its answer any more (SQS goes on with a poll whose client is
 * gone), and each receive brings a message nearer to the dead letters. Then it stays out of sight until the
 * poll has ended. */
static void give_back_rest(struct sqs_source *s)
{
	replies_give_back(&s->replies, s->n_receiving ? s->wait_s + 1 : 0);
}

/* How long receives may go on: what they bring can be given back then. Messages that are there come soon; and
 * what is in hand is seen sooner by others when no receive is open any more. */
static int64_t receives_end_ms(const struct sqs_source *s)
{
	int64_t young = s->asked_ms + QUICK_MS, now = clk_mono_ms();
	bool any = s->take.hand.messages.n > 0;
	return any && now + RECEIVES_END_MS > young ? now + RECEIVES_END_MS : young;
}

/* A turn without anything new. */
static void drain_turn(struct sqs_source *s)
{
	take_all_settled(s);
	replies_send(&s->replies, true, 0);
	aws_run(s->client, 50);
}

/* Workers may finish what they have, and its messages are deleted; all others are given back. */
static void drain(struct sqs_source *s)
{
	int64_t end_ms = clk_mono_ms() + DRAIN_MS;
	s->take.stopping = true;
	aws_end_retries(s->client, s);
	while (workers_have_some(s) && clk_mono_ms() < end_ms)
		drain_turn(s);
	take_all_settled(s);
	/* Nothing that prolongs a message may overtake what gives it back. */
	end_ms = receives_end_ms(s);
	while ((s->n_receiving || s->replies.n_under_way) && clk_mono_ms() < end_ms)
		drain_turn(s);
	end_ms = clk_mono_ms() + GIVE_BACK_MS;
	give_back_rest(s);
	while ((s->replies.n_under_way || any_done(s)) && clk_mono_ms() < end_ms) {
		drain_turn(s);
		give_back_rest(s); /* what came meanwhile */
	}
}

static void run(struct source *base)
{
	struct sqs_source *s = (struct sqs_source *)base;
	log_info("reading queue", "source=%s queue=\"%.*s\" region=%s buckets=%s", base->setup.name,
	    SV_ARG(s->queue_url), aws_region(s->client),
	    s->take.buckets->texts.n ? "named" : "any, with keys in AWSLogs/");
	if (s->take.digests.on)
		s->take.desk = digest_desk_new(&s->take.digests, (s->max_in_flight - SQS_BATCH) / 4);
	while (!s->stop) {
		look(s);
		turn(s, IDLE_MS);
	}
	digest_desk_free(s->take.desk);
	s->take.desk = NULL;
	drain(s);
}

static void stop(struct source *base)
{
	struct sqs_source *s = (struct sqs_source *)base;
	s->stop = true;
	aws_wake(s->client);
}

static void settled(struct source *base, struct work *w, enum rc rc)
{
	struct sqs_source *s = (struct sqs_source *)base;
	settled_add(&s->settled, w, rc);
	aws_wake(s->client);
}

const struct source_type source_sqs = {.name = "sqs",
    .table = &table,
    .open = open_source,
    .run = run,
    .stop = stop,
    .settled = settled,
    .close = close_source,
    .looks_up = true,
    .grants = sqs_check_grants,
    .check = sqs_check};
