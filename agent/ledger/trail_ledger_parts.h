/* What the files of the delivery ledger share. Private to them. */
#ifndef KW_AGENT_LEDGER_TRAIL_LEDGER_PARTS_H
#define KW_AGENT_LEDGER_TRAIL_LEDGER_PARTS_H

#include "agent/ledger/trail_ledger.h"

/* What is known of a log: trail_object.flags. */
enum trail_flag {
	TRAIL_LISTED = 1, /* a digest names it */
	TRAIL_READ = 2,
	TRAIL_MISSING = 4,   /* listed, due, and not read */
	TRAIL_ALTERED = 8,   /* read, and not what the digest lists */
	TRAIL_LATE = 16,     /* read long after its delivery */
	TRAIL_STRANGER = 32, /* read, and in none of the digests of its hours */
};

/* A row of trail_object in hand. */
struct trail_row {
	struct trail_name name;
	bool known;
	unsigned flags, was; /* `was`: in the table */
	char hash[DIGEST_HASH_TEXT], listed_hash[DIGEST_HASH_TEXT];
	struct sv object; /* where it was read; empty keeps the old one, as 0 does below */
	int64_t read_ms, due_ms;
};
enum rc trail_row_get(struct store *s, const struct trail_name *name, struct trail_row *out, struct err *e);
/* Writes it, and moves the sums of its hour by what has changed. */
enum rc trail_row_put(struct store *s, const struct trail_row *r, struct err *e);
/* Is what was read what is listed? Sets or clears TRAIL_ALTERED when both are known. */
void trail_row_compare(struct trail_row *r, struct trail_alarms *alarms);

/* "111122223333 eu-west-1 2026-11-24T03:00", heap. */
char *trail_hour_name(const struct trail_name *name);

/* Takes `detail`. */
void trail_alarm_add(struct trail_alarms *a, enum flaw_kind kind, char *detail, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
