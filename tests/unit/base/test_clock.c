/* Time: parsing, calendar, zones, spans. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *text;
	bool ok;
	int64_t ms;
} times[] = {
    {"1970-01-01T00:00:00Z", true, 0},
    {"2026-11-24T03:04:05Z", true, INT64_C(1795489445000)},
    {"20261124T030405Z", true, INT64_C(1795489445000)},
    {"2026-11-24 03:04:05z", true, INT64_C(1795489445000)},
    {"2026-11-24T03:04:05.678901Z", true, INT64_C(1795489445678)},
    {"2026-11-24T03:04:05.6Z", true, INT64_C(1795489445600)},
    {"2026-11-24T04:04:05+01:00", true, INT64_C(1795489445000)},
    {"2026-11-24T04:04:05+0100", true, INT64_C(1795489445000)},
    {"2026-11-24T04:04:05+01", true, INT64_C(1795489445000)},
    {"2026-11-23T19:34:05-07:30", true, INT64_C(1795489445000)},
    {"2026-11-24T03:04:05", true, INT64_C(1795489445000)},
    {"2026-11-24T03:04Z", true, INT64_C(1795489440000)},
    {"2026-11-24", true, INT64_C(1795478400000)},
    {"20261124", true, INT64_C(1795478400000)},
    {"2024-02-29", true, INT64_C(1709164800000)},
    {"2000-02-29", true, INT64_C(951782400000)},
    {"1900-03-01", true, INT64_C(-2203891200000)},
    {"2016-12-31T23:59:60Z", true, INT64_C(1483228800000)},
    {"1969-12-31T23:59:59Z", true, -1000},
    {"2026-02-29", false, 0},
    {"2100-02-29", false, 0},
    {"2026-04-31", false, 0},
    {"2026-13-01", false, 0},
    {"2026-00-10", false, 0},
    {"2026-01-00", false, 0},
    {"0000-01-01", false, 0},
    {"2026-11-24T24:00:00Z", false, 0},
    {"2026-11-24T23:60:00Z", false, 0},
    {"2026-11-24T23:00:61Z", false, 0},
    {"2026-11-24T03:04:05+15:00", false, 0},
    {"2026-11-24T03:04:05+1:00", false, 0},
    {"2026-11-24T03:04:05Zx", false, 0},
    {"2026-11-24T03:04:05 Z", false, 0},
    {"2026-11-24T", false, 0},
    {"2026-1124", false, 0},
    {"26-11-24", false, 0},
    {"", false, 0},
    {"yesterday", false, 0},
};

static void parsing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		int64_t ms = 42;
		if (clk_parse(sv_from(times[i].text), &ms) != times[i].ok)
			fail_msg("%s", times[i].text);
		if (ms != (times[i].ok ? times[i].ms : 42))
			fail_msg("%s: %lld", times[i].text, (long long)ms);
	}
}

static void format_and_parse_agree(void **state)
{
	(void)state;
	char text[CLK_TEXT];
	clk_format(INT64_C(1795489445678), true, text);
	assert_string_equal(text, "2026-11-24T03:04:05.678Z");
	clk_format(INT64_C(1795489445678), false, text);
	assert_string_equal(text, "2026-11-24T03:04:05Z");
	clk_format(INT64_C(1795489445000), true, text);
	assert_string_equal(text, "2026-11-24T03:04:05Z");
	clk_format(-1, true, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	/* Every 37 hours from 1900 to 2100. */
	for (int64_t ms = INT64_C(-2208988800000); ms < INT64_C(4102444800000);
	     ms += INT64_C(37) * 3600000 + 1) {
		int64_t back;
		clk_format(ms, true, text);
		assert_true(clk_parse(sv_from(text), &back) && back == ms);
	}
}

