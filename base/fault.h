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

/* What kind of fault it is: a stable name that people refer to. */
enum fault_code {
#define FAULT_CODE(symbol, name, what, advice) FAULT_##symbol,
#include "base/fault_list.h"
#undef FAULT_CODE
	FAULT_CODE_COUNT
};

struct fault {
	enum fault_level level;
	enum fault_code code;
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

/* Says which kind the fault added last is. Without it an error is `refused`, a warning `doubtful`, a note
 * `skipped`. */
void fault_tag(struct faults *f, enum fault_code code);

/* As fault_tag for every fault from index `from` on that was not tagged yet. */
void faults_tag_from(struct faults *f, size_t from, enum fault_code code);

/* Moves a copy of one fault into another list. */
void fault_copy(struct faults *to, const struct fault *from);

/* Drops the faults that `keep` says no to; the others stay in order. */
void faults_keep(struct faults *f, bool (*keep)(void *ctx, const struct fault *), void *ctx);

/* Sorts by file, line, column (stable). */
void faults_sort(struct faults *f);

/* Appends `file:line:col: error: text\n` (for a terminal: escaped). */
void fault_show(const struct fault *f, struct buf *out);

const char *fault_level_name(enum fault_level level);

/* A kind's stable name ("never-true"), what is wrong in one line, and what to do. */
const char *fault_code_name(enum fault_code code);
const char *fault_code_what(enum fault_code code);
const char *fault_code_advice(enum fault_code code);

/* The kind of that name; false when there is none. */
bool fault_code_parse(struct sv name, enum fault_code *out);

#endif
