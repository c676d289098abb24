/* What the items of all rules ask about raw fields: equal questions are one predicate. */
#ifndef KW_RULES_FAST_PREDICATE_H
#define KW_RULES_FAST_PREDICATE_H

#include "base/map.h"
#include "rules/fast/finder.h"

struct predicate {
	const struct item *item; /* a plain one, or about a derived field that inputs.h knows */
	uint32_t path;           /* number in `paths` */
	bool usually;            /* its truth for a text in which the finder finds nothing of it */
};

/* A field that is asked about. */
struct predicate_path {
	struct sv name;           /* borrowed from an item */
	int kw;                   /* enum kw_field, or -1: in the record */
	VEC(uint32_t) members;    /* predicates, ascending */
	struct finder *finder;    /* over them */
	struct finder *inside;    /* over them, for objects and arrays */
	VEC(uint32_t) ask;        /* those that every object has to be asked about */
	VEC(uint32_t) ask_arrays; /* and those that every array has to be, too */
};

/* Start with {0}; predicates_add, then predicates_finish; read-only afterwards. */
struct predicates {
	VEC(struct predicate) list;
	VEC(struct predicate_path) paths;
	struct map by_question, by_path; /* number + 1 */
};

/* The predicate of an item: one that is there already when an equal question was asked. PREDICATE_NONE when
 * only the reference evaluator can tell. The item must outlive the set. */
#define PREDICATE_NONE UINT32_MAX
uint32_t predicates_add(struct predicates *p, const struct item *it);
void predicates_finish(struct predicates *p);
void predicates_fini(struct predicates *p);

#endif
