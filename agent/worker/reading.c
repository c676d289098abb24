/* Bytes to findings: the worker's inner part, also used by scan, fields and bench. One thread a reading. */
#include "agent/worker/reading.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/worker/decode.h"
#include "base/clock.h"
#include "base/inflate.h"
#include "base/metric.h"
#include "rules/event/frame.h"

#define READ_BYTES ((size_t)256 << 10)
/* Whole-object inflating: at most so much compressed and so much inflated; larger ones are streamed. */
#define WHOLE_IN ((size_t)8 << 20)
#define WHOLE_OUT ((size_t)16 << 20)
/* A room keeps this much of each kind. */
#define ROOM_BYTES (WHOLE_OUT + ((size_t)1 << 20))
#define SPOILED_BYTES ((size_t)64 << 10)
/* So many tell gzip from all else. */
#define SNIFF_BYTES ((size_t)3)

struct reading {
	struct reading_setup setup;
	struct frame *frame;
	struct sieve *sieve;     /* NULL: a plain reading */
	struct inflate *inflate; /* NULL: plain, or not known yet */
	struct buf head;         /* first bytes, until there are enough to sniff */
	bool sniffed;
	struct arena scratch; /* of the record in hand */
	struct findings *now;
	struct reading_room own_room, *room;
	uint64_t n_seen;          /* records and spoiled pieces so far */
	bool ending, cut_off;     /* in finish; the end came inside a record */
	const char *end_reason;   /* what finish told framing; NULL: nothing */
	struct crypto_hash *hash; /* of what was fed; NULL: not asked for */
	struct err damage;        /* of the gzip; final */
	bool stopped;
};

void findings_free(struct findings *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->hits.n; i++)
		vec_fini(&f->hits.items[i].why.leaves);
	vec_fini(&f->hits);
	vec_fini(&f->sightings);
	vec_fini(&f->rules_seen);
	vec_fini(&f->spoiled);
	arena_fini(&f->arena);
	ruleset_unref(f->rules);
	free(f);
}

/* Lists that grow a little at a time, on one thread, and are freed on another, are new pages again and again.
 */
static void make_lists(struct findings *f, const struct reading_room *room)
{
	if (!room->n_sightings)
		return;
	f->sightings.cap = room->n_sightings + room->n_sightings / 8;
	f->sightings.items = heap_resize(NULL, f->sightings.cap, sizeof *f->sightings.items);
	f->rules_seen.cap = room->n_rules_seen + room->n_rules_seen / 8;
	f->rules_seen.items = heap_resize(NULL, f->rules_seen.cap, sizeof *f->rules_seen.items);
}

static struct findings *current(struct reading *r)
{
	if (!r->now) {
		r->now = heap_zero(1, sizeof *r->now);
		r->now->rules = ruleset_ref(r->setup.rules);
		make_lists(r->now, r->room);
	}
	return r->now;
}

static bool emit(struct reading *r)
{
	struct findings *f = current(r);
	f->records_done = r->n_seen;
	r->room->n_sightings = f->sightings.n;
	r->room->n_rules_seen = f->rules_seen.n;
	r->now = NULL;
	if (!r->setup.emit(r->setup.ctx, f))
		r->stopped = true;
	return !r->stopped;
}

static bool full(const struct findings *f)
{
	return f->hits.n >= READING_HITS || f->rules_seen.n >= READING_SIGHTINGS ||
	       f->arena.used >= READING_BYTES;
}

static bool keep_spoiled(
    struct reading *r, struct sv bytes, uint64_t offset, uint64_t number, const char *reason)
{
	struct findings *f = current(r);
	struct spoiled s = {arena_copy(&f->arena, sv_head(bytes, SPOILED_BYTES)), offset, number, ""};
	snprintf(s.reason, sizeof s.reason, "%s", reason);
	vec_push(&f->spoiled, s);
	return !full(f) || emit(r);
}

static void keep_sighting(
    struct reading *r, const struct rule *const *matched, size_t n, uint64_t key, int64_t time_ms)
{
	struct findings *f = current(r);
	struct sighting s = {key, time_ms, (uint32_t)f->rules_seen.n, (uint32_t)n};
	vec_push(&f->sightings, s);
	for (size_t i = 0; i < n; i++)
		vec_push(&f->rules_seen, matched[i]);
}

/* Rules that match are run over a copy of the record in the batch's arena, which outlives the buffer, and say
 * why. */
