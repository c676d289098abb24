/* Runs mutants against the tests of their rule and reports survivors. One thread; a rule's mutants take about
 * as long as its tests, times their number. */
#include "agent/author/mutate/mutate.h"

#include <stdlib.h>

#include "agent/author/mutate/killer.h"
#include "base/file.h"
#include "base/jout.h"
#include "base/utf8.h"
#include "rules/place.h"

#define FILE_BYTES ((size_t)4 << 20)
/* Columns of a source line that are shown. */
#define SHOWN_COLUMNS 110
#define SHOWN_BEFORE 60

struct round {
	const char *path;
	bool ndjson;
	struct buf text; /* of the file */
	struct place_map places;
	struct suite suite;
	const struct suite_case **order; /* quick cases first: most mutants fall to one of them */
	struct mutants mutants;
	struct buf *out;
};

/* --- running -------------------------------------------------------------------------------------- */

static int by_events(const void *a, const void *b)
{
	const struct suite_case *x = *(const struct suite_case *const *)a,
				*y = *(const struct suite_case *const *)b;
	return x->n_events < y->n_events ? -1 : x->n_events > y->n_events;
}

/* False when a case is malformed or fails: no mutant could be judged by it. */
static bool order_cases(struct round *r)
{
	size_t n = r->suite.cases.n;
	r->order = heap_zero(n + 1, sizeof *r->order);
	for (size_t i = 0; i < n; i++) {
		const struct suite_case *c = &r->suite.cases.items[i];
		if (c->malformed || !suite_passes(&r->suite, c))
			return false;
		r->order[i] = c;
	}
	qsort(r->order, n, sizeof *r->order, by_events);
	return true;
}

static bool is_killed(const struct round *r, const struct mutant *m)
{
	bool killed = false;
	mutant_swap(m);
	for (size_t i = 0; i < r->suite.cases.n && !killed; i++)
		killed = !suite_passes(&r->suite, r->order[i]);
	mutant_swap(m);
	return killed;
}

/* --- showing -------------------------------------------------------------------------------------- */

static struct sv rule_name(const struct round *r)
{
	const struct rule *rule = r->suite.rule;
	return rule->name.ptr ? rule->name : rule->key;
}

static struct sv source_line(const struct round *r, int line)
{
	size_t i = (size_t)line - 1;
	if (line < 1 || i >= r->places.lines.n)
		return (struct sv){0};
	size_t from = r->places.lines.items[i];
	size_t to = i + 1 < r->places.lines.n ? r->places.lines.items[i + 1] : r->text.len;
	struct sv s = sv_of(r->text.ptr + from, to - from);
	while (s.len && (s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == '\r'))
		s.len--;
	return s;
}

/* Columns that the part takes on its first line. */
static int width_of(const struct mutant *m)
{
	size_t own = utf8_count(m->at->text), end = utf8_count(m->end->text);
	size_t quotes = m->end->kind == YDOC_SCALAR && !m->end->plain ? 2 : 0;
	if (m->offset || m->kind == MUTANT_AND_OR || m->kind == MUTANT_NOT)
		return 3;
	if (m->at == m->end)
		return (int)(own + quotes);
	if (m->end->kind == YDOC_SCALAR && m->end->line == m->at->line)
		return m->end->col - m->at->col + (int)(end + quotes);
	return (int)own;
}

static void show_source(const struct round *r, struct place p, int width)
{
	struct sv line = source_line(r, p.line);
	int col = 1, first = p.col > SHOWN_COLUMNS ? p.col - SHOWN_BEFORE : 1, last = first + SHOWN_COLUMNS;
	buf_printf(r->out, "  %5d | %s", p.line, first > 1 ? "…" : "");
	for (; line.len && col < last; col++) {
		struct sv rest = line;
		uint32_t c = utf8_next(&rest);
		if (col >= first)
			buf_add_printable(r->out, c == '\t' ? SV(" ") : sv_head(line, line.len - rest.len));
		line = rest;
	}
	buf_printf(r->out, "%s\n        | %*s^", line.len ? "…" : "", p.col - first + (first > 1), "");
	for (int i = 1; i < width && p.col + i < last; i++)
		buf_addc(r->out, '~');
	buf_addc(r->out, '\n');
}

