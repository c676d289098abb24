/* What one thread's scans remember of keys: for each node of a plan the keys that were seen under it, each
 * with what it leads to and which key came next. All of it is guesses that are confirmed by comparing bytes,
 * so entries may be overwritten at any time, and a hostile input can make them useless but not wrong. */
#ifndef KW_RULES_EVENT_SCAN_STATE_H
#define KW_RULES_EVENT_SCAN_STATE_H

#include "rules/event/scan_plan.h"

#define SCAN_STATE_KEYS 1024
#define SCAN_STATE_TEXT 32
#define SCAN_STATE_PLACES 4096
#define SCAN_STATE_PROBES 8
#define SCAN_STATE_DOUBT 16

/* The text is the key as it stands in compact JSON, with its quotes and the colon. */
struct scan_state_key {
	char text[SCAN_STATE_TEXT];
	uint32_t mask;    /* a bit for each byte of text that counts, from the lowest */
	uint32_t len;     /* 0: nothing here yet */
	uint32_t from;    /* node that it stands under */
	uint32_t to;      /* node that it leads to; 0: none */
	uint32_t next[2]; /* indexes of the keys that came next, the latest first */
	uint32_t doubt;   /* goes up with each object under it that was not seen before (scan_seen.h) */
	uint32_t slot;    /* of that node; SCAN_PLAN_NO_SLOT: none */
};

struct scan_state {
	int64_t (*record)(const struct scan_plan *plan, struct scan_state *state, const char *bytes,
	    size_t len, struct scan_slot *slots);
	uint64_t plan_id;              /* what the rest is about; 0: nothing */
	struct scan_state_key *begin;  /* of each node: its `next` are the first keys of the node's objects */
	struct scan_seen *seen;        /* NULL: the plan is not strict */
	struct scan_state_key nowhere; /* stands for the last key that could not be remembered */
	uint32_t n_keys;
	struct scan_state_key keys[SCAN_STATE_KEYS];
	uint16_t places[SCAN_STATE_PLACES]; /* hash table: index in keys + 1, 0 is free */
};

/* Forgets all and prepares for `plan`. */
void scan_state_bind(struct scan_state *state, const struct scan_plan *plan);

/* What is remembered of a key (bytes between its quotes, without escapes) under a node; what it leads to is
 * looked up and remembered when it is new. */
struct scan_state_key *scan_state_find(
    struct scan_state *state, const struct scan_plan *plan, uint32_t from, struct sv key);

/* Are all escapes in the raw text of a string such as JSON has? */
bool scan_state_escapes(struct sv raw);

/* What blocks of bytes are compared with. Defined elsewhere than where it is used, so that compilers take it
 * from memory, which costs nothing, instead of building each from a constant whenever it is needed, which
 * does. */
struct scan_state_bytes {
	char quote[32], backslash[32], last_control[32], fold[32], opening[32], closing[32];
};
extern const struct scan_state_bytes scan_state_bytes;

/* The scanners, one a unit. */
int64_t scan_plain_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes,
    size_t len, struct scan_slot *slots);
int64_t scan_sse2_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes,
    size_t len, struct scan_slot *slots);
int64_t scan_avx2_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes,
    size_t len, struct scan_slot *slots);

#endif
