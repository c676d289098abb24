/* Doubts about rules that load: what works, and hardly as it was meant. Each finding has a kind of
 * base/fault_list.h. For `check` and for those who watch rule files while they are written. */
#ifndef KW_RULES_LINT_LINT_H
#define KW_RULES_LINT_LINT_H

#include "base/fault.h"
#include "rules/rule.h"

/* Adds a fault for every finding in the documents of `s` that were not refused, then drops what the files'
 * own comments ask to ignore (also among the faults that were in the list), and sorts. Linear in the rules
 * but for one bounded search each; ten thousand take about a second. Any thread, nothing is kept. */
void lint_ruleset(const struct ruleset *s, struct faults *faults);

/* What of the rules means something to kendrawatch alone, as warnings of the kinds `portable-*`; sorts. */
void lint_portable(const struct ruleset *s, struct faults *faults);

/* Drops warnings and notes that a comment in their file asks to ignore, and warns about kinds in such
 * comments that do not exist: # kendrawatch: ignore=KIND[,KIND]        on the line, or alone on the line
 * above # kendrawatch: ignore-file=KIND[,KIND]   anywhere in the file lint_ruleset calls it. Errors stay: a
 * document that is refused does not run. `faults` must be sorted. */
void lint_ignore(struct faults *faults);

#endif
