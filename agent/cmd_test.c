/* `kendrawatch test`: the tests inside rule files. */
#include "agent/author/testcase.h"
#include "agent/commands.h"
#include "agent/setup.h"
#include "base/file.h"
#include "base/jout.h"
#include "base/log.h"

static const struct cli_option options[] = {
    {"output", "FORM", false, "text (default) or ndjson: one case a line"},
    {"quiet", NULL, false, "show only what failed"},
};

static bool is_rule_file(const char *path)
{
	return sv_ends(sv_from(path), SV(".yml")) || sv_ends(sv_from(path), SV(".yaml"));
}

static void show_text(const struct testcase_report *report, bool quiet)
{
	struct buf out = {0};
	for (size_t i = 0; i < report->results.n; i++) {
		const struct testcase_result *r = &report->results.items[i];
		if (r->passed && quiet)
			continue;
		buf_printf(&out, "%s ", r->passed ? "ok  " : "FAIL");
		buf_add_printable(&out, r->rule);
		buf_adds(&out, ": ");
		buf_add_printable(&out, r->name);
		buf_addc(&out, '\n');
		if (!r->passed)
			buf_printf(&out, "  %s:%d\n%s", r->file, r->line, r->difference);
	}
	buf_printf(&out, "%zu passed, %zu failed", report->n_passed, report->n_failed);
	if (report->n_untested)
		buf_printf(&out, "; %zu rule%s without tests", report->n_untested,
		    report->n_untested == 1 ? "" : "s");
	buf_addc(&out, '\n');
	cli_print(buf_sv(&out));
	buf_fini(&out);
}

static void show_ndjson(const struct testcase_report *report)
{
	struct buf out = {0};
	for (size_t i = 0; i < report->results.n; i++) {
		const struct testcase_result *r = &report->results.items[i];
		struct jout j = jout_on(&out);
		jout_begin_object(&j);
		jout_kv(&j, "rule", r->rule);
		jout_kv(&j, "case", r->name);
		jout_kv(&j, "file", sv_from(r->file));
		jout_kv_int(&j, "line", r->line);
		jout_kv_bool(&j, "passed", r->passed);
		if (r->difference)
			jout_kv(&j, "difference", sv_from(r->difference));
		jout_end_object(&j);
		buf_addc(&out, '\n');
	}
	cli_print(buf_sv(&out));
	buf_fini(&out);
}

static enum exit_code run(struct cli *c)
{
	const char *output = cli_value(c, "output");
	if (!c->n_words)
		return cli_usage(c, "name a rule file or folder");
	if (output && strcmp(output, "text") != 0 && strcmp(output, "ndjson") != 0)
		return cli_usage(c, "--output is text or ndjson, not \"%s\"", output);
	struct testcase_report report = {0};
	struct faults faults = {0};
	struct file_list files = {0};
	struct err e = {0};
	enum exit_code code = EXIT_FINE;
	for (size_t i = 0; i < c->n_words; i++)
		if (file_walk(c->words[i], &files, NULL, NULL, &e) != RC_OK) {
			log_tell("kendrawatch test: %s\n", e.text);
			code = EXIT_INPUT;
		}
	for (size_t i = 0; i < files.paths.n; i++)
		if (is_rule_file(files.paths.items[i]))
			testcase_run_file(files.paths.items[i], &report, &faults);
	faults_sort(&faults);
	setup_tell(&faults, FAULT_ERROR);
	if (output && strcmp(output, "ndjson") == 0)
		show_ndjson(&report);
	else
		show_text(&report, cli_flag(c, "quiet"));
	if (code == EXIT_FINE && (report.n_failed || faults.n_errors))
		code = EXIT_FOUND;
	testcase_report_fini(&report);
	file_list_fini(&files);
	faults_fini(&faults);
	return code;
}

const struct command cli_test = {"test", options, sizeof options / sizeof *options, run};
