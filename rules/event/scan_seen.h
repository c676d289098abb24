/* Objects that were seen before, byte for byte. Who calls, and over which connection, is told anew in every
 * event of a session: a third of a trail's bytes. An object that equals one which was read and found sound
 * has its end and its values where that one had them, so comparing it is all the reading it needs.
 *
 * Kept for strict plans only, where reading costs most (docs/decisions/0007-program.md). */
#ifndef KW_RULES_EVENT_SCAN_SEEN_H
#define KW_RULES_EVENT_SCAN_SEEN_H

#include "rules/event/scan_state.h"

/* Some 256 KiB, of one plan and one thread. */
struct scan_seen;
struct scan_seen *scan_seen_new(void);
void scan_seen_free(struct scan_seen *seen);

/* Is it worth asking about the next object under this key? Where most are new, hardly any is asked about. */
static inline bool scan_seen_may_help(struct scan_state_key *key)
{
	return key->doubt < SCAN_STATE_DOUBT || ++key->doubt % SCAN_STATE_DOUBT == 0;
}

/* The length of the object at `p`, of which `left` bytes can be read, directly inside a record and under
 * `key`, whose values are put into their slots as reading would; 0 when it was not seen lately. */
size_t scan_seen_find(
    struct scan_seen *seen, struct scan_state_key *key, const char *p, size_t left, struct scan_slot *slots);

/* Is nothing picked yet at the node, or below? Else what reading finds is not the object's alone. */
bool scan_seen_is_blank(const struct scan_plan *plan, uint32_t node, const struct scan_slot *slots);

/* Remembers the object that scan_seen_find was asked about last, which is sound and `len` long; the slots at
 * and below the node were blank before. */
void scan_seen_keep(struct scan_seen *seen, const struct scan_plan *plan, uint32_t node, const char *p,
    size_t len, const struct scan_slot *slots);

#endif
