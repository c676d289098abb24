/* Secrets: env:NAME or file:PATH. Wiped when freed; printed as ***; re-read when the file changes. */
#ifndef KW_CONFIG_SECRET_H
#define KW_CONFIG_SECRET_H

#include "base/err.h"
#include "base/fault.h"
#include "base/sv.h"

struct secret;

/* Reads `spec`. RC_CONFIG: neither env: nor file:, variable unset, file missing or empty (a trailing newline
 * is cut); the text never holds the value. A file that group or others can read adds a warning to `faults`
 * (may be NULL). */
enum rc secret_new(struct sv spec, const char *base_folder, struct secret **out, struct faults *faults,
    const char *file, int line, int col, struct err *e);
/* A secret made from a value that code holds, e.g. a URL written in the open. */
struct secret *secret_of(struct sv value);
void secret_free(struct secret *s);

/* The value; don't log it. Borrowed until the next call: a file that has changed is read again, and one that
 * can't be read any more leaves the value as it was. One thread a secret. */
struct sv secret_value(const struct secret *s);
/* Could it be read now? Always so for one that is no file. Any thread. */
bool secret_readable(const struct secret *s);
/* Do they name the same file, or hold the same value? A file's content doesn't count: whoever uses it reads
 * it again. Any thread. */
bool secret_same(const struct secret *a, const struct secret *b);
/* "env:NAME", "file:PATH" or "***": fit to print. */
const char *secret_name(const struct secret *s);

#endif
