/* The crew of a scan. A unit of work is some small objects, one large one, or a piece of a large file of
 * lines (piece.h); window.h hands units out and brings what they gave back into order.
 *
 * A piece is read by guess, before it is known that a record begins where it does. Who reads a piece sees at
 * its end whether one ended there. If not, it waits until it is its turn in the order, so that its own
 * beginning is no guess any more, takes the following piece over and reads on; what another thread made of
 * that one is dropped. So what is given out is what one thread reading from the first byte would have found.
 */
#include "agent/scan/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "agent/worker/decode.h"
#include "agent/scan/piece.h"
#include "agent/scan/window.h"

#define READ_BYTES ((size_t)256 << 10)
/* What is found is put together after so many bytes read: it stays small enough for the cache. It is handed
 * over after so many bytes read, or so many found: each time wakes the taker. */
#define FLUSH_RAW ((uint64_t)1 << 20)
#define HAND_OVER_RAW ((uint64_t)8 << 20)
#define HAND_OVER_BYTES ((size_t)256 << 10)
/* Small objects are handed out together: so many, or as many bytes as the smallest piece. */
#define OBJECTS 64
#define WAITING_BYTES ((size_t)64 << 20)
/* After so many pieces one after the other that began wrongly a file is not cut any more. */
#define STRIKES 4

/* A large file that is read in pieces. Counted by its units, under the window's lock. */
struct cut_file {
	int fd;
	size_t refs;
	size_t input;
};

struct unit {
	uint64_t number;
	size_t from, to;       /* inputs; from == to: the taker's own */
	struct cut_file *file; /* NULL: whole objects */
	uint64_t begin, end;   /* of the piece */
	struct unit *next;     /* the piece behind it, if it was handed out */
};

struct crew {
	struct crew_setup setup;
	struct window *window;
	pthread_t *threads;
	size_t n_threads;
	/* The plan, under the window's lock. */
	size_t at;            /* next input */
	struct cut_file *cut; /* what is being cut, NULL: nothing; a reference */
	uint64_t cut_at;      /* where its next piece begins */
	uint64_t left;        /* bytes of all inputs that were not handed out yet, as far as is known */
	struct unit *last;    /* its last piece that was handed out; NULL: gone already */
};

/* --- the plan: under the window's lock ------------------------------------------------------------ */

static void release(struct cut_file *f)
{
	if (!f || --f->refs)
		return;
	close(f->fd);
	free(f);
}

static void hand_out(struct crew *c, uint64_t bytes)
{
	c->left -= bytes < c->left ? bytes : c->left;
}

/* So large that cutting costs nothing, and towards the end so small that all threads end together. */
static uint64_t piece_bytes(const struct crew *c)
{
	uint64_t bytes = c->left / (4 * c->setup.threads);
	if (c->setup.piece_bytes)
		return c->setup.piece_bytes;
	return bytes > PIECE_BYTES ? PIECE_BYTES : bytes < PIECE_LEAST ? PIECE_LEAST : bytes;
}

/* Where the piece that begins at cut_at ends; it is taken out of the plan. */
static uint64_t take_piece(struct crew *c)
{
	uint64_t begin = c->cut_at, end = piece_begin(c->cut->fd, begin + piece_bytes(c));
	c->cut_at = end;
	if (end != PIECE_END)
		hand_out(c, end - begin);
	else if (c->setup.inputs[c->cut->input].size > begin)
		hand_out(c, c->setup.inputs[c->cut->input].size - begin);
	if (end == PIECE_END) {
		release(c->cut);
		c->cut = NULL;
		c->last = NULL;
	}
	return end;
}

static struct unit *next_piece(struct crew *c)
{
	struct unit *u = heap_zero(1, sizeof *u);
	u->file = c->cut;
	u->file->refs++;
	u->from = u->file->input;
	u->to = u->from + 1;
	u->begin = c->cut_at;
	struct unit *before = c->last;
	if (before)
		before->next = u;
	u->end = take_piece(c);
	if (c->cut)
		c->last = u;
	return u;
}

