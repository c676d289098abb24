/* Local days. Offsets change on quarters of an hour at the finest, so the zone is asked once a quarter. */
#include "agent/author/backtest/calendar.h"

#include <stdio.h>

#include "base/clock.h"

#define DAY_MS INT64_C(86400000)
#define QUARTER_MS INT64_C(900000)

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* How far local clocks are ahead of UTC: the local calendar read as if it were UTC's, less the moment. */
static int64_t offset_at(const char *zone, int64_t ms)
{
	struct clk_parts local, utc = clk_parts_utc(ms);
	char abbreviation[CLK_ABBREVIATION];
	if (!zone || !clk_parts_zone(ms, zone, &local, abbreviation))
		return 0;
	int64_t minutes = (local.hour - utc.hour) * 60 + local.minute - utc.minute;
	/* Within 14 hours: another day shows as more than half a day off. */
	if (local.day != utc.day)
		minutes += (local.year != utc.year ? local.year > utc.year : local.yearday > utc.yearday)
			       ? 1440
			       : -1440;
	return minutes * 60000;
}

struct calendar_time calendar_at(struct calendar *c, int64_t ms)
{
	int64_t quarter = floor_div(ms, QUARTER_MS);
	if (!c->known || quarter != c->quarter) {
		c->offset_ms = offset_at(c->zone, quarter * QUARTER_MS);
		c->quarter = quarter;
		c->known = true;
	}
	int64_t local = ms + c->offset_ms, day = floor_div(local, DAY_MS);
	return (struct calendar_time){
	    (int32_t)day, (int)((local - day * DAY_MS) / 3600000), calendar_weekday((int32_t)day)};
}

void calendar_date(int32_t day, char out[CALENDAR_TEXT])
{
	struct clk_parts p = clk_parts_utc(day * DAY_MS);
	snprintf(out, CALENDAR_TEXT, "%04d-%02d-%02d", p.year % 10000, p.month % 100, p.day % 100);
}

void calendar_short(int32_t day, char out[CALENDAR_TEXT])
{
	static const char *const months[] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct clk_parts p = clk_parts_utc(day * DAY_MS);
	snprintf(out, CALENDAR_TEXT, "%d %s", p.day % 100, months[(p.month - 1) % 12]);
}

int calendar_weekday(int32_t day)
{
	return clk_parts_utc(day * DAY_MS).weekday;
}
