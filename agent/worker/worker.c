/* A worker thread: works in, stretches of findings out. Owns a sieve; the reading of a stream passes from
 * worker to worker with its pieces, which the intake gives out one after the other. */
#include "agent/worker/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/pulse.h"

struct rules_box {
	pthread_mutex_t lock;
	struct program *now;
};

/* Takes the reference. */
static struct program *prepare(struct ruleset *rules)
{
	struct program *p = program_new(rules);
	ruleset_unref(rules);
	return p;
}

struct rules_box *rules_box_new(struct ruleset *first)
{
	struct rules_box *b = heap_zero(1, sizeof *b);
	pthread_mutex_init(&b->lock, NULL);
	b->now = prepare(first);
	return b;
}

void rules_box_free(struct rules_box *b)
{
	if (!b)
		return;
	program_unref(b->now);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

struct program *rules_box_program(struct rules_box *b)
{
	pthread_mutex_lock(&b->lock);
	struct program *p = program_ref(b->now);
	pthread_mutex_unlock(&b->lock);
	return p;
}

struct ruleset *rules_box_get(struct rules_box *b)
{
	struct program *p = rules_box_program(b);
	struct ruleset *s = ruleset_ref(program_rules(p));
	program_unref(p);
	return s;
}

void rules_box_set(struct rules_box *b, struct ruleset *next)
{
	struct program *prepared = prepare(next);
	pthread_mutex_lock(&b->lock);
	struct program *old = b->now;
	b->now = prepared;
	pthread_mutex_unlock(&b->lock);
	program_unref(old);
}

void stretch_free(struct stretch *s)
{
	if (!s)
		return;
	findings_free(s->findings);
	work_unref(s->work);
	free(s);
}

/* The work in hand. The newest stretch is held back, so that the last one can carry the end. */
struct job {
	const struct worker_setup *setup;
	struct sieve **sieve; /* the worker's, of the newest rules it saw; NULL in it: none yet */
	struct reading_room *room;
	struct work *work;
	struct findings *held;
	bool gone; /* the analyst */
};

static bool hand_over(struct job *j, bool ends, enum rc rc, const struct err *e)
{
	struct stretch *s = heap_zero(1, sizeof *s);
	s->work = work_ref(j->work);
	s->findings = j->held;
	s->ends = ends;
	s->rc = rc;
	if (e)
		s->err = *e;
	j->held = NULL;
	if (j->setup->hand_over(j->setup->ctx, s))
		return true;
	stretch_free(s);
	j->gone = true;
	return false;
}

static bool on_findings(void *ctx, struct findings *f)
{
	struct job *j = ctx;
	if (j->held && !hand_over(j, false, RC_OK, NULL)) {
		findings_free(f);
		return false;
	}
	j->held = f;
	return true;
}

static bool go_on(void *ctx, size_t raw_bytes)
{
	const struct job *j = ctx;
	(void)raw_bytes;
	pulse_beat();
	return !j->setup->hurry(j->setup->ctx);
}

/* What the worker's sieve remembers serves one object after the other, until other rules come. A stream gets
 * one for itself, since it may outlive them. A new reference. */
static struct sieve *sieve_for(struct job *j)
{
	struct program *p = rules_box_program(j->setup->rules);
	struct sieve *s = j->work->stream ? NULL : *j->sieve;
	if (s && sieve_program(s) == p) {
		sieve_ref(s);
	} else {
		s = sieve_new(p);
		if (!j->work->stream) {
			sieve_unref(*j->sieve);
			*j->sieve = sieve_ref(s);
		}
	}
	program_unref(p);
	return s;
}

static struct reading *start_reading(struct job *j)
{
	struct sieve *sieve = sieve_for(j);
	struct reading *r = reading_new(&(struct reading_setup){.rules = program_rules(sieve_program(sieve)),
	    .names = j->setup->names,
	    .sieve = sieve,
	    .room = j->work->stream ? NULL : j->room,
	    .skip = j->work->skip,
	    .patient = j->work->patient,
	    .hash = j->work->hash,
	    .emit = on_findings,
	    .after_read = go_on,
	    .ctx = j});
	sieve_unref(sieve);
	return r;
}

/* A whole object, or a piece of whole lines. */
static enum rc read_object(struct job *j, struct err *e)
{
	struct reading *r = start_reading(j);
	enum rc rc;
	if (j->work->fd >= 0) {
		rc = reading_file(r, j->work->fd, e);
	} else {
		rc = reading_feed(r, buf_sv(&j->work->bytes), e);
		if (rc != RC_STOPPED)
			rc = reading_end(r, e);
	}
	reading_free(r);
	return rc;
}

/* No events, says the source: all of it is one spoiled piece. */
static enum rc set_aside(struct job *j)
{
	struct findings *f = heap_zero(1, sizeof *f);
	struct spoiled s = {.bytes = arena_copy(&f->arena, buf_sv(&j->work->bytes)), .number = 1};
	snprintf(s.reason, sizeof s.reason, "%s", j->work->unreadable);
	vec_push(&f->spoiled, s);
	f->rules = rules_box_get(j->setup->rules);
	f->records_done = 1;
	j->held = f;
	return RC_OK;
}

static void end_stream(struct work *w)
{
	reading_free(w->stream->reading);
	free(w->stream);
	w->stream = NULL;
}

static enum rc read_piece(struct job *j, struct err *e)
{
	struct stream *stream = j->work->stream;
	if (!stream->reading)
		stream->reading = start_reading(j);
	reading_redirect(stream->reading, on_findings, j);
	enum rc rc = reading_feed(stream->reading, buf_sv(&j->work->bytes), e);
	if (rc != RC_STOPPED && j->work->last) {
		rc = reading_end(stream->reading, e);
	} else if (rc != RC_STOPPED) {
		enum rc flushed = reading_flush(stream->reading);
		rc = rc == RC_OK ? flushed : rc;
	}
	if (j->work->last)
		end_stream(j->work);
	return rc;
}

static void work_on(
    const struct worker_setup *setup, struct work *w, struct sieve **sieve, struct reading_room *room)
{
	struct job j = {.setup = setup, .work = w, .sieve = sieve, .room = room};
	struct err e = {0};
	enum rc rc = w->unreadable                  ? set_aside(&j)
		     : w->stream                    ? read_piece(&j, &e)
		     : (w->fd >= 0 || w->bytes.len) ? read_object(&j, &e)
						    : RC_OK;
	if (!j.held) {
		j.held = heap_zero(1, sizeof *j.held);
		j.held->rules = rules_box_get(setup->rules);
		j.held->records_done = w->skip;
	}
	/* Stopped halfway, it has no end; nothing is said about it, and it is read again. */
	if (j.gone || rc == RC_STOPPED)
		findings_free(j.held);
	else
		hand_over(&j, true, rc, &e);
}

static void drop(struct work *w)
{
	if (w->stream && w->last)
		end_stream(w);
}

void worker_run(const struct worker_setup *setup)
{
	struct sieve *sieve = NULL;
	struct reading_room room = {0};
	for (struct work *w; (w = intake_take(setup->intake)); pulse_rest()) {
		pulse_beat();
		if (setup->hurry(setup->ctx))
			drop(w);
		else
			work_on(setup, w, &sieve, &room);
		intake_done(setup->intake, w);
		work_unref(w);
	}
	sieve_unref(sieve);
	reading_room_fini(&room);
}
