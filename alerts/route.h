/* Which sinks an alert goes to. */
#ifndef KW_ALERTS_ROUTE_H
#define KW_ALERTS_ROUTE_H

#include "config/config.h"
#include "rules/rule.h"

/* What routes look at. */
struct route_input {
	const struct rule
	    *rule; /* NULL for an alert of the agent about itself; then `name` and `level` count */
	struct sv name;
	enum level level;
	struct sv account; /* number; may be empty */
	int64_t age_ms;    /* detection minus event time; negative is young */
	bool late;         /* older than agent.max_age: without routes, recorded only */
};

/* Names of the sinks, each once, in the order of the routes; borrowed from the configuration. */
struct route {
	VEC(const char *) sinks;
};
void route_fini(struct route *r);

/* Walks the routes: the first that fits takes the alert, `continue: true` lets it go on. Without any routes
 * all sinks get it, unless it is late; a rule in shadow reaches none. */
void route_find(const struct config *c, const struct route_input *in, struct route *out);

#endif
