/* Pages. Called by noise.c for each alert; remembers a few windows for each actor that was paged about. */
#include "agent/author/backtest/pager.h"

#include <stdlib.h>

#include "alerts/route.h"
#include "base/map.h"

struct pager {
	const struct config *config;
	const char *const *sinks;
	size_t n_sinks;
	enum pager_mode mode;
	struct map pages; /* "account/actor" -> struct fold_set *, heap */
};

static bool has_sink(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->sinks.n; i++)
		if (strcmp(c->sinks.items[i].name, name) == 0)
			return true;
	return false;
}

enum rc pager_new(
    const struct config *config, const char *const *sinks, size_t n_sinks, struct pager **out, struct err *e)
{
	for (size_t i = 0; i < n_sinks; i++)
		if (!has_sink(config, sinks[i]))
			return err_set(
			    e, RC_USAGE, "the configuration has no sink \"%s\" (--pager)", sinks[i]);
	struct pager *p = heap_zero(1, sizeof *p);
	p->config = config;
	p->sinks = sinks;
	p->n_sinks = n_sinks;
	p->mode = n_sinks ? PAGER_NAMED : config->sinks.n ? PAGER_ROUTED : PAGER_LEVEL;
	*out = p;
	return RC_OK;
}

void pager_reset(struct pager *p)
{
	for (size_t i = 0; i < p->pages.n; i++)
		free(p->pages.entries[i].value);
	map_fini(&p->pages);
	p->pages = (struct map){0};
}

void pager_free(struct pager *p)
{
	if (!p)
		return;
	pager_reset(p);
	free(p);
}

const char *pager_words(const struct pager *p)
{
	switch (p->mode) {
	case PAGER_NAMED: return "alerts that a route sends to a sink of --pager";
	case PAGER_ROUTED: return "alerts of level high and above that a route sends";
	case PAGER_LEVEL: return "alerts of level high and above (no sinks are configured)";
	}
	return "";
}

static bool goes_to_pager(const struct pager *p, const struct route *route)
{
	for (size_t i = 0; i < route->sinks.n; i++)
		for (size_t k = 0; k < p->n_sinks; k++)
			if (strcmp(route->sinks.items[i], p->sinks[k]) == 0)
				return true;
	return false;
}

/* As if the event had just arrived: what is old now was young then. */
static bool wakes(const struct pager *p, const struct rule *rule, struct sv account)
{
	if (rule->state == RULE_SHADOW || (p->mode != PAGER_NAMED && rule->level < LEVEL_HIGH))
		return false;
	if (p->mode == PAGER_LEVEL)
		return true;
	struct route route = {0};
	route_find(p->config,
	    &(struct route_input){
		rule, rule->name.ptr ? rule->name : rule->key, rule->level, account, 0, false},
	    &route);
	bool wakes = p->mode == PAGER_NAMED ? goes_to_pager(p, &route) : route.sinks.n > 0;
	route_fini(&route);
	return wakes;
}

bool pager_pages(struct pager *p, const struct rule *rule, struct sv account, struct sv actor, int64_t t_ms)
{
	if (!wakes(p, rule, account))
		return false;
	struct buf key = {0};
	buf_add(&key, account);
	buf_addc(&key, '/');
	buf_add(&key, actor);
	struct fold_set *set = map_get(&p->pages, buf_sv(&key));
	if (!set) {
		set = heap_zero(1, sizeof *set);
		map_put(&p->pages, buf_sv(&key), set);
	}
	buf_fini(&key);
	return fold_match(set, t_ms, PAGER_FOLD_MS, "").alerts;
}
