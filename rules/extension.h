/* The `kendrawatch:` key of a rule. */
#ifndef KW_RULES_EXTENSION_H
#define KW_RULES_EXTENSION_H

#include "rules/document.h"

/* Reads needs, summary, group_by, suppress_for, resolve, runbook and first_steps, and a filter's owner, until
 * and reason, from `map` into `rule`. Faults are added for everything wrong; whether there were errors is the
 * caller's to see. */
void extension_read(const struct document *d, const struct ydoc_node *map, struct rule *rule);

#endif
