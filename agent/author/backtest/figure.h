/* Numbers as people read them. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_FIGURE_H
#define KW_AGENT_AUTHOR_BACKTEST_FIGURE_H

#include "base/buf.h"

#define FIGURE_TEXT 32

/* 1234567 as "1,234,567". */
void figure_count(uint64_t n, char out[FIGURE_TEXT]);

/* A rate with two digits that mean something: "0", "0.03", "0.4", "2.5", "14", "1,200". */
void figure_rate(double rate, char out[FIGURE_TEXT]);

/* The same with its sign, "+0.5", "-14", "=" for none worth naming. */
void figure_change(double change, char out[FIGURE_TEXT]);

/* Nanoseconds as "870 ns", "4.2 us", "15 ms", "1.3 s". */
void figure_span(double ns, char out[FIGURE_TEXT]);

#endif
