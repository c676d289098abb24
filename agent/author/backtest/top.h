/* The most frequent names among many, in bounded memory (Metwally et al. 2005, "space saving"): a name that
 * is seen more often than total / TOP_NAMES is always kept, and no count is too high by more than that. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_TOP_H
#define KW_AGENT_AUTHOR_BACKTEST_TOP_H

#include "base/sv.h"

#define TOP_NAMES 64
#define TOP_BYTES 96 /* of a name; the rest is cut off */

struct top_name {
	char text[TOP_BYTES];
	uint32_t len;
	uint64_t alerts, pages;
	uint64_t over; /* how many of `alerts` may be another's */
	uint64_t hash;
};

/* Start with {0}. */
struct top {
	struct top_name names[TOP_NAMES];
	size_t n;
	uint64_t total;
};

/* Counts one alert of `name`, and whether it paged. */
void top_count(struct top *t, struct sv name, bool page);

/* Most alerts first, then by name. */
void top_sort(struct top *t);

#endif
