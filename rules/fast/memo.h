/* What values meant when they were seen before: a table of bounded size from (path, kind, bytes) to meanings.
 * One thread. */
#ifndef KW_RULES_FAST_MEMO_H
#define KW_RULES_FAST_MEMO_H

#include "rules/fast/compiled.h"

struct memo;

/* With room for `bytes` of remembered values. */
struct memo *memo_new(size_t bytes);
void memo_free(struct memo *m);

/* One value of one field; below 2^24 bytes. */
struct memo_key {
	uint32_t path;
	uint8_t kind;
	struct sv bytes;
};

/* The digest of a key, for the two that follow. */
uint64_t memo_digest(const struct memo *m, const struct memo_key *key);

/* What a text that was met lately means; NULL: memo_find may know. A third of the price: it is found by its
 * ends. */
const struct meaning *memo_near(const struct memo *m, const struct memo_key *key);

/* Makes it near; `meaning` is the memo's own. */
void memo_put_near(struct memo *m, const struct memo_key *key, const struct meaning *meaning);

/* What it means; NULL when it is not remembered. */
const struct meaning *memo_find(const struct memo *m, const struct memo_key *key, uint64_t digest);

/* Remembers a meaning; all is copied but `ranks` when they are marked as lasting. NULL when the room is used
 * up: memo_tidy makes more. */
const struct meaning *memo_put(struct memo *m, const struct memo_key *key, uint64_t digest,
    const struct meaning *meaning, bool ranks_last);

/* Forgets everything when the room was used up. What memo_find and memo_put gave is lost then, so it is
 * called between events. */
void memo_tidy(struct memo *m);

#endif
