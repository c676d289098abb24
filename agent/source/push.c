/* Source "push": events that are posted to us, by SNS subscriptions or EventBridge's API destinations. An
 * answer of 200 means that what came is durable; until then the sender has it. push/door.c lets in,
 * push/notice.c and push/trust.c say whether SNS sent it; see push/README.md.
 *
 * One thread judges what comes. What has settled comes from the analyst's (settled.h). */

#include "agent/source/envelope.h"
#include "agent/source/push/door.h"
#include "agent/source/push/trust.h"
#include "agent/source/push_check.h"
#include "agent/source/settled.h"
#include "agent/source/source.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/net/crypto.h"
#include "base/point.h"

static const struct option options[] = {
    {"address", OPTION_TEXT, OPTION_REQUIRED, 0, 0, NULL,
	"address and port to listen on: 0.0.0.0:8443 with TLS, 127.0.0.1:8080 behind a proxy that has it"},
    {"path", OPTION_TEXT, "/push", 0, 0, NULL, "path that is posted to"},
    {"tls_certificate", OPTION_PATH, NULL, 0, 0, NULL,
	"PEM file of the certificate and those it rests on; read again when it changes"},
    {"tls_key", OPTION_SECRET, NULL, 0, 0, NULL, "PEM of its private key: file:PATH"},
    {"topics", OPTION_TEXTS, NULL, 0, 0, NULL,
	"ARNs of the SNS topics whose messages are taken; no others are, however well they are signed"},
    {"confirm", OPTION_BOOL, "true", 0, 0, NULL, "confirm subscriptions of those topics"},
    {"signature_v1", OPTION_BOOL, "false", 0, 0, NULL,
	"take SNS's older signatures too, with SHA-1; better set SignatureVersion to 2 on the topic"},
    {"api_key", OPTION_SECRET, NULL, 0, 0, NULL, "key that an API destination of EventBridge sends"},
    {"api_key_header", OPTION_TEXT, "x-api-key", 0, 0, NULL, "header that has it"},
    {"max_body", OPTION_BYTES, "1MiB", 1 << 10, 8 << 20, NULL, "size of the largest message; more is 413"},
};
static const struct option_table table = {"sources.push",
    "events that SNS or EventBridge post to an address of ours, answered when they are durable", options,
    sizeof options / sizeof *options};

#define TURN_MS 250
#define ANSWER_MS 12000 /* SNS waits 15 s */
#define DRAIN_MS 3000   /* of a stop */
#define MOST_IDS 1024   /* of messages that were taken, remembered */
#define UNREADABLE "something that was pushed and is no event: objects are for the sources sqs and s3"

/* A message whose answer waits for the state. */
struct pending {
	struct pushed *pushed; /* NULL: it has been answered */
	struct work *work;     /* a reference */
	char *id;              /* of SNS's message; NULL */
	bool offered;
	bool silent;    /* nobody waits for its answer */
	int64_t end_ms; /* monotonic: then it is answered anyhow */
};

struct push_source {
	struct source base;
	struct door *door;
	struct trust *trust;
	bool confirm;
	_Atomic bool stop;
	uint64_t n_named; /* works without a name of their own */
	char prefix[9];   /* of those names, another one each run */
	VEC(struct pending) pending;
	char *ids[MOST_IDS];
	size_t n_ids;
	struct settled_list settled;
};

/* --- opening --------------------------------------------------------------------------------------- */

static void close_source(struct source *base)
{
	struct push_source *s = (struct push_source *)base;
	door_free(s->door);
	trust_free(s->trust);
	for (size_t i = 0; i < s->pending.n; i++) {
		pushed_free(s->pending.items[i].pushed);
		work_unref(s->pending.items[i].work);
		free(s->pending.items[i].id);
	}
	vec_fini(&s->pending);
	settled_fini(&s->settled);
	for (size_t i = 0; i < MOST_IDS; i++)
		free(s->ids[i]);
	free(s);
}

static enum rc open_source(const struct source_setup *setup, struct source **out, struct err *e)
{
	struct push_source *s = heap_zero(1, sizeof *s);
	unsigned char random[4];
	s->base = (struct source){.type = &source_push, .setup = *setup};
	settled_init(&s->settled);
	crypto_random(random, sizeof random);
	crypto_hex(random, sizeof random, s->prefix);
	s->confirm = options_number(setup->options, "confirm") != 0;
	s->trust = trust_new(
	    options_get(setup->options, "topics"), options_number(setup->options, "signature_v1") != 0);
	enum rc rc = push_check_options(setup->options, &s->door, e);
	if (rc != RC_OK) {
		close_source(&s->base);
		return err_at(e, "source %s", setup->name);
	}
	*out = &s->base;
	return RC_OK;
}

/* --- answers --------------------------------------------------------------------------------------- */

/* Takes the message. */
static void answer(struct push_source *s, struct pushed *p, unsigned status, const char *text)
{
	metric_add(status == 200 ? METRIC_PUSH_TAKEN : METRIC_PUSH_REFUSED, 1);
	door_answer(s->door, p, status, text);
	pushed_free(p);
}

