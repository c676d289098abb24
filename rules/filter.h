/* Sigma filters: documents that take something away from rules which they name. */
#ifndef KW_RULES_FILTER_H
#define KW_RULES_FILTER_H

#include "rules/ruleset.h"

/* Switches off the filters of the set whose `kendrawatch: until` is not after `now_ms`, with a warning each:
 * what they took away is there again. 0: none. */
void filter_expire(struct ruleset *s, int64_t now_ms, struct faults *faults);

/* Attaches every active filter of the set to the detection rules it is for: those it names by id or name, or
 * all; in each case only rules whose log source holds all parts of the filter's. A name that no rule has is a
 * warning. */
void filter_attach(struct ruleset *s, struct faults *faults);

#endif
