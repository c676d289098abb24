/* `tests:` inside rule files: what passes, what differs and how it is told, what is malformed and where. */
#include "agent/author/testcase.h"

#include "tests/unit/agent/fixture.h"

#define HEAD                                                                                                 \
	"title: Put by a stranger\nname: put\nlevel: high\nlogsource: {product: aws, service: cloudtrail}\n" \
	"detection:\n  put: {eventSource: kendra.amazonaws.com, eventName: BatchPutDocument}\n"              \
	"  condition: put\n"
#define LISTED                                                                                               \
	"title: Put by a stranger\nname: put\nlevel: high\nlogsource: {product: aws, service: cloudtrail}\n" \
	"detection:\n  put: {eventName: BatchPutDocument}\n"                                                 \
	"  known: {kw.principal|expand: '%ingest_principals%'}\n  condition: put and not known\n"            \
	"kendrawatch: {needs: [ingest_principals]}\n"

struct run {
	struct testcase_report report;
	struct buf faults;
	size_t n_errors;
};

static struct run run_text(const char *folder, const char *yaml)
{
	struct run r = {0};
	struct faults faults = {0};
	char *path = file_join(folder, "rule.yml");
	fixture_write(path, sv_from(yaml));
	testcase_run_file(path, &r.report, &faults);
	faults_sort(&faults);
	for (size_t i = 0; i < faults.list.n; i++)
		if (faults.list.items[i].level == FAULT_ERROR)
			buf_printf(&r.faults, "%d:%d: %s\n", faults.list.items[i].line,
			    faults.list.items[i].col, faults.list.items[i].text);
	r.n_errors = faults.n_errors;
	faults_fini(&faults);
	free(path);
	return r;
}

static void fini(struct run *r)
{
	testcase_report_fini(&r->report);
	buf_fini(&r->faults);
}

static void all_pass(const char *folder, const char *yaml, size_t n)
{
	struct run r = run_text(folder, yaml);
	for (size_t i = 0; i < r.report.results.n; i++)
		if (!r.report.results.items[i].passed)
			fail_msg("%.*s:\n%s%s", SV_ARG(r.report.results.items[i].name),
			    r.report.results.items[i].difference, r.faults.ptr ? r.faults.ptr : "");
	assert_int_equal(r.n_errors, 0);
	assert_int_equal(r.report.n_passed, n);
	assert_int_equal(r.report.results.n, n);
	fini(&r);
}

/* The only case fails with exactly this difference. */
static void differs(const char *folder, const char *cases, const char *difference)
{
	char *yaml = heap_printf(
	    "%stests:\n  base: {api: 'kendra:BatchPutDocument', as: role/x}\n  cases:\n%s\n", HEAD, cases);
	struct run r = run_text(folder, yaml);
	assert_int_equal(r.report.results.n, 1);
	assert_false(r.report.results.items[0].passed);
	assert_string_equal(r.report.results.items[0].difference, difference);
	assert_int_equal(r.report.n_failed, 1);
	fini(&r);
	free(yaml);
}

static void layers_make_the_event(void **state)
{
	all_pass(*state,
	    HEAD
	    "tests:\n"
	    "  base: {api: 'kendra:BatchPutDocument', as: role/x, set: {requestParameters.indexId: idx-1}}\n"
	    "  cases:\n"
	    "    - {name: base, match: true, summary_has: role/x}\n"
	    "    - {name: other caller, as: sso/alice@example.com, match: true, summary_has: "
	    "alice@example.com}\n"
	    "    - {name: other call, api: 'kendra:Query', match: false}\n"
	    "    - {name: set wins over api, set: {eventName: Query}, match: false}\n"
	    "    - {name: unset, unset: eventName, match: false}\n"
	    "    - {name: unset several, unset: [eventSource, awsRegion], match: false}\n"
	    "    - {name: why, match: true, why_has: eventName}\n"
	    "    - {name: whole event, event: {eventSource: kendra.amazonaws.com, eventName: Query}, api: "
	    "'kendra:BatchPutDocument', match: true}\n",
	    8);
}

static void events_fold_and_count(void **state)
{
	all_pass(*state,
	    HEAD "tests:\n"
		 "  base: {api: 'kendra:BatchPutDocument', as: role/x}\n"
		 "  cases:\n"
		 "    - {name: repeats fold, times: {count: 60, every: 1s}, alerts: 1, folded: 59}\n"
		 "    - {name: not past the hour, times: {count: 3, every: 1h}, alerts: 3, folded: 0}\n"
		 "    - {name: two actors, events: [{}, {as: role/y}, {as: role/y}], alerts: 2, folded: 1}\n"
		 "    - {name: one of two, events: [{api: 'kendra:Query'}, {}], match: true, alerts: 1}\n"
		 "    - {name: far apart, events: [{at: 2026-01-15T10:00:00Z}, {at: 2026-01-15T12:00:00Z}], "
		 "alerts: "
		 "2}\n"
		 "    - {name: none, events: [{api: 'kendra:Query'}], match: false, alerts: 0, folded: 0}\n",
	    6);
}

