/* Which texts stand in whatever a regular expression matches: the reason not to run it. */
#ifndef KW_RULES_FAST_REQUIRED_H
#define KW_RULES_FAST_REQUIRED_H

#include "base/arena.h"
#include "base/vec.h"

struct sv_list {
	VEC(struct sv) list;
};

/* Shorter texts stand almost everywhere. */
#define REQUIRED_MIN 3

/* Appends texts (ASCII, folded, in `arena`) of which every match holds one when it is folded, too: the
 * longest run of plain characters of each alternative at top level. False, and nothing appended, when an
 * alternative has none of REQUIRED_MIN bytes, or the expression uses what this reader does not follow. Takes
 * PCRE's syntax, and is careful rather than clever: what it does not know it gives up on. */
bool required_texts(struct sv regex, struct arena *arena, struct sv_list *out);

#endif
