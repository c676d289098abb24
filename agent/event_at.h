/* Finding one event that a person named: FILE, FILE:RECORD, or - for the first on standard input. */
#ifndef KW_AGENT_EVENT_AT_H
#define KW_AGENT_EVENT_AT_H

#include "rules/event/record.h"

/* Opens `out` over the event; its bytes and tree live in `a`. RC_NOTFOUND when the input has fewer records,
 * RC_INPUT when that record is malformed. */
enum rc event_at(
    const char *where, struct arena *a, const struct record_names *names, struct record *out, struct err *e);

#endif
