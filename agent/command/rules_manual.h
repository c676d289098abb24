/* The manual page kendrawatch-rules(7), for `kendrawatch help --man rules`. */
#ifndef KW_AGENT_COMMAND_RULES_MANUAL_H
#define KW_AGENT_COMMAND_RULES_MANUAL_H

#include "base/buf.h"

/* Appends the page in man(7). Modifiers, derived fields, levels, correlation types and their settings come
 * from the lists that the code is made of. */
void rules_manual(struct buf *out);

#endif
