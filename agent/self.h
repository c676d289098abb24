/* The alerts of the agent about itself, by name. */
#ifndef KW_AGENT_SELF_H
#define KW_AGENT_SELF_H

#include "rules/rule.h"

enum self_kind {
#define SELF(symbol, name, title, level, meaning, advice) SELF_##symbol,
#include "agent/self_list.h"
#undef SELF
	SELF_COUNT
};

/* A kind as self_list.h has it. */
struct self_text {
	const char *rule; /* "kendrawatch.self.feed_silent" */
	const char *title;
	enum level level;
	const char *meaning, *advice;
};
const struct self_text *self_text(enum self_kind k);

struct analyst;

/* Raises one: analyst_self with the rule, title and level of its kind. Texts are copied. Any thread. */
void self_tell(struct analyst *a, enum self_kind k, const char *summary, const char *detail);

#endif
