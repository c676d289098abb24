/* Limits that searching a text has, so that nobody who chooses the text can stop the agent: how often they
 * were reached. */
#ifndef KW_RULES_LIMIT_H
#define KW_RULES_LIMIT_H

#include <stdint.h>

/* A search was given up; what it was for is taken as false. Counts METRIC_PATTERN_LIMIT. */
void limit_reached(void);

/* How often that happened on this thread: who compares before and after knows that it was his search. */
uint64_t limit_count(void);

#endif
