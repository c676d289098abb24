/* What must not leave the host: one list, applied to the event copy, to why, to the summary and to first
 * steps. Secrets (session tokens, secret keys, passwords, signed URLs) are masked always; content (queries,
 * user context, document bodies) unless the operator asked for it. */
#ifndef KW_ALERTS_REDACT_H
#define KW_ALERTS_REDACT_H

#include "base/buf.h"
#include "rules/event/tree.h"

enum redact_class { REDACT_NONE, REDACT_CONTENT, REDACT_SECRET };

struct redact {
	bool show_content; /* the operator unmasked content */
};

#define REDACT_MASK "***"
/* Longest value in why and summary, in bytes; cut on a code point and marked with "…". */
#define REDACT_VALUE_BYTES 256

/* The class of a record path such as `requestParameters.userContext.groups`: the strictest of its parts. */
enum redact_class redact_path(struct sv path);

/* Is a value of `class` masked under `r`? */
bool redact_hides(const struct redact *r, enum redact_class class);

/* Appends the event as JSON: the record's own bytes (order, spelling, numbers), less what is masked. Bytes
 * that are no UTF-8 become U+FFFD and what is nested deeper than 48 levels becomes a mark, so that every
 * reader can parse it. */
void redact_event(const struct redact *r, const struct tree *event, struct buf *out);

/* Appends the value found at `path` in `event` as it may be shown: masked, without signatures in URLs, cut.
 * `path` may be "" for a keyword, whose value is then masked when a masked member of the event holds the same
 * text. */
void redact_value(
    const struct redact *r, const struct tree *event, struct sv path, struct sv value, struct buf *out);

/* The same as a view: of `value` itself where it may be shown as it is, of a constant, or of `room`, which is
 * overwritten. */
struct sv redact_shown(
    const struct redact *r, const struct tree *event, struct sv path, struct sv value, struct buf *room);

#endif
