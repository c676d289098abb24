/* The only reader of time. In the test flavours the wall clock can be set from outside (KW_CLOCK_FD, see
 * clock.c); the release binary has no such hook. */
#ifndef KW_BASE_CLOCK_H
#define KW_BASE_CLOCK_H

#include "base/sv.h"

/* Wall clock: milliseconds since 1970-01-01T00:00:00Z. */
int64_t clk_now_ms(void);

/* Monotonic milliseconds, for intervals and timeouts. */
int64_t clk_mono_ms(void);

/* Monotonic nanoseconds, for what takes microseconds. */
int64_t clk_mono_ns(void);

/* CPU time of the process in milliseconds. */
int64_t clk_cpu_ms(void);

/* Parses ISO 8601: `2026-11-24T03:04:05Z`, with fraction, with `+hh:mm` offset, basic `20261124T030405Z`, or
 * a date alone. Milliseconds since the epoch in *out_ms. False when it is none or not a calendar date. */
bool clk_parse(struct sv s, int64_t *out_ms);

/* `2026-11-24T03:04:05Z`, or with milliseconds when they are not 0 and `with_ms`. */
#define CLK_TEXT 32
void clk_format(int64_t ms, bool with_ms, char out[CLK_TEXT]);

/* Calendar parts of `ms` in UTC. weekday: 0 is Monday. */
struct clk_parts {
	int year, month, day, hour, minute, second, weekday, yearday, iso_week;
};
struct clk_parts clk_parts_utc(int64_t ms);

/* The same in `zone`, an IANA name such as "Europe/Berlin", with the zone's abbreviation at that moment
 * ("CEST"). False, and UTC, when the zone is unknown. Takes a lock: not for the hot path. */
#define CLK_ABBREVIATION 16
bool clk_parts_zone(int64_t ms, const char *zone, struct clk_parts *out, char abbreviation[CLK_ABBREVIATION]);

/* A span as people write it: `90s`, `5m`, `1h`, `7d`, `2w`, `250ms`. Milliseconds in *out_ms; false when it
 * is none. */
bool clk_span(struct sv s, int64_t *out_ms);

#endif
