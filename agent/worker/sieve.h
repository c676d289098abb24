/* What one scan over a record's bytes tells its reader: where it ends, what is counted of it, and which rules
 * may match. One thread; kept from object to object, since it remembers what values meant. */
#ifndef KW_AGENT_WORKER_SIEVE_H
#define KW_AGENT_WORKER_SIEVE_H

#include "agent/worker/census.h"

/* What is known of an event without its tree. */
struct sieve_event {
	bool untimed, unnamed; /* eventTime is no time; there is no eventID */
	const struct rule *const
	    *candidates; /* the rules that may match, in the set's order; until the next call */
	size_t n_candidates;
	bool certain; /* all candidates match */
	bool keyed;   /* `key` holds: what sieve_key says */
	uint64_t key;
	int64_t time_ms; /* RECORD_NO_TIME when it is untimed */
};

/* Counted; the count is its thread's own. */
struct sieve;

/* Takes a reference of its own to `program`. */
struct sieve *sieve_new(struct program *program);
struct sieve *sieve_ref(struct sieve *s);
void sieve_unref(struct sieve *s);

/* From now on counts every event into a census of its own. Borrowed; NULL when there is none. */
void sieve_take_census(struct sieve *s, const struct census_plan *plan);
struct census *sieve_census(const struct sieve *s);

/* The program it was made for; borrowed. */
const struct program *sieve_program(const struct sieve *s);

/* Scans the object that `bytes` begin with. Its length; FRAME_CUT when it does not end there; 0 when it is no
 * object, or may be an envelope of records (frame.h, `measure`). */
size_t sieve_measure(struct sieve *s, struct sv bytes);

/* Is `bytes` an event as a trail writes it, of which everything counted is plain? Scans it unless that is
 * what sieve_measure did last. False, and *out left alone: the tree must tell. The text of an eventTime is
 * read as base/clock.h does; values that no path leads to are not looked at (docs/decisions/0007-program.md).
 */
bool sieve_event(struct sieve *s, struct sv bytes, struct sieve_event *out);

/* What copies of one event have in common and hardly any two others: a digest, the process's own, of account,
 * time, name, source, and eventID or, where there is none, the bytes. */
uint64_t sieve_key(const struct sieve *s, const struct record *r);

#endif
