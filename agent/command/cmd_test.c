/* `kendrawatch test`: the tests inside rule files. */
#include "agent/author/junit.h"
#include "agent/author/mutate/mutate.h"
#include "agent/author/rerun.h"
#include "agent/author/testcase.h"
#include "agent/command/commands.h"
#include "agent/setup.h"
#include "base/file.h"
#include "base/log.h"

static const struct cli_option options[] = {
    {"output", "FORM", false, "text (default) or ndjson: one case a line"},
    {"quiet", NULL, false, "show only what failed"},
    {"junit", "FILE", false, "write the results as JUnit XML as well"},
    {"watch", NULL, false, "go on: check and test what changed after each save, until Ctrl-C"},
    {"mutate", NULL, false, "break each condition in turn and show which breaks no test notices"},
    {"fail-on-survivors", NULL, false, "with --mutate: exit 1 when a mutant survives"},
};

static bool is_rule_file(const char *path)
{
	return sv_ends(sv_from(path), SV(".yml")) || sv_ends(sv_from(path), SV(".yaml"));
}

/* The rule files that the words name; EXIT_INPUT when one of them is not there. */
static enum exit_code find_files(const struct cli *c, struct file_list *out)
{
	enum exit_code code = EXIT_FINE;
	struct err e = {0};
	for (size_t i = 0; i < c->n_words; i++)
		if (file_walk(c->words[i], out, NULL, NULL, &e) != RC_OK) {
			log_tell("kendrawatch test: %s\n", e.text);
			code = EXIT_INPUT;
		}
	size_t n = 0;
	for (size_t i = 0; i < out->paths.n; i++) {
		if (is_rule_file(out->paths.items[i]))
			out->paths.items[n++] = out->paths.items[i];
		else
			free(out->paths.items[i]);
	}
	out->paths.n = n;
	return code;
}

static enum exit_code write_junit(
    const char *path, const struct testcase_report *report, const struct faults *faults)
{
	struct buf xml = {0};
	struct err e = {0};
	junit_write(report, faults, &xml);
	enum rc rc = file_write_atomic(path, buf_sv(&xml), 0644, &e);
	buf_fini(&xml);
	if (rc == RC_OK)
		return EXIT_FINE;
	log_tell("kendrawatch test: %s\n", e.text);
	return cli_exit_of(rc);
}

static enum exit_code run_tests(const struct cli *c, const struct file_list *files)
{
	const char *output = cli_value(c, "output"), *junit = cli_value(c, "junit");
	struct testcase_report report = {0};
	struct faults faults = {0};
	struct buf out = {0};
	for (size_t i = 0; i < files->paths.n; i++)
		testcase_run_file(files->paths.items[i], &report, &faults);
	faults_sort(&faults);
	setup_tell(&faults, FAULT_ERROR);
	if (output && strcmp(output, "ndjson") == 0)
		testcase_show_ndjson(&report, &out);
	else
		testcase_show_text(&report, cli_flag(c, "quiet"), &out);
	cli_print(buf_sv(&out));
	enum exit_code code = junit ? write_junit(junit, &report, &faults) : EXIT_FINE;
	if (code == EXIT_FINE && (report.n_failed || faults.n_errors))
		code = EXIT_FOUND;
	buf_fini(&out);
	testcase_report_fini(&report);
	faults_fini(&faults);
	return code;
}

static enum exit_code run_mutants(const struct cli *c, const struct file_list *files)
{
	const char *output = cli_value(c, "output");
	bool ndjson = output && strcmp(output, "ndjson") == 0;
	struct mutate_sum sum = {0};
	struct faults faults = {0};
	struct buf out = {0};
	for (size_t i = 0; i < files->paths.n; i++) {
		mutate_file(files->paths.items[i], ndjson, &sum, &faults, &out);
		cli_print(buf_sv(&out));
		buf_reset(&out);
	}
	faults_sort(&faults);
	setup_tell(&faults, FAULT_ERROR);
	if (!ndjson)
		mutate_show_sum(&sum, &out);
	cli_print(buf_sv(&out));
	bool found = faults.n_errors || (cli_flag(c, "fail-on-survivors") && sum.n_killed < sum.n_mutants);
	buf_fini(&out);
	faults_fini(&faults);
	return found ? EXIT_FOUND : EXIT_FINE;
}

static enum exit_code run_again_and_again(const struct cli *c)
{
	struct err e = {0};
	bool good = false;
	enum rc rc = rerun_until_stopped(c->words, c->n_words, is_rule_file, &good, &e);
	if (rc != RC_OK) {
		log_tell("kendrawatch test: %s\n", e.text);
		return rc == RC_NOTFOUND ? EXIT_INPUT : cli_exit_of(rc);
	}
	return good ? EXIT_FINE : EXIT_FOUND;
}

static enum exit_code run(struct cli *c)
{
	const char *output = cli_value(c, "output");
	if (!c->n_words)
		return cli_usage(c, "name a rule file or folder");
	if (output && strcmp(output, "text") != 0 && strcmp(output, "ndjson") != 0)
		return cli_usage(c, "--output is text or ndjson, not \"%s\"", output);
	if (cli_flag(c, "fail-on-survivors") && !cli_flag(c, "mutate"))
		return cli_usage(c, "--fail-on-survivors goes with --mutate");
	if (cli_flag(c, "watch") && (output || cli_value(c, "junit") || cli_flag(c, "mutate")))
		return cli_usage(c, "--watch goes with none of --output, --junit and --mutate");
	if (cli_flag(c, "watch"))
		return run_again_and_again(c);
	struct file_list files = {0};
	enum exit_code missing = find_files(c, &files);
	enum exit_code code = cli_flag(c, "mutate") ? run_mutants(c, &files) : run_tests(c, &files);
	file_list_fini(&files);
	return missing == EXIT_FINE ? code : missing;
}

const struct command cli_test = {"test", options, sizeof options / sizeof *options, run};