static enum rc keep_hits(
    struct reading *r, struct sv event, const struct rule *const *matched, size_t n, uint64_t number)
{
	struct findings *f = current(r);
	struct record *copy = arena_alloc(&f->arena, sizeof *copy);
	enum rc rc = record_open(copy, &f->arena, arena_copy(&f->arena, event), r->setup.names, NULL);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		struct finding hit = {.rule = matched[i], .record = copy, .number = number};
		if (eval_rule(matched[i], copy, &hit.why))
			vec_push(&f->hits, hit);
	}
	return rc;
}

static void keep(
    struct reading *r, struct record *event, const struct rule *const *matched, size_t n, uint64_t number)
{
	if (r->setup.counts)
		keep_sighting(r, matched, n, sieve_key(r->sieve, event), event->time_ms);
	else
		keep_hits(r, event->bytes, matched, n, number);
}

static bool can_match(const struct rule *rule)
{
	return rule->kind == RULE_DETECTION && (rule->state == RULE_ACTIVE || rule->state == RULE_SHADOW);
}

/* Asks one rule; where a census is taken, with a clock in hand. */
static bool ask(const struct reading *r, const struct rule *rule, struct record *event)
{
	struct census *census = r->sieve ? sieve_census(r->sieve) : NULL;
	if (!census)
		return eval_rule(rule, event, NULL);
	int64_t begun_ns = clk_mono_ns();
	bool holds = eval_rule(rule, event, NULL);
	census_asked(census, rule, clk_mono_ns() - begun_ns);
	return holds;
}

/* Asks `n` rules, in the set's order. */
static void evaluate(
    struct reading *r, struct record *event, uint64_t number, const struct rule *const *rules, size_t n)
{
	const struct rule **matched = NULL;
	size_t n_matched = 0;
	for (size_t i = 0; i < n; i++) {
		if (!can_match(rules[i]) || !ask(r, rules[i], event))
			continue;
		if (!matched)
			matched = arena_alloc(&r->scratch, n * sizeof *matched);
		matched[n_matched++] = rules[i];
	}
	if (n_matched)
		keep(r, event, matched, n_matched, number);
}

/* All that there is to do about an event of which the sieve knows which rules match; false when the rules
 * must be asked. Then *out_known says whether `out` holds the candidates. */
static bool sieved(
    struct reading *r, struct sv bytes, uint64_t number, bool *out_known, struct sieve_event *out)
{
	*out_known = r->sieve && sieve_event(r->sieve, bytes, out);
	if (!*out_known || !out->certain)
		return false;
	/* A census wants to know what the reference evaluator takes. */
	if (out->n_candidates && (sieve_census(r->sieve) || (r->setup.counts && !out->keyed)))
		return false;
	if (out->n_candidates && r->setup.counts)
		keep_sighting(r, out->candidates, out->n_candidates, out->key, out->time_ms);
	else if (out->n_candidates &&
		 keep_hits(r, bytes, out->candidates, out->n_candidates, number) != RC_OK)
		return false;
	struct findings *f = current(r);
	f->events++;
	f->untimed += out->untimed;
	f->unnamed += out->unnamed;
	return true;
}

static bool on_record(void *ctx, struct sv bytes, uint64_t offset, uint64_t number)
{
	struct reading *r = ctx;
	struct sieve_event sieve;
	bool known;
	r->n_seen = number;
	if (number <= r->setup.skip)
		return true;
	if (sieved(r, bytes, number, &known, &sieve))
		return !full(current(r)) || emit(r);
	arena_reset(&r->scratch);
	struct record event;
	struct err e = {0};
	enum decode_kind kind;
	if (decode_object(&event, &r->scratch, bytes, r->setup.names, &kind, &e) != RC_OK)
		return keep_spoiled(r, bytes, offset, number, e.text);
	struct findings *f = current(r);
	if (kind == DECODE_NOTICE) {
		f->notices++;
		return true;
	}
	f->events++;
	f->insights += event.insight;
	f->untimed += event.time_ms == RECORD_NO_TIME;
	f->unnamed += event.event_id.len == 0;
	/* An event out of an envelope gets a look of its own. */
	if (!known && r->sieve && event.bytes.ptr != bytes.ptr)
		known = sieve_event(r->sieve, event.bytes, &sieve);
	if (!known && r->sieve && sieve_census(r->sieve))
		census_record(sieve_census(r->sieve), &event);
	const struct ruleset *set = r->setup.rules;
	if (known)
		evaluate(r, &event, number, sieve.candidates, sieve.n_candidates);
	else
		evaluate(r, &event, number, (const struct rule *const *)set->rules.items, set->rules.n);
	return !full(f) || emit(r);
}

