/* The text format of Prometheus. Pure. */
#include "agent/daemon/exposition.h"

#include <inttypes.h>

#include "base/metric.h"

static const struct {
	const char *name, *type, *label, *help;
} gauges[] = {
#define GAUGE(symbol, name, type, label, help) {name, type, label, help},
#include "agent/daemon/gauge_list.h"
#undef GAUGE
};

/* Backslash, newline and (in labels) the quote. */
static void escaped(struct buf *out, struct sv s, bool quote)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '\\' || (quote && c == '"'))
			buf_addc(out, '\\');
		if (c == '\n')
			buf_adds(out, "\\n");
		else
			buf_addc(out, c);
	}
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s ", name);
	escaped(out, sv_from(help), false);
	buf_printf(out, "\n# TYPE %s %s\n", name, type);
}

void exposition_counters(struct buf *out)
{
	for (int m = 0; m < METRIC_COUNT; m++) {
		const char *name = metric_name((enum metric)m);
		const char *type = sv_ends(sv_from(name), SV("_total")) ? "counter" : "gauge";
		head(out, name, type, metric_help((enum metric)m));
		buf_printf(out, "%s %" PRIu64 "\n", name, metric_get((enum metric)m));
	}
}

void exposition_head(struct buf *out, enum gauge g)
{
	head(out, gauges[g].name, gauges[g].type, gauges[g].help);
}

static void name_of(struct buf *out, enum gauge g, struct sv label)
{
	buf_adds(out, gauges[g].name);
	if (label.ptr) {
		buf_printf(out, "{%s=\"", gauges[g].label);
		escaped(out, label, true);
		buf_adds(out, "\"}");
	}
	buf_addc(out, ' ');
}

void exposition_value(struct buf *out, enum gauge g, struct sv label, int64_t value)
{
	name_of(out, g, label);
	buf_printf(out, "%" PRId64 "\n", value);
}

void exposition_seconds(struct buf *out, enum gauge g, struct sv label, int64_t ms)
{
	name_of(out, g, label);
	buf_printf(out, "%" PRId64 ".%03" PRId64 "\n", ms / 1000, ms % 1000);
}

void exposition_one(struct buf *out, enum gauge g, int64_t value)
{
	exposition_head(out, g);
	exposition_value(out, g, (struct sv){0}, value);
}
