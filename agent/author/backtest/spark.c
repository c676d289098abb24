/* Sparklines. */
#include "agent/author/backtest/spark.h"

#include <stdlib.h>

static const char *const blocks[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const letters[] = {".", ":", "-", "-", "=", "+", "*", "#", "@"};
#define LEVELS 8

void spark_write(const uint32_t *values, size_t n, bool ascii, struct buf *out)
{
	uint32_t most = 0;
	for (size_t i = 0; i < n; i++)
		most = values[i] > most ? values[i] : most;
	for (size_t i = 0; i < n; i++) {
		/* Rounded up: the least of them is one step, the most is all. */
		uint64_t level = most ? ((uint64_t)values[i] * LEVELS + most - 1) / most : 0;
		buf_adds(out, ascii ? letters[level] : blocks[level]);
	}
}

size_t spark_squeeze(const uint32_t *values, size_t n, size_t n_out, uint32_t *out, size_t *out_n)
{
	size_t width = (n + n_out - 1) / n_out;
	*out_n = 0;
	if (!n)
		return 1;
	for (size_t i = 0; i < n; i++) {
		if (i % width == 0)
			out[(*out_n)++] = 0;
		out[*out_n - 1] += values[i];
	}
	return width;
}

bool spark_unicode(void)
{
	const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return sv_find(sv_from(value), SV("UTF-8")) != SV_NONE ||
			       sv_find(sv_from(value), SV("utf8")) != SV_NONE;
	}
	return false;
}
