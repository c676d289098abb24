/* Source "s3": lists a bucket again and again and reads what is new. For history (since, until), and for
 * people without a queue. Listing finds what notifications miss; it costs requests, and a minute or so.
 *
 * One thread drives all calls. s3/walk.c knows the folders and when each is worth a look; the ledger knows
 * which objects were read, and which days are over and done with. */
#include <unistd.h>

#include "agent/worker/decode.h"
#include "agent/source/digest_desk.h"
#include "agent/source/object_trouble.h"
#include "agent/source/s3/walk.h"
#include "agent/source/s3_check.h"
#include "agent/source/settled.h"
#include "alerts/state.h"
#include "base/aws/endpoint.h"
#include "base/aws/s3.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "config/aws_options.h"

static const struct option options[] = {
    {"bucket", OPTION_TEXT, OPTION_REQUIRED, 0, 0, NULL, "bucket that the trail writes to"},
    {"prefixes", OPTION_TEXTS, "AWSLogs/", 0, 0, NULL,
	"folders to look below: the trail's own prefix and AWSLogs/, one account, one region"},
    {"region", OPTION_TEXT, NULL, 0, 0, NULL, "region of the bucket; another one is noticed"},
    {"every", OPTION_SPAN, "60s", 1000, 86400000, NULL, "how often new objects are looked for"},
    {"since", OPTION_TIME, NULL, 0, 0, NULL,
	"delivered from this day on; without it from a day before the first start"},
    {"until", OPTION_TIME, NULL, 0, 0, NULL,
	"delivered before this moment; then the source ends. Without it it goes on"},
    {"memory", OPTION_BYTES, "128MiB", 1 << 20, INT64_C(1) << 36, NULL,
	"size of all log files in memory at the same time"},
    {"max_object", OPTION_BYTES, "128MiB", 1 << 10, INT64_C(1) << 34, NULL,
	"size of the largest log file that is read"},
    DIGEST_OPTIONS("off|on|only",
	"on: list CloudTrail's digests too and check them; only: nothing but them, beside a queue that "
	"brings the logs"),
    AWS_OPTIONS("S3"),
};
static const struct option_table table = {
    "sources.s3", "log files of a bucket, found by listing it", options, sizeof options / sizeof *options};

#define MAX_OPEN 64        /* objects that are fetched or not yet durable; listing waits for them */
#define MAX_CALLS 12       /* of the client: OBJECT_PARALLEL, a listing, and some */
#define DISCOVER_MS 900000 /* between two looks for new accounts and regions */
#define OFFER_AGAIN_MS 10  /* when the intake is full */
#define IDLE_MS 1000
#define TROUBLE_MS 60000 /* after a listing that failed */
#define LIST_TRIES 3     /* of a listing in another region */

/* An object from its listing to its end. */
struct entry {
	struct s3_source *source;
	struct walk_day *day;
	char *key, *uri, *identity;
	uint64_t skip;
	struct work *work; /* a reference; NULL until it is read */
	bool offered;
	int64_t held;
};

struct s3_source {
	struct source base;
	const char *bucket;
	const struct option_value *prefixes;
	int64_t every_ms, since_ms, until_ms; /* until 0: none */
	char *region;                         /* the bucket's; NULL: the client's */
	struct aws_client *client;
	struct object_reader *objects;
	struct digests digests;
	struct digest_desk *desk; /* while it runs, with digest: on */
	bool only_digests;
	struct store *state; /* reading; NULL when a configuration is checked */
	struct walk walk;
	VEC(struct entry *) open;
	int64_t discover_due_ms; /* monotonic */
	_Atomic bool stop;
	struct settled_list settled;
};

/* --- opening --------------------------------------------------------------------------------------- */

static void entry_free(struct entry *x)
{
	if (x->work)
		work_unref(x->work);
	free(x->key);
	free(x->uri);
	free(x->identity);
	free(x);
}