static size_t measure(void *ctx, struct sv bytes)
{
	struct reading *r = ctx;
	return sieve_measure(r->sieve, bytes);
}

/* Is that what an input says which may still be growing? Framing cuts reasons short. */
static bool is_cut_off(const struct reading *r, struct sv reason)
{
	return (r->end_reason && sv_starts(sv_from(r->end_reason), reason)) ||
	       sv_starts(reason, SV("ends inside"));
}

static bool on_malformed(void *ctx, struct sv bytes, uint64_t offset, uint64_t number, const char *reason)
{
	struct reading *r = ctx;
	/* What is left over at the end may also be plain garbage, which no more bytes would mend. */
	if (r->ending && is_cut_off(r, sv_from(reason))) {
		r->cut_off = true;
		if (r->setup.patient)
			return true;
	}
	r->n_seen = number;
	if (number <= r->setup.skip)
		return true;
	return keep_spoiled(r, bytes, offset, number, reason);
}

static struct sieve *own_sieve(struct ruleset *rules)
{
	struct program *program = program_new(rules);
	struct sieve *s = sieve_new(program);
	program_unref(program);
	return s;
}

struct reading *reading_new(const struct reading_setup *setup)
{
	struct reading *r = heap_zero(1, sizeof *r);
	r->setup = *setup;
	r->room = setup->room ? setup->room : &r->own_room;
	ruleset_ref(setup->rules);
	if (!setup->plain)
		r->sieve = setup->sieve ? sieve_ref(setup->sieve) : own_sieve(setup->rules);
	r->frame = frame_new(&(struct frame_sink){
	    .record = on_record, .malformed = on_malformed, .measure = r->sieve ? measure : NULL, .ctx = r});
	frame_begin_at(r->frame, setup->begin);
	if (setup->hash)
		r->hash = crypto_hash_new();
	return r;
}

static void end_hash(struct reading *r, char *out)
{
	unsigned char raw[CRYPTO_SHA256_BYTES];
	if (!r->hash)
		return;
	crypto_hash_end(r->hash, raw);
	r->hash = NULL;
	if (out)
		crypto_hex(raw, sizeof raw, out);
}

void reading_free(struct reading *r)
{
	if (!r)
		return;
	end_hash(r, NULL);
	frame_free(r->frame);
	sieve_unref(r->sieve);
	inflate_free(r->inflate);
	buf_fini(&r->head);
	arena_fini(&r->scratch);
	findings_free(r->now);
	reading_room_fini(&r->own_room);
	ruleset_unref(r->setup.rules);
	free(r);
}

bool reading_is_fresh(const struct reading *r)
{
	return r->sniffed && !r->inflate && frame_is_fresh(r->frame);
}

void reading_redirect(struct reading *r, bool (*take)(void *ctx, struct findings *f), void *ctx)
{
	r->setup.emit = take;
	r->setup.ctx = ctx;
}

static enum rc feed_plain(void *ctx, struct sv bytes)
{
	struct reading *r = ctx;
	current(r)->bytes += bytes.len;
	if (r->hash)
		crypto_hash_add(r->hash, bytes);
	return frame_feed(r->frame, bytes);
}

static enum rc feed_sniffed(struct reading *r, struct sv bytes, struct err *e)
{
	return r->inflate ? inflate_feed(r->inflate, bytes, feed_plain, r, e) : feed_plain(r, bytes);
}

/* Of the first bytes. */
static enum rc sniff(struct reading *r, struct sv bytes, struct err *e)
{
	r->sniffed = true;
	if (inflate_is_gzip(bytes))
		r->inflate = inflate_new(0);
	return feed_sniffed(r, bytes, e);
}

static enum rc feed(struct reading *r, struct sv bytes, struct err *e)
{
	if (r->sniffed)
		return feed_sniffed(r, bytes, e);
	if (!r->head.len && bytes.len >= SNIFF_BYTES)
		return sniff(r, bytes, e);
	buf_add(&r->head, bytes);
	return r->head.len < SNIFF_BYTES ? RC_OK : sniff(r, buf_sv(&r->head), e);
}

static enum rc tell_damage(const struct reading *r, struct err *e)
{
	if (e)
		*e = r->damage;
	return r->damage.rc;
}

enum rc reading_feed(struct reading *r, struct sv bytes, struct err *e)
{
	enum rc rc = r->damage.rc ? r->damage.rc : feed(r, bytes, &r->damage);
	return r->damage.rc ? tell_damage(r, e) : rc;
}

