/* Source "lookup": CloudTrail's LookupEvents, asked again and again. For accounts that have no trail: nothing
 * needs to be set up there but the right to ask. It gives management events only, some minutes late, at most
 * two pages of 50 a second.
 *
 * Time is read in slices, each from `overlap` before the end of the last one, since events may show up late.
 * What was handed on is remembered, so that nothing is evaluated twice while the agent runs; after a restart
 * the overlap is read once more, and its alerts are recognised as copies. The end of a slice goes to the
 * ledger in a work of its own, once all pages of the slice are durable. */
#include <pthread.h>
#include <stdatomic.h>

#include "agent/source/lookup_check.h"
#include "agent/source/source.h"
#include "base/aws/cloudtrail.h"
#include "base/clock.h"
#include "base/jdoc.h"
#include "base/log.h"
#include "base/wake.h"
#include "config/aws_options.h"

#define SLICE_MS ((int64_t)3600 * 1000)            /* of one round when there is much to catch up with */
#define OLDEST_MS ((int64_t)90 * 24 * 3600 * 1000) /* what LookupEvents keeps */
#define REPLY_BYTES ((size_t)8 << 20) /* 50 events of up to 256 KiB are cut by CloudTrail long before */
#define AGAIN_MS 60000                /* after a refusal that only a person can end */
#define MAX_KNOWN ((size_t)1 << 20)

static const struct option options[] = {
    {"region", OPTION_TEXT, OPTION_REQUIRED, 0, 0, NULL,
	"region to ask; sign-ins and IAM are in us-east-1. One source a region"},
    {"event_source", OPTION_TEXT, NULL, 0, 0, NULL,
	"ask for one service only, such as kendra.amazonaws.com; without it for all, which is more than two "
	"pages a "
	"second can carry in a busy account"},
    {"every", OPTION_SPAN, "60s", 1000, 3600000, NULL, "how often it is asked"},
    {"overlap", OPTION_SPAN, "20m", 0, 86400000, NULL,
	"how far back it looks each time, for events that show up late"},
    {"since", OPTION_SPAN, "1h", 0, OLDEST_MS, NULL, "how far back it begins at the very first start"},
    AWS_OPTIONS("CloudTrail"),
};
static const struct option_table table = {"sources.lookup",
    "CloudTrail's LookupEvents, for accounts without a trail: management events only", options,
    sizeof options / sizeof *options};

/* An event that was handed on. */
struct known {
	char id[40];
	int64_t time_ms;
};

struct lookup_source {
	struct source base;
	const char *event_source;
	char *object; /* "lookup:REGION" and the service, for origins and the ledger */
	int64_t every_ms, overlap_ms, since_ms;
	struct aws_client *client;
	struct wake stop;
	_Atomic bool stopped;
	pthread_mutex_t lock;
	pthread_cond_t quiet;
	size_t in_hand;    /* works that are not settled; under the lock */
	bool lost;         /* one of them was dropped: the slice is read again; under the lock */
	struct map known;  /* eventID -> the time it may be forgotten after, as a pointer to struct known */
	int64_t cursor_ms; /* end of what is durable; 0: nothing yet */
	int64_t asked_ms;  /* monotonic; when LookupEvents was asked last */
	uint64_t page;     /* of the slice, for origins */
};

/* --- opening --------------------------------------------------------------------------------------- */

static void forget_all(struct lookup_source *s)
{
	for (size_t i = 0; i < s->known.n; i++)
		free(s->known.entries[i].value);
	map_fini(&s->known);
	s->known = (struct map){0};
}

static void close_source(struct source *base)
{
	struct lookup_source *s = (struct lookup_source *)base;
	aws_client_free(s->client);
	forget_all(s);
	pthread_cond_destroy(&s->quiet);
	pthread_mutex_destroy(&s->lock);
	wake_close(&s->stop);
	free(s->object);
	free(s);
}

static enum rc open_client(struct lookup_source *s, struct err *e)
{
	const struct options *given = s->base.setup.options;
	struct aws_options aws = {
	    .region = options_text(given, "region"), .max_in_flight = 1, .max_reply_bytes = REPLY_BYTES};
	enum rc rc = aws_options_read(given, &aws, e);
	aws.credentials.region = aws.region;
	return rc == RC_OK ? aws_client_new(&aws, &s->client, e) : rc;
}

