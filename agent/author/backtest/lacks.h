/* Why rules stayed silent, and which fields nobody sent. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_LACKS_H
#define KW_AGENT_AUTHOR_BACKTEST_LACKS_H

#include "agent/author/backtest/report.h"

/* Fills r->silent (rules without a match, by reason) and r->fields. */
void lacks_find(struct report *r);

#endif
