/* Routes of the configuration. Called by the analyst for each alert; reads a configuration that nobody
 * changes. */
#include "alerts/route.h"

void route_fini(struct route *r)
{
	vec_fini(&r->sinks);
}

static bool one_of(char *const *names, size_t n, struct sv name)
{
	for (size_t i = 0; name.len && i < n; i++)
		if (sv_eq(sv_from(names[i]), name))
			return true;
	return false;
}

static bool rule_fits(const struct config_route *route, const struct route_input *in)
{
	if (!route->rules)
		return true;
	return one_of(route->rules, route->n_rules, in->name) ||
	       (in->rule && (one_of(route->rules, route->n_rules, in->rule->id) ||
				one_of(route->rules, route->n_rules, in->rule->name) ||
				one_of(route->rules, route->n_rules, in->rule->key)));
}

static bool account_fits(
    const struct config *c, const struct config_route *route, const struct route_input *in)
{
	if (!route->accounts)
		return true;
	return one_of(route->accounts, route->n_accounts, in->account) ||
	       one_of(route->accounts, route->n_accounts, sv_from(map_get(&c->account_names, in->account)));
}

static bool fits(const struct config *c, const struct config_route *route, const struct route_input *in)
{
	int level = (int)(in->rule ? in->rule->level : in->level);
	if (route->has_level && (level < route->min_level || level > route->max_level))
		return false;
	if (route->max_age_ms >= 0 && in->age_ms > route->max_age_ms)
		return false;
	return rule_fits(route, in) && account_fits(c, route, in);
}

static void add_sink(struct route *out, const char *name)
{
	for (size_t i = 0; i < out->sinks.n; i++)
		if (sv_eq(sv_from(out->sinks.items[i]), sv_from(name)))
			return;
	vec_push(&out->sinks, name);
}

void route_find(const struct config *c, const struct route_input *in, struct route *out)
{
	if (in->rule && in->rule->state == RULE_SHADOW)
		return;
	if (c->routes.n == 0 && !in->late)
		for (size_t i = 0; i < c->sinks.n; i++)
			add_sink(out, c->sinks.items[i].name);
	for (size_t i = 0; i < c->routes.n; i++) {
		const struct config_route *route = &c->routes.items[i];
		if (!fits(c, route, in))
			continue;
		for (size_t k = 0; k < route->n_to; k++)
			add_sink(out, route->to[k]);
		if (!route->go_on)
			return;
	}
}