/* Begins to cut the next input if it can be. */
static bool begin_cut(struct crew *c)
{
	const struct crew_input *in = &c->setup.inputs[c->at];
	const char *why;
	if (c->setup.census || in->size <= piece_bytes(c) ||
	    !decode_name_holds_events(sv_from(in->path), &why))
		return false;
	int fd = open(in->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (!piece_looks_cuttable(fd)) {
		close(fd);
		return false;
	}
	c->cut = heap_zero(1, sizeof *c->cut);
	*c->cut = (struct cut_file){fd, 1, c->at++};
	c->cut_at = 0;
	c->last = NULL;
	return true;
}

static struct unit *next_objects(struct crew *c)
{
	struct unit *u = heap_zero(1, sizeof *u);
	const struct crew_input *in = c->setup.inputs;
	uint64_t most = c->setup.piece_bytes ? c->setup.piece_bytes : PIECE_LEAST, bytes = 0;
	u->from = c->at;
	do
		bytes += in[c->at++].size;
	while (c->at < c->setup.n_inputs && in[c->at].regular && c->at - u->from < OBJECTS &&
	       bytes + in[c->at].size <= most);
	u->to = c->at;
	hand_out(c, bytes);
	return u;
}

static void *next_unit(void *ctx, uint64_t number)
{
	struct crew *c = ctx;
	struct unit *u;
	if (!c->cut && c->at == c->setup.n_inputs)
		return NULL;
	if (!c->cut && !c->setup.inputs[c->at].regular) {
		u = heap_zero(1, sizeof *u);
		u->from = u->to = c->at++;
	} else {
		u = c->cut || begin_cut(c) ? next_piece(c) : next_objects(c);
	}
	u->number = number;
	return u;
}

/* The unit takes over what comes behind it in its file. It is the head. */
static void extend(struct crew *c, struct unit *u)
{
	struct unit *behind = u->next;
	if (!behind) {
		u->end = take_piece(c);
		return;
	}
	u->end = behind->end;
	u->next = behind->next;
	if (c->last == behind)
		c->last = u;
	window_drop(c->window, behind->number);
}

/* As above, up to the end of the file. */
static void extend_to_end(struct crew *c, struct unit *u)
{
	while (u->next)
		extend(c, u);
	if (u->end != PIECE_END) {
		release(c->cut);
		c->cut = NULL;
		c->last = NULL;
		u->end = PIECE_END;
	}
}

/* --- a thread ------------------------------------------------------------------------------------- */

struct hand {
	struct crew *crew;
	struct sieve *sieve; /* from unit to unit */
	struct buf room;     /* what a piece is read into */
	struct reading_room object_room;
	/* In hand: */
	struct unit *unit;
	size_t input;
	struct reading *reading;
	struct portion *first, **last; /* not handed over yet */
	size_t bytes;
	uint64_t raw;    /* read since the last portion */
	uint64_t n_read; /* for portions that are not handed over yet */
};

void portion_free(struct portion *p)
{
	while (p) {
		struct portion *next = p->next;
		findings_free(p->findings);
		free(p->err);
		free(p);
		p = next;
	}
}

static bool hand_over(struct hand *h)
{
	struct portion *p = h->first;
	if (!p)
		return true;
	h->first = NULL;
	h->last = &h->first;
	size_t bytes = h->bytes;
	h->bytes = 0;
	h->n_read = 0;
	if (window_put(h->crew->window, h->unit->number, p, bytes))
		return true;
	portion_free(p);
	return false;
}

static bool add(struct hand *h, enum portion_kind kind, struct findings *f, const struct err *e)
{
	struct portion *p = heap_zero(1, sizeof *p);
	*p = (struct portion){.kind = kind, .input = h->input, .findings = f, .raw_bytes = h->raw};
	if (e) {
		p->err = heap_alloc(sizeof *e);
		*p->err = *e;
	}
	*h->last = p;
	h->last = &p->next;
	h->bytes += sizeof *p;
	if (f)
		h->bytes += f->arena.used + f->sightings.n * sizeof *f->sightings.items +
			    f->rules_seen.n * sizeof *f->rules_seen.items;
	h->n_read += h->raw;
	h->raw = 0;
	bool much = h->bytes >= HAND_OVER_BYTES || h->n_read >= HAND_OVER_RAW;
	return !much || hand_over(h);
}

static bool on_findings(void *ctx, struct findings *f)
{
	return add(ctx, PORTION_STRETCH, f, NULL);
}

static bool after_read(void *ctx, size_t raw_bytes)
{
	struct hand *h = ctx;
	h->raw += raw_bytes;
	if (h->raw >= FLUSH_RAW)
		reading_flush(h->reading);
	return !window_is_void(h->crew->window, h->unit->number);
}

static void begin_reading(struct hand *h, size_t input, uint64_t begin)
{
	h->input = input;
	h->reading = reading_new(&(struct reading_setup){.rules = program_rules(h->crew->setup.program),
	    .names = h->crew->setup.names,
	    .sieve = h->sieve,
	    .room = &h->object_room,
	    .counts = h->crew->setup.counts,
	    .begin = begin,
	    .emit = on_findings,
	    .after_read = after_read,
	    .ctx = h});
}

static void end_object(struct hand *h, enum rc rc, const struct err *e)
{
	if (rc != RC_STOPPED)
		add(h, PORTION_END, NULL, rc == RC_OK ? NULL : e);
}

static void read_object(struct hand *h, size_t input)
{
	const char *path = h->crew->setup.inputs[input].path, *why;
	struct err e = {0};
	h->input = input;
	if (!decode_name_holds_events(sv_from(path), &why)) {
		add(h, PORTION_SKIPPED, NULL, NULL);
		return;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_errno(&e, RC_IO, errno, "can't be opened");
		add(h, PORTION_CLOSED, NULL, &e);
		return;
	}
	begin_reading(h, input, 0);
	enum rc rc = reading_file(h->reading, fd, &e);
	reading_free(h->reading);
	close(fd);
	end_object(h, rc, &e);
}

/* Reads from *at up to the end of the piece, or of the file: then *out_over. */
static enum rc read_to(struct hand *h, uint64_t *at, bool *out_over, struct err *e)
{
	const struct unit *u = h->unit;
	while (*at < u->end) {
		size_t want = u->end - *at < READ_BYTES ? (size_t)(u->end - *at) : READ_BYTES;
		buf_reset(&h->room);
		buf_room(&h->room, READ_BYTES);
		ssize_t n = pread(u->file->fd, h->room.ptr, want, (off_t)*at);
		if (n < 0 && errno == EINTR)
			continue;
		*out_over = n <= 0;
		if (n < 0)
			return err_errno(e, RC_IO, errno, "can't read");
		if (n == 0)
			return RC_OK;
		*at += (uint64_t)n;
		if (reading_feed(h->reading, sv_of(h->room.ptr, (size_t)n), e) == RC_STOPPED ||
		    !after_read(h, (size_t)n))
			return RC_STOPPED;
	}
	return RC_OK;
}

/* Takes over what is behind the piece: the next one, or all. False when its own beginning was wrong. */
static bool go_on(struct hand *h, bool to_end)
{
	struct crew *c = h->crew;
	if (!window_await(c->window, h->unit->number))
		return false;
	window_lock(c->window);
	if (to_end)
		extend_to_end(c, h->unit);
	else
		extend(c, h->unit);
	window_unlock(c->window);
	return true;
}

/* RC_OK: the piece ends where a record ends, and *out_over is false; or the file does. */
static enum rc read_through(struct hand *h, bool *out_over, struct err *e)
{
	uint64_t at = h->unit->begin;
	*out_over = false;
	for (int strikes = 0;;) {
		enum rc rc = read_to(h, &at, out_over, e);
		if (rc == RC_STOPPED || (!*out_over && reading_is_fresh(h->reading)))
			return rc;
		bool is_last = h->unit->end == PIECE_END;
		if (!is_last && !go_on(h, *out_over || ++strikes == STRIKES))
			return RC_STOPPED;
		if (*out_over)
			return rc;
	}
}

static void read_piece(struct hand *h)
{
	struct err e = {0};
	bool over;
	begin_reading(h, h->unit->from, h->unit->begin);
	enum rc rc = read_through(h, &over, &e);
	if (rc == RC_OK && !over)
		reading_flush(h->reading);
	else if (rc != RC_STOPPED)
		end_object(h, reading_fail(h->reading, rc, &e), &e);
	reading_free(h->reading);
}

static void work_on(struct hand *h)
{
	const struct unit *u = h->unit;
	h->input = u->from;
	h->raw = 0;
	if (u->file)
		read_piece(h);
	else if (u->from == u->to)
		add(h, PORTION_YOURS, NULL, NULL);
	for (size_t i = u->from; i < u->to && !u->file; i++)
		if (!window_is_void(h->crew->window, u->number))
			read_object(h, i);
	hand_over(h);
	window_end(h->crew->window, u->number);
}

static void *thread_main(void *arg)
{
	struct crew *c = arg;
	uint64_t number;
	struct hand h = {.crew = c, .sieve = sieve_new(c->setup.program)};
	struct census *census = c->setup.census;
	h.last = &h.first;
	if (census)
		sieve_take_census(h.sieve, census->plan);
	while ((h.unit = window_begin(c->window, &number)))
		work_on(&h);
	if (census) {
		window_lock(c->window);
		census_add(census, sieve_census(h.sieve));
		window_unlock(c->window);
	}
	sieve_unref(h.sieve);
	buf_fini(&h.room);
	reading_room_fini(&h.object_room);
	return NULL;
}

/* --- the taker's side ----------------------------------------------------------------------------- */

struct crew *crew_new(const struct crew_setup *setup)
{
	struct crew *c = heap_zero(1, sizeof *c);
	c->setup = *setup;
	program_ref(setup->program);
	for (size_t i = 0; i < setup->n_inputs; i++)
		c->left += setup->inputs[i].size;
	c->window = window_new(&(struct window_setup){
	    .jobs = 16 + 8 * (size_t)setup->threads, .bytes = WAITING_BYTES, .next = next_unit, .ctx = c});
	c->threads = heap_zero(setup->threads, sizeof *c->threads);
	while (c->n_threads < setup->threads &&
	       pthread_create(&c->threads[c->n_threads], NULL, thread_main, c) == 0)
		c->n_threads++;
	if (c->n_threads)
		return c;
	crew_free(c);
	return NULL;
}

static void end_unit(struct crew *c, struct unit *u)
{
	window_lock(c->window);
	if (c->last == u)
		c->last = NULL;
	release(u->file);
	window_unlock(c->window);
	free(u);
}

struct portion *crew_take(struct crew *c, uint64_t *out_piece)
{
	struct window_taken t;
	while (window_take(c->window, &t)) {
		*out_piece = t.number;
		if (!t.parcel)
			end_unit(c, t.job);
		else if (t.dropped)
			portion_free(t.parcel);
		else
			return t.parcel;
	}
	return NULL;
}

void crew_free(struct crew *c)
{
	uint64_t piece;
	if (!c)
		return;
	window_stop(c->window);
	for (struct portion *p; c->n_threads && (p = crew_take(c, &piece));)
		portion_free(p);
	for (size_t i = 0; i < c->n_threads; i++)
		pthread_join(c->threads[i], NULL);
	release(c->cut);
	window_free(c->window);
	program_unref(c->setup.program);
	free(c->threads);
	free(c);
}
