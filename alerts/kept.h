/* What is the same in every alert of one record, made once however many rules the record hits. It hangs on
 * the record, lives in its arena, and is for the thread that owns the record. */
#ifndef KW_ALERTS_KEPT_H
#define KW_ALERTS_KEPT_H

#include "alerts/redact.h"
#include "rules/event/record.h"

/* Zero, and texts with ptr NULL: not made yet. */
struct kept {
	struct sv key; /* record_key */
	bool fingerprinted;
	int64_t fingerprint; /* gate.c */

	/* Pieces of the body (alert.c), under `redact`. */
	struct redact redact;
	struct sv summary; /* of rules without a template of their own */
	struct sv facts;   /* members from `principal` to `resource`, with the comma in front */
	struct sv event;   /* the event copy */
};

/* What is kept with `r`; never NULL. */
struct kept *kept_of(struct record *r);

/* The same, without pieces of a body that were made under another `redact`. */
struct kept *kept_under(struct record *r, const struct redact *redact);

/* record_key, kept. */
struct sv kept_key(struct record *r);

#endif
