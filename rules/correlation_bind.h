/* Rules that correlations refer to. */
#ifndef KW_RULES_CORRELATION_BIND_H
#define KW_RULES_CORRELATION_BIND_H

#include "base/map.h"
#include "rules/ruleset.h"

/* A correlation may stand on another, that on a third; no further than this. */
#define CORRELATION_MAX_DEPTH 16

/* Resolves every reference of the set's correlations and gives each its state: refused, when a rule is
 * missing, refused itself or part of a circle; off, when a rule is about other logs; else waiting, with the
 * reason. `skipped` holds names and ids (in lower case) of documents that were skipped, with the rest of `it
 * is …`. */
void correlation_bind(struct ruleset *s, const struct map *skipped, struct faults *faults);

#endif
