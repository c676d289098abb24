/* One-shot scanning. One thread; keeps nothing between runs. */
#include "agent/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/decode.h"
#include "agent/tally.h"
#include "alerts/summary.h"
#include "base/file.h"

struct scan {
	struct scan_setup setup;
	struct gate *gate;
	struct tally *tally; /* instead of the gate, when only numbers are wanted */
	struct file_list inputs;
	struct scan_rule *rules;
	struct scan_totals totals;
	uint64_t bytes_done, bytes_total; /* raw */
	const char *object;               /* the input in hand */
	struct reading *reading;
	struct sieve *sieve; /* for all inputs */
	bool stopped;
};

struct scan *scan_new(const struct scan_setup *setup)
{
	struct scan *s = heap_zero(1, sizeof *s);
	s->setup = *setup;
	s->gate = gate_new(&(struct gate_options){.no_dedup = setup->no_dedup, .no_fold = true});
	s->tally = tally_new();
	s->rules = heap_zero(setup->rules->rules.n, sizeof *s->rules);
	struct program *program = program_new(setup->rules);
	s->sieve = sieve_new(program);
	if (setup->census)
		sieve_take_census(s->sieve, setup->census);
	program_unref(program);
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
	free(s->rules);
	gate_free(s->gate);
	tally_free(s->tally);
	sieve_unref(s->sieve);
	file_list_fini(&s->inputs);
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

enum rc scan_add(struct scan *s, const char *input, struct err *e)
{
	size_t from = s->inputs.paths.n;
	if (strcmp(input, "-") == 0) {
		vec_push(&s->inputs.paths, heap_copy("-"));
		return RC_OK;
	}
	enum rc rc = file_walk(input, &s->inputs, folder_trouble, s, e);
	if (rc == RC_OK && s->inputs.paths.n > from + 1)
		qsort(s->inputs.paths.items + from, s->inputs.paths.n - from, sizeof *s->inputs.paths.items,
		    decode_name_order);
	for (size_t i = from; i < s->inputs.paths.n; i++) {
		struct stat st;
		if (stat(s->inputs.paths.items[i], &st) == 0)
			s->bytes_total += (uint64_t)st.st_size;
	}
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
	for (size_t i = 0; i < f->spoiled.n; i++)
		s->setup.spoiled(s->setup.ctx, &f->spoiled.items[i], s->object);
	for (size_t i = 0; i < f->hits.n && !s->stopped; i++)
		s->stopped = !take_hit(s, &f->hits.items[i]);
	for (size_t i = 0; i < f->sightings.n && !s->stopped; i++) {
		const struct sighting *seen = &f->sightings.items[i];
		s->stopped = !take_sighting(s, seen, f->rules_seen.items + seen->first);
	}
	findings_free(f);
	return !s->stopped;
}

static bool after_read(void *ctx, size_t raw_bytes)
{
	struct scan *s = ctx;
	s->bytes_done += raw_bytes;
	/* So that what was found shows at once, not when a stretch is full. */
	reading_flush(s->reading);
	s->setup.progress(s->setup.ctx, s->bytes_done, s->bytes_total);
	return !s->stopped;
}

static void scan_one(struct scan *s, const char *path)
{
	struct err e = {0};
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_errno(&e, RC_IO, errno, "can't be opened");
		s->totals.failed++;
		s->setup.trouble(s->setup.ctx, path, &e);
		return;
	}
	s->reading = reading_new(&(struct reading_setup){.rules = s->setup.rules,
	    .names = s->setup.names,
	    .sieve = s->sieve,
	    .counts = s->setup.counts,
	    .emit = take_findings,
	    .after_read = after_read,
	    .ctx = s});
	enum rc rc = reading_file(s->reading, fd, &e);
	reading_free(s->reading);
	s->reading = NULL;
	close(fd);
	s->totals.inputs++;
	if (rc == RC_OK || rc == RC_STOPPED)
		return;
	s->totals.failed++;
	s->setup.trouble(s->setup.ctx, path, &e);
}

enum rc scan_run(struct scan *s)
{
	const char *why;
	for (size_t i = 0; i < s->inputs.paths.n && !s->stopped; i++) {
		const char *path = s->inputs.paths.items[i];
		s->object = strcmp(path, "-") == 0 ? "stdin" : path;
		if (decode_name_holds_events(sv_from(path), &why))
			scan_one(s, path);
		else
			s->totals.skipped++;
	}
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
