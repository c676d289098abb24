/* A table of 64-bit keys that are digests, each with a number. It is made to be asked about millions of keys
 * that it never met: 12 bytes a seat and the fewest cache misses, which whoever knows its keys ahead can have
 * fetched meanwhile. It grows in the order of its keys and gives back what it has moved, so it is never there
 * twice. One thread. */
#ifndef KW_AGENT_SCAN_SEATS_H
#define KW_AGENT_SCAN_SEATS_H

#include <stddef.h>
#include <stdint.h>

struct seats;
struct seats *seats_new(void);
void seats_free(struct seats *s);

/* Soon seats_at is asked about the key: fetches its place into the cache, waits for nothing. Ask some 16 keys
 * ahead. */
void seats_expect(const struct seats *s, uint64_t key);

/* Where the number of `key` is kept; 0: the key is new, and the caller sets a number that is not 0 before it
 * calls anything else. Holds until the next call. Keys need not be spread evenly, but it is fast only when
 * they are. */
uint32_t *seats_at(struct seats *s, uint64_t key);

#endif
