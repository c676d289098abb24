/* Items of a rule in words: `eventName|startswith: [Delete, Stop]` is "eventName starts with one of Delete,
 * Stop". */
#ifndef KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_WORDS_H
#define KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_WORDS_H

#include "rules/trace.h"

/* Appends an item; of many values as many as fit into some 40 columns, and their number. Made printable. */
void explain_words(const struct trace_node *item, struct buf *out);

/* The field an item looks at, as the rule names it; "any value" for a keyword. */
struct sv explain_field(const struct trace_node *item);

/* Appends the text of a condition's node: "put and not known". */
void explain_condition(const struct trace_node *node, struct buf *out);

#endif
