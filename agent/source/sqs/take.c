/* What becomes of a message. Everything here runs on the source's thread, also the object reader's calls. */
#include "agent/source/sqs/take.h"

#include <unistd.h>

#include "agent/worker/decode.h"
#include "agent/source/envelope.h"
#include "agent/source/object_trouble.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/point.h"

/* SQS lets nobody keep a message longer than 12 hours after it was received. */
#define MAX_KEPT_MS ((int64_t)(12 * 60 - 10) * 60000)
/* A missing object is told of when its message came that often: it may just not be there yet. */
#define MISSING_RECEIVES 3

/* --- the ledger ------------------------------------------------------------------------------------ */

/* Was all of this version read? Else *out_skip is how many of its records were. */
static bool was_read(const struct take *t, const char *name, const char *identity, uint64_t *out_skip)
{
	struct ledger_row row = {0};
	const struct ledger_row *known = NULL;
	struct err e = {0};
	enum rc rc = RC_NOTFOUND;
	*out_skip = 0;
	if (t->state) {
		rc = ledger_look(t->state, t->source->setup.name, name, &row, &e);
		known = rc == RC_OK ? &row : NULL;
	} else {
		known = ledger_find(t->source->setup.ledger, name);
	}
	if (rc != RC_OK && rc != RC_NOTFOUND)
		log_warn("ledger can't be asked", "source=%s error=\"%s\" next=\"the object is read again\"",
		    t->source->setup.name, e.text);
	bool same = known && strcmp(known->identity, identity) == 0, done = same && known->done;
	if (same && !done)
		*out_skip = (uint64_t)known->position;
	ledger_row_fini(&row);
	return done;
}

/* --- objects --------------------------------------------------------------------------------------- */

static bool is_wanted(void *ctx, const char *identity)
{
	struct item *i = ctx;
	return !was_read(i->owner, i->name, identity, &i->skip);
}

/* It has been tried often enough to be told of. */
static bool came_often(const struct take *t, const struct item *i)
{
	int64_t often = MISSING_RECEIVES;
	if (t->queue.max_receives > 0 && t->queue.max_receives < often)
		often = t->queue.max_receives;
	for (size_t n = 0; n < i->waiters.n; n++)
		if (!i->waiters.items[n]->receives || i->waiters.items[n]->receives >= often)
			return true;
	return false;
}

static void object_failed(struct take *t, struct item *i, const struct object_result *r)
{
	struct buf summary = {0};
	struct complaint c;
	bool away = r->end == OBJECT_AWAY, early = r->end == OBJECT_MISSING && !came_often(t, i);
	if (away || early) {
		log_warn("object is not to be had",
		    "source=%s object=\"%s\" error=\"%s\" next=\"its message stays in the queue and comes "
		    "again\"",
		    t->source->setup.name, i->name, r->failure.message);
	} else {
		object_trouble(i->bucket, i->name, r, &summary, &c);
		buf_adds(&summary, " Its message stays in the queue.");
		c.summary = summary.ptr;
		source_complain(t->source, &c);
	}
	metric_add(METRIC_OBJECTS_REFUSED, 1);
	buf_fini(&summary);
	hand_end(&t->hand, i, false);
}

static void object_here(struct take *t, struct item *i, const struct object_result *r)
{
	struct work *w = work_new(t->source, i->name);
	w->fd = r->fd;
	w->skip = i->skip;
	w->keep_row = true;
	w->row = (struct ledger_row){heap_copy(i->name), heap_copy(r->identity), 0, true};
	i->work = w;
	i->held = r->size;
	w->hash = digests_hash(&t->digests, sv_from(i->key));
	if (digests_is_one(&t->digests, sv_from(i->key))) {
		i->offered = true;
		digest_desk_take(t->desk, w, i->bucket, i->key, r->metadata);
	}
	POINT(sqs_object_read);
}

