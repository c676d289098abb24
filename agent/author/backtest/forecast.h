/* What the past says about a week to come. Pure arithmetic. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_FORECAST_H
#define KW_AGENT_AUTHOR_BACKTEST_FORECAST_H

#include <stddef.h>
#include <stdint.h>

/* The middle value, the mean of the two middle ones of an even number; 0 of none. Sorts `values`. */
double forecast_median(uint32_t *values, size_t n);

/*
 * How much counts of single days vary beside what chance alone would do: variance / mean, at least 1. Above 1
 * things come in bursts of about that size. 1 when there are fewer than FORECAST_DAYS days, or nothing.
 */
#define FORECAST_DAYS 7
double forecast_burst(const uint32_t *days, size_t n_days);

struct forecast {
	double mean;      /* a week */
	double low, high; /* of the count in one week to come: 5 % are below, 5 % above */
	double burst;
};

/*
 * A week to come after `n` things in `days` days. The rate is not known but estimated (a gamma distribution
 * with Jeffreys' prior), so the count of the coming week is negative binomial with r = n/b + 1/2 and
 * p = weeks / (weeks + 1), in bursts of b; the interval is its quantiles at 5 % and 95 % times b. Without a
 * single thing in the past the upper end is still not 0: nothing seen in a day says little about a week.
 */
struct forecast forecast_week(uint64_t n, double days, double burst);

#endif
