/* A digest that came by itself, while the agent runs: read, its signature checked, ready for the ledger. What
 * its neighbours say of it the ledger knows. */
#ifndef KW_AGENT_DIGEST_NEWS_H
#define KW_AGENT_DIGEST_NEWS_H

#include "agent/digest/link.h"
#include "agent/ledger/trail_name.h"

struct digest_news {
	struct arena arena;
	struct trail_name name; /* views into the arena */
	struct digest digest;   /* all zeros when verdict is DAMAGED_DIGEST */
	struct digest_metadata metadata;
	enum flaw_kind verdict; /* FLAW_KINDS: it is CloudTrail's */
	char reason[500];
	int64_t patience_ms; /* how long its logs may take until they are missing */
};

/* What a source gives that has got a digest. */
struct digest_feed {
	struct sv bytes;    /* as stored */
	struct sv metadata; /* JSON, as digest_metadata_read takes it; empty: there is none */
	struct sv bucket;   /* where it was got; empty: `object` is a path in a copy */
	struct sv object;   /* key or path; a name of a digest */
	struct keys *keys;
	int64_t patience_ms;
};

/* Reads and checks it; never fails: what is wrong is the verdict. NULL when the object has no digest's name.
 * Blocks when CloudTrail must be asked for a key. */
struct digest_news *digest_news_new(const struct digest_feed *f);
void digest_news_free(struct digest_news *n);

#endif
