/* Feeds and their silence. One lock: arrivals come from the analyst's thread, looks from the self-watch's. */
#include "agent/selfwatch/feeds.h"

#include <pthread.h>
#include <stdlib.h>

#include "agent/selfwatch/lateness.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/utf8.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
/* An account's region is one of many, and quieter than its source: it waits longer. */
#define PART_PATIENCE 2
#define OBJECT_BYTES 300

struct feed {
	struct rhythm rhythm;
	struct lateness lateness;
	struct feed *source; /* NULL: it is one */
	char *object;        /* the last one */
	int64_t back_ms;     /* when a silence ended that was alerted about; 0: none since the last look */
	int64_t was_last_ms; /* of the arrival before that silence */
	bool escalated, changed;
};

struct feeds {
	struct rhythm_options options;
	pthread_mutex_t lock;
	struct map feeds; /* "org", "org/111122223333/eu-west-1" -> struct feed * */
	char *trail;      /* the last change that stops or narrows a trail, a sentence; NULL: none */
	int64_t trail_ms;
};

struct feeds *feeds_new(const struct rhythm_options *o)
{
	struct feeds *f = heap_zero(1, sizeof *f);
	f->options = *o;
	pthread_mutex_init(&f->lock, NULL);
	return f;
}

void feeds_free(struct feeds *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->feeds.n; i++) {
		struct feed *feed = f->feeds.entries[i].value;
		free(feed->object);
		free(feed);
	}
	map_fini(&f->feeds);
	free(f->trail);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static struct rhythm_options options_of(const struct feeds *f, const struct feed *feed)
{
	struct rhythm_options o = f->options;
	o.patience = feed->source ? PART_PATIENCE : 1;
	return o;
}

/* Under the lock, as all below. */
static struct feed *add(struct feeds *f, struct sv key, struct feed *source)
{
	struct feed *feed = map_get(&f->feeds, key);
	if (feed || f->feeds.n >= FEEDS_MOST)
		return feed;
	feed = heap_zero(1, sizeof *feed);
	feed->source = source;
	map_put(&f->feeds, key, feed);
	return feed;
}

void feeds_add(struct feeds *f, const char *source)
{
	pthread_mutex_lock(&f->lock);
	add(f, sv_from(source), NULL);
	pthread_mutex_unlock(&f->lock);
}

void feeds_restore(struct feeds *f, struct sv key, struct sv value)
{
	size_t slash = sv_find(key, SV("/"));
	pthread_mutex_lock(&f->lock);
	struct feed *source = map_get(&f->feeds, slash == SV_NONE ? key : sv_head(key, slash));
	struct feed *feed = !source ? NULL : slash == SV_NONE ? source : add(f, key, source);
	if (feed)
		rhythm_read(&feed->rhythm, value);
	pthread_mutex_unlock(&f->lock);
}

/* --- arrivals ------------------------------------------------------------------------------------- */

static bool is_account(struct sv s)
{
	int64_t n;
	return s.len == 12 && sv_int(s, 0, INT64_MAX, &n);
}