/* Takes the summary, which is heap. */
static void complain(struct push_source *s, const char *cause, char *summary)
{
	source_complain(&s->base, &(struct complaint){"kendrawatch.self.push_refused",
				      "Something that was pushed was refused", LEVEL_MEDIUM, cause, summary});
	free(summary);
}

/* What SNS says: it can't be had or is not true. SNS takes 4xx for an answer and does not come again. */
static void answer_refused(struct push_source *s, struct pushed *p, enum rc rc, const struct err *e)
{
	log_warn("pushed message is not taken", "source=%s why=\"%s\" next=\"%s\"", s->base.setup.name,
	    e->text, rc == RC_RETRY ? "SNS comes again" : "refused");
	if (rc == RC_RETRY) {
		answer(s, p, 503, "not now\n");
		return;
	}
	complain(s, e->text,
	    heap_printf(
		"A message of SNS was refused by source %s: %s. Were it genuine, its events are lost here.",
		s->base.setup.name, e->text));
	answer(s, p, 403, "refused\n");
}

/* --- messages -------------------------------------------------------------------------------------- */

static bool was_taken(const struct push_source *s, struct sv id)
{
	for (size_t i = 0; i < MOST_IDS; i++)
		if (s->ids[i] && sv_eq(id, sv_from(s->ids[i])))
			return true;
	return false;
}

static void remember(struct push_source *s, char *id)
{
	char **place = &s->ids[s->n_ids++ % MOST_IDS];
	free(*place);
	*place = id;
}

/* `p` is answered when it is durable; NULL: something else of the same message is answered. */
static void hand_on(struct push_source *s, struct pushed *p, struct sv id, struct buf *bytes, bool readable)
{
	char *name = id.ptr ? heap_printf("push://%s/%.*s", s->base.setup.name, SV_ARG(id))
			    : heap_printf("push://%s/%s-%llu", s->base.setup.name, s->prefix,
				  (unsigned long long)++s->n_named);
	struct work *w = work_new(&s->base, name);
	w->bytes = *bytes;
	*bytes = (struct buf){0};
	w->unreadable = readable ? NULL : UNREADABLE;
	vec_push(&s->pending, (struct pending){.pushed = p,
				  .work = w,
				  .silent = !p,
				  .id = id.ptr ? heap_text(id) : NULL,
				  .end_ms = clk_mono_ms() + ANSWER_MS});
	free(name);
}

/* What a genuine message says, or a body that came with the key. */
static void take_text(struct push_source *s, struct pushed *p, struct sv text, struct sv id)
{
	struct envelope x = {0};
	envelope_read(text, &x);
	bool events = x.n_events > 0, known = !x.n_unknown && !x.objects.n;
	if (x.objects.n)
		complain(s, "objects",
		    heap_printf(
			"Source %s was told of log files instead of events (%s): it reads none. Send such "
			"notices to a queue, and read it with a source of type sqs.",
			s->base.setup.name, x.form ? x.form : "a notice"));
	if (!known) {
		struct buf all = {0};
		log_warn("pushed message is nothing we know",
		    "source=%s looks_like=\"%s\" next=\"kept in quarantine\"", s->base.setup.name,
		    x.n_unknown ? x.looks_like : "a notice about an object");
		buf_add(&all, text);
		hand_on(s, events ? NULL : p, id, &all, false);
	}
	if (events)
		hand_on(s, p, id, &x.events, true);
	else if (known)
		answer(s, p, 200, "nothing to do\n");
	envelope_fini(&x);
}

static void take_genuine(struct push_source *s, struct pushed *p, const struct notice *m)
{
	struct err e = {0};
	enum rc rc = RC_OK;
	switch (m->type) {
	case NOTICE_NOTIFICATION:
		if (was_taken(s, m->id))
			answer(s, p, 200, "taken before\n");
		else
			take_text(s, p, m->message, m->id);
		return;
	case NOTICE_SUBSCRIBE:
		if (!s->confirm)
			rc = err_set(&e, RC_REJECT,
			    "a subscription waits for its confirmation, which `confirm: false` forbids");
		else
			rc = trust_confirm(m, &e);
		break;
	case NOTICE_UNSUBSCRIBE:
		source_complain(&s->base,
		    &(struct complaint){"kendrawatch.self.push_unsubscribed", "A subscription was ended",
			LEVEL_HIGH, "unsubscribe",
			"SNS says that a topic's subscription to this agent has ended: no events come "
			"that way any more. Find out who ended it, and subscribe again."});
		break;
	}
	if (rc != RC_OK) {
		answer_refused(s, p, rc, &e);
		return;
	}
	if (m->type == NOTICE_SUBSCRIBE)
		log_info("subscription confirmed", "source=%s topic=%.*s", s->base.setup.name,
		    SV_ARG(m->topic_arn));
	answer(s, p, 200, "done\n");
}