enum rc reading_flush(struct reading *r)
{
	if (r->stopped)
		return RC_STOPPED;
	return r->now && !emit(r) ? RC_STOPPED : RC_OK;
}

static enum rc finish(struct reading *r, enum rc rc, struct err *e)
{
	/* Framing hears why the bytes end, so that a record cut off by a broken gzip says so. */
	r->ending = true;
	/* Past the cap it will be tomorrow too. */
	r->setup.patient &= rc != RC_LIMIT;
	r->end_reason = rc == RC_OK || !e ? NULL : e->text;
	if (rc != RC_STOPPED)
		frame_end(r->frame, r->end_reason);
	if (rc == RC_OK && r->cut_off)
		rc = err_set(e, RC_INPUT, "ends inside a record");
	end_hash(r, current(r)->hash);
	enum rc flushed = reading_flush(r);
	return rc == RC_OK ? flushed : rc;
}

enum rc reading_end(struct reading *r, struct err *e)
{
	enum rc rc = r->damage.rc ? tell_damage(r, e) : RC_OK;
	if (rc == RC_OK && !r->sniffed && r->head.len)
		rc = sniff(r, buf_sv(&r->head), e);
	if (rc == RC_OK && r->inflate)
		rc = inflate_end(r->inflate, e);
	return finish(r, rc, e);
}

enum rc reading_fail(struct reading *r, enum rc rc, struct err *e)
{
	return rc == RC_OK ? reading_end(r, e) : finish(r, rc, e);
}

/* Reads up to `max` bytes of fd into `b`. */
static enum rc read_some(int fd, struct buf *b, size_t max, size_t *out_n, struct err *e)
{
	buf_room(b, max);
	ssize_t n;
	do
		n = read(fd, b->ptr + b->len, max);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(e, RC_IO, errno, "can't read");
	b->len += (size_t)n;
	*out_n = (size_t)n;
	return RC_OK;
}

/* The whole of a small gzip object at once. RC_LIMIT: `raw` holds all of it, but it inflates to too much;
 * stream it. */
static enum rc read_whole(struct reading *r, struct reading_room *room, struct err *e)
{
	buf_reset(&room->inflated);
	enum rc rc = inflate_whole(buf_sv(&room->raw), WHOLE_OUT, &room->inflated, e);
	if (rc == RC_OK) {
		r->sniffed = true;
		rc = feed_plain(r, buf_sv(&room->inflated));
	}
	return rc;
}

static enum rc after_read(struct reading *r, size_t raw_bytes)
{
	if (r->setup.after_read && !r->setup.after_read(r->setup.ctx, raw_bytes))
		r->stopped = true;
	return r->stopped ? RC_STOPPED : RC_OK;
}

static bool looks_small(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (off_t)WHOLE_IN;
}

static enum rc read_file(struct reading *r, struct reading_room *room, int fd, struct err *e)
{
	struct buf *in = &room->raw;
	size_t n = 1;
	enum rc rc = RC_OK;
	bool small = looks_small(fd);
	buf_reset(in);
	while (small && rc == RC_OK && n && in->len <= WHOLE_IN &&
	       (in->len < SNIFF_BYTES || inflate_is_gzip(buf_sv(in))))
		rc = read_some(fd, in, READ_BYTES, &n, e);
	if (rc == RC_OK && small && !n && inflate_is_gzip(buf_sv(in))) {
		rc = read_whole(r, room, e);
		if (rc == RC_OK)
			rc = after_read(r, in->len);
		if (rc == RC_OK || rc == RC_STOPPED)
			return finish(r, rc, e);
		/* Damaged or too large for one go: the stream gives all that comes before the damage. */
		rc = RC_OK;
	}
	while (rc == RC_OK) {
		rc = in->len ? reading_feed(r, buf_sv(in), e) : RC_OK;
		enum rc go_on = after_read(r, in->len);
		rc = rc == RC_OK ? go_on : rc;
		buf_reset(in);
		if (rc != RC_OK || (rc = read_some(fd, in, READ_BYTES, &n, e)) != RC_OK || !n)
			break;
	}
	return reading_fail(r, rc, e);
}

void reading_room_fini(struct reading_room *room)
{
	buf_fini(&room->raw);
	buf_fini(&room->inflated);
}

enum rc reading_file(struct reading *r, int fd, struct err *e)
{
	struct reading_room *room = r->room;
	enum rc rc = read_file(r, room, fd, e);
	if (room->raw.cap > ROOM_BYTES)
		buf_fini(&room->raw);
	if (room->inflated.cap > ROOM_BYTES)
		buf_fini(&room->inflated);
	return rc;
}
