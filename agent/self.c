/* Texts of self_list.h. */
#include "agent/self.h"

#include "agent/analyst/analyst.h"

const struct self_text *self_text(enum self_kind k)
{
	static const struct self_text texts[SELF_COUNT] = {
#define SELF(symbol, name, title, level, meaning, advice) \
	{"kendrawatch.self." name, title, level, meaning, advice},
#include "agent/self_list.h"
#undef SELF
	};
	return &texts[k];
}

void self_tell(struct analyst *a, enum self_kind k, const char *summary, const char *detail)
{
	const struct self_text *t = self_text(k);
	analyst_self(a, t->rule, t->title, t->level, summary, detail);
}
