/* The smallest change of an event that turns a rule's verdict on it, tried on a copy. */
#ifndef KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_CHANGE_H
#define KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_CHANGE_H

#include "alerts/redact.h"
#include "rules/event/edit.h"
#include "rules/trace_flip.h"

/* Lives in the record's arena. */
struct explain_change {
	const struct trace_flip *flips; /* the items that must turn */
	size_t n;                       /* 0: nothing about the event can turn the verdict */
	bool verified;                  /* the edits below turn it: tried with the evaluator */
	const struct edit *edits;
	size_t n_edits;
	struct record changed; /* verified: the copy */
};

/* Looks for it; `t` is a trace of the rule asked with `r`, and still is afterwards. Among ways of the fewest
 * flips that can be written as values of fields the first that works; when none of those kept works, the
 * fewest, not verified. A rule that is not evaluated (waiting, off) is judged by its trace. Bounded: so many
 * hundred copies. */
void explain_change(
    const struct rule *rule, struct trace *t, struct record *r, bool want, struct explain_change *out);

/* How many flips it takes, without looking for values; 0: none can. */
size_t explain_distance(struct trace *t, bool want, struct arena *arena);

/* Appends flip `i` in words: "eventName were DeleteIndex, not Query". Values are redacted. False when an
 * earlier one has said it: the same field. */
bool explain_change_words(
    struct explain_change *c, size_t i, struct record *r, const struct redact *redact, struct buf *out);

#endif
