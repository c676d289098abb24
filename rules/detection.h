/* What a rule or a filter looks for: named selections over an event and the condition that joins them. */
#ifndef KW_RULES_DETECTION_H
#define KW_RULES_DETECTION_H

#include "rules/condition.h"
#include "rules/item.h"
#include "rules/place.h"
#include "rules/rule.h"

/* More selections in one document than a person writes. */
#define DETECTION_MAX_SELECTIONS 1000

enum group_kind {
	GROUP_ITEM, /* one `field|modifier: value`, or a keyword */
	GROUP_AND,  /* a map */
	GROUP_OR,   /* a list of maps and keywords */
};

struct group {
	enum group_kind kind;
	struct item *item; /* GROUP_ITEM; NULL in a rule that waits */
	const struct ydoc_node *key,
	    *value; /* its place: GROUP_ITEM both (key NULL: a keyword), else value */
	struct group **children;
	size_t n;
};

struct selection {
	struct sv name;
	struct group *group;
	const struct ydoc_node *key; /* its place */
	bool used;                   /* by the condition */
};

struct detection {
	VEC(struct selection) selections;
	struct condition *condition;
	struct sv waits; /* why it can't be evaluated: a needed list has no values; ptr NULL: it can */
	VEC(const struct detection *) filters; /* each must hold too; put in by filter.c */
};

/* What one document is compiled from. */
struct detection_input {
	struct arena *arena;         /* of the rule set */
	const struct ydoc_node *map; /* the value of `detection:` or `filter:` */
	bool is_filter;              /* `rules` is no selection then */
	const struct lists *lists;   /* may be NULL */
	const char *file;
	const struct place_map *places;
};

/* Compiles into rule->detection (freed by detection_free), rule->lists_used and, when a needed list has no
 * values, rule->state. rule->needs must be known. False when faults refuse the document. */
bool detection_compile(const struct detection_input *in, struct rule *rule, struct faults *faults);
void detection_free(struct detection *d);

/* How often asking one of its items was given up at a limit (limit.h). */
uint64_t detection_limits(const struct detection *d);

#endif