static void take_sns(struct push_source *s, struct pushed *p)
{
	struct notice m = {0};
	struct err e = {0};
	enum rc rc = RC_OK;
	if (p->raw)
		rc = err_set(&e, RC_REJECT,
		    "it came by raw delivery, which is not signed: switch RawMessageDelivery off");
	if (rc == RC_OK)
		rc = notice_read(buf_sv(&p->body), &m, &e) == RC_OK ? RC_OK : RC_REJECT;
	if (rc == RC_OK)
		rc = trust_check(s->trust, &m, &e);
	if (rc == RC_OK)
		take_genuine(s, p, &m);
	else
		answer_refused(s, p, rc, &e);
	notice_fini(&m);
}

/* --- works ----------------------------------------------------------------------------------------- */

static void forget(struct push_source *s, size_t n)
{
	struct pending *p = &s->pending.items[n];
	pushed_free(p->pushed);
	work_unref(p->work);
	free(p->id);
	memmove(p, p + 1, (s->pending.n - n - 1) * sizeof *p);
	s->pending.n--;
}

static void take_settled(void *ctx, const struct work *w, enum rc rc)
{
	struct push_source *s = ctx;
	for (size_t n = 0; n < s->pending.n; n++) {
		struct pending *p = &s->pending.items[n];
		if (p->work != w)
			continue;
		/* What could not be read is in quarantine, and would be the same tomorrow. */
		bool durable = rc != RC_IO && rc != RC_STOPPED;
		POINT(push_durable);
		if (durable && p->id) {
			remember(s, p->id);
			p->id = NULL;
		}
		if (p->pushed)
			answer(s, p->pushed, durable ? 200 : 503, durable ? "taken\n" : "not now\n");
		p->pushed = NULL;
		forget(s, n);
		return;
	}
}

static void take_all_settled(struct push_source *s)
{
	settled_each(&s->settled, take_settled, s);
}

/* Offers what the intake has room for, and answers what has waited for too long: its sender comes again, and
 * what became durable meanwhile is told apart by the alert's id. */
static void tend(struct push_source *s, bool all_late)
{
	for (size_t n = 0; n < s->pending.n;) {
		struct pending *p = &s->pending.items[n];
		if (!p->offered && queue_offer(s->base.setup.intake, work_ref(p->work)))
			p->offered = true;
		else if (!p->offered)
			work_unref(p->work);
		if (p->pushed && (all_late || clk_mono_ms() >= p->end_ms)) {
			answer(s, p->pushed, 503, "not now\n");
			p->pushed = NULL;
		}
		bool waits = p->silent && !all_late && clk_mono_ms() < p->end_ms;
		if (!p->pushed && !p->offered && !waits)
			forget(s, n);
		else
			n++;
	}
}

/* --- running --------------------------------------------------------------------------------------- */

static void tend_door(struct push_source *s)
{
	struct err e = {0};
	if (door_tend(s->door, &e) != RC_OK) {
		bool open = door_is_open(s->door);
		char *summary = heap_printf(open ? "Source %s goes on with the certificate that it had: %s."
						 : "Nothing can be pushed to source %s: %s.",
		    s->base.setup.name, e.text);
		source_complain(&s->base, &(struct complaint){"kendrawatch.self.push_closed",
					      open ? "A new TLS certificate can't be used"
						   : "The address for pushed events is not open",
					      LEVEL_HIGH, open ? "certificate" : "address", summary});
		free(summary);
	}
	if (door_strangers(s->door))
		complain(s, "key",
		    heap_printf(
			"Requests to source %s were refused, since they had no key or a wrong one. Were they "
			"EventBridge's, its events wait there for a day.",
			s->base.setup.name));
}

static void turn(struct push_source *s)
{
	take_all_settled(s);
	tend(s, false);
	struct pushed *p = door_take(s->door, TURN_MS);
	if (p && p->sns)
		take_sns(s, p);
	else if (p)
		take_text(s, p, buf_sv(&p->body), (struct sv){NULL, 0});
	if (p)
		POINT(push_taken);
}

/* What workers have in hand may become durable and be answered; the rest is for the next run. */
static void drain(struct push_source *s)
{
	int64_t end_ms = clk_mono_ms() + DRAIN_MS;
	while (s->pending.n && clk_mono_ms() < end_ms) {
		take_all_settled(s);
		tend(s, false);
		struct pushed *p = door_take(s->door, 20);
		if (p)
			answer(s, p, 503, "stopping\n");
	}
	take_all_settled(s);
	tend(s, true);
}

static void run(struct source *base)
{
	struct push_source *s = (struct push_source *)base;
	log_info("taking what is pushed", "source=%s address=%s path=%s", base->setup.name,
	    options_text(base->setup.options, "address"), options_text(base->setup.options, "path"));
	while (!s->stop) {
		base->vitals.due_ms = clk_mono_ms() + SOURCE_DUE_MS;
		tend_door(s);
		turn(s);
	}
	drain(s);
}

static void stop(struct source *base)
{
	struct push_source *s = (struct push_source *)base;
	s->stop = true;
	door_shut(s->door);
}

static void settled(struct source *base, struct work *w, enum rc rc)
{
	struct push_source *s = (struct push_source *)base;
	settled_add(&s->settled, w, rc);
	door_ring(s->door);
}

const struct source_type source_push = {.name = "push",
    .table = &table,
    .open = open_source,
    .run = run,
    .stop = stop,
    .settled = settled,
    .close = close_source,
    .check = push_check};
