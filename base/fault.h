/* A list of faults found in files that people wrote: a loader reports all of them, not the first. */
#ifndef KW_BASE_FAULT_H
#define KW_BASE_FAULT_H

#include "base/buf.h"
#include "base/vec.h"

enum fault_level {
	FAULT_NOTE,    /* something was skipped, by design */
	FAULT_WARNING, /* works, but probably not as meant */
	FAULT_ERROR,   /* this document or option is refused */
};

struct fault {
	enum fault_level level;
	char *file;    /* as the person named it */
	int line, col; /* 1-based; 0: the whole file */
	char *text;    /* one sentence: what is wrong and what to do */
};

/* Caller's storage, start with {0}. */
struct faults {
	VEC(struct fault) list;
	size_t n_errors, n_warnings;
};

void faults_fini(struct faults *f);

/* Adds one. Values quoted in the text go through "%.*s" of what the person wrote; it is escaped when shown.
 */
void fault_add(struct faults *f, enum fault_level level, const char *file, int line, int col, const char *fmt,
    ...) __attribute__((format(printf, 6, 7)));

/* Sorts by file, line, column (stable). */
void faults_sort(struct faults *f);

/* Appends `file:line:col: error: text\n` (for a terminal: escaped). */
void fault_show(const struct fault *f, struct buf *out);

const char *fault_level_name(enum fault_level level);

#endif
