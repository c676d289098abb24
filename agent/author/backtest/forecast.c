/* Rates and their intervals. */
#include "agent/author/backtest/forecast.h"

#include <math.h>
#include <stdlib.h>

#define TAIL 0.05
/* Steps of the sum below, at most; past this many the normal distribution is as good. */
#define EXACT 5000.0

static int by_value(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

double forecast_median(uint32_t *values, size_t n)
{
	if (!n)
		return 0;
	qsort(values, n, sizeof *values, by_value);
	size_t middle = n / 2;
	double upper = values[middle];
	return n % 2 ? upper : (values[middle - 1] + upper) / 2;
}

double forecast_burst(const uint32_t *days, size_t n_days)
{
	double sum = 0, squares = 0;
	if (n_days < FORECAST_DAYS)
		return 1;
	for (size_t i = 0; i < n_days; i++)
		sum += days[i];
	double mean = sum / (double)n_days;
	if (mean <= 0)
		return 1;
	for (size_t i = 0; i < n_days; i++)
		squares += (days[i] - mean) * (days[i] - mean);
	double ratio = squares / (double)(n_days - 1) / mean;
	return ratio > 1 ? ratio : 1;
}

/* The least k with P(X <= k) >= q, X negative binomial: P(0) = p^r, P(k+1) = P(k) (k+r)/(k+1) (1-p). */
static double quantile(double r, double p, double q)
{
	double mean = r * (1 - p) / p;
	if (mean > EXACT) {
		double z = q < 0.5 ? -1.6449 : 1.6449;
		return fmax(0, floor(mean + z * sqrt(mean / p)));
	}
	double log_term = r * log(p), sum = exp(log_term), k = 0;
	while (sum < q && k < 4 * EXACT) {
		log_term += log((k + r) / (k + 1) * (1 - p));
		sum += exp(log_term);
		k++;
	}
	return k;
}

struct forecast forecast_week(uint64_t n, double days, double burst)
{
	double weeks = days / 7, r = (double)n / burst + 0.5, p = weeks / (weeks + 1);
	return (struct forecast){.mean = (double)n / weeks,
	    .low = floor(quantile(r, p, TAIL) * burst),
	    .high = ceil(quantile(r, p, 1 - TAIL) * burst),
	    .burst = burst};
}
