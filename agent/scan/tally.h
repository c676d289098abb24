/* Dedup for those who only count: which of the rules that an event matched have not matched a copy of it
 * before. In memory, 16 to 24 bytes for an event that matched. One thread. */
#ifndef KW_AGENT_SCAN_TALLY_H
#define KW_AGENT_SCAN_TALLY_H

#include "rules/rule.h"

struct tally;
struct tally *tally_new(void);
void tally_free(struct tally *t);

/* Soon tally_new_rules is asked about the key (seats_expect). */
void tally_expect(const struct tally *t, uint64_t key);

/* Moves those of the `n` rules that are new for the event with this key (sieve_key) to the front of `rules`,
 * in their order, and returns how many. Two events are one when their keys are equal: one pair in 2^64. */
size_t tally_new_rules(struct tally *t, uint64_t key, const struct rule **rules, size_t n);

#endif
