/* Test results as JUnit XML, which build servers read. */
#ifndef KW_AGENT_AUTHOR_JUNIT_H
#define KW_AGENT_AUTHOR_JUNIT_H

#include "agent/author/testcase.h"

/* Appends a <testsuites> document: a suite a rule, a case a case, with seconds; faults of the files are
 * errors of a suite of their own. Characters that XML 1.0 can't hold become U+FFFD. */
void junit_write(const struct testcase_report *report, const struct faults *faults, struct buf *out);

#endif
