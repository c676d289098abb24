/* The reference evaluator: walks a rule's condition over a record's tree. Plain and obviously correct; the
 * fast engine is tested against it. */
#ifndef KW_RULES_EVAL_H
#define KW_RULES_EVAL_H

#include "base/arena.h"
#include "rules/event/record.h"
#include "rules/rule.h"

/* One leaf that decided a verdict, for people and for the alert's `why`. */
struct why_leaf {
	struct sv field;     /* "sourceIPAddress", "kw.actor"; "" for a keyword */
	struct sv value;     /* the event's value that decided; ptr NULL: the field is absent */
	struct sv modifier;  /* "", "contains", "re", "cidr" … as the rule writes it, joined by | */
	struct sv pattern;   /* the rule's value as written; for lists the entry that matched */
	struct sv list;      /* name of the %list%, ptr NULL when none */
	struct sv selection; /* "put", "known" */
	bool negated;        /* decided by not matching (`not known`) */
};

/* Leaves of the branch that decided, at most 32; lives in the record's arena. */
struct why {
	VEC(struct why_leaf) leaves; /* vec_fini it */
};

/* Does `rule` match? Filters apply. `why` may be NULL; on a match it gets the deciding leaves. Rules that are
 * waiting, off or refused never match. */
bool eval_rule(const struct rule *rule, struct record *r, struct why *why);

/* As eval_rule, and `why` gets the deciding leaves also when the rule does not match: of its condition when
 * that is false, else of the filter that took the match away. A rule that does not run gives none. */
bool eval_explain(const struct rule *rule, struct record *r, struct why *why);

#endif
