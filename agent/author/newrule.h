/* A first draft of a rule, from an event or from an API operation, with tests that pass and protect all of
 * it. */
#ifndef KW_AGENT_AUTHOR_NEWRULE_H
#define KW_AGENT_AUTHOR_NEWRULE_H

#include "base/buf.h"
#include "base/err.h"
#include "rules/event/record.h"

/* Appends the rule's text. The event's own values become the positive case, less what an alert would mask.
 * RC_INPUT when it has no eventSource or eventName: there is nothing stable to go by. */
enum rc newrule_from_event(struct record *r, struct buf *out, struct err *e);

/* Of a built-in event: `api` as "kendra:BatchPutDocument", `as` as "role/app". RC_INPUT as builtin.h says. */
enum rc newrule_from_api(struct sv api, struct sv as, struct buf *out, struct err *e);

#endif
