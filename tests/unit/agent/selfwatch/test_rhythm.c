/* The rhythm of simulated feeds: how often it cries wolf, how soon it says that a feed is gone. The figures
 * are those of docs/self-watch.md. */
#include "agent/selfwatch/rhythm.h"

#include <math.h>
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MINUTE_MS ((int64_t)60000)
#define DAY (24 * 60)
#define WEEK (7 * DAY)
#define LOOK_EVERY 5
#define RUNS 8
#define WEEKS 12
#define MOST_DELAY (90 * DAY)

static const struct rhythm_options options = {7 * DAY * MINUTE_MS, 15 * MINUTE_MS, 1};
static uint64_t seed;

static double chance(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(seed >> 11) / 9007199254740992.0;
}

static bool at_work(int64_t minute)
{
	int64_t hour = (minute / 60 + 72) % 168;
	return hour / 24 < 5 && hour % 24 >= 8 && hour % 24 < 18;
}

/* The chance of an arrival in a minute. `from` is when the feed began. */
typedef double feed_rate(int64_t minute, int64_t from);

static double every_five_minutes(int64_t minute, int64_t from)
{
	(void)from;
	return minute % 5 == 0 ? 0.98 : 0;
}

static double now_and_then(int64_t minute, int64_t from)
{
	(void)minute;
	(void)from;
	return 0.2;
}

static double hourly(int64_t minute, int64_t from)
{
	(void)minute;
	(void)from;
	return 1.0 / 60;
}

static double daily(int64_t minute, int64_t from)
{
	(void)minute;
	(void)from;
	return 1.0 / DAY;
}

static double once_a_day(int64_t minute, int64_t from)
{
	(void)from;
	return minute % DAY == 360;
}

static double office(int64_t minute, int64_t from)
{
	(void)from;
	return at_work(minute) ? 0.3 : 0;
}

/* Summer time: from the eighth week on everything is an hour earlier. */
static double office_moves(int64_t minute, int64_t from)
{
	return at_work(minute - from > 8 * WEEK ? minute + 60 : minute) ? 0.3 : 0;
}

static double day_and_night(int64_t minute, int64_t from)
{
	(void)from;
	return 0.05 * (1 + 0.9 * sin((double)(minute % DAY) / DAY * 2 * 3.14159265));
}

/* An hour of much, every ten hours or so. */
static double clumps(int64_t minute, int64_t from)
{
	static int64_t left;
	if (minute == from)
		left = 0;
	if (left > 0)
		return left-- ? 0.5 : 0;
	if (chance() < 1.0 / 600)
		left = 60;
	return 0;
}

static const struct feed {
	const char *name;
	feed_rate *rate;
	double most_delay; /* mean, in minutes */
} feeds[] = {
    {"every 5 min, by the clock", every_five_minutes, 30},
    {"every 5 min, by chance", now_and_then, 100},
    {"every hour, by chance", hourly, 1000},
    {"every day, by chance", daily, 14 * DAY},
    {"every day at six", once_a_day, 4 * DAY},
    {"office hours", office, 4 * DAY},
    {"office hours, summer time", office_moves, 4 * DAY},
    {"day and night", day_and_night, 600},
    {"in clumps", clumps, 10 * DAY},
};

struct outcome {
	int false_alarms, found;
	double delay; /* sum, of those that were found */
};

/* One feed that gives for WEEKS and then no more. */
static void simulate(const struct feed *f, uint64_t run, struct outcome *out)
{
	struct rhythm r = {0};
	seed = run * 7919 + 1;
	chance();
	int64_t from = 29000000 + (int64_t)(chance() * WEEK),
		end = from + WEEKS * WEEK + (int64_t)(chance() * WEEK);
	for (int64_t minute = from; minute < end; minute++) {
		if (chance() < f->rate(minute, from))
			rhythm_arrived(&r, minute * MINUTE_MS, &options);
		if (minute % LOOK_EVERY == 0)
			out->false_alarms += rhythm_look(&r, minute * MINUTE_MS, &options);
	}
	for (int64_t minute = end; minute < end + MOST_DELAY && !r.silent_ms; minute++)
		if (rhythm_look(&r, minute * MINUTE_MS, &options)) {
			out->found++;
			out->delay += (double)(minute - r.last_ms / MINUTE_MS);
		}
	out->found += r.silent_ms && !out->found;
}

