/* Sigma 1's `selection | count() by field > 10`, which Sigma 2 writes as a correlation document. */
#ifndef KW_RULES_AGGREGATION_H
#define KW_RULES_AGGREGATION_H

#include "base/buf.h"
#include "rules/rule.h"

struct aggregation_input {
	struct sv tail;     /* what stands behind the `|` */
	struct sv rule;     /* the rule's name or id */
	enum level level;   /* the rule's */
	struct sv timespan; /* its `timeframe`; empty, or no span: 5m is printed */
};

/* Appends the correlation that means the same, a whole document in one line of YAML that loads as it is:
 * `{title: …, correlation: {type: event_count, …}}`. False, and nothing appended, when the text is no
 * aggregation. */
bool aggregation_rewrite(const struct aggregation_input *in, struct buf *out);

#endif
