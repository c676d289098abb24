/* What one test of a field's value says about another test of the same field. Every claim here holds for all
 * events; where nothing is known the answer is no. */
#ifndef KW_RULES_LINT_THEORY_H
#define KW_RULES_LINT_THEORY_H

#include "base/sv.h"
#include "rules/probe.h"

/* Do the two ask the same? */
bool theory_same(const struct probe *a, const struct probe *b);

/* Does whatever meets `a` meet `b`? */
bool theory_implies(const struct probe *a, const struct probe *b);

/* Of a field that has at most one value: can no value meet both? */
bool theory_excludes(const struct probe *a, const struct probe *b);

/* Does CloudTrail write at most one scalar there (eventName), so that two different values exclude each
 * other? Arrays, and what lies below requestParameters, may hold both. */
bool theory_single(struct sv field);

#endif
