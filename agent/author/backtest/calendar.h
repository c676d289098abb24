/* Days and hours as the people who are paged live them: event times in the operator's time zone. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_CALENDAR_H
#define KW_AGENT_AUTHOR_BACKTEST_CALENDAR_H

#include "base/buf.h"

/* A time zone, with the last quarter of an hour that was asked about. Start with {.zone = "Europe/Berlin"}.
 */
struct calendar {
	const char *zone; /* IANA name; NULL or unknown: UTC */
	int64_t quarter;
	int64_t offset_ms;
	bool known; /* the two above are set */
};

/* A local date as days since 1970-01-01, and the hour of it. On the day when clocks go back an hour comes
 * twice, on the other one an hour never comes. */
struct calendar_time {
	int32_t day;
	int hour;
	int weekday; /* 0 is Monday */
};
struct calendar_time calendar_at(struct calendar *c, int64_t ms);

/* "2026-11-24", and "24 Nov". */
#define CALENDAR_TEXT 16
void calendar_date(int32_t day, char out[CALENDAR_TEXT]);
void calendar_short(int32_t day, char out[CALENDAR_TEXT]);

/* 0 is Monday. */
int calendar_weekday(int32_t day);

#endif