/* `at` and `times` of base and case hold where an event does not say otherwise. */
static void times_are_inherited(void **state)
{
	all_pass(*state,
	    "title: Night\nname: night\nlevel: high\nlogsource: {product: aws}\n"
	    "detection:\n  a: {kw.hour: 3}\n  condition: a\n"
	    "tests:\n"
	    "  base: {api: 'kendra:Query', as: role/x, at: 2026-01-15T03:00:00Z}\n"
	    "  cases:\n"
	    "    - {name: of base, match: true}\n"
	    "    - {name: own, at: 2026-01-15T04:00:00Z, match: false}\n"
	    "    - {name: events of base, events: [{}, {at: 2026-01-15T05:00:00Z}], alerts: 1, folded: 0}\n"
	    "    - {name: events of case, at: 2026-01-15T05:00:00Z, events: [{}], match: false}\n"
	    "    - {name: count of case, times: {count: 3}, events: [{}, {as: role/y}], alerts: 2, folded: "
	    "4}\n",
	    5);
}

/* Only the lists that the tests bring play a part. */
static void lists_are_their_own(void **state)
{
	all_pass(*state,
	    LISTED "tests:\n"
		   "  lists: {ingest_principals: [role/ingest-hr]}\n"
		   "  base: {api: 'kendra:BatchPutDocument', as: role/ingest-hr}\n"
		   "  cases:\n"
		   "    - {name: listed, match: false}\n"
		   "    - {name: stranger, as: role/x, match: true}\n",
	    2);
	/* Without them the rule waits, and says so. */
	struct run r = run_text(*state, LISTED "tests:\n  cases:\n    - {name: stranger, api: "
					       "'kendra:BatchPutDocument', as: role/x, match: true}\n");
	assert_int_equal(r.report.n_failed, 1);
	struct sv difference = sv_from(r.report.results.items[0].difference);
	assert_true(sv_starts(difference, SV("  - match: true\n  + match: false\n")));
	assert_true(sv_find(difference, SV("\n  the rule is waiting: ")) != SV_NONE);
	assert_true(sv_find(difference, SV("ingest_principals")) != SV_NONE);
	fini(&r);
}

static void differences_are_told(void **state)
{
	differs(*state, "    - {name: a, match: false}",
	    "  - match: false\n  + match: true\n  it matched because\n"
	    "    eventSource = kendra.amazonaws.com (kendra.amazonaws.com)\n"
	    "    eventName = BatchPutDocument (BatchPutDocument)\n"
	    "  the event: eventSource kendra.amazonaws.com · eventName BatchPutDocument\n");
	differs(*state, "    - {name: a, api: 'kendra:Query', match: true}",
	    "  - match: true\n  + match: false\n  it did not match because\n"
	    "    not eventName = Query (BatchPutDocument)\n"
	    "  the event: eventSource kendra.amazonaws.com · eventName Query\n");
	differs(*state, "    - {name: a, times: {count: 3}, alerts: 3, folded: 0}",
	    "  - alerts: 3\n  + alerts: 1\n  - folded: 0\n  + folded: 2\n"
	    "  the event: eventSource kendra.amazonaws.com · eventName BatchPutDocument\n");
	differs(*state, "    - {name: a, api: 'kendra:Query', summary_has: bob}",
	    "  - summary_has: bob\n  + (nothing: no match)\n"
	    "  the event: eventSource kendra.amazonaws.com · eventName Query\n");
	differs(*state, "    - {name: a, why_has: kw.actor}",
	    "  - why_has: kw.actor\n  + eventSource = kendra.amazonaws.com (kendra.amazonaws.com)\n"
	    "  + eventName = BatchPutDocument (BatchPutDocument)\n"
	    "  the event: eventSource kendra.amazonaws.com · eventName BatchPutDocument\n");
}

