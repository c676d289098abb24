/* Folding: one alert for one rule and one actor within `suppress_for`; what comes after it is counted and
 * carried by the next alert. By event time, so that the order in which files arrive does not matter much and
 * the sum never. Pure; gate.c keeps the windows in memory or in the store. */
#ifndef KW_ALERTS_FOLD_H
#define KW_ALERTS_FOLD_H

#include "alerts/alert.h"

#define FOLD_KEY_TEXT 33
/* Windows remembered a key: live events and a back-fill run side by side without closing each other's. */
#define FOLD_WINDOWS 8

struct fold_window {
	int64_t opened_ms; /* event time of the match that alerted */
	char alert_id[ALERT_ID_TEXT];
	int64_t count;   /* matches folded into that alert */
	int64_t carried; /* how many of them a later alert has told of */
};

/* All windows of one key. Start with {0}. */
struct fold_set {
	struct fold_window windows[FOLD_WINDOWS];
	size_t n;
};

struct fold_verdict {
	bool alerts;     /* else it was folded */
	size_t window;   /* index of the window it opened or was folded into */
	int64_t carried; /* alerts: matches folded earlier that no alert has told of yet */
	bool evicted;    /* alerts: the oldest window made room; `evicted_opened_ms` was its time */
	int64_t evicted_opened_ms;
};

/* Decides one match at event time `t_ms` and updates the set. A match folds when |t - opened| < suppress_ms
 * for any window; the nearest one takes it. `suppress_ms` <= 0: never folds. */
struct fold_verdict fold_match(struct fold_set *set, int64_t t_ms, int64_t suppress_ms, const char *alert_id);

/* Matches that are folded and not carried yet. */
int64_t fold_uncarried(const struct fold_set *set);

/* The key under which a match folds: rule, account, and kw.actor or the rule's group_by values, hashed. */
void fold_key(const struct rule *rule, struct record *r, char out[FOLD_KEY_TEXT]);

#endif
