/* The loop of `test --watch`. Main thread. */
#include "agent/author/rerun.h"

#include <stdlib.h>

#include "agent/author/testcase.h"
#include "agent/author/watch.h"
#include "agent/command/cli.h"
#include "base/clock.h"
#include "base/map.h"
#include "rules/lint/lint.h"

struct rerun {
	struct map bad; /* path of every file with a fault or a failing case -> itself */
	bool terminal;
	struct buf out;
};

static void add_count(struct buf *out, size_t n, const char *what)
{
	buf_printf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static void mark(struct rerun *r, const char *path, bool bad)
{
	struct map left = {0};
	for (size_t i = 0; i < r->bad.n; i++)
		if (!sv_eq(r->bad.entries[i].key, sv_from(path)))
			map_put(&left, r->bad.entries[i].key, r);
	map_fini(&r->bad);
	if (bad)
		map_put(&left, sv_from(path), r);
	r->bad = left;
}

/* Failures and faults of one file. */
static void run_file(struct rerun *r, const char *path, struct testcase_report *sum, size_t *n_faults)
{
	struct testcase_report report = {0};
	struct faults faults = {0};
	testcase_run_file(path, &report, &faults);
	lint_ruleset(testcase_rules(&report), &faults);
	for (size_t i = 0; i < faults.list.n; i++)
		if (faults.list.items[i].level >= FAULT_WARNING)
			fault_show(&faults.list.items[i], &r->out);
	testcase_show_failures(&report, &r->out);
	mark(r, path, report.n_failed || faults.n_errors);
	sum->n_rules += report.n_rules;
	sum->n_passed += report.n_passed;
	sum->n_failed += report.n_failed;
	*n_faults += faults.n_errors;
	testcase_report_fini(&report);
	faults_fini(&faults);
}

/* Bad files that were not saved just now: the author has not seen them for a while. */
static void show_still_bad(struct rerun *r, const struct file_list *changed)
{
	for (size_t i = 0; i < r->bad.n; i++) {
		bool just_now = false;
		for (size_t k = 0; k < changed->paths.n; k++)
			just_now |= sv_eq(r->bad.entries[i].key, sv_from(changed->paths.items[k]));
		if (just_now)
			continue;
		buf_adds(&r->out, "still failing: ");
		buf_add_printable(&r->out, r->bad.entries[i].key);
		buf_addc(&r->out, '\n');
	}
}

static void show_sum(
    struct rerun *r, const struct testcase_report *sum, size_t n_faults, size_t n_gone, int64_t took_ns)
{
	buf_adds(&r->out, "checked ");
	add_count(&r->out, sum->n_rules, "rule");
	buf_adds(&r->out, ", ");
	add_count(&r->out, sum->n_passed + sum->n_failed, "case");
	if (n_gone) {
		buf_adds(&r->out, ", ");
		add_count(&r->out, n_gone, "file");
		buf_adds(&r->out, " gone");
	}
	buf_printf(&r->out, " in %lld ms: ", (long long)((took_ns + 999999) / 1000000));
	if (sum->n_failed || n_faults) {
		buf_printf(&r->out, "%zu failed", sum->n_failed);
		if (n_faults) {
			buf_adds(&r->out, ", ");
			add_count(&r->out, n_faults, "error");
		}
	} else {
		buf_adds(&r->out, "all pass");
	}
	buf_addc(&r->out, '\n');
}

/* One round. False when nobody reads any more. */
static bool run_round(
    struct rerun *r, const struct file_list *changed, const struct file_list *gone, int64_t began_ns)
{
	struct testcase_report sum = {0};
	size_t n_faults = 0;
	buf_reset(&r->out);
	if (r->terminal)
		buf_adds(&r->out, "\x1b[H\x1b[2J");
	for (size_t i = 0; i < gone->paths.n; i++)
		mark(r, gone->paths.items[i], false);
	for (size_t i = 0; i < changed->paths.n; i++)
		run_file(r, changed->paths.items[i], &sum, &n_faults);
	show_still_bad(r, changed);
	show_sum(r, &sum, n_faults, gone->paths.n, clk_mono_ns() - began_ns);
	if (r->terminal)
		buf_adds(&r->out, "waiting for the next save; Ctrl-C ends\n");
	return cli_print(buf_sv(&r->out));
}

enum rc rerun_until_stopped(
    const char *const *paths, size_t n, bool (*wanted)(const char *path), bool *out_good, struct err *e)
{
	struct rerun r = {.terminal = cli_terminal()};
	struct watch *w = NULL;
	enum rc rc = watch_new(paths, n, wanted, &w, e);
	bool read = true;
	while (rc == RC_OK && read) {
		struct file_list changed = {0}, gone = {0};
		int64_t began_ns;
		rc = watch_next(w, &changed, &gone, &began_ns, e);
		if (rc == RC_OK)
			read = run_round(&r, &changed, &gone, began_ns);
		file_list_fini(&changed);
		file_list_fini(&gone);
	}
	watch_free(w);
	*out_good = r.bad.n == 0;
	map_fini(&r.bad);
	buf_fini(&r.out);
	return rc == RC_STOPPED ? RC_OK : rc;
}
