/* The sentence of an alert: a rule's template, or one made from the event. Whatever the values are, what was
 * done and whether it succeeded stand within its first 110 characters. */
#ifndef KW_ALERTS_SUMMARY_H
#define KW_ALERTS_SUMMARY_H

#include "alerts/redact.h"
#include "base/err.h"
#include "rules/event/record.h"

#define SUMMARY_HEAD_CHARACTERS 110

/* Appends the sentence. `template` (ptr NULL: the default sentence) holds {field}: a kw.* field or a record
 * path;
 * `{{` and `}}` are braces. An absent field reads "an unknown caller", "an unknown index" and so on, else
 * "-". Values are masked, printable and cut; where the sentence is too long they are cut further until verb
 * and outcome fit. Unless the template's own words tell the outcome, it gets "It succeeded." behind it or
 * "DENIED:", "FAILED:", "THROTTLED:" in front. */
void summary_write(struct sv template, struct record *r, const struct redact *redact, struct buf *out);

/* Appends `template` with its fields filled in and nothing added: for first steps in words. */
void summary_fill(struct sv template, struct record *r, const struct redact *redact, struct buf *out);

/* Appends a command for a shell. Every value stands in single quotes. RC_REJECT, with the reason and nothing
 * appended, when a value is absent, masked, has control characters, begins with "-", or begins like `file://`
 * (which the AWS CLI would read), or when summary_check_command refuses the template. */
enum rc summary_command(
    struct sv template, struct record *r, const struct redact *redact, struct buf *out, struct err *e);

/* Are the braces of a template balanced? RC_CONFIG with the place. */
enum rc summary_check(struct sv template, struct err *e);

/* May values be put into this command? A {field} within quotes, or right behind `\` or `$`, would undo the
 * quoting: RC_CONFIG. */
enum rc summary_check_command(struct sv template, struct err *e);

/* Walks the {field} names of a template, for lint: false at the end. Start with *at = 0. */
bool summary_next_field(struct sv template, size_t *at, struct sv *out_field);

/* The value of a field as text (kw.* or record path, arrays joined by ", "), in the record's arena; ptr NULL
 * when absent. Not masked. */
struct sv summary_value(struct record *r, struct sv field);

#endif
