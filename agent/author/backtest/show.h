/* The forms of a report: for a terminal, for programs, for a browser. Pure: the same report gives the same
 * bytes. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_SHOW_H
#define KW_AGENT_AUTHOR_BACKTEST_SHOW_H

#include "agent/author/backtest/report.h"

struct show_style {
	bool colour;
	bool ascii; /* sparklines of letters */
};
#define SHOW_COLUMNS 100

/* Tables, 100 columns wide. */
void show_text(const struct report *r, const struct show_style *style, struct buf *out);

/* A few lines for CI: what it comes to, what the change does, the budgets. */
void show_short(const struct report *r, struct buf *out);

/* One JSON object, described in docs/backtest.md. */
void show_json(const struct report *r, struct buf *out);

/* One HTML page that needs nothing else. */
void show_html(const struct report *r, struct buf *out);

#endif
