/* What could be changed in an event so that items of one field say otherwise: candidates, most plausible
 * first, each to be tried. */
#ifndef KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_MOVES_H
#define KW_AGENT_AUTHOR_EXPLAIN_EXPLAIN_MOVES_H

#include "rules/event/edit.h"
#include "rules/trace_flip.h"

#define EXPLAIN_MOVE_EDITS 3
#define EXPLAIN_MOVES 128

/* Edits that go together. */
struct explain_move {
	struct edit edits[EXPLAIN_MOVE_EDITS];
	size_t n;
};

struct explain_moves {
	struct explain_move items[EXPLAIN_MOVES];
	size_t n;
};

/* Candidates for the flips, which are all of one field, in the event; texts live in the record's arena. None
 * for keywords and for what no edit of an event can bring about. */
void explain_moves(
    const struct trace_flip *const *flips, size_t n, struct record *r, struct explain_moves *out);

/* What changing the item costs beside other ways of as many flips: a literal is plainer than an identity, an
 * identity plainer than an entry of a list. For trace_flips. */
unsigned explain_cost(void *unused, const struct trace_node *item, bool to);

#endif
