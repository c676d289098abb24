/* `kendrawatch test --watch`: faults and tests of what changed, after each save. */
#ifndef KW_AGENT_AUTHOR_RERUN_H
#define KW_AGENT_AUTHOR_RERUN_H

#include <stdbool.h>

#include "base/err.h"

/* Runs until a signal or until standard output is closed. On a terminal each round clears the screen; else
 * lines are appended. Tests of a file depend on that file alone, so nothing else is loaded again. *out_good:
 * at the end all was well. RC_NOTFOUND, RC_IO. */
enum rc rerun_until_stopped(
    const char *const *paths, size_t n, bool (*wanted)(const char *path), bool *out_good, struct err *e);

#endif
