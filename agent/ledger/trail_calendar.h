/* The delivery ledger as a calendar: a row a day, a cell an hour, for each account and region. */
#ifndef KW_AGENT_LEDGER_TRAIL_CALENDAR_H
#define KW_AGENT_LEDGER_TRAIL_CALENDAR_H

#include "agent/ledger/trail_ledger.h"
#include "base/jout.h"

/* What an hour looks like; the worst thing about it counts. */
#define TRAIL_STATES(X)                                                                \
	X(NOTHING, " ", "nothing", "nothing was delivered, or nobody looked")          \
	X(READ, "\u00b7", "read", "all that was delivered was read")                   \
	X(LATE, "~", "late", "a log was read more than 30 minutes after its delivery") \
	X(WAITING, "?", "waiting", "a digest lists a log that has not been read yet")  \
	X(MISSING, "!", "missing", "a digest lists a log that never came")             \
	X(ALTERED, "x", "altered", "a log is not what CloudTrail delivered")

enum trail_state {
#define STATE(symbol, mark, name, meaning) TRAIL_STATE_##symbol,
	TRAIL_STATES(STATE)
#undef STATE
	    TRAIL_STATES_N
};
/* Its mark on a terminal ("!"), its name ("missing"), and what that means. */
const char *trail_state_mark(enum trail_state s);
/* See above. */
const char *trail_state_name(enum trail_state s);
/* See above. */
const char *trail_state_meaning(enum trail_state s);

/* Logs of some hours. */
struct trail_sum {
	int64_t delivered, read, missing, altered, late;
};
enum trail_state trail_sum_state(const struct trail_sum *s);
/* Appends "12 read, 1 missing", or "nothing". */
void trail_sum_words(const struct trail_sum *s, struct buf *out);

struct trail_day {
	int64_t day_ms; /* its midnight, UTC */
	struct trail_sum hours[24], all;
};
struct trail_place {
	char *account, *region;     /* heap */
	VEC(struct trail_day) days; /* none left out */
	struct trail_sum all;
};
/* A log that something is wrong with. Heap. */
struct trail_trouble {
	char *key;
	bool altered;
	int64_t time_ms;
};
struct trail_calendar {
	const char *agent;               /* borrowed; for titles */
	const struct map *account_names; /* of the configuration; borrowed */
	int64_t since_ms, now_ms;
	VEC(struct trail_place) places;
	VEC(struct trail_trouble) troubles; /* at most TRAIL_CALENDAR_TROUBLES */
	uint64_t n_troubles;
	struct trail_sum all;
};
#define TRAIL_CALENDAR_TROUBLES 50

/* Reads it; agent, account_names, since_ms and now_ms are given. */
enum rc trail_calendar_read(struct store *s, struct trail_calendar *c, struct err *e);
void trail_calendar_fini(struct trail_calendar *c);

/* "prod (111122223333)", or the number alone. */
void trail_calendar_account(const struct trail_calendar *c, const char *account, struct buf *out);

/* Append it for a terminal, for a browser (one page that loads nothing), as JSON. */
void trail_calendar_text(const struct trail_calendar *c, bool colour, struct buf *out);
void trail_calendar_html(const struct trail_calendar *c, struct buf *out);
void trail_calendar_json(const struct trail_calendar *c, struct jout *j);

#endif
