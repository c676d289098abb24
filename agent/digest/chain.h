/* The digests of one trail in one account and region, walked from the newest to the oldest, and the logs that
 * they list. */
#ifndef KW_AGENT_DIGEST_CHAIN_H
#define KW_AGENT_DIGEST_CHAIN_H

#include "agent/digest/flaw.h"
#include "agent/digest/keys.h"
#include "agent/digest/place.h"

struct chain_span {
	int64_t from_ms, to_ms;
};
struct chain_spans {
	VEC(struct chain_span) all;
};

struct chain {
	/* given */
	struct place *place;
	struct keys *keys;
	const struct place_entry **entries; /* oldest first */
	size_t n;
	bool backfill;             /* these are backfill digests: times between them are no gaps */
	bool bounded;              /* what is older than the first one and after from_ms should be here */
	int64_t from_ms, to_ms;    /* digests of other times are not looked at */
	const struct map *present; /* keys (from AWSLogs/ on) of all digests of the place */
	const struct chain_spans *filled; /* times that backfill digests cover; NULL: none */
	/* found; the caller's storage */
	struct chain_spans *covered; /* by valid digests; appended */
	struct map *listed;          /* keys (from AWSLogs/ on) that valid digests list -> themselves */
	struct flaw_list *flaws;
	uint64_t digests, valid_digests, logs, valid_logs;
	int64_t newest_ms; /* end of the newest one that can be read; INT64_MIN: there is none */
};

/* Walks it. After a digest that is missing or wrong it goes on with the next older one. */
void chain_walk(struct chain *c);

#endif
