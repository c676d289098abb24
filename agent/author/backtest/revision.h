/* Rule files as they were at a revision of the repository that holds them. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_REVISION_H
#define KW_AGENT_AUTHOR_BACKTEST_REVISION_H

#include "base/file.h"

#define REVISION_FILES 20000
#define REVISION_BYTES ((size_t)64 << 20)

struct revision {
	struct file_list paths; /* where the rules are now, in the order of those asked for */
	char *folder;           /* the temporary one that holds them */
	char commit[65];        /* of the first repository */
	size_t n_files;
};

/*
 * Writes the rule files below each of `paths` as they were at `name` (a branch, tag, commit, HEAD~3) to a
 * temporary folder. A path outside of any repository stays as it is; one that was not there at the revision
 * gives none. RC_NOTFOUND when no path is in a repository, or there is no such revision; RC_LIMIT past
 * REVISION_FILES or REVISION_BYTES; RC_IO. On failure nothing is left behind.
 */
enum rc revision_open(
    const char *name, char *const *paths, size_t n_paths, struct revision *out, struct err *e);

/* Removes the folder. */
void revision_close(struct revision *r);

#endif