static enum rc open_source(const struct source_setup *setup, struct source **out, struct err *e)
{
	struct lookup_source *s = heap_zero(1, sizeof *s);
	s->base = (struct source){.type = &source_lookup, .setup = *setup};
	s->event_source = options_text(setup->options, "event_source");
	s->every_ms = options_number(setup->options, "every");
	s->overlap_ms = options_number(setup->options, "overlap");
	s->since_ms = options_number(setup->options, "since");
	s->object = heap_printf("lookup:%s%s%s", options_text(setup->options, "region"),
	    s->event_source ? ":" : "", s->event_source ? s->event_source : "");
	s->stop = (struct wake)WAKE_CLOSED;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->quiet, NULL);
	enum rc rc = wake_open(&s->stop, e);
	if (rc == RC_OK)
		rc = open_client(s, e);
	if (rc != RC_OK) {
		close_source(&s->base);
		return err_at(e, "source %s", setup->name);
	}
	const struct ledger_row *row = ledger_find(setup->ledger, s->object);
	s->cursor_ms = row ? row->position : 0;
	*out = &s->base;
	return RC_OK;
}

/* --- events that were handed on already ------------------------------------------------------------- */

static bool is_known(const struct lookup_source *s, struct sv id)
{
	return map_has(&s->known, id);
}

static void remember(struct lookup_source *s, struct sv id, int64_t time_ms)
{
	struct known *k = heap_zero(1, sizeof *k);
	k->time_ms = time_ms;
	free(map_put(&s->known, id, k));
}

/* Keeps what the next slice can show again. */
static void forget_old(struct lookup_source *s, int64_t before_ms)
{
	struct map kept = {0};
	for (size_t i = 0; i < s->known.n; i++) {
		struct known *k = s->known.entries[i].value;
		if (k->time_ms >= before_ms && kept.n < MAX_KNOWN)
			map_put(&kept, s->known.entries[i].key, k);
		else
			free(k);
	}
	map_fini(&s->known);
	s->known = kept;
}

/* --- works ----------------------------------------------------------------------------------------- */

static bool hand_on(struct lookup_source *s, struct work *w)
{
	pthread_mutex_lock(&s->lock);
	s->in_hand++;
	pthread_mutex_unlock(&s->lock);
	if (queue_put(s->base.setup.intake, w))
		return true;
	pthread_mutex_lock(&s->lock);
	s->in_hand--;
	pthread_mutex_unlock(&s->lock);
	work_unref(w);
	return false;
}

/* Waits until everything that was handed on is durable or dropped. True when all of it is durable. */
static bool settle(struct lookup_source *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->in_hand && !s->stopped)
		pthread_cond_wait(&s->quiet, &s->lock);
	bool durable = !s->in_hand && !s->lost;
	s->lost = false;
	pthread_mutex_unlock(&s->lock);
	return durable;
}

static void settled(struct source *base, struct work *w, enum rc rc)
{
	struct lookup_source *s = (struct lookup_source *)base;
	(void)w;
	pthread_mutex_lock(&s->lock);
	s->in_hand--;
	s->lost = s->lost || rc == RC_IO || rc == RC_STOPPED;
	pthread_cond_signal(&s->quiet);
	pthread_mutex_unlock(&s->lock);
}

/* The events of a page that are new, one a line. */
static size_t take_events(struct lookup_source *s, const struct jdoc *doc, struct buf *out)
{
	const struct jdoc *list = jdoc_at(doc, "Events");
	size_t n = 0;
	for (size_t i = 0; list && i < jdoc_count(list); i++) {
		const struct jdoc *event = jdoc_item(list, i);
		struct sv id = jdoc_text(event, "EventId"), record = jdoc_text(event, "CloudTrailEvent");
		if (!record.len || (id.len && is_known(s, id)))
			continue;
		buf_add(out, record);
		buf_addc(out, '\n');
		n++;
	}
	return n;
}