static void close_source(struct source *base)
{
	struct s3_source *s = (struct s3_source *)base;
	s->stop = true;
	aws_client_free(s->client);
	object_reader_free(s->objects);
	for (size_t i = 0; i < s->open.n; i++)
		entry_free(s->open.items[i]);
	vec_fini(&s->open);
	walk_fini(&s->walk);
	settled_fini(&s->settled);
	store_close(s->state);
	digests_close(&s->digests);
	free(s->region);
	free(s);
}

static enum rc open_parts(struct s3_source *s, const struct options *o, struct err *e)
{
	struct aws_options aws = {.region = options_text(o, "region"),
	    .max_in_flight = MAX_CALLS,
	    .max_reply_bytes = OBJECT_REPLY_BYTES};
	if (!s3_bucket_valid(sv_from(s->bucket)))
		return err_set(e, RC_CONFIG, "\"%s\" is no name of a bucket", s->bucket);
	enum rc rc = aws_options_read(o, &aws, e);
	aws.credentials.region = aws.region;
	if (rc == RC_OK)
		rc = aws_client_new(&aws, &s->client, e);
	aws.endpoint_url = (struct sv){NULL, 0}; /* it is S3's */
	if (rc == RC_OK)
		rc = digests_open(o, &aws, &s->digests, e);
	if (rc == RC_OK && s->base.setup.state_folder)
		rc = state_open(s->base.setup.state_folder, STORE_READ, &s->state, e);
	if (rc == RC_OK)
		s->objects = object_reader_new(&(struct object_options){.client = s->client,
		    .memory_bytes = options_number(o, "memory"),
		    .max_bytes = options_number(o, "max_object")});
	return rc;
}

static enum rc open_source(const struct source_setup *setup, struct source **out, struct err *e)
{
	const struct options *o = setup->options;
	struct s3_source *s = heap_zero(1, sizeof *s);
	s->base = (struct source){.type = &source_s3, .setup = *setup};
	s->bucket = options_text(o, "bucket");
	s->prefixes = options_get(o, "prefixes");
	s->only_digests = options_number(o, "digest") == 2;
	s->every_ms = options_number(o, "every");
	s->since_ms = options_get(o, "since")->set ? options_number(o, "since") : clk_now_ms() - WALK_DAY_MS;
	s->until_ms = options_get(o, "until")->set ? options_number(o, "until") : 0;
	settled_init(&s->settled);
	enum rc rc = open_parts(s, o, e);
	if (rc == RC_OK && s->until_ms && s->until_ms <= s->since_ms)
		rc = err_set(e, RC_CONFIG, "\"until\" is not after \"since\"");
	if (rc != RC_OK) {
		close_source(&s->base);
		return err_at(e, "source %s", setup->name);
	}
	*out = &s->base;
	return RC_OK;
}

/* --- objects --------------------------------------------------------------------------------------- */

/* It ends, well or not: a day with a failure is listed again, and the key is then met anew. */
static void end_entry(struct entry *x, bool good)
{
	struct s3_source *s = x->source;
	for (size_t i = 0; i < s->open.n; i++)
		if (s->open.items[i] == x)
			s->open.items[i] = s->open.items[--s->open.n];
	x->day->n_open--;
	x->day->failed |= !good;
	map_put(&x->day->known, sv_from(x->key), good ? s : NULL);
	entry_free(x);
}

static void object_failed(struct entry *x, const struct object_result *r)
{
	struct s3_source *s = x->source;
	struct buf summary = {0};
	struct complaint c;
	metric_add(METRIC_OBJECTS_REFUSED, 1);
	if (r->end == OBJECT_AWAY || r->end == OBJECT_MISSING) {
		/* A lifecycle rule may take it between listing and reading. */
		log_warn("object is not to be had",
		    "source=%s object=\"%s\" error=\"%s\" next=\"listed again within an hour\"",
		    s->base.setup.name, x->uri, r->failure.message);
	} else {
		object_trouble(s->bucket, x->uri, r, &summary, &c);
		source_complain(&s->base, &c);
	}
	buf_fini(&summary);
	end_entry(x, r->end == OBJECT_MISSING);
}

