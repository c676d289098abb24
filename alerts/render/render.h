/* Alerts for people: pure functions from alert form v1 (parsed) to text. No clock, no terminal, no state; the
 * same alert and style give the same bytes. Every value that came from outside is made printable, so that
 * nothing in an event can move a cursor, open a hyperlink or start a new line. */
#ifndef KW_ALERTS_RENDER_RENDER_H
#define KW_ALERTS_RENDER_RENDER_H

#include "base/buf.h"
#include "base/jdoc.h"

struct render_style {
	const char *timezone; /* IANA name; NULL or unknown: UTC */
	bool colour;          /* ANSI colours; without them the words carry the same meaning */
	int64_t now_ms;       /* for "6 min ago"; RENDER_NO_TIME: left out, as in what is sent and kept */
	int columns;          /* of the page; 0: 86 */
};
#define RENDER_NO_TIME INT64_MIN

/* Room of a message in one SMS part (GSM 03.38, 140 bytes), and of an SNS subject ("fewer than 100
 * characters"). */
#define RENDER_SMS_BYTES 140
#define RENDER_SUBJECT_CHARACTERS 99

/* The page that someone reads at 3 a.m.: several lines, ends with \n. */
void render_page(const struct jdoc *alert, const struct render_style *style, struct buf *out);

/* One line for a terminal or a list: time, level, handle, account, sentence; ends with \n. Columns line up.
 */
void render_line(const struct jdoc *alert, const struct render_style *style, struct buf *out);

/* One SMS, without \n: "CRIT prod: alice@example.com DELETED … 02:58 OK #K7F2Q". At most RENDER_SMS_BYTES,
 * cut on a code point; level, account, time, outcome and handle always stand. */
void render_sms(const struct jdoc *alert, const struct render_style *style, struct buf *out);

/* Subject of an email: ASCII without control characters, at most RENDER_SUBJECT_CHARACTERS of them, begins
 * with the level. */
void render_subject(const struct jdoc *alert, struct buf *out);

/* --- shared by the formatters and by sinks
 * ---------------------------------------------------------------------- */

/* "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO" for the alert's rule.level; "ALERT" when it has none. */
const char *render_level_word(const struct jdoc *alert);
/* The same in four letters: "CRIT", "HIGH", "MED", "LOW", "INFO". */
const char *render_level_short(const struct jdoc *alert);

/* "prod", else the account number, else "-": what people call the account. Printable, appended. */
void render_account(const struct jdoc *alert, struct buf *out);

#endif