/* After the page is in the intake, so that what could not be handed on is not taken for known. */
static void remember_events(struct lookup_source *s, const struct jdoc *doc)
{
	const struct jdoc *list = jdoc_at(doc, "Events");
	int64_t now = clk_now_ms();
	for (size_t i = 0; list && i < jdoc_count(list); i++) {
		const struct jdoc *event = jdoc_item(list, i);
		struct sv id = jdoc_text(event, "EventId");
		int64_t at = jdoc_int(event, "EventTime", now / 1000) * 1000;
		if (id.len && !is_known(s, id))
			remember(s, id, at);
	}
}

static enum rc hand_page(struct lookup_source *s, const struct http_reply *reply, struct err *e)
{
	struct jdoc *doc;
	struct buf events = {0};
	enum rc rc = jdoc_read(buf_sv(&reply->body), &doc, NULL);
	if (rc != RC_OK)
		return err_set(
		    e, RC_RETRY, "cloudtrail answered %d with something that is no JSON", reply->status);
	size_t n = take_events(s, doc, &events);
	s->page++;
	if (n) {
		struct work *w = work_new(&s->base, s->object);
		w->bytes = events;
		rc = hand_on(s, w) ? RC_OK : RC_STOPPED;
	} else {
		buf_fini(&events);
	}
	if (rc == RC_OK)
		remember_events(s, doc);
	jdoc_free(doc);
	return rc;
}

/* A work without events: its row says how far everything is durable. */
static bool hand_cursor(struct lookup_source *s, int64_t end_ms)
{
	struct work *w = work_new(&s->base, s->object);
	w->part = true;
	w->keep_row = true;
	w->row = (struct ledger_row){.object = heap_copy(s->object),
	    .identity = heap_copy("cursor"),
	    .position = end_ms,
	    .done = false};
	return hand_on(s, w);
}

/* --- asking ---------------------------------------------------------------------------------------- */

static bool is_stopped(void *ctx)
{
	return ((struct lookup_source *)ctx)->stopped;
}

/* Waits, or hears of the stop. */
static bool pause_for(struct lookup_source *s, int64_t ms)
{
	return !(ms > 0 && wake_rung(&s->stop, ms)) && !s->stopped;
}

/* What a page's call needs to keep. */
struct page {
	struct lookup_source *source;
	enum rc rc;
	struct err err;
	char *token; /* of the next page; NULL: none */
};

static void on_page(void *ctx, const struct aws_answer *a)
{
	struct page *p = ctx;
	if (a->failure.kind != FAILURE_NONE)
		return;
	p->rc = hand_page(p->source, a->reply, &p->err);
	p->token = p->rc == RC_OK ? cloudtrail_next_token(a->reply) : NULL;
}

/* aws_call hands one context to both. */
static bool page_stopped(void *ctx)
{
	return is_stopped(((struct page *)ctx)->source);
}

static enum rc ask_page(
    struct lookup_source *s, int64_t start_ms, int64_t end_ms, char **token, struct err *e)
{
	struct page page = {.source = s, .rc = RC_OK};
	struct aws_request r;
	if (!pause_for(s, s->asked_ms + CLOUDTRAIL_LOOKUP_INTERVAL_MS - clk_mono_ms()))
		return RC_STOPPED;
	cloudtrail_lookup_events(&(struct cloudtrail_lookup){.start_ms = start_ms,
				     .end_ms = end_ms,
				     .attribute = s->event_source ? "EventSource" : NULL,
				     .value = sv_from(s->event_source),
				     .token = sv_from(*token)},
	    &r);
	s->asked_ms = clk_mono_ms();
	s->base.vitals.due_ms = s->asked_ms + s->every_ms + SOURCE_DUE_MS;
	enum rc rc = aws_call(s->client, &r, on_page, &page, page_stopped, e);
	if (rc == RC_OK && page.rc != RC_OK)
		rc = err_set(e, page.rc, "%s", page.err.text);
	free(*token);
	*token = page.token;
	return rc;
}

