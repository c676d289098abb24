/* A regular expression that reaches its limit makes its item false. That keeps the agent alive and may hide
 * an event, so people must hear of it, but not once an event: an attacker chooses how often. The analyst asks
 * behind each batch, on its own thread; the counts are written by those who evaluate. */
#include "agent/analyst/degraded.h"

#include <string.h>

#include "base/buf.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/metric.h"
#include "rules/detection.h"

#define MAX_NAMED 5
#define HOUR_BYTES 13 /* of 2026-03-02T09:41:07Z */

static void name_some(const struct ruleset *rules, struct buf *names)
{
	size_t n = 0;
	for (size_t i = 0; i < rules->rules.n; i++) {
		const struct rule *rule = rules->rules.items[i];
		if (!rule->detection || !detection_limits(rule->detection))
			continue;
		struct sv name = rule->name.ptr ? rule->name : rule->key;
		if (n++ < MAX_NAMED)
			buf_printf(names, "%s%.*s", n > 1 ? ", " : "", SV_ARG(name));
	}
	if (n > MAX_NAMED)
		buf_printf(names, " and %zu more", n - MAX_NAMED);
}

char *degraded_look(struct degraded *d, const struct ruleset *rules, const char **out_hour)
{
	uint64_t reached = metric_get(METRIC_PATTERN_LIMIT);
	if (reached == d->told)
		return NULL;
	char hour[CLK_TEXT];
	clk_format(clk_now_ms(), false, hour);
	hour[HOUR_BYTES] = 0;
	if (strcmp(hour, d->told_hour) == 0)
		return NULL;
	struct buf names = {0};
	name_some(rules, &names);
	char *text = heap_printf(
	    "A pattern reached its limit (%llu so far) and was taken as not matching: %s. These "
	    "rules, and others with the same pattern, may have missed events. Simplify it, or "
	    "anchor it.",
	    (unsigned long long)(reached - d->told), names.len ? names.ptr : "of rules no longer in force");
	log_warn("a rule is degraded", "limits=%llu rules=\"%s\" next=\"simplify its pattern, or anchor it\"",
	    (unsigned long long)(reached - d->told), names.len ? names.ptr : "");
	buf_fini(&names);
	d->told = reached;
	memcpy(d->told_hour, hour, sizeof hour);
	*out_hour = d->told_hour;
	return text;
}
