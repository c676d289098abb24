/* What the parts of the HTML form share. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_HTML_H
#define KW_AGENT_AUTHOR_BACKTEST_HTML_H

#include "agent/author/backtest/show.h"

/* Appends text of any origin as HTML text or attribute value: printable, and nothing in it is markup. */
void html_text(struct buf *out, struct sv s);

/* The chart of pages in the seven days up to each day, with the budget as a line and the base as another. */
void html_pages(const struct report *r, struct buf *out);

/* Alerts by rule (rows) and day (columns). */
void html_rules(const struct report *r, struct buf *out);

/* Alerts by weekday and hour. */
void html_week(const struct report *r, struct buf *out);

#endif
