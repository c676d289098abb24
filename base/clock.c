/* Time. Any thread. In test flavours KW_CLOCK_FD names an open descriptor whose first 8 bytes (native int64,
 * read by pread at each call) are the wall clock in milliseconds. */
#include "base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clk_now_ms(void)
{
#ifdef KW_TEST
	const char *fd_text = getenv("KW_CLOCK_FD");
	int64_t fd, ms;
	if (fd_text && sv_int(sv_from(fd_text), 0, 1 << 20, &fd) &&
	    pread((int)fd, &ms, sizeof ms, 0) == (ssize_t)sizeof ms)
		return ms;
#endif
	return read_clock(CLOCK_REALTIME);
}

int64_t clk_mono_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clk_mono_ns(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t clk_cpu_ms(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* Days from 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level date
 * algorithms"). */
static int64_t days_from_civil(int64_t y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static bool leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return m == 2 && leap(y) ? 29 : days[m - 1];
}

/* Takes exactly `n` digits off `*s`. */
static bool digits(struct sv *s, int n, int *out)
{
	int v = 0;
	if (s->len < (size_t)n)
		return false;
	for (int i = 0; i < n; i++) {
		char c = s->ptr[i];
		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*s = sv_skip(*s, (size_t)n);
	*out = v;
	return true;
}

static bool take(struct sv *s, char c)
{
	if (!s->len || s->ptr[0] != c)
		return false;
	*s = sv_skip(*s, 1);
	return true;
}

static int fraction_ms(struct sv *s)
{
	int ms = 0, scale = 100;
	while (s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9') {
		ms += (s->ptr[0] - '0') * scale;
		scale /= 10;
		*s = sv_skip(*s, 1);
	}
	return ms;
}

static bool zone_offset(struct sv *s, int *out_minutes)
{
	*out_minutes = 0;
	if (take(s, 'Z') || take(s, 'z') || s->len == 0)
		return true;
	bool west = s->ptr[0] == '-';
	int h, m = 0;
	if ((!take(s, '+') && !take(s, '-')) || !digits(s, 2, &h))
		return false;
	if (s->len && (take(s, ':') || true) && !digits(s, 2, &m))
		return false;
	if (h > 14 || m > 59)
		return false;
	*out_minutes = (west ? -1 : 1) * (h * 60 + m);
	return true;
}

bool clk_parse(struct sv s, int64_t *out_ms)
{
	int y, mo, d, h = 0, mi = 0, sec = 0, ms = 0, offset = 0;
	if (!digits(&s, 4, &y))
		return false;
	bool extended = take(&s, '-');
	if (!digits(&s, 2, &mo) || (extended && !take(&s, '-')) || !digits(&s, 2, &d))
		return false;
	if (y < 1 || mo < 1 || mo > 12 || d < 1 || d > month_days(y, mo))
		return false;
	if (s.len) {
		if ((!take(&s, 'T') && !take(&s, 't') && !take(&s, ' ')) || !digits(&s, 2, &h))
			return false;
		bool colon = take(&s, ':');
		if (!digits(&s, 2, &mi))
			return false;
		if (colon ? take(&s, ':') : (s.len && s.ptr[0] >= '0' && s.ptr[0] <= '9'))
			if (!digits(&s, 2, &sec))
				return false;
		if (take(&s, '.'))
			ms = fraction_ms(&s);
		if (!zone_offset(&s, &offset) || s.len)
			return false;
	}
	if (h > 23 || mi > 59 || sec > 60)
		return false;
	*out_ms =
	    ((days_from_civil(y, mo, d) * 24 + h) * 60 + mi - offset) * 60000 + (int64_t)sec * 1000 + ms;
	return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct clk_parts clk_parts_utc(int64_t ms)
{
	int64_t seconds = floor_div(ms, 1000), days = floor_div(seconds, 86400),
		rest = seconds - days * 86400;
	int64_t z = days + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365,
		doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct clk_parts p = {
	    .hour = (int)(rest / 3600), .minute = (int)(rest / 60 % 60), .second = (int)(rest % 60)};
	p.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	p.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	p.year = (int)(yoe + era * 400 + (p.month <= 2));
	p.weekday = (int)(((days + 3) % 7 + 7) % 7);
	p.yearday = (int)(days - days_from_civil(p.year, 1, 1));
	/* ISO 8601: week 1 holds the year's first Thursday. */
	int64_t thursday = days - p.weekday + 3;
	int64_t ty = 1970 + floor_div(thursday * 400, 146097);
	while (days_from_civil(ty + 1, 1, 1) <= thursday)
		ty++;
	while (days_from_civil(ty, 1, 1) > thursday)
		ty--;
	p.iso_week = (int)((thursday - days_from_civil(ty, 1, 1)) / 7 + 1);
	return p;
}

/* `v` (0 or more) in `width` digits and what follows them; where the next goes. printf takes ten times as
 * long. */
static char *put(char *out, int v, int width, char next)
{
	out[width] = next;
	for (int i = width; i-- > 0; v /= 10)
		out[i] = (char)('0' + v % 10);
	return out + width + 1;
}

void clk_format(int64_t ms, bool with_ms, char out[CLK_TEXT])
{
	struct clk_parts p = clk_parts_utc(ms);
	int milli = (int)(ms - floor_div(ms, 1000) * 1000);
	int year = p.year % 10000, width = 4;
	if (year < 0) { /* as %04d has it */
		*out++ = '-';
		year = -year;
		width = year > 999 ? 4 : 3;
	}
	out = put(out, year, width, '-');
	out = put(out, p.month, 2, '-');
	out = put(out, p.day, 2, 'T');
	out = put(out, p.hour, 2, ':');
	out = put(out, p.minute, 2, ':');
	if (with_ms && milli) {
		out = put(out, p.second, 2, '.');
		out = put(out, milli, 3, 'Z');
	} else {
		out = put(out, p.second, 2, 'Z');
	}
	*out = 0;
}

bool clk_parts_zone(int64_t ms, const char *zone, struct clk_parts *out, char abbreviation[CLK_ABBREVIATION])
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char current[64] = "";
	char path[128];
	bool known = zone && *zone && !strstr(zone, "..");
	if (known) {
		snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
		known = access(path, R_OK) == 0;
	}
	const char *want = known ? zone : "UTC";
	time_t t = (time_t)floor_div(ms, 1000);
	struct tm tm;
	pthread_mutex_lock(&lock);
	if (strcmp(current, want) != 0) {
		snprintf(path, sizeof path, ":%s", want);
		setenv("TZ", path, 1);
		tzset();
		snprintf(current, sizeof current, "%s", want);
	}
	localtime_r(&t, &tm);
	snprintf(abbreviation, CLK_ABBREVIATION, "%s", tm.tm_zone ? tm.tm_zone : "UTC");
	pthread_mutex_unlock(&lock);
	*out = clk_parts_utc(ms + (int64_t)tm.tm_gmtoff * 1000);
	return known || (zone && strcmp(zone, "UTC") == 0);
}

bool clk_span(struct sv s, int64_t *out_ms)
{
	static const struct {
		struct sv unit;
		int64_t ms;
	} units[] = {{SV_INIT("ms"), 1}, {SV_INIT("s"), 1000}, {SV_INIT("m"), 60000}, {SV_INIT("h"), 3600000},
	    {SV_INIT("d"), 86400000}, {SV_INIT("w"), 604800000}};
	size_t n = 0;
	int64_t v;
	while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
		n++;
	if (!sv_int(sv_head(s, n), 0, 1000000000, &v))
		return false;
	if (n == s.len && v == 0) {
		*out_ms = 0;
		return true;
	}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (sv_eq(sv_skip(s, n), units[i].unit)) {
			*out_ms = v * units[i].ms;
			return true;
		}
	return false;
}
