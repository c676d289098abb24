/* One-shot scanning. Everything that has an order (dedup, totals, callbacks) happens on the caller's thread;
 * with several jobs a crew reads, and gives what it found in the order of the input. Keeps nothing between
 * runs. */
#include "agent/scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/scan/crew.h"
#include "agent/worker/decode.h"
#include "agent/scan/piece.h"
#include "agent/scan/tally.h"
#include "alerts/summary.h"
#include "base/file.h"

struct scan {
	struct scan_setup setup;
	struct gate *gate;
	struct tally *tally; /* instead of the gate, when only numbers are wanted */
	VEC(struct crew_input) inputs;
	struct scan_rule *rules;
	struct scan_totals totals;
	uint64_t bytes_done, bytes_total; /* raw */
	const char *object;               /* the input in hand */
	uint64_t n_before;                /* records of it before what is in hand */
	struct reading *reading;
	struct program *program;
	struct sieve *sieve; /* of this thread */
	struct reading_room room;
	bool stopped;
};

struct scan *scan_new(const struct scan_setup *setup)
{
	struct scan *s = heap_zero(1, sizeof *s);
	s->setup = *setup;
	s->gate = gate_new(&(struct gate_options){.no_dedup = setup->no_dedup, .no_fold = true});
	s->tally = tally_new();
	s->rules = heap_zero(setup->rules->rules.n, sizeof *s->rules);
	s->program = program_new(setup->rules);
	s->sieve = sieve_new(s->program);
	if (setup->census)
		sieve_take_census(s->sieve, setup->census);
	return s;
}

void scan_free(struct scan *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->setup.rules->rules.n; i++) {
		free(s->rules[i].example);
		free(s->rules[i].place);
	}
	for (size_t i = 0; i < s->inputs.n; i++)
		free(s->inputs.items[i].path);
	free(s->rules);
	gate_free(s->gate);
	tally_free(s->tally);
	sieve_unref(s->sieve);
	reading_room_fini(&s->room);
	program_unref(s->program);
	vec_fini(&s->inputs);
	free(s);
}

static void folder_trouble(void *ctx, const char *path, int errnum)
{
	struct scan *s = ctx;
	struct err e = {0};
	err_errno(&e, RC_IO, errnum, "can't be read");
	s->totals.failed++;
	s->setup.trouble(s->setup.ctx, path, &e);
}

/* Takes the path. */
static void add_input(struct scan *s, char *path)
{
	struct stat st;
	bool known = strcmp(path, "-") != 0 && stat(path, &st) == 0;
	uint64_t size = known ? (uint64_t)st.st_size : 0;
	/* What is gone by now is told by who opens it. */
	bool regular = known ? S_ISREG(st.st_mode) : strcmp(path, "-") != 0;
	vec_push(&s->inputs, (struct crew_input){path, size, regular});
	s->bytes_total += size;
}

enum rc scan_add(struct scan *s, const char *input, struct err *e)
{
	struct file_list files = {0};
	if (strcmp(input, "-") == 0) {
		add_input(s, heap_copy("-"));
		return RC_OK;
	}
	enum rc rc = file_walk(input, &files, folder_trouble, s, e);
	if (rc == RC_OK && files.paths.n > 1)
		qsort(files.paths.items, files.paths.n, sizeof *files.paths.items, decode_name_order);
	for (size_t i = 0; i < files.paths.n; i++)
		add_input(s, files.paths.items[i]);
	vec_fini(&files.paths);
	return rc;
}

static void count_match(struct scan *s, const struct rule *rule, int64_t t)
{
	struct scan_rule *r = &s->rules[rule->index];
	s->totals.alerts++;
	if (!r->matches++)
		r->first_ms = r->last_ms = t;
	if (t != RECORD_NO_TIME && (r->first_ms == RECORD_NO_TIME || t < r->first_ms))
		r->first_ms = t;
	if (t != RECORD_NO_TIME && t > r->last_ms)
		r->last_ms = t;
}

