/* The sentence of an alert: a rule's template, or one made from the event. Whatever the values are, what was
 * done and whether it succeeded stand within its first 110 characters. */
#ifndef KW_ALERTS_SUMMARY_H
#define KW_ALERTS_SUMMARY_H

#include "alerts/redact.h"
#include "base/err.h"
#include "rules/event/record.h"

#define SUMMARY_HEAD_CHARACTERS 110

/* Appends the sentence. `template` (ptr NULL: the default sentence) is one of rules/template.h: its fields
 * are kw.* names or record paths. An absent field reads "an unknown caller", "an unknown index" and so on,
 * else "-". Values are masked, printable and cut; where the sentence is too long they are cut further until
 * verb and outcome fit. Unless the template's own words tell the outcome, it gets "It succeeded." behind it,
 * or "DENIED:", "FAILED:", "THROTTLED:" (and "SUCCEEDED:" when its own words alone are too long) in front. A
 * template that is broken ends where it breaks: the loader has refused it. */
void summary_write(struct sv template, struct record *r, const struct redact *redact, struct buf *out);

/* Appends `template` with its fields filled in and nothing added: for first steps in words. */
void summary_fill(struct sv template, struct record *r, const struct redact *redact, struct buf *out);

/* The value of a field as text (kw.* or record path, arrays joined by ", "), in the record's arena; ptr NULL
 * when absent. Not masked. */
struct sv summary_value(struct record *r, struct sv field);

#endif
