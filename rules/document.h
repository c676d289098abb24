/* One document of a rule file → a rule. */
#ifndef KW_RULES_DOCUMENT_H
#define KW_RULES_DOCUMENT_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/ydoc.h"
#include "config/lists.h"
#include "rules/place.h"
#include "rules/rule.h"

struct document {
	struct arena *arena;       /* of the rule set */
	const struct lists *lists; /* may be NULL */
	struct faults *faults;
	const char *file; /* in the arena, NUL-terminated */
	const struct place_map *places;
	int number;                   /* 1-based within the file */
	const struct ydoc_node *root; /* kept by the set, as is all below it */
};

/* Reads a detection rule, a filter or a correlation. NULL, with a note, when it is about other logs than
 * CloudTrail's; a faulty one is RULE_REFUSED. The rule is on the heap: rule_free. */
struct rule *document_read(const struct document *d);

/* A refused rule without content, for a file or document that could not even be parsed. */
struct rule *document_unreadable(const struct document *d, struct sv reason);

void rule_free(struct rule *r);

#endif
