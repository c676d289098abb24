/* Verification of a whole place: every chain in it, and the logs that no chain knows. */
#ifndef KW_AGENT_DIGEST_VERIFY_H
#define KW_AGENT_DIGEST_VERIFY_H

#include "agent/digest/chain.h"
#include "base/jout.h"

/* What was found about one trail in one account and region. */
struct verify_trail {
	struct sv account, region, trail, home_region; /* views */
	uint64_t digests, valid_digests, backfills, logs, valid_logs;
	int64_t from_ms, to_ms; /* of its valid digests; from > to: there are none */
	int64_t newest_ms;      /* end of the newest digest that can be read; INT64_MIN: none */
	struct chain_spans covered;
	struct flaw_list flaws;
};

struct verify {
	/* given */
	struct place *place;
	struct keys *keys;
	int64_t from_ms, to_ms; /* of digests and logs */
	bool bounded;           /* from_ms was asked for: what is missing after it is missing */
	int64_t now_ms; /* a chain must reach to two hours before it; INT64_MIN: the place is a copy */
	bool allowed[FLAW_KINDS];
	/* found */
	struct place_list list;
	VEC(struct verify_trail) trails;
	uint64_t unproven_logs; /* logs in no hour of a valid digest */
};

/* Looks through the place. RC_NOTFOUND: it holds no digest of that time (how many logs it holds is in the
 * text); else as place_walk. */
enum rc verify_run(struct verify *v, struct err *e);
void verify_fini(struct verify *v);

/* How many flaws fail it. */
uint64_t verify_failures(const struct verify *v);

/* Appends the report for people, or one JSON object of `j`. */
void verify_text(const struct verify *v, const char *place, bool colour, struct buf *out);
void verify_json(const struct verify *v, const char *place, struct jout *j);

#endif