static void object_ended(void *ctx, const struct object_result *r)
{
	struct item *i = ctx;
	struct take *t = i->owner;
	if (t->stopping) {
		if (r->fd >= 0)
			close(r->fd);
		return;
	}
	switch (r->end) {
	case OBJECT_READ: object_here(t, i, r); break;
	case OBJECT_EMPTY:
		metric_add(METRIC_SKIPPED_OBJECTS, 1);
		hand_end(&t->hand, i, true);
		break;
	case OBJECT_UNWANTED:
		metric_add(METRIC_OBJECTS_AGAIN, 1);
		hand_end(&t->hand, i, true);
		break;
	case OBJECT_STOPPED: hand_end(&t->hand, i, false); break;
	case OBJECT_MISSING:
	case OBJECT_DENIED:
	case OBJECT_TOO_LARGE:
	case OBJECT_AWAY: object_failed(t, i, r); break;
	}
}

/* What stands behind AWSLogs/ in a key; ptr NULL when that is not in it. */
static struct sv in_aws_logs(struct sv key)
{
	size_t at = sv_find(key, SV("/AWSLogs/"));
	if (sv_starts(key, SV("AWSLogs/")))
		return sv_skip(key, 8);
	return at == SV_NONE ? (struct sv){NULL, 0} : sv_skip(key, at + 9);
}

/* Message bodies come from whoever may send to the queue: only named buckets are read or, when none is named,
 * only keys in the tree that AWS keeps logs in. */
static bool is_allowed(const struct take *t, const struct envelope_object *o)
{
	for (size_t n = 0; n < t->buckets->texts.n; n++)
		if (strcmp(t->buckets->texts.items[n], o->bucket) == 0 ||
		    strcmp(t->buckets->texts.items[n], "*") == 0)
			return true;
	return !t->buckets->texts.n && in_aws_logs(sv_from(o->key)).ptr;
}

/* Folders, empty objects and digests hold no events, nor does what other services keep in that tree. */
static bool holds_events(const struct envelope_object *o)
{
	const char *why;
	struct sv logs = in_aws_logs(sv_from(o->key));
	return o->size != 0 && !sv_ends(sv_from(o->key), SV("/")) &&
	       decode_name_holds_events(sv_from(o->key), &why) &&
	       (!logs.ptr || sv_find(logs, SV("/CloudTrail")) != SV_NONE);
}

static void refuse(struct take *t, struct message *m, const struct envelope_object *o, const char *uri)
{
	struct buf summary = {0};
	struct complaint c;
	object_trouble_foreign(o->bucket, uri, &summary, &c);
	source_complain(t->source, &c);
	buf_fini(&summary);
	metric_add(METRIC_OBJECTS_REFUSED, 1);
	m->failed = true;
}

/* The message waits for the object, whoever named it first. */
static void wait_for(
    struct take *t, struct message *m, const struct envelope_object *o, const char *uri, const char *told)
{
	struct item *i = hand_item(&t->hand, uri, told);
	if (i) {
		metric_add(METRIC_OBJECTS_AGAIN, 1);
		hand_join(i, m);
		return;
	}
	i = hand_add_item(&t->hand, uri, told);
	i->owner = t;
	i->bucket = heap_copy(o->bucket);
	i->key = heap_copy(o->key);
	hand_join(i, m);
	object_read(t->objects, &(struct object_wanted){.bucket = sv_from(o->bucket),
				    .key = sv_from(o->key),
				    .size = o->size,
				    .wanted = is_wanted,
				    .done = object_ended,
				    .ctx = i});
}

/* True when the object is a foreign one. */
static bool take_object(struct take *t, struct message *m, const struct envelope_object *o)
{
	char *uri = object_uri(sv_from(o->bucket), sv_from(o->key));
	char *told = o->etag && o->size >= 0 ? object_identity(sv_from(o->etag), o->size) : heap_copy("");
	bool foreign = !is_allowed(t, o);
	uint64_t skip;
	if (foreign)
		refuse(t, m, o, uri);
	else if (!holds_events(o) && !(o->size && digests_is_one(&t->digests, sv_from(o->key))))
		metric_add(METRIC_SKIPPED_OBJECTS, 1);
	else if (*told && was_read(t, uri, told, &skip))
		metric_add(METRIC_OBJECTS_AGAIN, 1);
	else
		wait_for(t, m, o, uri, told);
	free(uri);
	free(told);
	return foreign;
}

/* --- messages -------------------------------------------------------------------------------------- */

