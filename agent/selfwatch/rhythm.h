/* How often something usually comes, learned by the hour of the week, and whether its silence is improbable.
 *
 * What is counted are minutes in which anything came at all, so that a flood of objects weighs as much as
 * one. The rate of an hour of the week is the share of such minutes, decayed by a quarter each week and
 * smoothed with the hours beside it (1/4, 1/2, 1/4), since summer time moves a day by one.
 *
 * A silence is measured in arrivals that were to be expected meanwhile, not in minutes: nights and week-ends
 * hardly count (the time-rescaling theorem: with the right rates all gaps have one distribution, whatever the
 * hour). It is improbable when it is half as long again as the longest gap of the last eight weeks (twice as
 * long while fewer than four are known), and at least three arrivals. So no shape of the gaps is assumed: the
 * limit is short for what comes by the clock, and long for what comes in clumps. A silence that was alerted
 * about teaches nothing but the limit it had passed: an outage can't make the next one go unseen. */
#ifndef KW_AGENT_SELFWATCH_RHYTHM_H
#define KW_AGENT_SELFWATCH_RHYTHM_H

#include "base/buf.h"

#define RHYTHM_SLOTS 168
#define RHYTHM_WEEKS 8

/* Start with {0}. All times are wall clock in ms. */
struct rhythm {
	int64_t began_ms;   /* of the first arrival; 0: none yet */
	int64_t last_ms;    /* of the last arrival */
	int64_t watched_ms; /* up to here; 0: since now */
	int64_t silent_ms;  /* when the silence was found improbable; 0: it is not */
	int64_t n;          /* minutes with arrivals, ever */
	int64_t weeks;      /* that are over, since it began */
	double missed;      /* arrivals to be expected since the last one */
	float watched[RHYTHM_SLOTS], active[RHYTHM_SLOTS]; /* minutes, decayed */
	float longest[RHYTHM_WEEKS]; /* gap of each week, in expected arrivals; the first is this week's */
};

struct rhythm_options {
	int64_t learn_ms; /* no judgement before so long after the first arrival */
	int64_t least_ms; /* nor of a shorter silence */
	double patience;  /* 1; the limit is so many times as long */
};

/* Something came. True when that ends an improbable silence. */
bool rhythm_arrived(struct rhythm *r, int64_t now_ms, const struct rhythm_options *o);

/* Time passed. True when the silence has just become improbable. Call it each minute; a longer pause counts
 * as ten minutes, since nobody watched. */
bool rhythm_look(struct rhythm *r, int64_t now_ms, const struct rhythm_options *o);

/* How often something comes at this hour of the week, in arrivals an hour; of the whole week, when this hour
 * has none. */
double rhythm_hourly(const struct rhythm *r, int64_t now_ms);

/* For the state: appends one line of text, and reads it. False for what is no such text: *r is as it was. */
void rhythm_write(const struct rhythm *r, struct buf *out);
bool rhythm_read(struct rhythm *r, struct sv text);

#endif
