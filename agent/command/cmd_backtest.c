/* `kendrawatch backtest`: what the rules would have done over a history, and what a change to them does. The
 * work is in author/backtest/. Main thread. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/author/backtest/revision.h"
#include "agent/author/backtest/show.h"
#include "agent/author/backtest/spark.h"
#include "agent/command/commands.h"
#include "agent/command/jobs.h"
#include "agent/command/progress.h"
#include "agent/scan/scan.h"
#include "agent/setup.h"
#include "base/clock.h"
#include "base/log.h"

#define DAY_MS INT64_C(86400000)
#define MAX_BUDGETS 64

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    SETUP_OPTION_LISTS,
    {"since", "WHEN", false, "only events since then: a span back from now (30d, 2w) or a date (UTC)"},
    {"until", "WHEN", false, "only events before then, written in the same way"},
    {"base", "REV|DIR", false,
	"compare with the rules at a git revision of the repository that holds them, or with those of a "
	"folder"},
    {"budget", "LIMIT", true,
	"exit 1 when it is exceeded: pages/week=2, alerts/day=5, or RULE:alerts/day=1 for one rule"},
    {"pager", "SINK", true,
	"a sink that wakes people: what a route sends there is a page (default: level high and above)"},
    JOBS_OPTION,
    {"html", "FILE", false, "also write a report for the browser: one file that needs nothing else"},
    {"output", "FORM", false,
	"auto (default: text, but short when a budget is given and this is no terminal), text, short, json"},
};

enum form { FORM_TEXT, FORM_SHORT, FORM_JSON };

struct job {
	const struct cli *cli;
	struct setup setup;
	enum form form;
	struct budget budgets[MAX_BUDGETS];
	size_t n_budgets;
	unsigned jobs;
	int64_t from_ms, to_ms;
	struct pager *pager;
	const char **pagers;
	struct redact redact;
	struct asks asks;

	/* The base; rules NULL: there is none. */
	struct ruleset *base;
	char base_commit[65];
	size_t base_refused;
	struct compare *compare;

	/* The run in hand, and what all runs left. */
	struct noise *noise, *now, *before;
	struct scan *scan;
	struct progress progress;
	bool failed; /* an input could not be read */
};

/* --- what a scan tells ------------------------------------------------------------------------------- */

static bool on_match(void *ctx, const struct finding *f, const char *id, const char *object)
{
	struct job *j = ctx;
	(void)id;
	if (!noise_match(j->noise, f->rule, f->record) || !j->compare)
		return true;
	if (j->noise == j->before)
		compare_before(j->compare, f, object);
	else
		compare_now(j->compare, f, object, &j->redact);
	return true;
}

/* Both runs meet the same trouble; the last one tells. */
static bool is_telling(const struct job *j)
{
	return j->noise == j->now;
}

static void on_spoiled(void *ctx, const struct spoiled *s, const char *object)
{
	struct job *j = ctx;
	struct buf text = {0};
	if (!is_telling(j))
		return;
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
	if (!is_telling(j))
		return;
	progress_clear(&j->progress);
	buf_add_printable(&text, sv_from(object));
	log_tell("%s: %s\n", text.ptr, e->text);
	buf_fini(&text);
}

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct job *j = ctx;
	const struct scan_totals *t = scan_totals(j->scan);
	progress_show(&j->progress, done, total, t->events, t->alerts);
}

static enum rc replay(struct job *j, struct ruleset *rules, const struct census_plan *plan, struct err *e)
{
	j->scan = scan_new(&(struct scan_setup){.rules = rules,
	    .names = &j->setup.names,
	    .show_content = j->redact.show_content,
	    .census = plan,
	    .jobs = j->jobs,
	    .piece_bytes = jobs_piece_bytes(),
	    .match = on_match,
	    .spoiled = on_spoiled,
	    .trouble = on_trouble,
	    .progress = on_progress,
	    .ctx = j});
	enum rc rc = RC_OK;
	for (size_t i = 0; i < j->cli->n_words && rc == RC_OK; i++)
		rc = scan_add(j->scan, j->cli->words[i], e);
	if (rc == RC_OK)
		scan_run(j->scan);
	progress_clear(&j->progress);
	return rc;
}

static struct noise *new_noise(const struct job *j, const struct ruleset *rules)
{
	return noise_new(&(struct noise_setup){.rules = rules,
	    .zone = options_text(&j->setup.config->agent, "timezone"),
	    .pager = j->pager,
	    .from_ms = j->from_ms,
	    .to_ms = j->to_ms,
	    .suppress_ms = options_number(&j->setup.config->agent, "suppress_for")});
}

static enum rc replay_base(struct job *j, struct err *e)
{
	j->compare = compare_new(j->setup.rules, j->base);
	j->noise = j->before = new_noise(j, j->base);
	enum rc rc = replay(j, j->base, NULL, e);
	scan_free(j->scan);
	j->scan = NULL;
	return rc;
}

