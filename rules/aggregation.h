/* Sigma 1's `selection | count() by field > 10`, which Sigma 2 writes as a correlation document. */
#ifndef KW_RULES_AGGREGATION_H
#define KW_RULES_AGGREGATION_H

#include "base/buf.h"

/* Appends the correlation that means the same, in one line of YAML: `{type: event_count, …}`. `tail` is what
 * stands behind the `|`; `rule` the referenced rule's name or id; `timespan` the rule's `timeframe` (empty:
 * none was given). False, and nothing appended, when the text is no aggregation. */
bool aggregation_rewrite(struct sv tail, struct sv rule, struct sv timespan, struct buf *out);

#endif
