/* `kendrawatch scan`: what the rules find in files, folders, trees and standard input. */
#include <inttypes.h>
#include <stdlib.h>

#include "agent/command/commands.h"
#include "agent/command/jobs.h"
#include "agent/command/progress.h"
#include "agent/scan/scan.h"
#include "agent/setup.h"
#include "alerts/render/render.h"
#include "base/clock.h"
#include "base/jout.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    SETUP_OPTION_LISTS,
    {"output", "FORM", false,
	"auto (default: text on a terminal, else ndjson), text: a table by rule; ndjson: one alert a line, "
	"form v1; counts: one JSON object with numbers"},
    {"all", NULL, false, "in text, show every match and not only one example a rule"},
    {"no-dedup", NULL, false, "count an event again when it comes again"},
    JOBS_OPTION,
    {"fail-on", "LEVEL", false, "exit 1 when an alert of this level or a higher one was found"},
    {"strict", NULL, false, "do not scan when any rule is refused"},
};

enum form { FORM_TEXT, FORM_NDJSON, FORM_COUNTS };

struct job {
	const struct cli *cli;
	struct setup setup;
	struct scan *scan;
	enum form form;
	bool all, closed;
	int fail_on; /* level, or -1 */
	unsigned jobs;
	struct progress progress;
	struct alert_agent agent;
	struct render_style style;
	int64_t begun_ms; /* wall clock: when the alerts were detected */
	int64_t begun_mono_ms;
	struct buf line; /* alerts that are still to be written */
};

/* --- what scan tells ----------------------------------------------------------------------------- */

/* One write for many alerts. */
#define WRITE_BYTES ((size_t)256 << 10)

static void flush(struct job *j)
{
	if (j->line.len && !j->closed)
		j->closed = !cli_print(buf_sv(&j->line));
	buf_reset(&j->line);
}

static void render_match(struct job *j, const struct finding *f, const char *id, const char *object)
{
	alert_render(&(struct alert_input){.agent = &j->agent,
			 .rule = f->rule,
			 .record = f->record,
			 .why = &f->why,
			 .origin = {SV("scan"), sv_from(object), (int64_t)f->number},
			 .id = id,
			 .detected_ms = j->begun_ms},
	    &j->line);
}

static bool on_match(void *ctx, const struct finding *f, const char *id, const char *object)
{
	struct job *j = ctx;
	if (j->closed)
		return false;
	render_match(j, f, id, object);
	if (j->form == FORM_TEXT) {
		struct jdoc *alert = NULL;
		struct buf text = {0};
		if (jdoc_read(buf_sv(&j->line), &alert, NULL) == RC_OK)
			render_line(alert, &j->style, &text);
		progress_clear(&j->progress);
		j->closed = !cli_print(buf_sv(&text));
		jdoc_free(alert);
		buf_fini(&text);
		buf_reset(&j->line);
	} else {
		buf_addc(&j->line, '\n');
		if (j->line.len >= WRITE_BYTES)
			flush(j);
	}
	return !j->closed;
}

static void on_spoiled(void *ctx, const struct spoiled *s, const char *object)
{
	struct job *j = ctx;
	struct buf text = {0};
	flush(j);
	progress_clear(&j->progress);
	buf_add_printable(&text, sv_from(object));
	log_tell("%s:%" PRIu64 ": malformed record at byte %" PRIu64 ": %s\n", text.ptr, s->number, s->offset,
	    s->reason);
	buf_fini(&text);
}

static void on_trouble(void *ctx, const char *object, const struct err *e)
{
	struct job *j = ctx;
	struct buf text = {0};
	flush(j);
	progress_clear(&j->progress);
	buf_add_printable(&text, sv_from(object));
	log_tell("%s: %s\n", text.ptr, e->text);
	buf_fini(&text);
}

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct job *j = ctx;
	const struct scan_totals *t = scan_totals(j->scan);
	flush(j);
	progress_show(&j->progress, done, total, t->events, t->alerts);
}

/* --- results ------------------------------------------------------------------------------------- */

static void show_counts(const struct job *j, double seconds)
{
	const struct scan_totals *t = scan_totals(j->scan);
	const struct scan_rule *rules = scan_rules(j->scan);
	struct buf out = {0};
	struct jout o = jout_on(&out);
	jout_begin_object(&o);
	jout_kv_int(&o, "events", (int64_t)t->events);
	jout_kv_int(&o, "bytes", (int64_t)t->bytes);
	jout_key(&o, "seconds");
	jout_fixed(&o, seconds, 6);
	jout_kv_int(&o, "malformed", (int64_t)t->malformed);
	jout_kv_int(&o, "duplicates", (int64_t)t->duplicates);
	jout_kv_int(&o, "alerts", (int64_t)t->alerts);
	jout_key(&o, "rules");
	jout_begin_object(&o);
	for (size_t i = 0; i < j->setup.rules->rules.n; i++)
		if (rules[i].matches) {
			jout_key_sv(&o, j->setup.rules->rules.items[i]->key);
			jout_int(&o, (int64_t)rules[i].matches);
		}
	jout_end_object(&o);
	jout_end_object(&o);
	buf_addc(&out, '\n');
	cli_print(buf_sv(&out));
	buf_fini(&out);
}