static void calendar_agrees_with_the_system(void **state)
{
	(void)state;
	for (int64_t day = -25000; day < 50000; day++) {
		time_t t = (time_t)(day * 86400 + 3661);
		struct tm tm;
		char week[8];
		gmtime_r(&t, &tm);
		strftime(week, sizeof week, "%V", &tm);
		struct clk_parts p = clk_parts_utc((int64_t)t * 1000);
		int64_t iso;
		assert_true(sv_int(sv_from(week), 1, 53, &iso));
		assert_int_equal(p.year, tm.tm_year + 1900);
		assert_int_equal(p.month, tm.tm_mon + 1);
		assert_int_equal(p.day, tm.tm_mday);
		assert_int_equal(p.hour * 3600 + p.minute * 60 + p.second, 3661);
		assert_int_equal(p.weekday, (tm.tm_wday + 6) % 7);
		assert_int_equal(p.yearday, tm.tm_yday);
		assert_int_equal(p.iso_week, iso);
	}
}

static void zones(void **state)
{
	(void)state;
	struct clk_parts p;
	char abbreviation[CLK_ABBREVIATION];
	assert_false(clk_parts_zone(0, "../etc/passwd", &p, abbreviation));
	assert_string_equal(abbreviation, "UTC");
	assert_false(clk_parts_zone(0, "No/Where", &p, abbreviation));
	assert_false(clk_parts_zone(0, NULL, &p, abbreviation));
	assert_true(clk_parts_zone(0, "UTC", &p, abbreviation));
	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
		skip();
	assert_true(clk_parts_zone(INT64_C(1795489445000), "Europe/Berlin", &p, abbreviation));
	assert_string_equal(abbreviation, "CET");
	assert_int_equal(p.hour, 4);
	assert_true(clk_parts_zone(INT64_C(1784998445000), "Europe/Berlin", &p, abbreviation));
	assert_string_equal(abbreviation, "CEST");
}

static void spans(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"90s", 90000}, {"5m", 300000}, {"1h", 3600000}, {"7d", 604800000}, {"2w", 1209600000},
	    {"250ms", 250}, {"0", 0}, {"0s", 0}};
	static const char *const bad[] = {
	    "", "5", "s", "-1s", "1 s", "1S", "1.5h", "1y", "99999999999s", "1ss"};
	int64_t ms;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(clk_span(sv_from(good[i].text), &ms) && ms == good[i].ms);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(clk_span(sv_from(bad[i]), &ms));
}

#ifdef KW_TEST
static void wall_clock_can_be_set(void **state)
{
	(void)state;
	char path[] = "/tmp/kw_clock_XXXXXX", fd_text[16];
	int fd = mkstemp(path);
	int64_t ms = INT64_C(1795489445678);
	assert_int_equal(pwrite(fd, &ms, sizeof ms, 0), sizeof ms);
	snprintf(fd_text, sizeof fd_text, "%d", fd);
	setenv("KW_CLOCK_FD", fd_text, 1);
	assert_true(clk_now_ms() == ms);
	ms += 5;
	assert_int_equal(pwrite(fd, &ms, sizeof ms, 0), sizeof ms);
	assert_true(clk_now_ms() == ms);
	unsetenv("KW_CLOCK_FD");
	assert_true(clk_now_ms() != ms);
	close(fd);
	unlink(path);
}
#else
static void wall_clock_can_not_be_set(void **state)
{
	(void)state;
	setenv("KW_CLOCK_FD", "0", 1);
	assert_true(clk_now_ms() > INT64_C(1700000000000));
	unsetenv("KW_CLOCK_FD");
}
#endif

static void other_clocks_advance(void **state)
{
	(void)state;
	int64_t mono = clk_mono_ms(), cpu = clk_cpu_ms();
	assert_true(clk_mono_ms() >= mono && clk_cpu_ms() >= cpu && mono > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parsing),
	    cmocka_unit_test(format_and_parse_agree),
	    cmocka_unit_test(calendar_agrees_with_the_system),
	    cmocka_unit_test(zones),
	    cmocka_unit_test(spans),
#ifdef KW_TEST
	    cmocka_unit_test(wall_clock_can_be_set),
#else
	    cmocka_unit_test(wall_clock_can_not_be_set),
#endif
	    cmocka_unit_test(other_clocks_advance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
