/* One-shot work over files, folders, trees and standard input: what `kendrawatch scan` does, without its
 * printing. */
#ifndef KW_AGENT_SCAN_SCAN_H
#define KW_AGENT_SCAN_SCAN_H

#include "agent/worker/reading.h"
#include "alerts/gate.h"

/* What became of one rule. */
struct scan_rule {
	uint64_t matches;          /* after dedup, before fold */
	int64_t first_ms, last_ms; /* event times; RECORD_NO_TIME: none */
	char *example;             /* its first sentence, heap; NULL: not asked for */
	char *place;               /* "file:record" of it */
};

struct scan_totals {
	uint64_t events, bytes, malformed, duplicates, alerts, notices, insights, untimed, unnamed;
	uint64_t inputs, skipped, failed; /* objects read, skipped (digests, empty), not read to their end */
};

struct scan_setup {
	struct ruleset *rules;
	const struct record_names *names;
	bool no_dedup;
	bool examples; /* make scan_rule.example */
	bool show_content;
	const struct census_plan *census; /* count what the inputs hold; NULL: no. Borrowed */
	bool counts;   /* only numbers are wanted: `match` gets findings without record and why, and no id */
	unsigned jobs; /* threads that read; 0 and 1: the caller's own. What is told, and in which order, is
			  the same for any number */
	uint64_t piece_bytes; /* of large files, for tests; 0: as is best */

	/* All are called on the thread that called scan_run.
	 * A match that is no duplicate, in (input, record) order; the record lives until the call returns.
	 * May be NULL. False stops. */
	bool (*match)(void *ctx, const struct finding *f, const char *id, const char *object);
	/* Bytes that are no event. */
	void (*spoiled)(void *ctx, const struct spoiled *s, const char *object);
	/* An input that could not be read, or not to its end. */
	void (*trouble)(void *ctx, const char *object, const struct err *e);
	/* Called often; `done` of `total` raw bytes (total 0: unknown). */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

struct scan;
struct scan *scan_new(const struct scan_setup *setup);
void scan_free(struct scan *s);

/* Adds an input: a file, a folder or "-". RC_NOTFOUND. */
enum rc scan_add(struct scan *s, const char *input, struct err *e);

/* Reads all inputs, in the order of their stamps within each folder. RC_STOPPED when a callback said so. */
enum rc scan_run(struct scan *s);

/* Sums so far, also while scan_run's callbacks run: of what was told, and of the rest of its stretch. */
const struct scan_totals *scan_totals(const struct scan *s);
/* By rule->index. */
const struct scan_rule *scan_rules(const struct scan *s);

/* What the inputs hold, when scan_setup.census was given; whole when scan_run has returned. */
const struct census *scan_census(const struct scan *s);

#endif
