/* Faults on paper: for a person, for another program, for a CI service. Pure formatters: they append to a
 * buffer and read nothing but the files that the faults name, for their source lines. */
#ifndef KW_AGENT_REPORT_REPORT_H
#define KW_AGENT_REPORT_REPORT_H

#include "base/fault.h"

struct report {
	const struct faults *faults; /* sorted; all of them are shown */
	bool colours;                /* text: with terminal colours */
	size_t columns;              /* text: longer source lines are windowed; 0: 100 */
	const char *masked;          /* the configuration, whose lines may hold secrets: of them only keys and
					the word at fault are shown; NULL: none */
};

/* One function a form of report_list.h. */
#define REPORT(function, name, help) void report_##function(const struct report *r, struct buf *out);
#include "agent/report/report_list.h"
#undef REPORT

/* The formatter of that name, NULL when there is none. */
typedef void report_writer(const struct report *r, struct buf *out);
report_writer *report_find(const char *name);

/* The names, joined by ", " and " or ", for usage texts. */
void report_names(struct buf *out);

#endif
