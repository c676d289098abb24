/* `kendrawatch check`: every fault of rule files, or of a configuration and the rules it loads. */
#include "agent/commands.h"
#include "agent/setup.h"
#include "base/clock.h"
#include "base/jout.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_LISTS,
    {"output", "FORM", false, "text (default) or ndjson: one fault a line"},
    {"notes", NULL, false, "show notes too: rules skipped by design"},
    {"strict", NULL, false, "warnings fail as well"},
};

static void show(const struct faults *faults, bool ndjson, enum fault_level least)
{
	struct buf out = {0};
	for (size_t i = 0; i < faults->list.n; i++) {
		const struct fault *f = &faults->list.items[i];
		if (f->level < least)
			continue;
		if (!ndjson) {
			fault_show(f, &out);
			continue;
		}
		struct jout j = jout_on(&out);
		jout_begin_object(&j);
		jout_kv(&j, "level", sv_from(fault_level_name(f->level)));
		jout_kv(&j, "file", sv_from(f->file));
		jout_kv_int(&j, "line", f->line);
		jout_kv_int(&j, "column", f->col);
		jout_kv(&j, "text", sv_from(f->text));
		jout_end_object(&j);
		buf_addc(&out, '\n');
	}
	cli_print(buf_sv(&out));
	buf_fini(&out);
}

/* Rules named on the command line are loaded with the lists of --lists or the configuration; a rule whose
 * list nobody declared waits, which is no fault. */
static void load(const struct cli *c, struct faults *faults, size_t *out_rules)
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
	for (size_t i = 0; i < s.faults.list.n; i++) {
		const struct fault *f = &s.faults.list.items[i];
		fault_add(faults, f->level, f->file, f->line, f->col, "%s", f->text);
	}
	*out_rules = s.rules->rules.n;
	setup_fini(&s);
}

static enum exit_code run(struct cli *c)
{
	const char *output = cli_value(c, "output");
	bool ndjson = output && strcmp(output, "ndjson") == 0;
	if (output && !ndjson && strcmp(output, "text") != 0)
		return cli_usage(c, "--output is text or ndjson, not \"%s\"", output);
	if (!c->n_words && !cli_value(c, "config"))
		return cli_usage(c, "name rule files or folders, or --config FILE");
	struct faults faults = {0};
	size_t n_rules = 0;
	load(c, &faults, &n_rules);
	faults_sort(&faults);
	show(&faults, ndjson, cli_flag(c, "notes") ? FAULT_NOTE : FAULT_WARNING);
	if (!ndjson)
		log_tell("%zu rule%s, %zu error%s, %zu warning%s\n", n_rules, n_rules == 1 ? "" : "s",
		    faults.n_errors, faults.n_errors == 1 ? "" : "s", faults.n_warnings,
		    faults.n_warnings == 1 ? "" : "s");
	bool bad = faults.n_errors || (cli_flag(c, "strict") && faults.n_warnings);
	faults_fini(&faults);
	return bad ? EXIT_FOUND : EXIT_FINE;
}

const struct command cli_check = {"check", options, sizeof options / sizeof *options, run};
