/* The fields that CloudTrail writes, and which of them a misspelt one means. */
#ifndef KW_RULES_LINT_RECORD_FIELD_H
#define KW_RULES_LINT_RECORD_FIELD_H

#include "base/sv.h"

/* Does a record hold at most one scalar there? */
bool record_field_single(struct sv path);

/* Could a record hold this path? Below open objects anything may be. */
bool record_field_known(struct sv path);

/* The path that an unknown one is near to: the same but for case, a slip of the pen in one of its words, or
 * the same last word at another level of userIdentity. NULL: none. */
const char *record_field_near(struct sv path);

#endif