/* Bytes of the message itself as a work. */
static struct work *inline_work(struct take *t, struct message *m)
{
	char *name = heap_printf("sqs://%s/%s", t->queue_name, m->id);
	struct item *i = hand_add_item(&t->hand, name, "");
	i->owner = t;
	i->work = work_new(t->source, name);
	hand_join(i, m);
	free(name);
	return i->work;
}

static void take_events(struct take *t, struct message *m, struct envelope *x)
{
	struct work *w = inline_work(t, m);
	w->bytes = x->events;
	x->events = (struct buf){0};
}

static bool has_dead_letters(const struct take *t)
{
	return t->queue_known && t->queue.dead_letter_arn[0];
}

/* What nobody will ever make sense of stays for the redrive policy. Without one it would come again until it
 * expires and be gone then, so it is kept in quarantine. */
static void take_unknown(
    struct take *t, struct message *m, const struct sqs_message *received, const char *looks_like)
{
	bool aside = received->receives >= t->max_receives && !has_dead_letters(t);
	metric_add(METRIC_QUEUE_UNKNOWN, 1);
	log_warn("message is nothing we know",
	    "source=%s message=%s receives=%lld looks_like=\"%s\" next=\"%s\"", t->source->setup.name, m->id,
	    (long long)received->receives, looks_like,
	    aside                 ? "kept in quarantine and deleted"
	    : has_dead_letters(t) ? "left to the queue's redrive policy"
				  : "left in the queue; give it a dead-letter queue");
	if (!aside) {
		m->failed = true;
		return;
	}
	struct work *w = inline_work(t, m);
	w->unreadable = "a message of a queue that names no object we may read, and is no event";
	buf_add(&w->bytes, received->body);
	m->failed = false;
}

/* It is ours from now on. */
static void hold(const struct take *t, struct message *m)
{
	m->keep_ms = clk_mono_ms() + t->visibility_ms / 2;
	m->last_ms = clk_mono_ms() + MAX_KEPT_MS;
}

static void again(struct take *t, struct message *m, const struct sqs_message *received)
{
	metric_add(METRIC_QUEUE_AGAIN, 1);
	free(m->receipt);
	m->receipt = heap_text(received->receipt);
	m->receives = received->receives;
	m->given_back = false;
	hold(t, m);
}

void take_message(struct take *t, const struct sqs_message *received)
{
	struct sv id = received->id.len ? received->id : received->receipt;
	struct message *m = hand_message(&t->hand, id);
	struct envelope x = {0};
	bool foreign = false;
	metric_add(METRIC_QUEUE_MESSAGES, 1);
	if (m) {
		again(t, m, received);
		return;
	}
	if (received->damaged) {
		log_warn("message came damaged", "source=%s message=%.*s next=\"it comes again\"",
		    t->source->setup.name, SV_ARG(id));
		metric_add(METRIC_QUEUE_LEFT, 1);
		return;
	}
	m = hand_add(&t->hand, id, received->receipt, received->receives);
	hold(t, m);
	if (t->stopping)
		return;
	envelope_read(received->body, &x);
	for (size_t i = 0; i < x.objects.n; i++)
		foreign |= take_object(t, m, &x.objects.items[i]);
	if (x.n_events)
		take_events(t, m, &x);
	if (x.n_unknown || foreign)
		take_unknown(t, m, received, x.n_unknown ? x.looks_like : "a notice about a foreign object");
	envelope_fini(&x);
	hand_judge(&t->hand, m);
}

/* --- works ----------------------------------------------------------------------------------------- */

bool take_offer(struct take *t)
{
	for (size_t n = 0; n < t->hand.items.n; n++) {
		struct item *i = t->hand.items.items[n];
		if (!i->work || i->offered)
			continue;
		if (!queue_offer(t->source->setup.intake, work_ref(i->work))) {
			work_unref(i->work);
			return true;
		}
		i->offered = true;
	}
	return false;
}

void take_settled(struct take *t, const struct work *w, enum rc rc)
{
	struct item *i = hand_item_of(&t->hand, w);
	if (!i)
		return;
	if (i->held)
		object_release(t->objects, i->held);
	/* What could not be read to its end is in quarantine, and would be the same tomorrow. */
	hand_end(&t->hand, i, rc != RC_IO);
}
