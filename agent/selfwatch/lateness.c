/* Delays of objects. Pure. */
#include "agent/selfwatch/lateness.h"

#include <math.h>

#include "agent/worker/decode.h"

#define HOUR_MS ((int64_t)60 * 60 * 1000)
#define DECAY_HOUR 0.996f /* half in a week */
#define LEAST_RECENT 20
#define LEAST_USUAL 100
#define TIMES 3
#define MORE_MINUTES 10

void lateness_note(struct lateness *l, struct sv object, int64_t now_ms)
{
	int64_t written_ms;
	if (!decode_name_stamp(object, &written_ms))
		return;
	double minutes = (double)(now_ms - written_ms) / 60000;
	size_t at = 0;
	while (at + 1 < LATENESS_BUCKETS && exp2((double)at / 2) < minutes)
		at++;
	if (!l->hour)
		l->hour = now_ms / HOUR_MS;
	l->recent[at] += 1;
}

static double sum(const float *buckets)
{
	double n = 0;
	for (size_t i = 0; i < LATENESS_BUCKETS; i++)
		n += (double)buckets[i];
	return n;
}

static double p95(const float *buckets)
{
	double n = sum(buckets), so_far = 0;
	size_t at = 0;
	while (at + 1 < LATENESS_BUCKETS && (so_far += (double)buckets[at]) < 0.95 * n)
		at++;
	return exp2((double)at / 2);
}

bool lateness_look(struct lateness *l, int64_t now_ms, double *out_usual, double *out_recent)
{
	if (!l->hour || now_ms / HOUR_MS == l->hour)
		return false;
	l->hour = now_ms / HOUR_MS;
	double usual = p95(l->usual), recent = p95(l->recent);
	bool late = sum(l->recent) >= LEAST_RECENT && sum(l->usual) >= LEAST_USUAL &&
		    recent > TIMES * usual && recent > usual + MORE_MINUTES;
	for (size_t i = 0; i < LATENESS_BUCKETS; i++) {
		l->usual[i] = late ? l->usual[i] : l->usual[i] * DECAY_HOUR + l->recent[i];
		l->recent[i] = 0;
	}
	*out_usual = usual;
	*out_recent = recent;
	return late;
}
