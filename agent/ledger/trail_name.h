/* What the name of an object says that CloudTrail has put into a bucket: whose it is, from which region, when
 * it was delivered. It is the same whichever way the object reaches us: a path of a copied tree, a key, a
 * message about a key. */
#ifndef KW_AGENT_LEDGER_TRAIL_NAME_H
#define KW_AGENT_LEDGER_TRAIL_NAME_H

#include "base/sv.h"

enum trail_kind { TRAIL_LOG, TRAIL_DIGEST };

/* Views into the path. */
struct trail_name {
	enum trail_kind kind;
	struct sv key;     /* from "AWSLogs/" on; without such a folder the last part of the path */
	struct sv account; /* 12 digits */
	struct sv region;
	struct sv trail, home_region; /* of digests */
	int64_t time_ms;              /* of delivery; of a digest the end of what it covers */
	bool backfill;                /* of digests: made later, for a time that had none */
};

/* False when the last part of `path` is no name of theirs:
 *   ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_RANDOM.json.gz
 *   ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOMEREGION_YYYYMMDDTHHmmSSZ[_backfill].json.gz
 * A folder or prefix may stand before. Source: the CloudTrail user guide, "CloudTrail log file name format".
 */
bool trail_name_read(struct sv path, struct trail_name *out);

#endif
