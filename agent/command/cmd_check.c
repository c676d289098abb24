/* `kendrawatch check`: every fault of rule files, or of a configuration and the rules it loads. */
#include "agent/command/commands.h"
#include "agent/report/report.h"
#include "agent/setup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/nearest.h"
#include "rules/lint/lint.h"

#include <sys/ioctl.h>
#include <unistd.h>

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_LISTS,
    {"format", "FORM", false,
	"text (default: source line and caret), short (one line a fault), json, ndjson, sarif or github"},
    {"output", "FORM", false, "the same as --format"},
    {"notes", NULL, false, "show notes too: missing descriptions and tests, rules skipped by design"},
    {"portable", NULL, false, "tell what other Sigma engines would not run, or run otherwise"},
    {"ignore", "KIND", true, "leave out a kind of warning or note (`list lints`)"},
    {"fail-on", "LEVEL", false, "exit 1 at error (default), warning or note"},
    {"strict", NULL, false, "warnings fail as well: --fail-on warning"},
    {"explain", "KIND", false, "say what a kind of fault means and what to do, and end"},
};

/* --- loading -------------------------------------------------------------------------------------- */

struct loaded {
	struct faults faults;
	size_t n_rules;
	char *config; /* its file; NULL: none was read */
};

/* Rules named on the command line are loaded with the lists of --lists or the configuration; a rule whose
 * list nobody declared waits, which is no fault. */
static void load(const struct cli *c, struct loaded *out)
{
	struct setup s;
	if (!c->n_words) {
		setup_load(c, &s);
	} else {
		struct config_tables tables = setup_tables();
		s = (struct setup){0};
		config_read(cli_value(c, "config"), &tables, &s.config, &s.faults);
		setup_read_lists(c, &s);
		s.rules = rules_load(
		    &(struct load_input){
			.paths = c->words, .n_paths = c->n_words, .lists = s.lists, .now_ms = clk_now_ms()},
		    &s.faults);
	}
	lint_ruleset(s.rules, &s.faults);
	if (cli_flag(c, "portable"))
		lint_portable(s.rules, &s.faults);
	for (size_t i = 0; i < s.faults.list.n; i++)
		fault_copy(&out->faults, &s.faults.list.items[i]);
	out->n_rules = s.rules->rules.n;
	out->config = heap_copy(s.config->file);
	setup_fini(&s);
}

/* --- what is shown -------------------------------------------------------------------------------- */

struct choice {
	enum fault_level least;
	bool ignored[FAULT_CODE_COUNT];
};

static bool is_chosen(void *ctx, const struct fault *f)
{
	const struct choice *choice = ctx;
	return f->level >= choice->least && (f->level == FAULT_ERROR || !choice->ignored[f->code]);
}

static enum exit_code no_kind(struct cli *c, const char *name)
{
	const char *names[FAULT_CODE_COUNT];
	for (size_t i = 0; i < FAULT_CODE_COUNT; i++)
		names[i] = fault_code_name((enum fault_code)i);
	int near = nearest_find(sv_from(name), names, FAULT_CODE_COUNT);
	if (near >= 0)
		return cli_usage(
		    c, "there is no kind of fault \"%s\"; did you mean \"%s\"?", name, names[near]);
	return cli_usage(c, "there is no kind of fault \"%s\"; kendrawatch list lints shows them", name);
}

static enum exit_code read_ignored(struct cli *c, struct choice *choice)
{
	size_t n;
	const char **names = cli_values(c, "ignore", &n);
	enum exit_code rc = EXIT_FINE;
	for (size_t i = 0; i < n && rc == EXIT_FINE; i++) {
		enum fault_code code;
		if (fault_code_parse(sv_from(names[i]), &code))
			choice->ignored[code] = true;
		else
			rc = no_kind(c, names[i]);
	}
	free(names);
	return rc;
}

