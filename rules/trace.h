/* A rule's verdict on one event, node by node, nothing cut short: for people who ask why, or why not. The
 * evaluator (rules/eval.h) decides; this agrees with it and shows its work. */
#ifndef KW_RULES_TRACE_H
#define KW_RULES_TRACE_H

#include "rules/detection.h"

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

enum trace_kind {
	TRACE_ITEM,      /* one `field|modifier: value`, or a keyword */
	TRACE_AND,       /* of a condition, or a map */
	TRACE_OR,        /* of a condition, or a list of maps and keywords */
	TRACE_NOT,       /* one child */
	TRACE_SELECTION, /* by its name; one child, shared by all places that name it */
	TRACE_ALL_OF,    /* `all of name`: selections */
	TRACE_ONE_OF,    /* `1 of name`: selections */
	TRACE_FILTER,    /* the condition of a filter; one child */
};

struct trace_node {
	enum trace_kind kind;
	enum truth truth;
	struct sv name;                 /* SELECTION: its own; ALL_OF, ONE_OF: what stands behind `of` */
	const struct condition *source; /* nodes of a condition; NULL for maps, lists, items */
	struct trace_node **children;
	size_t n;

	/* ITEM */
	const struct item *item;             /* NULL: its list has no values yet, so the rule waits */
	const struct ydoc_node *key, *value; /* as written; key NULL: a keyword */
	struct sv selection;                 /* it stands in */
	size_t number;                       /* its place in `items` */

	const struct detection *filter; /* FILTER */
};

/* In the arena it was built in. */
struct trace {
	struct trace_node *root;
	VEC(struct trace_node *) selections; /* those the conditions reach, each once */
	VEC(struct trace_node *) items;      /* below them, each once, in the order they are reached */
};

/* The nodes of a rule's condition and of its filters, all of unknown truth; trace_fini it. False when the
 * rule has no condition to show (a correlation, a document that was refused). The rule's state does not
 * matter. */
bool trace_build(const struct rule *rule, struct arena *arena, struct trace *out);
void trace_fini(struct trace *t);

/* What is true below and above when `ask` says what items are; every item is asked, once. The truth of the
 * whole. An unknown item makes unknown what hangs on it (Kleene's logic). */
enum truth trace_ask(struct trace *t, enum truth (*ask)(void *ctx, const struct trace_node *item), void *ctx);

/* trace_ask with an event: items without their list are unknown, so the whole is unknown only if it hangs on
 * one. For a rule that is evaluated it is what eval_rule says. */
enum truth trace_event(struct trace *t, struct record *r);

#endif
