/* Rules that look degraded: searches of theirs were given up at a limit, so they may have missed something.
 */
#ifndef KW_AGENT_ANALYST_DEGRADED_H
#define KW_AGENT_ANALYST_DEGRADED_H

#include "base/clock.h"
#include "rules/ruleset.h"

/* Start with {0}. One thread. */
struct degraded {
	uint64_t told;            /* limits reached up to the last alert, of all rules */
	char told_hour[CLK_TEXT]; /* when that was, `2026-03-02T09` */
};

/* The text of an alert about them (heap), naming some, when limits were reached since the last one and that
 * was not in this hour; NULL otherwise. *out_hour: the hour, borrowed from `d`. Cheap while nothing happened.
 */
char *degraded_look(struct degraded *d, const struct ruleset *rules, const char **out_hour);

#endif
