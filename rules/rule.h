/* A rule as everybody above the evaluator sees it, and the set of all loaded rules. Built by load.c;
 * read-only afterwards. */
#ifndef KW_RULES_RULE_H
#define KW_RULES_RULE_H

#include "base/sv.h"
#include "base/vec.h"
#include "base/ydoc.h"
#include "config/lists.h"

enum level { LEVEL_INFORMATIONAL, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };
#define LEVEL_COUNT 5
const char *level_name(enum level l);
/* "high" → LEVEL_HIGH; false when it is none. */
bool level_parse(struct sv s, enum level *out);

enum rule_state {
	RULE_ACTIVE,
	RULE_WAITING, /* a needed list is undeclared or empty, or it is a correlation, which this version does
			 not run; `state_reason` says so */
	RULE_SHADOW,  /* evaluated and recorded, never delivered (override) */
	RULE_OFF,     /* override, or status deprecated/unsupported */
	RULE_REFUSED, /* faulty; not evaluated */
};
const char *rule_state_name(enum rule_state s);

enum rule_kind { RULE_DETECTION, RULE_FILTER, RULE_CORRELATION };

/* One of `kendrawatch: first_steps:`; either words or a command template whose values are shell-quoted by us.
 */
struct rule_step {
	struct sv text;
	bool is_command;
};

/* What the rule says its logs are; absent parts have ptr NULL. */
struct logsource {
	struct sv category, product, service;
};

struct detection;   /* rules/detection.h */
struct correlation; /* rules/correlation.h */

/* Texts are owned by the rule set and NUL-terminated; absent ones have ptr NULL. */
struct rule {
	enum rule_kind kind;
	struct sv key; /* identity: id, else name, else UUIDv5 of path#document */
	struct sv id, name, title, description, status, author, date;
	enum level level;
	VEC(struct sv) tags;
	VEC(struct sv) falsepositives;
	VEC(struct sv) references;
	VEC(struct sv) fields;
	enum rule_state state;
	struct sv state_reason; /* for all states but active, in words */

	/* `kendrawatch:` */
	VEC(struct sv) needs;
	struct sv summary;       /* template with {field}; ptr NULL: one is made from the event */
	VEC(struct sv) group_by; /* empty: kw.actor */
	int64_t suppress_for_ms; /* -1: the agent's default */
	struct sv resolve;       /* "never" or as written; ptr NULL: never */
	struct sv runbook;
	VEC(struct rule_step) first_steps;
	int64_t until_ms;        /* filters: from this moment it takes nothing away; INT64_MAX: for ever */
	struct sv owner, reason; /* filters: who answers for it, and why it is there */

	struct logsource logsource;
	const struct ydoc_node *root; /* the whole document, unknown keys and all; NULL when it could not be
					 parsed. Borrowed from the set */
	struct sv file;               /* as loaded */
	int document;                 /* 1-based within the file */
	int line;
	size_t index; /* place in the set */
	struct detection *detection;
	struct correlation
	    *correlation; /* in the set's memory; NULL in a detection, a filter and a faulty one */
	const struct ydoc_node *tests; /* `tests:`, NULL when none; borrowed from the set */
	VEC(struct sv) lists_used;     /* names of %lists% */
};

/* Counted snapshot: a batch keeps the one it began with. */
struct ruleset {
	VEC(struct rule *)
	rules; /* in load order: paths in byte order, documents in file order; filters and refused ones too */
	size_t n_active, n_waiting, n_shadow, n_off; /* detection rules */
	size_t n_correlations;                       /* whole ones; they wait */
	size_t n_refused;                            /* documents of any kind */
	struct sv revision;            /* first 12 hex digits of the SHA-256 over all rule files */
	struct ruleset_memory *memory; /* arena, documents, patterns: load.c's */
	_Atomic int refs;
};

struct ruleset *ruleset_ref(struct ruleset *s);
void ruleset_unref(struct ruleset *s);

/* By id, name, or file path (the first of that file); NULL when none. */
const struct rule *ruleset_find(const struct ruleset *s, struct sv name);

#endif
