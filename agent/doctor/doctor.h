/* `doctor`: looks at the whole way of an event, in its order, and says what is missing. Reads only; nothing
 * is received, deleted or sent. Main thread. */
#ifndef KW_AGENT_DOCTOR_DOCTOR_H
#define KW_AGENT_DOCTOR_DOCTOR_H

#include "agent/author/coverage/coverage.h"
#include "agent/setup.h"
#include "base/aws/grant.h"
#include "base/aws/trail.h"
#include "base/checkup.h"

struct doctor {
	const struct setup *setup;
	const char **trails; /* names or ARNs to look at, and no others */
	size_t n_trails;
	bool offline; /* nobody outside this machine is asked */
	struct checkup out;
};

/* Looks at everything. */
void doctor_look(struct doctor *d);

/* --- the stations, in order --------------------------------------------------------------------------- */

/* Configuration, lists and rules as they were loaded; the state folder. */
void doctor_config(struct doctor *d);
void doctor_state(struct doctor *d);

/* Every identity that a source or sink has: where its keys come from and who AWS says it is; our clock. */
void doctor_identities(struct doctor *d);

/* Trails, and what of the account's calls can't arrive. */
void doctor_trails(struct doctor *d);
void doctor_blind(const struct coverage *coverage, const struct trails *trails, struct checkup *out);

/* The trails there are, or those of `names` (names or ARNs), with their status and selectors. False when even
 * the list is not to be had; `notes` says why, also of the rest. */
bool doctor_ask_trails(
    struct aws_client *client, const char *const *names, size_t n, struct trails *out, struct checkup *notes);

/* --- what the configuration needs of AWS -------------------------------------------------------------- */

enum doctor_policy {
	DOCTOR_RUN,    /* what `run` needs */
	DOCTOR_DOCTOR, /* what `doctor` and `init` need besides */
	DOCTOR_VERIFY, /* what `verify` needs of a bucket with digests */
};

/* What the configuration does not say. */
struct doctor_extra {
	const char **buckets, **kms_keys;
	size_t n_buckets, n_kms_keys;
};

/* Adds the grants of the configuration, and says in `notes` (a line each) what could not be known. */
void doctor_grants(const struct config *config, enum doctor_policy what, const struct doctor_extra *extra,
    struct grants *out, struct buf *notes);

/* --- blocks that talk to AWS -------------------------------------------------------------------------- */

/* How a block talks to AWS: its options, and the region of the first thing it needs there. Start with {0};
 * doctor_link_fini. */
struct doctor_link {
	struct aws_options aws;
	char *region;
};

/* False when the block does not talk to AWS, or its options are wrong (which its own station says). */
bool doctor_link_of_source(const struct config_block *block, struct doctor_link *out);
bool doctor_link_of_sink(const struct config_block *block, struct doctor_link *out);
void doctor_link_fini(struct doctor_link *l);

#endif