static void show_survivor(const struct round *r, const struct mutant *m)
{
	struct place p =
	    m->offset ? place_of(&r->places, m->at, m->offset) : (struct place){m->at->line, m->at->col};
	buf_printf(r->out, "%s:%d:%d: ", r->path, p.line, p.col);
	mutant_tell(m, r->out);
	buf_addc(r->out, '\n');
	show_source(r, p, width_of(m));
	buf_adds(r->out, "  ");
	killer_suggest(&r->suite, m, r->out);
	buf_addc(r->out, '\n');
}

static void show_survivor_ndjson(const struct round *r, const struct mutant *m)
{
	struct buf text = {0};
	struct jout j = jout_on(r->out);
	jout_begin_object(&j);
	jout_kv(&j, "rule", rule_name(r));
	jout_kv(&j, "mutant", sv_from(mutant_name(m->kind)));
	jout_kv(&j, "what", m->what);
	jout_kv(&j, "file", sv_from(r->path));
	jout_kv_int(&j, "line", m->at->line);
	jout_kv_int(&j, "column", m->at->col);
	mutant_tell(m, &text);
	jout_kv(&j, "text", buf_sv(&text));
	buf_reset(&text);
	killer_suggest(&r->suite, m, &text);
	jout_kv(&j, "suggestion", buf_sv(&text));
	jout_end_object(&j);
	buf_addc(r->out, '\n');
	buf_fini(&text);
}

/* --- a rule, a file ------------------------------------------------------------------------------- */

/* What is implied follows from a survivor that is shown. */
static void run_mutants(struct round *r, struct mutate_sum *sum)
{
	size_t n_killed = 0, n = r->mutants.list.n;
	for (size_t i = 0; i < n; i++) {
		const struct mutant *m = &r->mutants.list.items[i];
		bool killed = is_killed(r, m);
		n_killed += killed;
		if (killed || m->implied)
			continue;
		if (r->ndjson)
			show_survivor_ndjson(r, m);
		else
			show_survivor(r, m);
	}
	if (n_killed < n && !r->ndjson) {
		buf_add_printable(r->out, rule_name(r));
		buf_printf(r->out, ": %zu of %zu mutants killed\n\n", n_killed, n);
	}
	sum->n_rules++;
	sum->n_mutants += n;
	sum->n_killed += n_killed;
}

static void mutate_rule(struct round *r, struct sv key, struct mutate_sum *sum, struct faults *faults)
{
	if (suite_open(&r->suite, r->path, key, faults) && order_cases(r)) {
		mutants_find(&r->mutants, &r->suite);
		run_mutants(r, sum);
		mutants_fini(&r->mutants);
	} else {
		sum->n_skipped++;
		if (!r->ndjson) {
			buf_add_printable(r->out, r->suite.rule ? rule_name(r) : key);
			buf_printf(r->out, ": left out, %s\n",
			    r->suite.cases.n ? "since its own tests fail" : "since it has no tests");
		}
	}
	free(r->order);
	r->order = NULL;
	suite_close(&r->suite);
}

void mutate_file(
    const char *path, bool ndjson, struct mutate_sum *sum, struct faults *faults, struct buf *out)
{
	struct round r = {.path = path, .ndjson = ndjson, .out = out};
	struct ruleset *set = rules_load(&(struct load_input){.paths = &path, .n_paths = 1}, faults);
	file_read(path, FILE_BYTES, &r.text, NULL); /* for showing only */
	place_map_init(&r.places, buf_sv(&r.text));
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct rule *rule = set->rules.items[i];
		if (rule->kind == RULE_DETECTION && rule->state != RULE_REFUSED)
			mutate_rule(&r, rule->key, sum, faults);
	}
	place_map_fini(&r.places);
	buf_fini(&r.text);
	ruleset_unref(set);
}

void mutate_show_sum(const struct mutate_sum *sum, struct buf *out)
{
	size_t percent = sum->n_mutants ? sum->n_killed * 100 / sum->n_mutants : 100;
	buf_printf(out, "%zu of %zu mutants killed (%zu %%), %zu rule%s", sum->n_killed, sum->n_mutants,
	    percent, sum->n_rules, sum->n_rules == 1 ? "" : "s");
	if (sum->n_skipped)
		buf_printf(out, "; %zu left out", sum->n_skipped);
	buf_addc(out, '\n');
}
