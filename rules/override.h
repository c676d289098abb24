/* `rules.overrides` of the configuration over a loaded set. */
#ifndef KW_RULES_OVERRIDE_H
#define KW_RULES_OVERRIDE_H

#include "rules/load.h"
#include "rules/ruleset.h"

/* Applies each override that still counts. One for a rule that isn't there, with an unknown mode or level, or
 * past its `until` gives a fault at its own place. */
void override_apply(struct ruleset *s, const struct load_input *in, struct faults *faults);

#endif