static int by_level(const void *a, const void *b, void *ctx)
{
	const struct job *j = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	enum level lx = j->setup.rules->rules.items[x]->level, ly = j->setup.rules->rules.items[y]->level;
	if (lx != ly)
		return lx > ly ? -1 : 1;
	uint64_t mx = scan_rules(j->scan)[x].matches, my = scan_rules(j->scan)[y].matches;
	if (mx != my)
		return mx > my ? -1 : 1;
	return x < y ? -1 : x > y;
}

static const char *level_colour(const struct job *j, enum level l)
{
	static const char *const colours[LEVEL_COUNT] = {
	    "\033[2m", "\033[36m", "\033[33m", "\033[31m", "\033[1;31m"};
	return j->style.colour ? colours[l] : "";
}

static void show_rule(const struct job *j, size_t index, struct buf *out)
{
	const struct rule *rule = j->setup.rules->rules.items[index];
	const struct scan_rule *r = &scan_rules(j->scan)[index];
	char first[CLK_TEXT] = "", last[CLK_TEXT] = "";
	if (r->first_ms != RECORD_NO_TIME)
		clk_format(r->first_ms, false, first);
	if (r->last_ms != RECORD_NO_TIME)
		clk_format(r->last_ms, false, last);
	buf_printf(out, "%s%-13s%s %6" PRIu64 "  ", level_colour(j, rule->level), level_name(rule->level),
	    j->style.colour ? "\033[0m" : "", r->matches);
	buf_add_printable(out, rule->name.ptr ? rule->name : rule->title);
	if (*first)
		buf_printf(out, "  %s%s%s", first, strcmp(first, last) ? " to " : "",
		    strcmp(first, last) ? last : "");
	buf_printf(out, "\n%22s", "");
	buf_add_printable(out, sv_from(r->example));
	buf_printf(out, "\n%22s", "");
	buf_add_printable(out, sv_from(r->place));
	buf_addc(out, '\n');
}

static void show_lacks(const struct job *j, struct buf *out)
{
	const struct scan_totals *t = scan_totals(j->scan);
	if (t->untimed)
		buf_printf(out,
		    "%" PRIu64
		    " event%s without a valid eventTime: kendrawatch fields FILE:RECORD shows one\n",
		    t->untimed, t->untimed == 1 ? "" : "s");
	if (t->unnamed)
		buf_printf(out, "%" PRIu64 " event%s without an eventID: told apart by their bytes\n",
		    t->unnamed, t->unnamed == 1 ? "" : "s");
}

static void show_waiting(const struct job *j, struct buf *out)
{
	const struct ruleset *set = j->setup.rules;
	if (set->n_waiting)
		buf_printf(out, "%zu rule%s wait%s for a list: kendrawatch list rules --state waiting\n",
		    set->n_waiting, set->n_waiting == 1 ? "" : "s", set->n_waiting == 1 ? "s" : "");
	if (set->n_refused)
		buf_printf(out, "%zu rule%s refused: kendrawatch check\n", set->n_refused,
		    set->n_refused == 1 ? " was" : "s were");
}

static void show_text(struct job *j, double seconds)
{
	const struct scan_totals *t = scan_totals(j->scan);
	struct buf out = {0};
	VEC(size_t) hit = {0};
	for (size_t i = 0; i < j->setup.rules->rules.n; i++)
		if (scan_rules(j->scan)[i].matches)
			vec_push(&hit, i);
	if (hit.n)
		qsort_r(hit.items, hit.n, sizeof *hit.items, by_level, j);
	if (hit.n && !j->all)
		buf_printf(&out, "%-13s %6s  %s\n", "LEVEL", "COUNT", "RULE, WHEN, ONE EXAMPLE");
	for (size_t i = 0; i < hit.n && !j->all; i++)
		show_rule(j, hit.items[i], &out);
	buf_printf(&out, "%s%" PRIu64 " alert%s of %zu rule%s in %" PRIu64 " events (%.1f MB, %.2f s)",
	    hit.n ? "\n" : "", t->alerts, t->alerts == 1 ? "" : "s", hit.n, hit.n == 1 ? "" : "s", t->events,
	    (double)t->bytes / 1e6, seconds);
	if (t->duplicates)
		buf_printf(&out, "; %" PRIu64 " duplicate%s", t->duplicates, t->duplicates == 1 ? "" : "s");
	if (t->malformed)
		buf_printf(&out, "; %" PRIu64 " malformed", t->malformed);
	if (t->skipped)
		buf_printf(&out, "; %" PRIu64 " digest%s skipped", t->skipped, t->skipped == 1 ? "" : "s");
	buf_addc(&out, '\n');
	show_lacks(j, &out);
	show_waiting(j, &out);
	cli_print(buf_sv(&out));
	vec_fini(&hit);
	buf_fini(&out);
}

