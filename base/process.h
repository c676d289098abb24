/* Running another program and reading what it says. */
#ifndef KW_BASE_PROCESS_H
#define KW_BASE_PROCESS_H

#include "base/buf.h"
#include "base/err.h"

struct process_limits {
	int64_t timeout_ms;  /* then the program and its group are killed */
	size_t output_bytes; /* more is RC_LIMIT */
};

/* Runs argv[0] (looked up in PATH, no shell; `argv` ends with NULL) with nothing on standard input and our
 * standard error, and appends its standard output to `out`. Blocks. RC_OK when it ended with 0; RC_REJECT
 * when it ended otherwise (the text says how); RC_NOTFOUND when there is no such program; RC_RETRY on a
 * timeout; RC_LIMIT; RC_IO. The output is never in the text. */
enum rc process_run(char *const *argv, const struct process_limits *limits, struct buf *out, struct err *e);

/* Splits a command line into words as a POSIX shell does with quotes and backslashes, and expands nothing.
 * *out is a NULL-terminated array; process_free_words it. RC_INPUT: a quote that is not closed, or no word.
 */
enum rc process_split(struct sv line, char ***out, struct err *e);
void process_free_words(char **words);

#endif
