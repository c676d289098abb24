/* One object on its way from bytes to findings: sniffed, inflated, framed, decoded, evaluated. */
#ifndef KW_AGENT_WORKER_READING_H
#define KW_AGENT_WORKER_READING_H

#include "agent/worker/sieve.h"
#include "base/net/crypto.h"
#include "base/vec.h"
#include "rules/eval.h"

/* One rule that matched one event. */
struct finding {
	const struct rule *rule;
	struct record *record; /* in the batch's arena, with its own copy of the bytes */
	struct why why;
	uint64_t number; /* of the record in its object, from 1 */
};

/* One event that rules matched, for those who only count. */
struct sighting {
	uint64_t key; /* the same for every copy of the event (sieve.h) */
	int64_t time_ms;
	uint32_t first, n; /* of findings.rules_seen */
};

/* Bytes that are no event. */
struct spoiled {
	struct sv bytes; /* in the batch's arena; at most 64 KiB of an object, 1 MiB of a message */
	uint64_t offset, number;
	char reason[160];
};

/* What one stretch of an object gave. Owns its arena and its rule set reference. */
struct findings {
	struct arena arena;
	struct ruleset *rules;
	VEC(struct finding) hits;
	VEC(struct sighting) sightings;      /* instead of hits, when only counts are wanted */
	VEC(const struct rule *) rules_seen; /* of each sighting, in the set's order */
	VEC(struct spoiled) spoiled;
	uint64_t events, notices,
	    bytes; /* evaluated, skipped as no events, inflated bytes; of this stretch */
	uint64_t insights;
	uint64_t untimed, unnamed; /* events whose eventTime is no time; events without an eventID */
	char hash[2 * CRYPTO_SHA256_BYTES + 1]; /* of the object's inflated bytes, in the last stretch; empty:
						   not asked for */
	uint64_t records_done; /* records and spoiled pieces of the object up to the end of this stretch: the
				  checkpoint */
};
void findings_free(struct findings *f);

/* What a worker keeps from object to object, so that the kernel need not give and take memory for each. Start
 * with {0}. */
struct reading_room {
	struct buf raw, inflated;
	size_t n_sightings, n_rules_seen; /* of the last stretch: the next one gets lists of that size */
};
void reading_room_fini(struct reading_room *room);

struct reading_setup {
	struct ruleset *rules; /* reading_new and each findings take a reference of their own */
	const struct record_names *names;
	struct sieve *sieve; /* of a program of `rules`; a reference is taken. NULL: the reading makes one */
	struct reading_room *room; /* outlives the reading. NULL: the reading's own */
	bool counts;               /* sightings are wanted and no hits; not for a plain reading */
	bool plain;     /* no sieve at all: every rule is asked about every event, to compare with */
	bool hash;      /* findings->hash is wanted */
	uint64_t skip;  /* records at the front that were committed before: not evaluated again */
	uint64_t begin; /* bytes of the object before those that are fed: offsets count from its start */
	bool patient;   /* an end inside a record or a gzip member is not a spoiled piece, only RC_INPUT: the
			   object may still be growing */
	/* Takes a stretch (and frees it). False stops the reading. Called when a stretch is full
	 * (READING_HITS, READING_SIGHTINGS or READING_BYTES) and by reading_flush. */
	bool (*emit)(void *ctx, struct findings *f);
	/* Called by reading_file after each read of `raw_bytes`; may be NULL. False stops the reading. */
	bool (*after_read)(void *ctx, size_t raw_bytes);
	void *ctx;
};
#define READING_HITS 2000
#define READING_SIGHTINGS 20000 /* of rules */
#define READING_BYTES ((size_t)4 << 20)

struct reading;
/* Takes a reference of its own to setup->rules. */
struct reading *reading_new(const struct reading_setup *setup);

/* From now on emits to another taker: a stream's reading outlives the piece that began it. */
void reading_redirect(struct reading *r, bool (*emit)(void *ctx, struct findings *f), void *ctx);
void reading_free(struct reading *r);

/* Feeds raw bytes (gzip or plain, sniffed from the first ones). RC_STOPPED when emit said stop; RC_INPUT or
 * RC_LIMIT when the gzip is damaged: what came before it was read, all that follows is passed over, and
 * reading_end says the same. */
enum rc reading_feed(struct reading *r, struct sv bytes, struct err *e);

/* No more bytes. RC_INPUT for a truncated gzip or one record cut off by the end. Emits what is left. */
enum rc reading_end(struct reading *r, struct err *e);

/* As reading_end, when the bytes end too early because of `rc` and *e; returns `rc`. */
enum rc reading_fail(struct reading *r, enum rc rc, struct err *e);

/* Emits what is there now. */
enum rc reading_flush(struct reading *r);

/* Would a new reading that begins here, at a `{`, find what this one finds from here on (frame.h,
 * frame_is_fresh)? Of plain input. */
bool reading_is_fresh(const struct reading *r);

/* A whole descriptor from its current place to its end: small gzip objects in one go (libdeflate), all else
 * streamed. RC_IO when it can't be read. */
enum rc reading_file(struct reading *r, int fd, struct err *e);

#endif
