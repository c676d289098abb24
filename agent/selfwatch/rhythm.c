/* The statistics of a feed's rhythm. Pure: no clock, no state of its own. */
#include "agent/selfwatch/rhythm.h"

#include <math.h>

#define MINUTE_MS 60000
#define HOUR_MS (60 * (int64_t)MINUTE_MS)
#define WEEK_MS (168 * HOUR_MS)
#define MOST_MINUTES 10 /* that one look may count */
#define DECAY 0.75f
/* Minutes of the week's average that an hour is given to begin with, so that one that was never seen has a
 * rate. */
#define PRIOR_MINUTES 6.0
#define LEAST_ARRIVALS 20 /* before anything is judged */
#define LEAST_MISSED 3.0
#define WEEKS_TO_TRUST 4
#define SCALE 16 /* of fractions in the state */

/* 1970-01-01 was a Thursday; slot 0 is Monday 00:00 UTC. */
static size_t slot_of(int64_t ms)
{
	int64_t hour = (ms / HOUR_MS + 72) % RHYTHM_SLOTS;
	return (size_t)(hour < 0 ? hour + RHYTHM_SLOTS : hour);
}

/* Share of the minutes of a whole week that have an arrival. */
static double mean_rate(const struct rhythm *r)
{
	double watched = 0, active = 0;
	for (size_t i = 0; i < RHYTHM_SLOTS; i++) {
		watched += (double)r->watched[i];
		active += (double)r->active[i];
	}
	return watched > 0 ? active / watched : 0;
}

static double slot_rate(const struct rhythm *r, size_t slot, double mean)
{
	return ((double)r->active[slot] + PRIOR_MINUTES * mean) / ((double)r->watched[slot] + PRIOR_MINUTES);
}

static double rate_at(const struct rhythm *r, size_t slot, double mean)
{
	size_t before = (slot + RHYTHM_SLOTS - 1) % RHYTHM_SLOTS, after = (slot + 1) % RHYTHM_SLOTS;
	return slot_rate(r, before, mean) / 4 + slot_rate(r, slot, mean) / 2 + slot_rate(r, after, mean) / 4;
}

/* Expected arrivals past which a silence is improbable. */
static double limit_of(const struct rhythm *r, const struct rhythm_options *o)
{
	double longest = 0;
	for (size_t i = 0; i < RHYTHM_WEEKS; i++)
		longest = fmax(longest, (double)r->longest[i]);
	return fmax(LEAST_MISSED, longest * (r->weeks < WEEKS_TO_TRUST ? 2 : 1.5)) * o->patience;
}

static void end_week(struct rhythm *r)
{
	r->weeks++;
	memmove(r->longest + 1, r->longest, (RHYTHM_WEEKS - 1) * sizeof *r->longest);
	r->longest[0] = 0;
	/* In the first week every hour had the same rate, so that each night was a long gap. */
	if (r->weeks == 2)
		r->longest[2] = 0;
	for (size_t i = 0; i < RHYTHM_SLOTS; i++) {
		r->watched[i] *= DECAY;
		r->active[i] *= DECAY;
	}
}

bool rhythm_arrived(struct rhythm *r, int64_t now_ms, const struct rhythm_options *o)
{
	bool was_silent = r->silent_ms != 0;
	if (!r->began_ms)
		r->began_ms = r->watched_ms = now_ms;
	if (r->n && now_ms / MINUTE_MS == r->last_ms / MINUTE_MS)
		return false;
	double limit = limit_of(r, o) / o->patience;
	r->longest[0] = (float)fmax((double)r->longest[0], fmin(r->missed, limit));
	r->active[slot_of(now_ms)] += 1;
	r->n++;
	r->missed = 0;
	r->last_ms = now_ms;
	r->silent_ms = 0;
	return was_silent;
}

bool rhythm_look(struct rhythm *r, int64_t now_ms, const struct rhythm_options *o)
{
	if (!r->began_ms)
		return false;
	if (!r->watched_ms || now_ms < r->watched_ms)
		r->watched_ms = now_ms;
	int64_t minutes = (now_ms - r->watched_ms) / MINUTE_MS;
	if (!minutes)
		return false;
	r->watched_ms += minutes * MINUTE_MS;
	while (r->watched_ms - r->began_ms >= (r->weeks + 1) * WEEK_MS)
		end_week(r);
	double mean = mean_rate(r);
	int64_t counted = minutes < MOST_MINUTES ? minutes : MOST_MINUTES;
	for (int64_t i = 0; i < counted; i++) {
		size_t slot = slot_of(r->watched_ms - i * MINUTE_MS);
		r->missed += rate_at(r, slot, mean);
		if (!r->silent_ms)
			r->watched[slot] += 1;
	}
	bool improbable = now_ms - r->began_ms >= o->learn_ms && r->n >= LEAST_ARRIVALS &&
			  now_ms - r->last_ms >= o->least_ms && r->missed > limit_of(r, o);
	if (r->silent_ms || !improbable)
		return false;
	r->silent_ms = now_ms;
	return true;
}

double rhythm_hourly(const struct rhythm *r, int64_t now_ms)
{
	double mean = mean_rate(r), here = 60 * rate_at(r, slot_of(now_ms), mean);
	return here >= 0.5 ? here : 60 * mean;
}

/* --- in the state --------------------------------------------------------------------------------- */

#define N_WHOLE 6

void rhythm_write(const struct rhythm *r, struct buf *out)
{
	int64_t whole[N_WHOLE] = {
	    r->began_ms, r->last_ms, r->silent_ms, r->n, r->weeks, (int64_t)(r->missed * SCALE)};
	for (size_t i = 0; i < N_WHOLE; i++)
		buf_printf(out, "%s%lld", i ? " " : "", (long long)whole[i]);
	for (size_t i = 0; i < RHYTHM_WEEKS; i++)
		buf_printf(out, " %ld", lrintf(r->longest[i] * SCALE));
	for (size_t i = 0; i < RHYTHM_SLOTS; i++)
		buf_printf(out, " %ld %ld", lrintf(r->watched[i] * SCALE), lrintf(r->active[i] * SCALE));
}

/* The next number of `*text`, at most `most`. */
static bool take(struct sv *text, int64_t most, int64_t *out)
{
	size_t n = sv_find(*text, SV(" "));
	struct sv word = n == SV_NONE ? *text : sv_head(*text, n);
	*text = n == SV_NONE ? (struct sv){NULL, 0} : sv_skip(*text, n + 1);
	return sv_int(word, 0, most, out);
}

static bool take_scaled(struct sv *text, float *out)
{
	int64_t v;
	bool ok = take(text, 1 << 24, &v);
	if (ok)
		*out = (float)v / SCALE;
	return ok;
}

bool rhythm_read(struct rhythm *r, struct sv text)
{
	struct rhythm got = {0};
	int64_t whole[N_WHOLE] = {0};
	bool ok = true;
	for (size_t i = 0; i < N_WHOLE; i++)
		ok = ok && take(&text, INT64_C(1) << 52, &whole[i]);
	for (size_t i = 0; i < RHYTHM_WEEKS; i++)
		ok = ok && take_scaled(&text, &got.longest[i]);
	for (size_t i = 0; i < RHYTHM_SLOTS; i++)
		ok = ok && take_scaled(&text, &got.watched[i]) && take_scaled(&text, &got.active[i]);
	if (!ok || text.len)
		return false;
	got.began_ms = whole[0];
	got.last_ms = whole[1];
	got.silent_ms = whole[2];
	got.n = whole[3];
	got.weeks = whole[4];
	got.missed = (double)whole[5] / SCALE;
	*r = got;
	return true;
}
