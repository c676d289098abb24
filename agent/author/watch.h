/* Which of some files changed, as it happens: for commands that run again after each save. */
#ifndef KW_AGENT_AUTHOR_WATCH_H
#define KW_AGENT_AUTHOR_WATCH_H

#include "base/err.h"
#include "base/file.h"

struct watch;

/* Watches files and folders, what is below them and what will be. `wanted` says which files count. While it
 * lives, SIGINT and SIGTERM are taken by watch_next. RC_NOTFOUND when a path is not there, RC_IO. */
enum rc watch_new(
    const char *const *paths, size_t n, bool (*wanted)(const char *path), struct watch **out, struct err *e);
void watch_free(struct watch *w);

/* Waits until something was written, renamed, created or deleted and has been quiet for a moment (an editor's
 * save is several steps; a checkout is many files). Appends new and changed files to `out_changed` and those
 * that are gone to `out_gone`; *out_began_ns (clk_mono_ns) is when the first sign of it came. At the first
 * call every file is new. RC_STOPPED after a signal. */
enum rc watch_next(struct watch *w, struct file_list *out_changed, struct file_list *out_gone,
    int64_t *out_began_ns, struct err *e);

#endif
