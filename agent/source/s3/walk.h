/* Where a trail's log files are in a bucket, and which folders are worth listing now. Book-keeping and names
 * only; the source lists. CloudTrail writes [PREFIX/]AWSLogs/[ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/, by
 * the time of delivery, and names files ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHMMZ_RANDOM.json.gz. */
#ifndef KW_AGENT_SOURCE_S3_WALK_H
#define KW_AGENT_SOURCE_S3_WALK_H

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"

#define WALK_DAY_MS ((int64_t)24 * 3600 * 1000)
/* A day is listed as a whole once an hour until it has been over for that long: files may come late. */
#define WALK_LATE_MS WALK_DAY_MS
/* Otherwise from that long ago on: the stamps of new files are near the present. */
#define WALK_RECENT_MS ((int64_t)2 * 3600 * 1000)
/* Folders of digests as a whole, that often: the names of their files begin with the trail's. */
#define WALK_DIGESTS_MS ((int64_t)10 * 60 * 1000)

/* A day's folder of one account and region. */
struct walk_day {
	int64_t start_ms;
	int64_t listed_ms; /* when it was listed as a whole; 0: not yet */
	size_t n_open;     /* objects of it that are not durable */
	bool failed;       /* one of them could not be read since it was listed */
	bool marked;       /* the ledger says that it is done */
	struct map known;  /* keys that are in hand or durable: not NULL; empty once it is marked */
};

/* The folder of one account and region. */
struct walk_leaf {
	char *prefix; /* ends with REGION/ */
	bool digests; /* not logs */
	char *account, *region;
	VEC(struct walk_day *) days; /* oldest first */
};

enum walk_kind {
	WALK_DESCEND, /* folders below it may lead to logs */
	WALK_LEAF,    /* it is the folder of an account and region */
	WALK_SKIP,    /* digests, insights, other services, days */
};

/* What is `prefix` (ends with "/")? `digests`: their folders are wanted too. */
enum walk_kind walk_kind_of(struct sv prefix, bool digests);

struct walk {
	VEC(struct walk_leaf *) leaves;
};
void walk_fini(struct walk *w);

/* The leaf of this prefix; a new one when there is none yet. */
struct walk_leaf *walk_leaf_of(struct walk *w, struct sv prefix);

/* Adds the days from `from_ms` to `to_ms` that a leaf does not have yet. */
void walk_days(struct walk_leaf *leaf, int64_t from_ms, int64_t to_ms);

/* Must the day be listed now, and from which key on? "" in *start_after: as a whole. */
bool walk_due(
    const struct walk_leaf *leaf, const struct walk_day *day, int64_t now_ms, struct buf *start_after);

/* Nothing more will come of it: it has been over for long enough, was listed since, and all of it is durable.
 */
bool walk_day_done(const struct walk_day *day);

/* When the file of this key was delivered, by the stamp in its name; -1: it has none. */
int64_t walk_stamp_ms(struct sv key);

/* Appends the day's folder. */
void walk_day_prefix(const struct walk_leaf *leaf, const struct walk_day *day, struct buf *out);

#endif