static void few_false_alarms_and_soon_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
		struct outcome o = {0};
		for (uint64_t run = 0; run < RUNS; run++)
			simulate(&feeds[i], run, &o);
		double months = RUNS * WEEKS * 7 / 30.4;
		print_message("%-28s false alarms a month %.3f, found after %.0f min (%d of %d)\n",
		    feeds[i].name, o.false_alarms / months, o.found ? o.delay / o.found : 0, o.found, RUNS);
		assert_true(o.false_alarms / months < 0.5);
		assert_int_equal(o.found, RUNS);
		assert_true(o.delay / o.found < feeds[i].most_delay);
	}
}

/* An arrival every `every` minutes, from `minute` on for `n` minutes; looks each minute. Returns alarms. */
static int go_on(struct rhythm *r, int64_t *minute, int64_t n, int64_t every)
{
	int alarms = 0;
	for (int64_t end = *minute + n; *minute < end; ++*minute) {
		if (every && *minute % every == 0)
			rhythm_arrived(r, *minute * MINUTE_MS, &options);
		alarms += rhythm_look(r, *minute * MINUTE_MS, &options);
	}
	return alarms;
}

static void one_alarm_a_silence(void **state)
{
	struct rhythm r = {0};
	int64_t minute = 29000000;
	(void)state;
	assert_int_equal(go_on(&r, &minute, 2 * WEEK, 5), 0);
	assert_int_equal(go_on(&r, &minute, 3 * DAY, 0), 1);
	assert_true(r.silent_ms > 0);
	assert_true(rhythm_arrived(&r, minute * MINUTE_MS, &options));
	assert_int_equal(r.silent_ms, 0);
	assert_false(rhythm_arrived(&r, (minute + 1) * MINUTE_MS, &options));
	/* The outage has taught it nothing: the next one is found as soon. */
	assert_int_equal(go_on(&r, &minute, 2 * DAY, 5), 0);
	int64_t from = minute;
	while (!go_on(&r, &minute, 1, 0))
		;
	assert_in_range(minute - from, 15, 60);
}

static void never_before_it_has_learned(void **state)
{
	struct rhythm r = {0};
	int64_t minute = 29000000;
	(void)state;
	assert_false(rhythm_look(&r, minute * MINUTE_MS, &options));
	assert_int_equal(go_on(&r, &minute, 6 * DAY, 5), 0);
	assert_int_equal(go_on(&r, &minute, DAY - 10, 0), 0);
	/* And not of a handful of arrivals. */
	struct rhythm few = {0};
	minute = 29000000;
	assert_int_equal(go_on(&few, &minute, 10 * DAY, DAY), 0);
	assert_int_equal(go_on(&few, &minute, 60 * DAY, 0), 0);
}

/* Nobody watched while the agent was down, or the machine slept. */
static void a_pause_is_no_silence(void **state)
{
	struct rhythm r = {0};
	int64_t minute = 29000000;
	(void)state;
	assert_int_equal(go_on(&r, &minute, 2 * WEEK, 5), 0);
	minute += 2 * DAY;
	assert_false(rhythm_look(&r, minute * MINUTE_MS, &options));
	assert_true(r.missed < 4);
	/* Set back, it goes on from there. */
	minute -= 3 * DAY;
	assert_false(rhythm_look(&r, minute * MINUTE_MS, &options));
	assert_int_equal(go_on(&r, &minute, DAY, 5), 0);
}

static void it_is_kept_as_text(void **state)
{
	struct rhythm r = {0}, again = {0};
	struct buf text = {0}, twice = {0};
	int64_t minute = 29000000;
	(void)state;
	go_on(&r, &minute, 3 * WEEK + 77, 7);
	rhythm_write(&r, &text);
	assert_true(rhythm_read(&again, buf_sv(&text)));
	assert_int_equal(again.last_ms, r.last_ms);
	assert_int_equal(again.weeks, 3);
	rhythm_write(&again, &twice);
	assert_string_equal(text.ptr, twice.ptr);
	size_t last = text.len;
	while (text.ptr[--last] != ' ')
		;
	/* Cut off, longer, out of range, no number: nothing is taken. */
	assert_false(rhythm_read(&again, sv_head(buf_sv(&text), last)));
	buf_adds(&text, " 1");
	assert_false(rhythm_read(&again, buf_sv(&text)));
	assert_false(rhythm_read(&again, SV("")));
	assert_false(rhythm_read(&again, SV("1 2 3 4 -5 6")));
	assert_false(rhythm_read(&again, SV("99999999999999999999999 2")));
	assert_int_equal(again.last_ms, r.last_ms);
	buf_fini(&text);
	buf_fini(&twice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(few_false_alarms_and_soon_found),
	    cmocka_unit_test(one_alarm_a_silence),
	    cmocka_unit_test(never_before_it_has_learned),
	    cmocka_unit_test(a_pause_is_no_silence),
	    cmocka_unit_test(it_is_kept_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
