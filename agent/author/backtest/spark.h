/* A row of small bars: one character a value. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_SPARK_H
#define KW_AGENT_AUTHOR_BACKTEST_SPARK_H

#include "base/buf.h"

/* Appends `n` characters for `values`, the highest of them full. Nothing is a dot, so that a single event is
 * never drawn as none. `ascii`: of ".:-=+*#@" instead of blocks. */
void spark_write(const uint32_t *values, size_t n, bool ascii, struct buf *out);

/* Sums `n` values into `n_out` <= n cells of the same width but the last one, which may be shorter; returns
 * how many values a cell holds. `out` has room for n_out; *out_n are filled. */
size_t spark_squeeze(const uint32_t *values, size_t n, size_t n_out, uint32_t *out, size_t *out_n);

/* Do the locale's characters hold blocks? Reads LC_ALL, LC_CTYPE, LANG as setlocale(3) does. */
bool spark_unicode(void);

#endif
