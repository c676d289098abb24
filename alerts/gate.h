/* What becomes of a match: a duplicate of one that was handled, folded into an earlier alert, or a new alert.
 * In memory (scan, test) or on the state file (run); the verdicts are the same. */
#ifndef KW_ALERTS_GATE_H
#define KW_ALERTS_GATE_H

#include "alerts/fold.h"
#include "base/store.h"

enum gate_fate {
	GATE_ALERT,     /* new: render and deliver */
	GATE_FOLDED,    /* counted into an earlier alert */
	GATE_DUPLICATE, /* the same rule, account and eventID was handled before */
};

struct gate_options {
	struct store *store; /* NULL: in memory, for the gate's life */
	bool no_dedup;       /* every match is new, duplicates too */
	bool no_fold;        /* nothing folds, and verdicts have no fold key */
	int64_t suppress_ms; /* for rules that do not say: the agent's default */
};

struct gate;
struct gate *gate_new(const struct gate_options *o);
void gate_free(struct gate *g);

struct gate_verdict {
	enum gate_fate fate;
	char id[ALERT_ID_TEXT]; /* of this match; of the earlier alert when folded */
	char fold_key[FOLD_KEY_TEXT];
	int64_t carried; /* GATE_ALERT: give it to alert_render as `folded` */
	bool conflict;   /* the same account and eventID came before with another time, name or source */
};

/* Judges one match and remembers it. On a store this writes inside the caller's transaction (RC_IO and the
 * like: roll back and evaluate the batch again). A record without a time folds by `detected_ms`. Counts
 * METRIC_MATCHES, METRIC_DUPLICATES, METRIC_FOLDED, METRIC_ID_CONFLICTS. */
enum rc gate_match(struct gate *g, const struct rule *rule, struct record *r, int64_t detected_ms,
    struct gate_verdict *out, struct err *e);

#endif