static bool is_region(struct sv s)
{
	bool ok = s.len > 0 && s.len <= 32;
	for (size_t i = 0; i < s.len && ok; i++)
		ok = (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9') ||
		     s.ptr[i] == '-';
	return ok;
}

/* `source/account/region` of an object in a trail's tree; false for any other name. Source: CloudTrail User
 * Guide, "CloudTrail log file names". */
static bool part_key(struct sv source, struct sv object, struct buf *out)
{
	size_t at = sv_find(object, SV("/CloudTrail/"));
	if (at == SV_NONE || at < 12)
		return false;
	struct sv account = sv_skip(sv_head(object, at), at - 12), rest = sv_skip(object, at + 12);
	size_t end = sv_find(rest, SV("/"));
	struct sv region = end == SV_NONE ? SV("") : sv_head(rest, end);
	if (!is_account(account) || !is_region(region))
		return false;
	buf_printf(out, "%.*s/%.*s/%.*s", SV_ARG(source), SV_ARG(account), SV_ARG(region));
	return true;
}

static void note(const struct feeds *f, struct feed *feed, const char *object, int64_t now_ms)
{
	struct rhythm_options o = options_of(f, feed);
	int64_t before_ms = feed->rhythm.last_ms;
	if (rhythm_arrived(&feed->rhythm, now_ms, &o)) {
		feed->back_ms = now_ms;
		feed->was_last_ms = before_ms;
		feed->escalated = false;
	}
	feed->changed = true;
	free(feed->object);
	feed->object = heap_text(utf8_cut(sv_from(object), OBJECT_BYTES));
}

/* Did this event stop or narrow a trail? What to call that; NULL: no. */
static const char *trail_verb(const struct record *r)
{
	static const char *const verbs[][2] = {{"StopLogging", "stopped"}, {"DeleteTrail", "deleted"},
	    {"UpdateTrail", "changed"}, {"PutEventSelectors", "given other event selectors"},
	    {"StopEventDataStoreIngestion", "stopped"}, {"DeleteEventDataStore", "deleted"}};
	if (!sv_eq(r->event_source, SV("cloudtrail.amazonaws.com")))
		return NULL;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (sv_eq(r->event_name, sv_from(verbs[i][0])))
			return verbs[i][1];
	return NULL;
}

static void note_trail(struct feeds *f, struct record *r)
{
	const char *verb = trail_verb(r);
	char when[CLK_TEXT];
	struct sv outcome = verb ? record_derived(r, KW_FIELD_OUTCOME) : (struct sv){NULL, 0};
	if (!sv_eq(outcome, SV("ok")) || r->time_ms == RECORD_NO_TIME || r->time_ms < f->trail_ms)
		return;
	const struct tree *request = tree_get(r->root, SV("requestParameters"));
	const struct tree *name = request ? tree_get(request, SV("name")) : NULL;
	if (!name && request)
		name = tree_get(request, SV("trailName"));
	struct sv trail = name && name->type == TREE_STRING ? utf8_cut(name->text, 128) : SV("unknown");
	clk_format(r->time_ms, false, when);
	free(f->trail);
	f->trail = heap_printf("the trail %.*s was %s at %s by %.*s", SV_ARG(trail), verb, when,
	    SV_ARG(utf8_cut(record_derived(r, KW_FIELD_ACTOR), 128)));
	f->trail_ms = r->time_ms;
}

void feeds_arrived(struct feeds *f, const struct stretch *s, int64_t now_ms)
{
	struct sv source = sv_from(s->work->source->setup.name), object = sv_from(s->work->object);
	struct buf key = {0};
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < s->findings->hits.n; i++)
		note_trail(f, s->findings->hits.items[i].record);
	struct feed *feed = s->findings->events ? map_get(&f->feeds, source) : NULL;
	if (feed) {
		note(f, feed, s->work->object, now_ms);
		if (s->ends)
			lateness_note(&feed->lateness, object, now_ms);
		struct feed *part = part_key(source, object, &key) ? add(f, buf_sv(&key), feed) : NULL;
		if (part)
			note(f, part, s->work->object, now_ms);
	}
	pthread_mutex_unlock(&f->lock);
	buf_fini(&key);
}

/* --- looks ---------------------------------------------------------------------------------------- */

static void show_span(int64_t ms, struct buf *out)
{
	int64_t minutes = ms / 60000;
	if (minutes >= 2 * 24 * 60)
		buf_printf(out, "%lld days", (long long)(minutes / (24 * 60)));
	else if (minutes >= 120)
		buf_printf(out, "%lld h", (long long)(minutes / 60));
	else
		buf_printf(out, "%lld min", (long long)minutes);
}

static void show_usual(const struct rhythm *r, int64_t now_ms, struct buf *out)
{
	double hourly = rhythm_hourly(r, now_ms);
	buf_adds(out, "usually something comes every ");
	show_span(hourly > 0 ? (int64_t)(3600000 / hourly + 30000) : 0, out);
}

/* What people call it: a source, or an account's region in one. */
static void show_name(struct sv key, struct buf *out)
{
	size_t slash = sv_find(key, SV("/"));
	if (slash == SV_NONE) {
		buf_printf(out, "source %.*s", SV_ARG(key));
		return;
	}
	struct sv rest = sv_skip(key, slash + 1);
	size_t second = sv_find(rest, SV("/"));
	buf_printf(out, "account %.*s in %.*s (source %.*s)", SV_ARG(sv_head(rest, second)),
	    SV_ARG(sv_skip(rest, second + 1)), SV_ARG(sv_head(key, slash)));
}

struct teller {
	void (*tell)(void *ctx, enum self_kind kind, const char *summary, const char *detail);
	void *ctx;
};

static void tell(const struct teller *t, enum self_kind kind, struct buf *summary, struct sv key, int64_t ms)
{
	/* The moment makes each silence an alert of its own, the same one across restarts. */
	char *detail = heap_printf("%.*s %lld", SV_ARG(key), (long long)ms);
	t->tell(t->ctx, kind, summary->ptr, detail);
	free(detail);
	buf_fini(summary);
}

