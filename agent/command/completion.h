/* Completion of command lines in a shell, made from the command and option lists. */
#ifndef KW_AGENT_COMMAND_COMPLETION_H
#define KW_AGENT_COMMAND_COMPLETION_H

#include "base/buf.h"

/* Appends the script for bash: docs/completion/kendrawatch.bash is this text. */
void completion_bash(struct buf *out);

#endif