/* A malformed case fails and its place is told, whatever it expects. */
static void malformed_cases_are_faults(void **state)
{
	static const struct {
		const char *row, *fault;
	} rows[] = {
	    {"{match: true}", "10:7: the case has no name"},
	    {"{name: a}", "10:7: the case expects nothing"},
	    {"{name: a, macth: true}", "10:17: a case has no key \"macth\"; did you mean \"match\"?"},
	    {"{name: a, match: maybe}", "match is true or false"},
	    {"{name: a, alerts: many}", "alerts and folded are numbers"},
	    {"{name: a, api: 'kendra:Qury', match: false}",
		"10:22: Kendra has no operation \"Qury\"; did you mean \"Query\"?"},
	    {"{name: a, as: bob, match: true}", "10:21: as: \"bob\" is none of root"},
	    {"{name: a, event: text, match: false}", "event must be a mapping"},
	    {"{name: a, set: [x], match: true}", "10:22: set must be a mapping of path to value"},
	    {"{name: a, unset: {x: y}, match: true}", "unset must be a path or a list of paths"},
	    {"{name: a, at: noon, match: true}", "10:21: at: is no time; write 2026-01-15T10:00:00Z"},
	    {"{name: a, times: {count: 0}, match: true}", "times: needs count, from 1 to 100000"},
	    {"{name: a, times: {count: 100001}, match: true}", "times: needs count"},
	    {"{name: a, times: 5, match: true}", "times must be a mapping"},
	    {"{name: a, times: {count: 2, every: soon}, match: true}",
		"every: is no span; write 1s, 5m or 1h"},
	    {"{name: a, times: {count: 2, evry: 1h}, alerts: 1}",
		"times has no key \"evry\"; did you mean \"every\"?"},
	    {"{name: a, events: {}, match: true}", "events must be a list"},
	    {"{name: a, events: [{aip: x}], match: true}",
		"an entry of events has no key \"aip\"; did you mean \"api\"?"},
	    {"{name: a, events: [x], match: true}", "an entry of events must be a mapping"},
	    {"{name: a, events: [], match: false}", "events is empty"},
	    {"just text", "a case must be a mapping"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *yaml = heap_printf("%stests:\n  cases:\n    - %s\n    - {name: good, api: "
					 "'kendra:Query', as: root, match: false}\n",
		    HEAD, rows[i].row);
		struct run r = run_text(*state, yaml);
		if (r.n_errors < 1 || sv_find(buf_sv(&r.faults), sv_from(rows[i].fault)) == SV_NONE)
			fail_msg("%s: %s", rows[i].row, r.faults.ptr ? r.faults.ptr : "no fault");
		assert_int_equal(r.report.results.n, 2);
		assert_false(r.report.results.items[0].passed);
		assert_true(r.report.results.items[1].passed);
		fini(&r);
		free(yaml);
	}
}

static void malformed_tests_are_faults(void **state)
{
	static const struct {
		const char *tests, *fault;
	} rows[] = {
	    {"tests: []", "tests must be a mapping"},
	    {"tests: {cases: []}", "tests: needs cases, a list"},
	    {"tests: {base: {}}", "tests: needs cases, a list"},
	    {"tests: {csaes: [{name: a, match: true}]}",
		"tests has no key \"csaes\"; did you mean \"cases\"?"},
	    {"tests: {base: {name: x}, cases: [{name: a, match: false}]}", "base has no key \"name\""},
	    {"tests: {lists: {l: {type: cdir, values: []}}, cases: [{name: a, match: false, api: "
	     "'kendra:Query', "
	     "as: root}]}",
		"cdir"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *yaml = heap_printf("%s%s\n", HEAD, rows[i].tests);
		struct run r = run_text(*state, yaml);
		if (r.n_errors < 1 || sv_find(buf_sv(&r.faults), sv_from(rows[i].fault)) == SV_NONE)
			fail_msg("%s: %s", rows[i].tests, r.faults.ptr ? r.faults.ptr : "no fault");
		fini(&r);
		free(yaml);
	}
}

static void rules_without_tests_are_counted(void **state)
{
	struct run r =
	    run_text(*state, HEAD "---\ntitle: Broken\nlogsource: {product: aws}\n"
				  "detection: {a: {b|nope: c}, condition: a}\ntests: {cases: []}\n");
	assert_int_equal(r.report.n_untested, 1);
	assert_int_equal(r.report.results.n, 0);
	assert_int_equal(r.n_errors, 1);
	fini(&r);
	struct testcase_report report = {0};
	struct faults faults = {0};
	testcase_run_file("/none/rule.yml", &report, &faults);
	assert_true(faults.n_errors > 0);
	faults_fini(&faults);
	testcase_report_fini(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(layers_make_the_event),
	    FOLDER(events_fold_and_count),
	    FOLDER(times_are_inherited),
	    FOLDER(lists_are_their_own),
	    FOLDER(differences_are_told),
	    FOLDER(malformed_cases_are_faults),
	    FOLDER(malformed_tests_are_faults),
	    FOLDER(rules_without_tests_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
