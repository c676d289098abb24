/* What changed between two configurations, rules and lists aside: those are taken while the agent runs. */
#include <string.h>

#include "config/config.h"
#include "config/secret.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_texts(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (!same_text(a[i], b[i]))
			return false;
	return true;
}

static bool same_value(const struct option_value *a, const struct option_value *b)
{
	return a->set == b->set && a->number == b->number && same_text(a->text, b->text) &&
	       (a->secret && b->secret ? secret_same(a->secret, b->secret) : a->secret == b->secret) &&
	       same_texts(a->texts.items, a->texts.n, b->texts.items, b->texts.n);
}

static bool same_options(const struct options *a, const struct options *b)
{
	if (a->table != b->table)
		return false;
	for (size_t i = 0; i < a->table->n; i++)
		if (!same_value(&a->values[i], &b->values[i]))
			return false;
	return true;
}

static bool same_blocks(const struct config_block *a, size_t n_a, const struct config_block *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (!same_text(a[i].name, b[i].name) || !same_options(&a[i].options, &b[i].options))
			return false;
	return true;
}

static bool same_route(const struct config_route *a, const struct config_route *b)
{
	return a->has_level == b->has_level && a->min_level == b->min_level && a->max_level == b->max_level &&
	       a->max_age_ms == b->max_age_ms && a->go_on == b->go_on && (!a->rules == !b->rules) &&
	       (!a->accounts == !b->accounts) && same_texts(a->rules, a->n_rules, b->rules, b->n_rules) &&
	       same_texts(a->accounts, a->n_accounts, b->accounts, b->n_accounts) &&
	       same_texts(a->to, a->n_to, b->to, b->n_to);
}

static bool same_routes(const struct config *a, const struct config *b)
{
	if (a->routes.n != b->routes.n)
		return false;
	for (size_t i = 0; i < a->routes.n; i++)
		if (!same_route(&a->routes.items[i], &b->routes.items[i]))
			return false;
	return true;
}

static bool same_names(const struct map *a, const struct map *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_text(a->entries[i].value, map_get(b, a->entries[i].key)))
			return false;
	return true;
}

bool config_differs(const struct config *a, const struct config *b, struct buf *out)
{
	const struct {
		const char *section;
		bool same;
	} parts[] = {
	    {"agent", same_options(&a->agent, &b->agent)},
	    {"names", same_names(&a->account_names, &b->account_names) &&
			  same_names(&a->index_names, &b->index_names)},
	    {"sources", same_blocks(a->sources.items, a->sources.n, b->sources.items, b->sources.n)},
	    {"sinks", same_blocks(a->sinks.items, a->sinks.n, b->sinks.items, b->sinks.n)},
	    {"routes", same_routes(a, b)},
	    {"listen", same_options(&a->listen, &b->listen)},
	    {"watch", same_options(&a->watch, &b->watch)},
	    {"heartbeat", same_options(&a->heartbeat, &b->heartbeat)},
	};
	size_t n = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!parts[i].same)
			buf_printf(out, "%s%s", n++ ? ", " : "", parts[i].section);
	return n != 0;
}