/* All pages of [start, end]. */
static enum rc ask_slice(struct lookup_source *s, int64_t start_ms, int64_t end_ms, struct err *e)
{
	char *token = NULL;
	enum rc rc;
	s->page = 0;
	do
		rc = ask_page(s, start_ms, end_ms, &token, e);
	while (rc == RC_OK && token && !s->stopped);
	free(token);
	return rc == RC_OK && s->stopped ? RC_STOPPED : rc;
}

static int64_t slice_start(const struct lookup_source *s, int64_t now_ms)
{
	int64_t start = s->cursor_ms ? s->cursor_ms - s->overlap_ms : now_ms - s->since_ms;
	return start > now_ms - OLDEST_MS ? start : now_ms - OLDEST_MS;
}

/* One slice, made durable. *out_end is its end. */
static enum rc read_slice(struct lookup_source *s, int64_t now_ms, int64_t *out_end, struct err *e)
{
	int64_t start = slice_start(s, now_ms), from = s->cursor_ms > start ? s->cursor_ms : start;
	int64_t end = from + SLICE_MS < now_ms ? from + SLICE_MS : now_ms;
	enum rc rc = ask_slice(s, start, end, e);
	bool durable = settle(s);
	if (rc != RC_OK)
		return rc;
	if (!durable || !hand_cursor(s, end) || !settle(s)) {
		forget_all(s); /* whatever was dropped comes again */
		return s->stopped ? RC_STOPPED : err_set(e, RC_RETRY, "a page was not made durable");
	}
	s->cursor_ms = end;
	forget_old(s, end - s->overlap_ms - SLICE_MS);
	*out_end = end;
	return RC_OK;
}

static void tell_refused(struct lookup_source *s, const struct err *e)
{
	char *text =
	    heap_printf("CloudTrail's LookupEvents refuses: %s. Nothing is seen of this region until it is "
			"mended; the grant is cloudtrail:LookupEvents.",
		e->text);
	source_complain(&s->base, &(struct complaint){.rule = "kendrawatch.self.lookup_refused",
				      .title = "LookupEvents is refused",
				      .level = LEVEL_HIGH,
				      .cause = s->object,
				      .summary = text});
	free(text);
}

static void run(struct source *base)
{
	struct lookup_source *s = (struct lookup_source *)base;
	int64_t wait = 0;
	log_info("asking LookupEvents", "source=%s region=%s every_s=%lld delivery=at-least-once",
	    base->setup.name, aws_region(s->client), (long long)(s->every_ms / 1000));
	while (pause_for(s, wait)) {
		struct err e = {0};
		int64_t now = clk_now_ms(), end = now;
		base->vitals.due_ms = clk_mono_ms() + s->every_ms + SOURCE_DUE_MS;
		enum rc rc = read_slice(s, now, &end, &e);
		base->vitals.credentials_end_ms = credentials_end_ms(aws_credentials(s->client));
		wait = rc != RC_OK ? AGAIN_MS : end < now ? 0 : s->every_ms;
		if (rc == RC_RETRY)
			log_warn("LookupEvents can't be asked",
			    "source=%s reason=\"%s\" next=\"again in %d s\"", base->setup.name, e.text,
			    AGAIN_MS / 1000);
		else if (rc != RC_OK && rc != RC_STOPPED)
			tell_refused(s, &e);
	}
}

static void stop(struct source *base)
{
	struct lookup_source *s = (struct lookup_source *)base;
	pthread_mutex_lock(&s->lock);
	s->stopped = true;
	pthread_cond_signal(&s->quiet);
	pthread_mutex_unlock(&s->lock);
	wake_ring(&s->stop);
	aws_wake(s->client);
}

static void grants(const struct options *given, struct grants *out)
{
	const char *role = options_text(given, "role_arn");
	grants_add(out, &(struct grant){.sid = "LookupEvents",
			    .actions = "cloudtrail:LookupEvents",
			    .identity = sv_from(role),
			    .resource = SV("*")});
}

const struct source_type source_lookup = {.name = "lookup",
    .table = &table,
    .open = open_source,
    .run = run,
    .stop = stop,
    .settled = settled,
    .close = close_source,
    .grants = grants,
    .check = lookup_check};
