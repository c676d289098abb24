/* A filter for a false positive: as narrow as it takes, and proven not to blind the rule to what its own
 * tests say it must see. */
#ifndef KW_AGENT_AUTHOR_TUNE_H
#define KW_AGENT_AUTHOR_TUNE_H

#include "base/buf.h"
#include "base/err.h"
#include "rules/event/record.h"
#include "rules/load.h"

struct tune_input {
	struct sv alert;             /* the alert's body: alert form v1 */
	const struct ruleset *rules; /* the one that it came from is looked for here */
	struct sv owner, reason;     /* reason empty: one is made from the alert */
	int64_t until_ms;
};

struct tune;

/* Decides what the filter asks for: who (a person of an SSO, else the principal; never a session's name or a
 * user agent, which the caller chooses), the operation, the index; then also the outcome and the address, as
 * long as a positive test of the rule would be taken away. RC_INPUT when the body is no alert about an event,
 * or when even the narrowest filter takes a positive test away; RC_NOTFOUND when its rule is not loaded. */
enum rc tune_new(const struct tune_input *in, struct tune **out, struct err *e);
void tune_free(struct tune *t);

/* The rule's key, as alerts in a state have it. */
struct sv tune_rule_key(const struct tune *t);

/* Would the filter have taken this alert away? False for other rules' alerts and what is no alert. */
bool tune_silences(const struct tune *t, struct sv alert);

/* Appends the filter's document. `n_silenced` of `n_alerts` earlier alerts go into its comment; n_alerts < 0:
 * no state was looked at. */
void tune_write(const struct tune *t, int64_t n_silenced, int64_t n_alerts, struct buf *out);

#endif