static void object_here(struct entry *x, const struct object_result *r)
{
	struct work *w = work_new(&x->source->base, x->uri);
	w->fd = r->fd;
	w->skip = x->skip;
	w->keep_row = true;
	w->row = (struct ledger_row){heap_copy(x->uri), heap_copy(r->identity), 0, true};
	x->work = w;
	x->held = r->size;
	w->hash = digests_hash(&x->source->digests, sv_from(x->key));
	if (digests_is_one(&x->source->digests, sv_from(x->key))) {
		x->offered = true;
		digest_desk_take(x->source->desk, w, x->source->bucket, x->key, r->metadata);
	}
}

static void object_ended(void *ctx, const struct object_result *r)
{
	struct entry *x = ctx;
	if (x->source->stop) {
		if (r->fd >= 0)
			close(r->fd);
		return;
	}
	switch (r->end) {
	case OBJECT_READ: object_here(x, r); break;
	case OBJECT_EMPTY:
	case OBJECT_UNWANTED:
		metric_add(METRIC_SKIPPED_OBJECTS, 1);
		end_entry(x, true);
		break;
	case OBJECT_STOPPED: end_entry(x, false); break;
	case OBJECT_MISSING:
	case OBJECT_DENIED:
	case OBJECT_TOO_LARGE:
	case OBJECT_AWAY: object_failed(x, r); break;
	}
}

/* True when the ledger has it whole. *out_skip: records of it that are durable. */
static bool was_read(struct s3_source *s, const char *uri, const char *identity, uint64_t *out_skip)
{
	struct ledger_row row = {0};
	*out_skip = 0;
	if (!s->state || ledger_look(s->state, s->base.setup.name, uri, &row, NULL) != RC_OK)
		return false;
	bool same = strcmp(row.identity, identity) == 0, done = same && row.done;
	if (same && !done)
		*out_skip = (uint64_t)row.position;
	ledger_row_fini(&row);
	return done;
}

static bool wanted_entry(const struct s3_source *s, const struct walk_day *day, const struct s3_entry *listed)
{
	const char *why;
	struct sv key = sv_from(listed->key);
	return listed->size != 0 && !sv_ends(key, SV("/")) &&
	       (decode_name_holds_events(key, &why) ? !s->only_digests : digests_is_one(&s->digests, key)) &&
	       (!s->until_ms || walk_stamp_ms(key) < s->until_ms) && !map_get(&day->known, key);
}

static void meet(struct s3_source *s, struct walk_day *day, const struct s3_entry *listed)
{
	if (!wanted_entry(s, day, listed))
		return;
	struct entry *x = heap_zero(1, sizeof *x);
	*x = (struct entry){.source = s,
	    .day = day,
	    .key = heap_copy(listed->key),
	    .uri = object_uri(sv_from(s->bucket), sv_from(listed->key)),
	    .identity = object_identity(sv_from(listed->etag), listed->size)};
	bool done = was_read(s, x->uri, x->identity, &x->skip);
	map_put(&day->known, sv_from(x->key), s);
	if (done) {
		entry_free(x);
		return;
	}
	vec_push(&s->open, x);
	day->n_open++;
	object_read(s->objects, &(struct object_wanted){.bucket = sv_from(s->bucket),
				    .key = sv_from(x->key),
				    .size = listed->size,
				    .done = object_ended,
				    .ctx = x});
}

/* --- turns ----------------------------------------------------------------------------------------- */

static struct entry *entry_of(const struct s3_source *s, const struct work *w)
{
	for (size_t i = 0; i < s->open.n; i++)
		if (s->open.items[i]->work == w)
			return s->open.items[i];
	return NULL;
}

static void take_settled(void *ctx, const struct work *w, enum rc rc)
{
	struct s3_source *s = ctx;
	struct entry *x = entry_of(s, w);
	if (!x)
		return; /* a day's mark */
	object_release(s->objects, x->held);
	/* What could not be read to its end is in quarantine, and would be the same tomorrow. */
	end_entry(x, rc != RC_IO);
}

