/* Reads `--jobs`. For scan and backtest, on the main thread before any other starts. */
#include "agent/command/jobs.h"

#include <stdlib.h>

#include "base/cores.h"

enum exit_code jobs_read(const struct cli *c, unsigned *out_jobs)
{
	int64_t jobs = cores_usable();
	const char *given = cli_value(c, "jobs");
	if (given && !sv_int(sv_from(given), 1, CORES_MAX, &jobs))
		return cli_usage(c, "--jobs is a number from 1 to %d, not \"%s\"", CORES_MAX, given);
	*out_jobs = (unsigned)jobs;
	return EXIT_FINE;
}

uint64_t jobs_piece_bytes(void)
{
	int64_t bytes = 0;
#ifdef KW_TEST
	const char *text = getenv("KW_PIECE");
	if (text)
		sv_int(sv_from(text), 1, INT64_MAX, &bytes);
#endif
	return (uint64_t)bytes;
}
