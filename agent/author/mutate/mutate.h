/* `kendrawatch test --mutate`: which conditions of a rule do its tests protect? */
#ifndef KW_AGENT_AUTHOR_MUTATE_MUTATE_H
#define KW_AGENT_AUTHOR_MUTATE_MUTATE_H

#include "base/buf.h"
#include "base/fault.h"

struct mutate_sum {
	size_t n_rules, n_mutants, n_killed;
	size_t n_skipped; /* rules without tests, or whose tests fail: there is nothing to judge by */
};

/* Breaks each rule of the file in every way there is and runs its tests, which are expected to pass. Appends
 * what survived, with its place in the file and the test that would kill it; as JSON lines when `ndjson`.
 * Adds to `sum`. Faults of loading are added to `faults`. */
void mutate_file(
    const char *path, bool ndjson, struct mutate_sum *sum, struct faults *faults, struct buf *out);

/* Appends the last line: "1402 of 1410 mutants killed (99 %), 47 rules". */
void mutate_show_sum(const struct mutate_sum *sum, struct buf *out);

#endif