static enum exit_code explain(struct cli *c, const char *name)
{
	enum fault_code code;
	struct buf out = {0};
	if (!fault_code_parse(sv_from(name), &code))
		return no_kind(c, name);
	buf_printf(
	    &out, "%s: %s\n\n%s\n", fault_code_name(code), fault_code_what(code), fault_code_advice(code));
	buf_printf(&out,
	    "\nTo leave a warning or note of this kind out: --ignore %s, or in the rule file\n"
	    "    # kendrawatch: ignore=%s why it is right here\n"
	    "on the line itself or alone on the line above (ignore-file= for the whole file).\n",
	    name, name);
	cli_print(buf_sv(&out));
	buf_fini(&out);
	return EXIT_FINE;
}

static size_t terminal_columns(void)
{
	struct winsize size = {0};
	return cli_terminal() && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col > 40 ? size.ws_col
											      : 0;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void tell_summary(const struct faults *f, size_t n_rules)
{
	size_t n_notes = f->list.n - f->n_errors - f->n_warnings, n_files = 0;
	for (size_t i = 0; i < f->list.n; i++)
		n_files += i == 0 || strcmp(f->list.items[i].file, f->list.items[i - 1].file) != 0;
	struct buf line = {0};
	buf_printf(&line, "%zu rule%s, %zu error%s, %zu warning%s", n_rules, plural(n_rules), f->n_errors,
	    plural(f->n_errors), f->n_warnings, plural(f->n_warnings));
	if (n_notes)
		buf_printf(&line, ", %zu note%s", n_notes, plural(n_notes));
	if (n_files > 1)
		buf_printf(&line, " in %zu files", n_files);
	log_tell("%s\n", line.ptr);
	buf_fini(&line);
}

/* --- the command ---------------------------------------------------------------------------------- */

static bool read_level(const char *word, enum fault_level *out)
{
	for (int level = FAULT_NOTE; level <= FAULT_ERROR; level++)
		if (strcmp(word, fault_level_name((enum fault_level)level)) == 0) {
			*out = (enum fault_level)level;
			return true;
		}
	return false;
}

static bool fails(const struct faults *f, enum fault_level at)
{
	return f->n_errors || (at <= FAULT_WARNING && f->n_warnings) || (at == FAULT_NOTE && f->list.n);
}

static enum exit_code check(
    struct cli *c, report_writer *write, const char *form, struct choice *choice, enum fault_level fail_on)
{
	struct loaded l = {0};
	struct buf out = {0};
	load(c, &l);
	faults_sort(&l.faults);
	faults_keep(&l.faults, is_chosen, choice);
	struct report r = {
	    .faults = &l.faults, .colours = cli_colours(), .columns = terminal_columns(), .masked = l.config};
	write(&r, &out);
	cli_print(buf_sv(&out));
	if (strcmp(form, "text") == 0 || strcmp(form, "short") == 0)
		tell_summary(&l.faults, l.n_rules);
	bool bad = fails(&l.faults, fail_on);
	buf_fini(&out);
	faults_fini(&l.faults);
	free(l.config);
	return bad ? EXIT_FOUND : EXIT_FINE;
}

static enum exit_code run(struct cli *c)
{
	const char *form = cli_value(c, "format") ? cli_value(c, "format") : cli_value(c, "output");
	const char *level = cli_value(c, "fail-on");
	struct choice choice = {.least = cli_flag(c, "notes") ? FAULT_NOTE : FAULT_WARNING};
	enum fault_level fail_on = cli_flag(c, "strict") ? FAULT_WARNING : FAULT_ERROR;
	if (cli_value(c, "explain"))
		return explain(c, cli_value(c, "explain"));
	form = form ? form : "text";
	report_writer *write = report_find(form);
	if (!write) {
		struct buf names = {0};
		report_names(&names);
		enum exit_code rc = cli_usage(c, "--format is %s, not \"%s\"", names.ptr, form);
		buf_fini(&names);
		return rc;
	}
	if (level && !read_level(level, &fail_on))
		return cli_usage(c, "--fail-on is error, warning or note, not \"%s\"", level);
	if (fail_on == FAULT_NOTE)
		choice.least = FAULT_NOTE;
	if (!c->n_words && !cli_value(c, "config"))
		return cli_usage(c, "name rule files or folders, or --config FILE");
	enum exit_code rc = read_ignored(c, &choice);
	return rc == EXIT_FINE ? check(c, write, form, &choice, fail_on) : rc;
}

const struct command cli_check = {"check", options, sizeof options / sizeof *options, run};
