/* `kendrawatch test`: runs the `tests:` of rule files and says what differed. */
#ifndef KW_AGENT_AUTHOR_TESTCASE_H
#define KW_AGENT_AUTHOR_TESTCASE_H

#include "base/fault.h"
#include "rules/rule.h"

struct testcase_result {
	struct sv rule; /* name or id; borrowed from the rule set */
	struct sv name; /* of the case */
	const char *file;
	int line;
	bool passed;
	char *difference; /* heap; what was expected and what came, a line each; NULL when passed */
	int64_t took_us;
};

struct testcase_report {
	VEC(struct testcase_result) results;
	size_t n_passed, n_failed;
	size_t n_rules;             /* detection rules that were asked */
	size_t n_untested;          /* of them, those without tests */
	VEC(struct ruleset *) kept; /* sets that the results borrow from */
};
void testcase_report_fini(struct testcase_report *r);

/* Runs all cases of one rule file. Rules are loaded again with the lists of their own tests; the operator's
 * lists, clock and state play no part. Faults of loading and malformed cases are added to `faults`. `path` is
 * borrowed by the results. */
void testcase_run_file(const char *path, struct testcase_report *report, struct faults *faults);

/* The rules of the file that was run last, as loaded without lists; borrowed. */
struct ruleset *testcase_rules(const struct testcase_report *r);

/* Appends the report: a line a rule and a block a failing case, or (`quiet`) only what failed; the sum last.
 */
void testcase_show_text(const struct testcase_report *r, bool quiet, struct buf *out);
/* Only the failing cases' blocks. */
void testcase_show_failures(const struct testcase_report *r, struct buf *out);
/* A JSON object a case. */
void testcase_show_ndjson(const struct testcase_report *r, struct buf *out);

#endif
