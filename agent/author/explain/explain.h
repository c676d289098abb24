/* `explain`: why a rule matches an event, or what keeps it from matching. */
#ifndef KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_H
#define KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_H

#include "agent/author/explain/explain_change.h"
#include "base/jout.h"
#include "rules/trace_look.h"

/* One rule beside one event. explain_fini it. */
struct explain {
	const struct rule *rule;
	struct record *record;
	struct trace trace;
	bool traced;                  /* there is a condition to show */
	enum truth verdict;           /* of the condition and its filters, whatever the rule's state */
	size_t distance;              /* flips to the other verdict; 0: none can turn it */
	struct explain_change change; /* explain_finish */
};

/* Asks the rule; the change is not looked for yet. */
void explain_begin(struct explain *x, const struct rule *rule, struct record *r);
/* Looks for the smallest change; some hundred copies of the event at most. */
void explain_finish(struct explain *x);
void explain_fini(struct explain *x);

struct explain_style {
	bool colour;
	struct redact redact;
	const struct ruleset *rules; /* to name filters */
};

/* Appends the page of one rule: the verdict, the tree, what would turn it. */
void explain_page(struct explain *x, const struct explain_style *style, struct buf *out);

/* Writes the same as one JSON object. */
void explain_json(struct explain *x, const struct explain_style *style, struct jout *j);

/* Appends a table of rules in the given order, a line each. */
void explain_table(struct explain *rules, size_t n, const struct explain_style *style, struct buf *out);

/* "match", "no match", "waits", "off" ...: what the agent would do, in a word or two. */
const char *explain_verdict(const struct explain *x);

/* The name of the filter with that condition, or its title. */
struct sv explain_filter_name(const struct ruleset *rules, const struct detection *filter);

/* A value as it may be shown: redacted, cut, printable; "absent", "null" and "[]" for what is none. */
void explain_value(struct explain *x, const struct trace_node *item, const struct trace_look *look,
    const struct redact *redact, struct buf *out);

#endif
