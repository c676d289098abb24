/* Can all clauses hold at once? A small solver: unit propagation over watched literals and chronological
 * backtracking, which is plenty for conditions that people write. Bounded: past its budget the answer is
 * "perhaps". */
#ifndef KW_RULES_LINT_SAT_H
#define KW_RULES_LINT_SAT_H

#include <stdbool.h>
#include <stddef.h>

/* A literal: a variable's number (from 1), negative for its negation. */
struct sat;

struct sat *sat_new(void);
void sat_free(struct sat *s);

/* The next variable. */
int sat_variable(struct sat *s);

/* Adds a clause: one of the literals holds. */
void sat_clause(struct sat *s, const int *literals, size_t n);

/* New literals that are equal to the conjunction or disjunction of `literals`; of none: true, false. */
int sat_and(struct sat *s, const int *literals, size_t n);
int sat_or(struct sat *s, const int *literals, size_t n);

/* Is there no way to fulfil all clauses and the `assumed` literals? False also when the budget ran out. */
bool sat_impossible(struct sat *s, const int *assumed, size_t n);

#endif
