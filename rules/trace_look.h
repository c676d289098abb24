/* One item beside one event: what the event has where the item looks, what of the rule met it, and what is
 * nearly there. For people. */
#ifndef KW_RULES_TRACE_LOOK_H
#define KW_RULES_TRACE_LOOK_H

#include "rules/trace.h"

enum trace_presence {
	TRACE_ABSENT,
	TRACE_NULL,        /* null, and nothing else */
	TRACE_EMPTY_ARRAY, /* [], and nothing else */
	TRACE_PRESENT,
};

/* Texts live in the record's arena. */
struct trace_look {
	enum trace_presence presence;
	struct sv value;   /* the one that decided, else the first; ptr NULL: none */
	size_t n_values;   /* scalars the field offers */
	size_t which;      /* 1-based: the value that decided among them; 0: none did */
	bool whole_object; /* `value` is the compact text of an object */
	struct sv from;    /* derived fields: the record path that decided; ptr NULL */
	struct sv entry;   /* what of the rule met it: its value as written, or the list's entry; ptr NULL */
	size_t n_entries;  /* values of the rule, lists counted out */
	struct sv hint;    /* a near miss, as a sentence; ptr NULL: none */
};

/* Looks. For an item whose list has no values yet only the event's side is filled. */
void trace_look(const struct trace_node *item, struct record *r, struct trace_look *out);

/* Near misses of an item that is false: a key in other letters or elsewhere, blanks, case, a part of the
 * text. The empty view when there is none. In the record's arena. */
struct sv trace_hint(const struct item *item, struct record *r);

#endif
