/* Asking git, without a shell, a pager, hooks or a network. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_GIT_H
#define KW_AGENT_AUTHOR_BACKTEST_GIT_H

#include "base/buf.h"
#include "base/err.h"

/* Runs `git -C folder args...` (NULL-terminated, at most 16) and appends what it prints to `out`, whose limit
 * counts. `input` (may be empty) is its standard input. RC_NOTFOUND when it ends with a failure, with what it
 * said; RC_LIMIT; RC_IO when there is no git. Environment variables that point git elsewhere are left out. */
enum rc git_run(const char *folder, const char *const *args, struct sv input, struct buf *out, struct err *e);

#endif