/* --- the base ---------------------------------------------------------------------------------------- */

static void load_base_from(struct job *j, const struct file_list *list)
{
	struct faults faults = {0};
	j->base = setup_load_paths(j->cli, &j->setup, list, &faults);
	j->base_refused = j->base->n_refused;
	faults_fini(&faults);
}

static enum rc load_base_revision(struct job *j, const char *name, struct err *e)
{
	struct file_list paths = {0};
	struct faults faults = {0};
	struct revision revision;
	setup_rule_paths(j->cli, &j->setup, &paths, &faults);
	enum rc rc = revision_open(name, paths.paths.items, paths.paths.n, &revision, e);
	if (rc == RC_OK) {
		load_base_from(j, &revision.paths);
		memcpy(j->base_commit, revision.commit, sizeof j->base_commit);
		revision_close(&revision);
	}
	faults_fini(&faults);
	file_list_fini(&paths);
	return rc;
}

/* What is there as a file or folder is that; all else is a revision. */
static enum rc load_base(struct job *j, struct err *e)
{
	const char *name = cli_value(j->cli, "base");
	struct stat st;
	if (!name)
		return RC_OK;
	if (stat(name, &st) != 0) {
		enum rc rc = load_base_revision(j, name, e);
		return rc == RC_OK ? RC_OK : err_at(e, "--base %s", name);
	}
	struct file_list paths = {0};
	vec_push(&paths.paths, heap_copy(name));
	load_base_from(j, &paths);
	file_list_fini(&paths);
	return RC_OK;
}

/* --- the result -------------------------------------------------------------------------------------- */

static enum exit_code write_html(const struct job *j, const struct report *r)
{
	const char *file = cli_value(j->cli, "html");
	struct buf page = {0};
	struct err e = {0};
	if (!file)
		return EXIT_FINE;
	show_html(r, &page);
	enum rc rc = file_write_atomic(file, buf_sv(&page), 0644, &e);
	buf_fini(&page);
	if (rc != RC_OK)
		log_tell("kendrawatch backtest: %s\n", e.text);
	return cli_exit_of(rc);
}

static void print(const struct job *j, const struct report *r)
{
	struct buf out = {0};
	switch (j->form) {
	case FORM_TEXT: show_text(r, &(struct show_style){cli_colours(), !spark_unicode()}, &out); break;
	case FORM_SHORT: show_short(r, &out); break;
	case FORM_JSON: show_json(r, &out); break;
	}
	cli_print(buf_sv(&out));
	buf_fini(&out);
}

static enum rc make_report(struct job *j, double seconds, struct report *r, struct err *e)
{
	const struct scan_totals *t = scan_totals(j->scan);
	return report_make(&(struct report_input){.rules = j->setup.rules,
			       .asks = &j->asks,
			       .census = scan_census(j->scan),
			       .now = j->now,
			       .before = j->before,
			       .compare = j->compare,
			       .budgets = j->budgets,
			       .n_budgets = j->n_budgets,
			       .zone = options_text(&j->setup.config->agent, "timezone"),
			       .page_words = pager_words(j->pager),
			       .base = j->base ? cli_value(j->cli, "base") : NULL,
			       .base_revision = j->base_commit[0] ? j->base_commit : NULL,
			       .base_refused = j->base_refused,
			       .duplicates = t->duplicates,
			       .malformed = t->malformed,
			       .seconds = seconds},
	    r, e);
}

static enum exit_code tell(const struct job *j, const struct report *r)
{
	const struct scan_totals *t = scan_totals(j->scan);
	print(j, r);
	enum exit_code code = write_html(j, r);
	if (code == EXIT_FINE && (t->failed || t->malformed))
		code = EXIT_INPUT;
	return r->exceeded ? EXIT_FOUND : code;
}

static enum exit_code complain(const struct job *j, const struct err *e)
{
	if (e->rc == RC_USAGE)
		return cli_usage(j->cli, "%s", e->text);
	log_tell("kendrawatch backtest: %s\n", e->text);
	return cli_exit_of(e->rc);
}

static enum exit_code backtest(struct job *j)
{
	struct err e = {0};
	struct report r = {0};
	int64_t begun_ms = clk_mono_ms();
	asks_init(&j->asks, j->setup.rules);
	struct census_plan plan = {j->asks.fields.items, j->asks.fields.n, j->asks.names.items,
	    j->asks.names.n, j->from_ms, j->to_ms, j->setup.rules->rules.n};
	enum rc rc = load_base(j, &e);
	if (rc == RC_OK && j->base)
		rc = replay_base(j, &e);
	if (rc == RC_OK) {
		j->noise = j->now = new_noise(j, j->setup.rules);
		rc = replay(j, j->setup.rules, &plan, &e);
	}
	if (rc == RC_OK && j->compare)
		compare_finish(j->compare, &j->setup.names, &j->redact);
	if (rc == RC_OK)
		rc = make_report(j, (double)(clk_mono_ms() - begun_ms) / 1000, &r, &e);
	enum exit_code code = rc == RC_OK ? tell(j, &r) : complain(j, &e);
	report_fini(&r);
	scan_free(j->scan);
	noise_free(j->now);
	noise_free(j->before);
	compare_free(j->compare);
	asks_fini(&j->asks);
	ruleset_unref(j->base);
	return code;
}

