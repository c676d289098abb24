/* The modifiers behind a field name: `contains|all` read into a set, with exact faults. */
#ifndef KW_RULES_MODIFIER_H
#define KW_RULES_MODIFIER_H

#include "base/err.h"
#include "base/sv.h"

/* The grammar's masks mean something in modifier.c only. */
enum modifier {
#define MODIFIER(symbol, name, alias, kind, after, help) MODIFIER_##symbol,
#include "rules/modifier_list.h"
#undef MODIFIER
	MODIFIER_COUNT
};

struct modifiers {
	bool has[MODIFIER_COUNT];
	uint8_t order[MODIFIER_COUNT]; /* enum modifier, as written */
	size_t n;
};

/* Reads what stands behind the first `|` of a key. RC_CONFIG with the text for the author: unknown (with the
 * nearest name), written twice, or misplaced (with the one it can't stand with). */
enum rc modifier_read(struct sv chain, struct modifiers *out, struct err *e);

const char *modifier_name(enum modifier m);
const char *modifier_help(enum modifier m);

#endif
