/* Commands for a shell, made of a rule's template and an event's values: `aws kendra describe-index --id
 * {kw.index}`. Someone will paste them at night, and an attacker may have chosen the values. */
#ifndef KW_ALERTS_COMMAND_H
#define KW_ALERTS_COMMAND_H

#include "alerts/redact.h"
#include "base/err.h"
#include "rules/event/record.h"

/* May values be put into this command at all? Within quotes or backticks, or right behind `\` or `$`, a
 * {field} would undo our quoting; so would a here-document or a second line. RC_CONFIG with the reason, for
 * the rule's author. */
enum rc command_check(struct sv template, struct err *e);

/* Appends the command with every value in single quotes. RC_REJECT with the reason, and nothing appended,
 * when command_check refuses it or a value is absent, masked, longer than 1,024 bytes, not printable, begins
 * with `-` (an option to whoever reads it) or names a file or URL (`file://`, which the AWS CLI would read).
 */
enum rc command_write(
    struct sv template, struct record *r, const struct redact *redact, struct buf *out, struct err *e);

#endif