/* False when the intake is full. */
static bool offer(struct s3_source *s)
{
	for (size_t i = 0; i < s->open.n; i++) {
		struct entry *x = s->open.items[i];
		if (!x->work || x->offered)
			continue;
		if (!queue_offer(s->base.setup.intake, work_ref(x->work))) {
			work_unref(x->work);
			return false;
		}
		x->offered = true;
	}
	return true;
}

static void turn(struct s3_source *s, int64_t most_ms)
{
	settled_each(&s->settled, take_settled, s);
	s->base.vitals.due_ms = clk_mono_ms() + SOURCE_DUE_MS;
	s->base.vitals.credentials_end_ms = credentials_end_ms(aws_credentials(s->client));
	int64_t wait = object_advance(s->objects, most_ms);
	if (!offer(s) && wait > OFFER_AGAIN_MS)
		wait = OFFER_AGAIN_MS;
	aws_run(s->client, wait);
}

/* Turns until so few objects are open, or a stop. */
static bool turn_until(struct s3_source *s, size_t n_open)
{
	while (!s->stop && s->open.n > n_open)
		turn(s, IDLE_MS);
	return !s->stop;
}

/* --- listings -------------------------------------------------------------------------------------- */

struct listing {
	bool ended;
	enum rc rc;
	struct err err;
	struct failure failure;
	struct s3_page page;
};

static void listed(void *ctx, const struct aws_answer *a)
{
	struct listing *l = ctx;
	l->ended = true;
	l->failure = a->failure;
	l->rc = aws_answer_rc(a, "s3", &l->err);
	if (l->rc == RC_OK)
		l->rc = s3_read_page(a->reply, &l->page, &l->err);
}

/* One page; the bucket's region is learned on the way. Objects go on being read meanwhile. */
static enum rc list_page(struct s3_source *s, const struct s3_list *l, struct s3_page *out, struct err *e)
{
	struct listing answer = {0};
	for (int i = 0; i < LIST_TRIES; i++) {
		struct aws_request r;
		s3_list_objects(l, &r);
		r.region = heap_copy(s->region);
		answer = (struct listing){0};
		aws_start(s->client, &r, listed, &answer);
		while (!answer.ended)
			turn(s, s->stop ? 0 : IDLE_MS); /* the client's own timeouts end it */
		if (answer.failure.kind != FAILURE_REGION || !answer.failure.region[0])
			break;
		free(s->region);
		s->region = heap_copy(answer.failure.region);
	}
	if (answer.rc == RC_OK)
		*out = answer.page;
	return answer.rc == RC_OK ? RC_OK : err_set(e, answer.rc, "%s", answer.err.text);
}

/* All pages; `each` sees one after the other. */
static enum rc list_all(struct s3_source *s, struct sv prefix, struct sv delimiter, struct sv start_after,
    void (*each)(struct s3_source *s, void *ctx, const struct s3_page *page), void *ctx, struct err *e)
{
	char *token = NULL;
	enum rc rc = RC_OK;
	do {
		struct s3_page page;
		rc = list_page(s,
		    &(struct s3_list){.bucket = sv_from(s->bucket),
			.prefix = prefix,
			.delimiter = delimiter,
			.start_after = start_after,
			.token = sv_from(token)},
		    &page, e);
		free(token);
		token = NULL;
		if (rc != RC_OK)
			break;
		each(s, ctx, &page);
		token = page.token;
		page.token = NULL;
		s3_page_fini(&page);
		turn_until(s, MAX_OPEN);
	} while (token && !s->stop);
	free(token);
	return rc == RC_OK && s->stop ? RC_STOPPED : rc;
}

/* Folders that are still to be looked into. */
struct folders {
	VEC(char *) list;
};

static void sort_folders(struct s3_source *s, void *ctx, const struct s3_page *page)
{
	struct folders *f = ctx;
	for (size_t i = 0; i < page->prefixes.n; i++) {
		struct sv prefix = sv_from(page->prefixes.items[i]);
		enum walk_kind kind = walk_kind_of(prefix, s->digests.on);
		if (kind == WALK_LEAF)
			walk_leaf_of(&s->walk, prefix);
		else if (kind == WALK_DESCEND)
			vec_push(&f->list, heap_text(prefix));
	}
}

