/* A `correlation:` as it was written and checked: what several events must have in common. Read by
 * correlation.c, its references resolved by correlation_bind.c when all documents are in; read-only
 * afterwards. All of it lives in the rule set's arena. */
#ifndef KW_RULES_CORRELATION_H
#define KW_RULES_CORRELATION_H

#include "rules/correlation_condition.h"
#include "rules/document.h"
#include "rules/number.h"

/* Caps on what one correlation may hold, and on its window. */
#define CORRELATION_MAX_RULES 100
#define CORRELATION_MAX_FIELDS 16
#define CORRELATION_MAX_ALIASES 16
#define CORRELATION_MAX_SPAN_MS ((int64_t)365 * 86400000)

enum correlation_type {
#define CORRELATION_TYPE(symbol, name, timespan, field, bounds, text, help) CORRELATION_##symbol,
#include "rules/correlation_type_list.h"
#undef CORRELATION_TYPE
	CORRELATION_TYPES
};

enum correlation_compare {
#define CORRELATION_COMPARE(symbol, name, help) CORRELATION_##symbol,
#include "rules/correlation_compare_list.h"
#undef CORRELATION_COMPARE
	CORRELATION_COMPARES
};

enum correlation_setting {
#define CORRELATION_SETTING(symbol, type, key, kind, fallback, least, most, help) CORRELATION_##symbol,
#include "rules/correlation_setting_list.h"
#undef CORRELATION_SETTING
	CORRELATION_SETTINGS
};

/* One of `rules:`. */
struct correlation_rule {
	struct sv name; /* as written: a name or an id */
	int line, col;
	const struct rule *rule; /* NULL until bound, and in a refused correlation */
};

/* A name for fields that are called differently in the rules. */
struct correlation_alias {
	struct sv name;
	const struct ydoc_node *map; /* rule -> field, as written */
	int line, col;
	struct sv *fields; /* one for each of the correlation's rules; ptr NULL: the alias says nothing of it.
			      Put in when bound */
};

struct correlation_bound {
	enum correlation_compare compare;
	struct number number;
	struct sv text; /* as written */
};

struct correlation {
	enum correlation_type type;
	const struct ydoc_node *node; /* the value of `correlation:` */
	struct correlation_rule *rules;
	size_t n_rules;
	struct sv *group_by; /* fields and aliases; none: one group */
	size_t n_group_by;
	int64_t timespan_ms; /* 0: the type has none */
	struct correlation_alias *aliases;
	size_t n_aliases;
	bool generate; /* its rules alert by themselves, too */

	/* The condition. */
	struct sv *fields;
	size_t n_fields;
	struct correlation_bound bounds[2];
	size_t n_bounds; /* none, in the temporal types: every rule, or `sentence` */
	double percentile;
	struct correlation_condition *sentence; /* over rule names; NULL: none */
	double settings[CORRELATION_SETTINGS];  /* the type's own ones, defaults filled in; spans in ms */
};

const char *correlation_type_name(enum correlation_type t);

/* A timespan: `30s`, `5m`, `1h`, `7d`, `2w`, `1M` (30 days), `1y` (365 days), at most a year. */
bool correlation_span(struct sv s, int64_t *out_ms);

/* Reads `correlation:` and the document's `generate` into rule->correlation. Faults say what is wrong. */
void correlation_read(const struct document *d, struct rule *rule);

#endif