static void note_example(struct scan *s, const struct finding *f)
{
	struct scan_rule *r = &s->rules[f->rule->index];
	if (!s->setup.examples || r->example)
		return;
	struct buf text = {0};
	summary_write(f->rule->summary, f->record, &(struct redact){s->setup.show_content}, &text);
	r->example = buf_take(&text);
	r->place = heap_printf("%s:%llu", s->object, (unsigned long long)f->number);
}

static bool take_hit(struct scan *s, const struct finding *f)
{
	struct gate_verdict v;
	if (gate_match(s->gate, f->rule, f->record,
		f->record->time_ms == RECORD_NO_TIME ? 0 : f->record->time_ms, &v, NULL) != RC_OK)
		return false;
	if (v.fate == GATE_DUPLICATE) {
		s->totals.duplicates++;
		return true;
	}
	count_match(s, f->rule, f->record->time_ms);
	note_example(s, f);
	return !s->setup.match || s->setup.match(s->setup.ctx, f, v.id, s->object);
}

static bool take_sighting(struct scan *s, const struct sighting *seen, const struct rule **rules)
{
	size_t n = seen->n;
	if (!s->setup.no_dedup)
		n = tally_new_rules(s->tally, seen->key, rules, n);
	s->totals.duplicates += seen->n - n;
	for (size_t i = 0; i < n; i++) {
		count_match(s, rules[i], seen->time_ms);
		struct finding f = {.rule = rules[i]};
		if (s->setup.match && !s->setup.match(s->setup.ctx, &f, "", s->object))
			return false;
	}
	return true;
}

/* Events ahead whose seat in the tally is fetched. */
#define EXPECTED 16

static void take_sightings(struct scan *s, struct findings *f)
{
	const struct sighting *all = f->sightings.items;
	size_t n = f->sightings.n;
	size_t expected = s->setup.no_dedup ? n : 0;
	for (size_t i = 0; i < n && !s->stopped; i++) {
		for (; expected < n && expected < i + EXPECTED; expected++)
			tally_expect(s->tally, all[expected].key);
		s->stopped = !take_sighting(s, &all[i], f->rules_seen.items + all[i].first);
	}
}

static bool take_findings(void *ctx, struct findings *f)
{
	struct scan *s = ctx;
	s->totals.events += f->events;
	s->totals.bytes += f->bytes;
	s->totals.notices += f->notices;
	s->totals.insights += f->insights;
	s->totals.untimed += f->untimed;
	s->totals.unnamed += f->unnamed;
	s->totals.malformed += f->spoiled.n;
	for (size_t hit = 0, bad = 0; !s->stopped && (hit < f->hits.n || bad < f->spoiled.n);) {
		struct finding *h = hit < f->hits.n ? &f->hits.items[hit] : NULL;
		struct spoiled *p = bad < f->spoiled.n ? &f->spoiled.items[bad] : NULL;
		if (p && (!h || p->number < h->number)) {
			p->number += s->n_before;
			s->setup.spoiled(s->setup.ctx, p, s->object);
			bad++;
		} else if (h) {
			h->number += s->n_before;
			s->stopped = !take_hit(s, h);
			hit++;
		}
	}
	take_sightings(s, f);
	findings_free(f);
	return !s->stopped;
}

static void tell_progress(struct scan *s, uint64_t raw_bytes)
{
	s->bytes_done += raw_bytes;
	s->setup.progress(s->setup.ctx, s->bytes_done, s->bytes_total);
}

static void tell_trouble(struct scan *s, const struct err *e)
{
	s->totals.failed++;
	s->setup.trouble(s->setup.ctx, s->object, e);
}

/* The input in hand from here on, from its first record. */
static void enter(struct scan *s, size_t input)
{
	const char *path = s->inputs.items[input].path;
	s->object = strcmp(path, "-") == 0 ? "stdin" : path;
	s->n_before = 0;
}

/* --- reading on this thread ----------------------------------------------------------------------- */

static bool after_read(void *ctx, size_t raw_bytes)
{
	struct scan *s = ctx;
	/* So that what was found shows at once, not when a stretch is full. */
	reading_flush(s->reading);
	tell_progress(s, raw_bytes);
	return !s->stopped;
}