/* Finds the accounts and regions below the prefixes. */
static enum rc discover(struct s3_source *s, struct err *e)
{
	struct folders f = {0};
	enum rc rc = RC_OK;
	for (size_t i = 0; i < s->prefixes->texts.n; i++) {
		const char *text = s->prefixes->texts.items[i];
		bool open = !*text || text[strlen(text) - 1] == '/';
		char *prefix = heap_printf("%s%s", text, open ? "" : "/");
		if (walk_kind_of(sv_from(prefix), s->digests.on) == WALK_LEAF)
			walk_leaf_of(&s->walk, sv_from(prefix));
		else
			vec_push(&f.list, heap_copy(prefix));
		free(prefix);
	}
	for (size_t i = 0; i < f.list.n && rc == RC_OK; i++)
		rc = list_all(s, sv_from(f.list.items[i]), SV("/"), SV(""), sort_folders, &f, e);
	for (size_t i = 0; i < f.list.n; i++)
		free(f.list.items[i]);
	vec_fini(&f.list);
	if (rc == RC_OK)
		s->discover_due_ms = clk_mono_ms() + DISCOVER_MS;
	return rc;
}

static void meet_page(struct s3_source *s, void *ctx, const struct s3_page *page)
{
	for (size_t i = 0; i < page->objects.n && !s->stop; i++)
		meet(s, ctx, &page->objects.items[i]);
}

static char *day_uri(const struct s3_source *s, const char *prefix)
{
	return object_uri(sv_from(s->bucket), sv_from(prefix));
}

/* The day is over and all of it is durable: a work without events says so in the ledger, and what is known of
 * it is not needed any more. */
static void mark_day(struct s3_source *s, struct walk_day *day, const char *prefix)
{
	struct work *w = work_new(&s->base, s->bucket);
	w->part = true;
	w->keep_row = true;
	w->row = (struct ledger_row){
	    .object = day_uri(s, prefix), .identity = heap_copy("day"), .position = 0, .done = true};
	if (!queue_put(s->base.setup.intake, w)) {
		work_unref(w);
		return;
	}
	day->marked = true;
	map_fini(&day->known);
	day->known = (struct map){0};
}

static enum rc list_day(struct s3_source *s, struct walk_leaf *leaf, struct walk_day *day, struct err *e)
{
	struct buf prefix = {0}, start_after = {0};
	int64_t now = clk_now_ms();
	uint64_t skip;
	enum rc rc = RC_OK;
	walk_day_prefix(leaf, day, &prefix);
	bool first = !day->listed_ms;
	char *uri = day_uri(s, prefix.ptr);
	if (first && was_read(s, uri, "day", &skip))
		day->marked = true;
	if (walk_due(leaf, day, now, &start_after)) {
		bool whole = !start_after.len;
		day->failed = day->failed && !whole;
		rc = list_all(s, buf_sv(&prefix), SV(""), buf_sv(&start_after), meet_page, day, e);
		if (rc == RC_OK && whole)
			day->listed_ms = now;
	}
	if (rc == RC_OK && !day->marked && walk_day_done(day))
		mark_day(s, day, prefix.ptr);
	free(uri);
	buf_fini(&prefix);
	buf_fini(&start_after);
	return rc;
}

/* --- running --------------------------------------------------------------------------------------- */

static enum rc look(struct s3_source *s, struct err *e)
{
	int64_t now = clk_now_ms(), to = s->until_ms && s->until_ms < now ? s->until_ms - 1 : now;
	enum rc rc = clk_mono_ms() >= s->discover_due_ms ? discover(s, e) : RC_OK;
	for (size_t i = 0; i < s->walk.leaves.n && rc == RC_OK; i++) {
		struct walk_leaf *leaf = s->walk.leaves.items[i];
		walk_days(leaf, s->since_ms, to);
		for (size_t d = 0; d < leaf->days.n && rc == RC_OK; d++)
			rc = list_day(s, leaf, leaf->days.items[d], e);
	}
	return rc;
}

