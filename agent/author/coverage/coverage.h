/* `coverage`: which rules may match which call. Judged from the rules alone, with the call fixed and all else
 * left open, so that "no rule" is certain and "a rule" means it can. */
#ifndef KW_AGENT_AUTHOR_COVERAGE_COVERAGE_H
#define KW_AGENT_AUTHOR_COVERAGE_COVERAGE_H

#include "base/jout.h"
#include "rules/event/api_access.h"
#include "rules/rule.h"

/* How much of Kendra a rule can match. */
enum coverage_reach {
	COVERAGE_NONE,     /* no call of Kendra */
	COVERAGE_SPECIFIC, /* some calls, named by it */
	COVERAGE_READS,    /* four in five of the calls that read or list, or more */
	COVERAGE_WRITES,   /* of those that write or tag */
	COVERAGE_ANY,      /* of both */
};
const char *coverage_reach_name(enum coverage_reach r);

/* A rule that is active, in shadow, or waits. */
struct coverage_rule {
	const struct rule *rule;
	enum coverage_reach reach;
	size_t n_calls;         /* of Kendra's */
	bool any_source;        /* can match services that it does not name */
	VEC(struct sv) missing; /* lists it waits for */
};

/* Places in `rules`, in order. */
struct coverage_set {
	VEC(size_t) list;
};

struct coverage_call {
	const struct kendra_op *op;
	struct coverage_set own;   /* COVERAGE_SPECIFIC */
	struct coverage_set broad; /* the others that can match it */
};

/* An event source that some rule names. */
struct coverage_source {
	struct sv name; /* "iam.amazonaws.com"; borrowed from the rules */
	struct coverage_set rules;
};

/* Start with {0}; coverage_fini. */
struct coverage {
	VEC(struct coverage_rule) rules;
	VEC(struct coverage_call) calls;     /* all of Kendra's, in byte order */
	VEC(struct coverage_source) sources; /* but Kendra, in byte order */
	size_t n_off, n_refused;             /* rules that are not looked at */
};

/* Borrows from `set` and `lists`. */
void coverage_measure(struct coverage *c, const struct ruleset *set, const struct lists *lists);
void coverage_fini(struct coverage *c);

/* Is a rule of the set evaluated now (active)? */
size_t coverage_n_active(const struct coverage *c, const struct coverage_set *set);

/* Appends the report. */
void coverage_text(const struct coverage *c, struct buf *out);
void coverage_markdown(const struct coverage *c, struct buf *out);
void coverage_csv(const struct coverage *c, struct buf *out);
void coverage_json(const struct coverage *c, struct buf *out);

/* Appends a layer for the ATT&CK Navigator (layer format 4.5): a technique a tag of a rule names, scored by
 * the number of active rules; those that only wait stand apart by colour. The number of techniques. */
size_t coverage_navigator(const struct coverage *c, struct buf *out);

#endif
