/* Quarantine: bytes that were no event, kept for a person to look at. STATE/quarantine/, two files a piece:
 * NAME.bin the bytes, NAME.json where they came from and why. */
#ifndef KW_AGENT_ANALYST_QUARANTINE_H
#define KW_AGENT_ANALYST_QUARANTINE_H

#include "base/err.h"
#include "base/sv.h"

struct quarantine;

/* Opens (makes) FOLDER/quarantine. `max_bytes`: past it the oldest are dropped and counted
 * (METRIC_QUARANTINE_DROPPED). */
enum rc quarantine_open(const char *state_folder, int64_t max_bytes, struct quarantine **out, struct err *e);
void quarantine_close(struct quarantine *q);

struct quarantine_piece {
	const char *source, *object;
	uint64_t offset, number;
	const char *reason;
	struct sv bytes;
	int64_t now_ms;
};

/* Keeps a piece, durably. The same bytes from the same place are kept once, so that a repeated batch doubles
 * nothing. RC_IO. */
enum rc quarantine_keep(struct quarantine *q, const struct quarantine_piece *piece, struct err *e);

#endif
