/* How long objects take from being written to being read, against what is usual. The delivery stamp in an
 * object's name (`_20261124T0305Z_`) says when it was written; names without one say nothing. */
#ifndef KW_AGENT_SELFWATCH_LATENESS_H
#define KW_AGENT_SELFWATCH_LATENESS_H

#include "base/sv.h"

/* Bucket i holds delays of up to 2^(i/2) minutes. */
#define LATENESS_BUCKETS 32

/* Start with {0}. */
struct lateness {
	float usual[LATENESS_BUCKETS];  /* of the hours before, decayed */
	float recent[LATENESS_BUCKETS]; /* of this hour */
	int64_t hour;                   /* of `recent`, since 1970 */
};

/* An object was read. */
void lateness_note(struct lateness *l, struct sv object, int64_t now_ms);

/* At the end of an hour: true when the 95th percentile of its delays is over three times the usual one and
 * ten minutes more than that (both in minutes), of at least 20 objects, and 100 before. An hour that is told
 * of is not learned. */
bool lateness_look(struct lateness *l, int64_t now_ms, double *out_usual, double *out_recent);

#endif