static void read_open(struct scan *s, int fd)
{
	struct err e = {0};
	s->reading = reading_new(&(struct reading_setup){.rules = s->setup.rules,
	    .names = s->setup.names,
	    .sieve = s->sieve,
	    .room = &s->room,
	    .counts = s->setup.counts,
	    .emit = take_findings,
	    .after_read = after_read,
	    .ctx = s});
	enum rc rc = reading_file(s->reading, fd, &e);
	reading_free(s->reading);
	s->reading = NULL;
	s->totals.inputs++;
	if (rc != RC_OK && rc != RC_STOPPED)
		tell_trouble(s, &e);
}

static void read_here(struct scan *s, size_t input)
{
	const char *path = s->inputs.items[input].path, *why;
	enter(s, input);
	if (!decode_name_holds_events(sv_from(path), &why)) {
		s->totals.skipped++;
		return;
	}
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		struct err e = {0};
		err_errno(&e, RC_IO, errno, "can't be opened");
		tell_trouble(s, &e);
		return;
	}
	read_open(s, fd);
	close(fd);
}

/* --- reading by a crew ---------------------------------------------------------------------------- */

/* Where in the order of the input we are. */
struct place {
	size_t input;
	uint64_t piece;
	uint64_t n_records; /* of the piece so far */
};

/* Records of a piece are numbered from 1. */
static void move_to(struct scan *s, struct place *at, size_t input, uint64_t piece)
{
	if (input != at->input)
		enter(s, input);
	else if (piece != at->piece)
		s->n_before += at->n_records;
	if (input != at->input || piece != at->piece)
		at->n_records = 0;
	at->input = input;
	at->piece = piece;
}

static void take_portion(struct scan *s, struct place *at, struct portion *p)
{
	struct findings *f = p->findings;
	switch (p->kind) {
	case PORTION_STRETCH:
		at->n_records = f->records_done;
		p->findings = NULL;
		take_findings(s, f);
		break;
	case PORTION_END:
		s->totals.inputs++;
		if (p->err)
			tell_trouble(s, p->err);
		break;
	case PORTION_CLOSED: tell_trouble(s, p->err); break;
	case PORTION_SKIPPED: s->totals.skipped++; break;
	case PORTION_YOURS: read_here(s, p->input); break;
	}
	tell_progress(s, p->raw_bytes);
}

static bool read_by_crew(struct scan *s)
{
	struct place at = {.input = SIZE_MAX};
	uint64_t piece;
	/* Its threads add to a census of their own: this one may be counting a pipe when they end. */
	struct census *census = s->setup.census ? census_new(s->setup.census, NULL) : NULL;
	struct crew *c = crew_new(&(struct crew_setup){.program = s->program,
	    .names = s->setup.names,
	    .inputs = s->inputs.items,
	    .n_inputs = s->inputs.n,
	    .threads = s->setup.jobs,
	    .piece_bytes = s->setup.piece_bytes,
	    .counts = s->setup.counts,
	    .census = census});
	if (!c) {
		census_free(census);
		return false;
	}
	for (struct portion *list; !s->stopped && (list = crew_take(c, &piece));) {
		for (struct portion *p = list; p && !s->stopped; p = p->next) {
			move_to(s, &at, p->input, piece);
			take_portion(s, &at, p);
		}
		portion_free(list);
	}
	crew_free(c);
	if (census)
		census_add(sieve_census(s->sieve), census);
	census_free(census);
	return true;
}

/* Threads for one pipe or a few kilobytes would only cost. */
static bool wants_crew(const struct scan *s)
{
	uint64_t least = s->setup.piece_bytes ? s->setup.piece_bytes : PIECE_LEAST;
	return s->setup.jobs > 1 && s->bytes_total > least;
}

enum rc scan_run(struct scan *s)
{
	if (!wants_crew(s) || !read_by_crew(s))
		for (size_t i = 0; i < s->inputs.n && !s->stopped; i++)
			read_here(s, i);
	return s->stopped ? RC_STOPPED : RC_OK;
}

const struct scan_totals *scan_totals(const struct scan *s)
{
	return &s->totals;
}

const struct scan_rule *scan_rules(const struct scan *s)
{
	return s->rules;
}

const struct census *scan_census(const struct scan *s)
{
	return sieve_census(s->sieve);
}