static void tell(struct s3_source *s, enum rc rc, const struct err *e)
{
	if (rc == RC_RETRY || rc == RC_STOPPED) {
		if (!s->stop)
			log_warn("bucket can't be listed",
			    "source=%s bucket=%s error=\"%s\" next=\"again in %d s\"", s->base.setup.name,
			    s->bucket, e->text, TROUBLE_MS / 1000);
		return;
	}
	char *summary = heap_printf("No events come from source %s: bucket %s can't be listed (%s).%s",
	    s->base.setup.name, s->bucket, e->text, rc == RC_REJECT ? " Grant s3:ListBucket on it." : "");
	source_complain(&s->base, &(struct complaint){"kendrawatch.self.bucket_unreadable",
				      "A bucket can't be listed", LEVEL_HIGH, s->bucket, summary});
	free(summary);
}

/* Everything up to `until` was listed and is durable. */
static bool at_end(const struct s3_source *s)
{
	if (!s->until_ms || clk_now_ms() < s->until_ms || s->open.n)
		return false;
	for (size_t i = 0; i < s->walk.leaves.n; i++)
		for (size_t d = 0; d < s->walk.leaves.items[i]->days.n; d++)
			if (s->walk.leaves.items[i]->days.items[d]->failed)
				return false;
	return true;
}

static void list(struct s3_source *s)
{
	struct source *base = &s->base;
	log_info("listing bucket", "source=%s bucket=%s region=%s every_s=%lld", base->setup.name, s->bucket,
	    aws_region(s->client), (long long)(s->every_ms / 1000));
	while (!s->stop) {
		struct err e = {0};
		enum rc rc = look(s, &e);
		if (rc != RC_OK)
			tell(s, rc, &e);
		else if (turn_until(s, s->until_ms ? 0 : MAX_OPEN) && at_end(s))
			return;
		int64_t due_ms = clk_mono_ms() + (rc == RC_OK ? s->every_ms : TROUBLE_MS);
		for (int64_t left = due_ms - clk_mono_ms(); !s->stop && left > 0;
		     left = due_ms - clk_mono_ms())
			turn(s, left < IDLE_MS ? left : IDLE_MS);
	}
}

static void run(struct source *base)
{
	struct s3_source *s = (struct s3_source *)base;
	if (s->digests.on)
		s->desk = digest_desk_new(&s->digests, MAX_OPEN / 4);
	list(s);
	digest_desk_free(s->desk);
	s->desk = NULL;
}

static void stop(struct source *base)
{
	struct s3_source *s = (struct s3_source *)base;
	s->stop = true;
	aws_wake(s->client);
}

static void settled(struct source *base, struct work *w, enum rc rc)
{
	struct s3_source *s = (struct s3_source *)base;
	settled_add(&s->settled, w, rc);
	aws_wake(s->client);
}

static void grants(const struct options *given, struct grants *out)
{
	const char *bucket = options_text(given, "bucket");
	struct sv role = sv_from(options_text(given, "role_arn"));
	struct buf list = {0}, get = {0};
	const char *region = options_text(given, "region"), *partition = endpoint_partition(sv_from(region));
	buf_printf(&list, "arn:%s:s3:::%s", partition, bucket);
	buf_printf(&get, "arn:%s:s3:::%s/*", partition, bucket);
	grants_add(out, &(struct grant){.sid = "ListTrailFiles",
			    .actions = "s3:ListBucket",
			    .identity = role,
			    .resource = buf_sv(&list)});
	grants_add(out, &(struct grant){.sid = "ReadTrailFiles",
			    .actions = "s3:GetObject",
			    .identity = role,
			    .resource = buf_sv(&get)});
	digests_grants(given, role, out);
	buf_fini(&list);
	buf_fini(&get);
}

const struct source_type source_s3 = {.name = "s3",
    .table = &table,
    .open = open_source,
    .run = run,
    .stop = stop,
    .settled = settled,
    .close = close_source,
    .looks_up = true,
    .grants = grants,
    .check = s3_check};
