/* Searches that were given up. Called by patterns, regular expressions and comparisons of fields, on any
 * thread; each has its own count beside the process's metric. */
#include "rules/limit.h"

#include "base/metric.h"

static _Thread_local uint64_t n_reached;

void limit_reached(void)
{
	n_reached++;
	metric_add(METRIC_PATTERN_LIMIT, 1);
}

uint64_t limit_count(void)
{
	return n_reached;
}