/* --- the command line -------------------------------------------------------------------------------- */

static bool read_form(const struct job *j, const char *word, enum form *out)
{
	if (!word || strcmp(word, "auto") == 0)
		*out = j->n_budgets && !cli_terminal() ? FORM_SHORT : FORM_TEXT;
	else if (strcmp(word, "text") == 0)
		*out = FORM_TEXT;
	else if (strcmp(word, "short") == 0)
		*out = FORM_SHORT;
	else if (strcmp(word, "json") == 0)
		*out = FORM_JSON;
	else
		return false;
	return true;
}

static bool read_when(const char *word, int64_t now_ms, int64_t *out)
{
	int64_t span;
	if (clk_span(sv_from(word), &span)) {
		*out = now_ms - span;
		return true;
	}
	return clk_parse(sv_from(word), out);
}

/* Without an end the time counts that a census can hold, up to some days ahead: clocks differ. */
static enum exit_code read_times(struct job *j)
{
	const char *since = cli_value(j->cli, "since"), *until = cli_value(j->cli, "until");
	int64_t now_ms = clk_now_ms(), most_ms = CENSUS_DAYS * DAY_MS;
	j->to_ms = now_ms + 10 * DAY_MS;
	if (until && !read_when(until, now_ms, &j->to_ms))
		return cli_usage(j->cli, "--until is a span such as 2d or a date, not \"%s\"", until);
	j->from_ms = j->to_ms - most_ms + CENSUS_QUARTER_MS;
	if (since && !read_when(since, now_ms, &j->from_ms))
		return cli_usage(j->cli, "--since is a span such as 30d or a date, not \"%s\"", since);
	j->from_ms -= j->from_ms % CENSUS_QUARTER_MS;
	if (j->from_ms >= j->to_ms)
		return cli_usage(j->cli, "--since is not before --until");
	if (j->to_ms - j->from_ms > most_ms)
		return cli_usage(j->cli, "from --since to --until are more than %d days", CENSUS_DAYS);
	return EXIT_FINE;
}

static enum exit_code read_budgets(struct job *j)
{
	size_t n;
	struct err e = {0};
	const char **given = cli_values(j->cli, "budget", &n);
	enum rc rc = n > MAX_BUDGETS ? err_set(&e, RC_USAGE, "more than %d budgets", MAX_BUDGETS) : RC_OK;
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = budget_parse(sv_from(given[i]), &j->budgets[j->n_budgets++], &e);
	free(given);
	return rc == RC_OK ? EXIT_FINE : cli_usage(j->cli, "%s", e.text);
}

static enum exit_code read_command_line(struct job *j)
{
	if (!j->cli->n_words)
		return cli_usage(j->cli, "name a file, a folder, or - for standard input");
	for (size_t i = 0; i < j->cli->n_words; i++)
		if (strcmp(j->cli->words[i], "-") == 0 && cli_flag(j->cli, "base"))
			return cli_usage(j->cli, "--base reads the history twice: name a file, not -");
	enum exit_code code = read_budgets(j);
	if (code == EXIT_FINE)
		code = jobs_read(j->cli, &j->jobs);
	if (code == EXIT_FINE)
		code = read_times(j);
	if (code == EXIT_FINE && !read_form(j, cli_value(j->cli, "output"), &j->form))
		code = cli_usage(
		    j->cli, "--output is auto, text, short or json, not \"%s\"", cli_value(j->cli, "output"));
	return code;
}

static enum exit_code run(struct cli *c)
{
	struct job j = {.cli = c};
	struct err e = {0};
	size_t n_pagers;
	enum exit_code code = read_command_line(&j);
	if (code != EXIT_FINE)
		return code;
	j.pagers = cli_values(c, "pager", &n_pagers);
	enum rc rc = setup_load(c, &j.setup);
	setup_tell(&j.setup.faults, FAULT_ERROR);
	if (rc != RC_OK) {
		code = EXIT_CONFIG;
	} else if (pager_new(j.setup.config, j.pagers, n_pagers, &j.pager, &e) != RC_OK) {
		code = cli_usage(c, "%s", e.text);
	} else {
		j.progress = progress_new(true);
		j.redact.show_content = options_number(&j.setup.config->agent, "show_content") != 0;
		code = backtest(&j);
	}
	pager_free(j.pager);
	free(j.pagers);
	setup_fini(&j.setup);
	return code;
}

const struct command cli_backtest = {"backtest", options, sizeof options / sizeof *options, run};
