/* Finding one event that a person named: FILE, FILE:RECORD, - for the first on standard input, an eventID, or
 * the handle or id of an alert. */
#ifndef KW_AGENT_EVENT_AT_H
#define KW_AGENT_EVENT_AT_H

#include "agent/command/cli.h"
#include "rules/event/record.h"

/* Opens `out` over the event at FILE, FILE:RECORD or -; its bytes and tree live in `a`. RC_NOTFOUND when the
 * input has fewer records, RC_INPUT when that record is malformed. */
enum rc event_at(
    const char *where, struct arena *a, const struct record_names *names, struct record *out, struct err *e);

/* Opens `out` over the first record of `file` whose eventID is `id`, and *out_number is its place.
 * RC_NOTFOUND when none has it. */
enum rc event_at_id(const char *file, struct sv id, struct arena *a, const struct record_names *names,
    struct record *out, uint64_t *out_number, struct err *e);

/* Tells `each` every event of `file`, gzip or not; the record is its to look at during the call, false from
 * it ends the reading. Malformed records are left out. RC_NOTFOUND, RC_INPUT for a damaged gzip; what came
 * before was told. */
enum rc event_at_each(const char *file, const struct record_names *names,
    bool (*each)(void *ctx, struct record *r, uint64_t number), void *ctx, struct err *e);

/* What event_find found. Texts live in its arena. */
struct event_found {
	struct record record;
	struct sv where; /* for people: "trail.json.gz:212", "alert #K7F2Q" */
	bool redacted;   /* the copy that an alert holds, less what is masked: the original can't be read */
	struct sv why;   /* redacted: why not */
	bool looked_up;  /* in the state */
};

/* Appends a line that says where a record was found that was not named by its place, and that it is an
 * alert's copy when it is; nothing for one that was. */
void event_found_note(const struct event_found *f, struct buf *out);

/* What event_find says an EVENT may be, for help texts. */
#define EVENT_FORMS "FILE, FILE:RECORD, -, an eventID, or an alert's handle or id"

/* Finds what a person named. What is no file and may be an eventID, a handle or an id is looked for in the
 * state of `c` (--state, else the configuration's; read-only): among its alerts, whose original is read where
 * the alert says it came from, then for an eventID in every object of the ledger, newest first. RC_NOTFOUND
 * with what was looked for where. */
enum rc event_find(const struct cli *c, const char *what, struct arena *a, const struct record_names *names,
    struct event_found *out, struct err *e);

#endif
