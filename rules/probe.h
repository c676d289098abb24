/* A single test that a rule's value became, and whether an event's field meets it. */
#ifndef KW_RULES_PROBE_H
#define KW_RULES_PROBE_H

#include "base/cidr.h"
#include "rules/expand.h"
#include "rules/moment.h"
#include "rules/number.h"
#include "rules/path.h"
#include "rules/pattern.h"
#include "rules/texts.h"

enum probe_kind {
	PROBE_NULL,      /* absent, null, an empty array, or an array that holds null */
	PROBE_EXISTS,    /* `truth`: is the field there at all, null included? */
	PROBE_PATTERN,   /* a text fits */
	PROBE_REGEX,     /* a text holds a match */
	PROBE_TRUTH,     /* true or false, or the word in any case */
	PROBE_NUMBER,    /* a number, a string that spells one, or a date part, compared by `compare` */
	PROBE_NETWORK,   /* an address in the network */
	PROBE_FIELD,     /* another field has an equal text (`place`: a text that it contains …) */
	PROBE_PRINCIPAL, /* the event's caller is the one named */
};

enum probe_compare { PROBE_EQ, PROBE_LT, PROBE_LTE, PROBE_GT, PROBE_GTE };

/* Where a value stands in the text. */
enum probe_place { PROBE_WHOLE, PROBE_CONTAINS, PROBE_STARTS, PROBE_ENDS };

/* In the rule set's arena, but for `regex`, which its item frees. */
struct probe {
	enum probe_kind kind;
	bool truth;
	bool cased;             /* FIELD; patterns know it themselves */
	enum probe_place place; /* FIELD */
	enum probe_compare compare;
	enum moment_part part;
	union { /* by kind */
		struct pattern pattern;
		struct number number;
		struct cidr net;
		struct path other;
	};
	struct regex *regex;
	struct sv entry;                   /* of a list: what it expanded to; ptr NULL otherwise */
	const struct expand_guard *guards; /* all must hold for it to count */
	size_t n_guards;
};

/* Is it met by the field's texts? *out_text is the text that met it, NULL when it was no text. Bounded time.
 */
bool probe_met(
    const struct probe *p, const struct texts *texts, struct record *r, const struct text **out_text);

#endif
