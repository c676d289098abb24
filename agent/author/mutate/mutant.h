/* Mutants of a rule: the rule with one small thing broken. What no test tells from the rule itself, no test
 * protects. */
#ifndef KW_AGENT_AUTHOR_MUTATE_MUTANT_H
#define KW_AGENT_AUTHOR_MUTATE_MUTANT_H

#include "agent/author/suite.h"
#include "rules/detection.h"

enum mutant_kind {
#define MUTANT(symbol, name, before, after) MUTANT_##symbol,
#include "agent/author/mutate/mutant_list.h"
#undef MUTANT
	MUTANT_COUNT
};
const char *mutant_name(enum mutant_kind k);
struct mutant;
/* What it means that no test tells this mutant from the rule, as one sentence. */
void mutant_tell(const struct mutant *m, struct buf *out);

struct mutant {
	enum mutant_kind kind;
	bool implied;    /* whatever test kills the mutants below it kills this one: listed only by itself */
	bool negated;    /* it stands below a `not` */
	struct sv what;  /* the broken part as the rule writes it */
	struct sv field; /* the field in question; ptr NULL when there is none */
	struct sv value; /* the value in question, likewise */
	const struct ydoc_node *at, *end; /* first and last node of the part */
	size_t offset;                    /* in the text of `at`, for parts of a condition */

	/* The change: `bytes` at `spot` and at `with` change places. */
	void *spot, *with;
	size_t bytes;
};

struct mutants {
	VEC(struct mutant) list;
	struct arena arena;       /* of all texts and replacements */
	VEC(struct item *) items; /* compiled for mutants */
};

/* All mutants of the suite's rule, by place. Logically the same ones are left out: a leaf that stands alone
 * in its selection and the selection; members of an AND that are never true, which are the AND that is never
 * true, and the like. */
void mutants_find(struct mutants *m, const struct suite *s);
void mutants_fini(struct mutants *m);

/* Breaks the rule; the second call mends it. */
void mutant_swap(const struct mutant *m);

#endif
