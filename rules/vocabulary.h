/* Names that a rule can only have misspelt: derived fields, Kendra's operations, event sources. */
#ifndef KW_RULES_VOCABULARY_H
#define KW_RULES_VOCABULARY_H

#include "base/fault.h"
#include "base/ydoc.h"

/* Is `field` (without modifiers) a name an event can have? A `kw.` field that does not exist is an error at
 * line:col, since it would never hold. For templates and groups: item.c looks at the fields of a detection.
 */
bool vocabulary_field(struct sv field, const char *file, int line, int col, struct faults *faults);

/* Checks one map of a selection: under `eventSource: kendra.amazonaws.com`, the operations in its
 * `eventName`; event sources without a dot (a warning). False when errors were added. */
bool vocabulary_map(const struct ydoc_node *map, const char *file, struct faults *faults);

#endif
