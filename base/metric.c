/* Process counters. */
#include "base/metric.h"

#include <stdatomic.h>

static _Atomic uint64_t values[METRIC_COUNT];

static const struct {
	const char *name, *help;
} texts[METRIC_COUNT] = {
#define METRIC(symbol, name, help) {name, help},
#include "base/metric_list.h"
#undef METRIC
};

void metric_add(enum metric m, uint64_t n)
{
	atomic_fetch_add_explicit(&values[m], n, memory_order_relaxed);
}

void metric_set(enum metric m, uint64_t value)
{
	atomic_store_explicit(&values[m], value, memory_order_relaxed);
}

uint64_t metric_get(enum metric m)
{
	return atomic_load_explicit(&values[m], memory_order_relaxed);
}

const char *metric_name(enum metric m)
{
	return texts[m].name;
}

const char *metric_help(enum metric m)
{
	return texts[m].help;
}