static void show(struct job *j)
{
	double seconds = (double)(clk_mono_ms() - j->begun_mono_ms) / 1000;
	progress_clear(&j->progress);
	switch (j->form) {
	case FORM_COUNTS: show_counts(j, seconds); return;
	case FORM_TEXT: show_text(j, seconds); return;
	case FORM_NDJSON: return;
	}
}

/* --- the command --------------------------------------------------------------------------------- */

static bool read_form(const char *word, enum form *out)
{
	if (!word || strcmp(word, "auto") == 0)
		*out = cli_terminal() ? FORM_TEXT : FORM_NDJSON;
	else if (strcmp(word, "text") == 0)
		*out = FORM_TEXT;
	else if (strcmp(word, "ndjson") == 0)
		*out = FORM_NDJSON;
	else if (strcmp(word, "counts") == 0)
		*out = FORM_COUNTS;
	else
		return false;
	return true;
}

/* Was an alert of --fail-on's level or a higher one found? */
static bool found(const struct job *j)
{
	const struct ruleset *set = j->setup.rules;
	for (size_t i = 0; i < set->rules.n && j->fail_on >= 0; i++)
		if (scan_rules(j->scan)[i].matches && (int)set->rules.items[i]->level >= j->fail_on)
			return true;
	return false;
}

static enum exit_code scan_inputs(struct job *j)
{
	enum exit_code code = EXIT_FINE;
	j->scan = scan_new(&(struct scan_setup){.rules = j->setup.rules,
	    .names = &j->setup.names,
	    .no_dedup = cli_flag(j->cli, "no-dedup"),
	    .examples = j->form == FORM_TEXT && !j->all,
	    .show_content = j->agent.redact.show_content,
	    .counts = j->form == FORM_COUNTS,
	    .jobs = j->jobs,
	    .piece_bytes = jobs_piece_bytes(),
	    .match = j->form == FORM_NDJSON || (j->form == FORM_TEXT && j->all) ? on_match : NULL,
	    .spoiled = on_spoiled,
	    .trouble = on_trouble,
	    .progress = on_progress,
	    .ctx = j});
	for (size_t i = 0; i < j->cli->n_words; i++) {
		struct err e = {0};
		if (scan_add(j->scan, j->cli->words[i], &e) != RC_OK) {
			log_tell("kendrawatch scan: %s\n", e.text);
			code = EXIT_INPUT;
		}
	}
	j->begun_mono_ms = clk_mono_ms();
	scan_run(j->scan);
	flush(j);
	const struct scan_totals *t = scan_totals(j->scan);
	if (!j->closed)
		show(j);
	if (t->failed || t->malformed)
		code = EXIT_INPUT;
	if (found(j))
		code = EXIT_FOUND;
	scan_free(j->scan);
	return code;
}

static enum exit_code run(struct cli *c)
{
	struct job j = {.cli = c, .all = cli_flag(c, "all"), .fail_on = -1};
	enum level level;
	if (!c->n_words)
		return cli_usage(c, "name a file, a folder, or - for standard input");
	if (!read_form(cli_value(c, "output"), &j.form))
		return cli_usage(
		    c, "--output is auto, text, ndjson or counts, not \"%s\"", cli_value(c, "output"));
	if (cli_value(c, "fail-on")) {
		if (!level_parse(sv_from(cli_value(c, "fail-on")), &level))
			return cli_usage(c,
			    "--fail-on is informational, low, medium, high or critical, not \"%s\"",
			    cli_value(c, "fail-on"));
		j.fail_on = (int)level;
	}
	enum exit_code code = jobs_read(c, &j.jobs);
	if (code != EXIT_FINE)
		return code;
	enum rc rc = setup_load(c, &j.setup);
	setup_tell(&j.setup.faults, FAULT_ERROR);
	code = EXIT_CONFIG;
	if (rc == RC_OK && !(cli_flag(c, "strict") && j.setup.faults.n_errors)) {
		j.begun_ms = clk_now_ms();
		j.progress = progress_new(true);
		j.style = (struct render_style){.timezone = options_text(&j.setup.config->agent, "timezone"),
		    .colour = cli_colours(),
		    .now_ms = RENDER_NO_TIME};
		j.agent = (struct alert_agent){.name = setup_agent_name(&j.setup),
		    .rules_revision = j.setup.rules->revision,
		    .redact = {options_number(&j.setup.config->agent, "show_content") != 0},
		    .max_age_ms = options_number(&j.setup.config->agent, "max_age")};
		code = scan_inputs(&j);
	}
	buf_fini(&j.line);
	setup_fini(&j.setup);
	return code;
}

const struct command cli_scan = {"scan", options, sizeof options / sizeof *options, run};
