/* Numbers to text. */
#include "agent/author/backtest/figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

void figure_count(uint64_t n, char out[FIGURE_TEXT])
{
	char digits[FIGURE_TEXT];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, n), at = 0;
	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = 0;
}

void figure_rate(double rate, char out[FIGURE_TEXT])
{
	if (rate < 0.005)
		snprintf(out, FIGURE_TEXT, "0");
	else if (rate < 0.095)
		snprintf(out, FIGURE_TEXT, "%.2f", rate);
	else if (rate < 9.95)
		snprintf(out, FIGURE_TEXT, "%.1f", rate);
	else
		figure_count((uint64_t)llround(fmin(rate, 1e15)), out);
}

void figure_change(double change, char out[FIGURE_TEXT])
{
	char rate[FIGURE_TEXT];
	figure_rate(fabs(change), rate);
	if (strcmp(rate, "0") == 0)
		snprintf(out, FIGURE_TEXT, "=");
	else
		snprintf(out, FIGURE_TEXT, "%c%.*s", change < 0 ? '-' : '+', FIGURE_TEXT - 2, rate);
}

void figure_span(double ns, char out[FIGURE_TEXT])
{
	static const char *const units[] = {"ns", "us", "ms", "s"};
	size_t unit = 0;
	while (unit < 3 && ns >= 999.5) {
		ns /= 1000;
		unit++;
	}
	snprintf(out, FIGURE_TEXT, ns < 9.95 && unit ? "%.1f %s" : "%.0f %s", ns, units[unit]);
}
