/* Counters and gauges of the process, from metric_list.h; what counts ends in `_total`. Any thread, relaxed
 * atomics. */
#ifndef KW_BASE_METRIC_H
#define KW_BASE_METRIC_H

#include <stdint.h>

enum metric {
#define METRIC(symbol, name, help) METRIC_##symbol,
#include "base/metric_list.h"
#undef METRIC
	METRIC_COUNT
};

/* Count `n` more, read the count, and what metric_list.h says of it. */
void metric_add(enum metric m, uint64_t n);
/* What a gauge shows now. */
void metric_set(enum metric m, uint64_t value);
uint64_t metric_get(enum metric m);
const char *metric_name(enum metric m);
const char *metric_help(enum metric m);

#endif