static void tell_silent(
    const struct feeds *f, struct sv key, const struct feed *feed, int64_t now_ms, const struct teller *t)
{
	char last[CLK_TEXT];
	struct buf text = {0};
	clk_format(feed->rhythm.last_ms, false, last);
	buf_adds(&text, "Nothing has come from ");
	show_name(key, &text);
	buf_adds(&text, " for ");
	show_span(now_ms - feed->rhythm.last_ms, &text);
	buf_printf(&text, ", since %s; at this hour ", last);
	show_usual(&feed->rhythm, now_ms, &text);
	buf_adds(&text, ".");
	if (f->trail && f->trail_ms > feed->rhythm.last_ms - DAY_MS)
		buf_printf(&text, " Before that, %s.", f->trail);
	if (feed->object)
		buf_printf(&text, " Last object: %s.", feed->object);
	tell(t, feed->escalated ? SELF_FEED_STILL_SILENT : SELF_FEED_SILENT, &text, key,
	    feed->rhythm.silent_ms);
}

static void tell_back(struct sv key, struct feed *feed, const struct teller *t)
{
	struct buf text = {0};
	show_name(key, &text);
	text.ptr[0] = (char)(text.ptr[0] - 'a' + 'A');
	buf_adds(&text, " gives events again, after ");
	show_span(feed->back_ms - feed->was_last_ms, &text);
	buf_printf(&text, " of silence. Object: %s.", feed->object);
	tell(t, SELF_FEED_BACK, &text, key, feed->back_ms);
	feed->back_ms = 0;
}

static void look_at(struct feeds *f, struct sv key, struct feed *feed, int64_t now_ms, const struct teller *t)
{
	struct rhythm_options o = options_of(f, feed);
	/* A source that is silent speaks for its accounts. */
	bool covered = feed->source && feed->source->rhythm.silent_ms;
	if (feed->back_ms && !covered)
		tell_back(key, feed, t);
	feed->back_ms = 0;
	if (rhythm_look(&feed->rhythm, now_ms, &o)) {
		feed->changed = true;
		if (!covered)
			tell_silent(f, key, feed, now_ms, t);
	}
	if (feed->rhythm.silent_ms && !feed->escalated && now_ms - feed->rhythm.silent_ms >= DAY_MS) {
		feed->escalated = true;
		if (!covered)
			tell_silent(f, key, feed, now_ms, t);
	}
	double usual, recent;
	if (lateness_look(&feed->lateness, now_ms, &usual, &recent)) {
		struct buf text = {0};
		buf_adds(&text, "Objects of ");
		show_name(key, &text);
		buf_printf(&text,
		    " are read %.0f min after they were written (95 of 100 within that), usually %.0f min.",
		    recent, usual);
		tell(t, SELF_EVENTS_LATE, &text, key, now_ms / DAY_MS);
	}
}

void feeds_look(struct feeds *f, int64_t now_ms,
    void (*tell_one)(void *ctx, enum self_kind kind, const char *summary, const char *detail), void *ctx)
{
	const struct teller t = {tell_one, ctx};
	pthread_mutex_lock(&f->lock);
	/* Sources come before their parts: they were added first. */
	for (size_t i = 0; i < f->feeds.n; i++)
		look_at(f, f->feeds.entries[i].key, f->feeds.entries[i].value, now_ms, &t);
	pthread_mutex_unlock(&f->lock);
}

void feeds_keep(struct feeds *f, void (*keep)(void *ctx, struct sv key, struct sv value), void *ctx)
{
	struct buf text = {0};
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->feeds.n; i++) {
		struct feed *feed = f->feeds.entries[i].value;
		if (!feed->changed)
			continue;
		buf_reset(&text);
		rhythm_write(&feed->rhythm, &text);
		keep(ctx, f->feeds.entries[i].key, buf_sv(&text));
		feed->changed = false;
	}
	pthread_mutex_unlock(&f->lock);
	buf_fini(&text);
}

struct feeds_state feeds_state(struct feeds *f)
{
	struct feeds_state out = {0};
	pthread_mutex_lock(&f->lock);
	out.n = f->feeds.n;
	for (size_t i = 0; i < f->feeds.n; i++) {
		const struct rhythm *r = &((const struct feed *)f->feeds.entries[i].value)->rhythm;
		out.silent += r->silent_ms != 0;
		out.last_ms = r->last_ms > out.last_ms ? r->last_ms : out.last_ms;
	}
	pthread_mutex_unlock(&f->lock);
	return out;
}
