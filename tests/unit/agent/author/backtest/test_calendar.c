/* Local days and hours, over the days on which clocks are changed. */
#include "agent/author/backtest/calendar.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/clock.h"

static void at(const char *zone, const char *utc, const char *date, int hour, int weekday)
{
	struct calendar c = {.zone = zone};
	char text[CALENDAR_TEXT];
	int64_t ms;
	assert_true(clk_parse(sv_from(utc), &ms));
	struct calendar_time t = calendar_at(&c, ms);
	calendar_date(t.day, text);
	assert_string_equal(text, date);
	assert_int_equal(t.hour, hour);
	assert_int_equal(t.weekday, weekday);
}

static void zones(void **state)
{
	(void)state;
	at(NULL, "2026-11-24T23:59:59Z", "2026-11-24", 23, 1);
	at("Europe/Berlin", "2026-11-24T23:59:59Z", "2026-11-25", 0, 2);
	at("Europe/Berlin", "2026-12-31T23:30:00Z", "2027-01-01", 0, 4);
	at("America/New_York", "2026-01-01T03:00:00Z", "2025-12-31", 22, 2);
	at("Asia/Kathmandu", "2026-11-24T18:14:59Z", "2026-11-24", 23, 1);
	at("Asia/Kathmandu", "2026-11-24T18:15:00Z", "2026-11-25", 0, 2);
	at("Pacific/Kiritimati", "2026-02-28T10:00:00Z", "2026-03-01", 0, 6);
	at("No/Such", "2026-11-24T12:00:00Z", "2026-11-24", 12, 1);
}

/* 2 becomes 3 on 29 March, 3 becomes 2 on 25 October. */
static void clocks_change(void **state)
{
	(void)state;
	at("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29", 1, 6);
	at("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29", 3, 6);
	at("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25", 2, 6);
	at("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25", 2, 6);
	at("Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25", 23, 6);
	at("Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26", 0, 0);
}

/* One calendar over a whole year gives the days in order, each with its hours. */
static void a_year(void **state)
{
	(void)state;
	struct calendar c = {.zone = "Europe/Berlin"};
	int64_t ms;
	assert_true(clk_parse(SV("2025-12-31T23:00:00Z"), &ms));
	int32_t first = calendar_at(&c, ms).day, last = first;
	size_t hours = 0, days = 1, odd = 0;
	for (int i = 0; i < 365 * 24; i++, ms += 3600000) {
		struct calendar_time t = calendar_at(&c, ms);
		assert_true(t.day == last || t.day == last + 1);
		if (t.day != last) {
			odd += hours != 24;
			hours = 0;
			days++;
		}
		hours++;
		last = t.day;
	}
	assert_int_equal(days, 365);
	assert_int_equal(odd, 2);
	assert_int_equal(last - first, 364);
}

static void words(void **state)
{
	(void)state;
	char text[CALENDAR_TEXT];
	calendar_short(0, text);
	assert_string_equal(text, "1 Jan");
	assert_int_equal(calendar_weekday(0), 3);
	assert_int_equal(calendar_weekday(-1), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zones),
	    cmocka_unit_test(clocks_change),
	    cmocka_unit_test(a_year),
	    cmocka_unit_test(words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
