/* `routes:`, in their simplest form: the first route that fits takes the alert, `continue` lets it go on. */
#include "base/nearest.h"
#include "base/utf8.h"
#include "config/config_parts.h"

#define HIGHEST 4

/* `high`, or `high+` for high and above. */
static void read_level(const struct config_reader *r, const struct options *when, struct config_route *route)
{
	const struct option_value *v = options_get(when, "level");
	if (!v->set)
		return;
	struct sv s = sv_from(v->text);
	bool open = sv_ends(s, SV("+"));
	int level = option_level_parse(open ? sv_head(s, s.len - 1) : s);
	if (level < 0) {
		fault_add(r->faults, FAULT_ERROR, r->file, v->line, v->col,
		    "\"level\" must be a level (%s), or a level and all above it such as high+, not \"%.*s\"",
		    "informational, low, medium, high or critical", SV_ARG(utf8_cut(s, 80)));
		return;
	}
	route->has_level = true;
	route->min_level = level;
	route->max_level = open ? HIGHEST : level;
}

static char **copy_texts(const struct option_value *v, size_t *out_n)
{
	*out_n = v->texts.n;
	if (!v->texts.n)
		return NULL;
	char **copy = heap_zero(v->texts.n, sizeof *copy);
	for (size_t i = 0; i < v->texts.n; i++)
		copy[i] = heap_copy(v->texts.items[i]);
	return copy;
}

/* The node of the i-th text of a text-or-list option. */
static const struct ydoc_node *text_node(const struct ydoc_node *map, const char *key, size_t i)
{
	const struct ydoc_node *n = ydoc_get(map, key);
	return n->kind == YDOC_LIST && i < n->n ? n->items[i] : n;
}

static bool is_account(const struct config *c, const char *word)
{
	int64_t digits;
	if (strlen(word) == 12 && sv_int(sv_from(word), 0, INT64_MAX, &digits))
		return true;
	for (size_t i = 0; i < c->account_names.n; i++)
		if (strcmp(c->account_names.entries[i].value, word) == 0)
			return true;
	return false;
}

static void fault_word(const struct config_reader *r, const struct ydoc_node *at, const char *what,
    const char *word, const char *const *names, size_t n, const char *remedy)
{
	struct buf text = {0};
	buf_printf(&text, "%s \"%.*s\"", what, SV_ARG(utf8_cut(sv_from(word), 80)));
	if (!option_hint(sv_from(word), names, n, &text))
		buf_printf(&text, "; %s", remedy);
	config_fault(r, at, "%s", text.ptr);
	buf_fini(&text);
}

static void check_accounts(
    const struct config_reader *r, const struct ydoc_node *when, const struct config_route *route)
{
	VEC(const char *) names = {0};
	for (size_t i = 0; i < r->config->account_names.n; i++)
		vec_push(&names, r->config->account_names.entries[i].value);
	for (size_t i = 0; i < route->n_accounts; i++)
		if (!is_account(r->config, route->accounts[i]))
			fault_word(r, text_node(when, "account", i), "unknown account", route->accounts[i],
			    names.items, names.n, "write its 12 digits, or name it under names.accounts");
	vec_fini(&names);
}

static bool has_sink(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->sinks.n; i++)
		if (strcmp(c->sinks.items[i].name, name) == 0)
			return true;
	return false;
}

static void check_sinks(
    const struct config_reader *r, const struct ydoc_node *n, const struct config_route *route)
{
	VEC(const char *) names = {0};
	for (size_t i = 0; i < r->config->sinks.n; i++)
		vec_push(&names, r->config->sinks.items[i].name);
	for (size_t i = 0; i < route->n_to; i++)
		if (!has_sink(r->config, route->to[i]))
			fault_word(r, text_node(n, "to", i), "unknown sink", route->to[i], names.items,
			    names.n, "declare it under sinks");
	vec_fini(&names);
}

static void read_when(const struct config_reader *r, const struct ydoc_node *n, struct config_route *route)
{
	struct options when;
	options_read(&when, &config_when_table, n, r->file, NULL, r->faults);
	read_level(r, &when, route);
	route->rules = copy_texts(options_get(&when, "rule"), &route->n_rules);
	route->accounts = copy_texts(options_get(&when, "account"), &route->n_accounts);
	check_accounts(r, n, route);
	const struct option_value *age = options_get(&when, "max_age");
	route->max_age_ms = age->set ? age->number : -1;
	options_fini(&when);
}

static void read_route(const struct config_reader *r, const struct ydoc_node *n, struct config_route *route)
{
	static const char *const own[] = {"when", NULL};
	struct options o;
	options_read(&o, &config_route_table, n, r->file, own, r->faults);
	route->line = n->line;
	route->col = n->col;
	read_when(r, ydoc_get(n, "when"), route);
	route->to = copy_texts(options_get(&o, "to"), &route->n_to);
	route->go_on = options_number(&o, "continue") != 0;
	check_sinks(r, n, route);
	options_fini(&o);
}

static bool takes_all(const struct config_route *route)
{
	return !route->go_on && !route->has_level && !route->rules && !route->accounts &&
	       route->max_age_ms < 0;
}

static bool named(const struct config *c, const char *sink)
{
	for (size_t i = 0; i < c->routes.n; i++)
		for (size_t j = 0; j < c->routes.items[i].n_to; j++)
			if (strcmp(c->routes.items[i].to[j], sink) == 0)
				return true;
	return false;
}

/* Routes that no alert reaches, sinks that no route names: valid, but hardly meant. */
static void check_reach(const struct config_reader *r, const struct ydoc_node *n)
{
	const struct config *c = r->config;
	for (size_t i = 0; i + 1 < c->routes.n; i++)
		if (takes_all(&c->routes.items[i])) {
			fault_add(r->faults, FAULT_WARNING, r->file, c->routes.items[i + 1].line,
			    c->routes.items[i + 1].col,
			    "never reached: the route on line %d takes every alert; give it `when` or "
			    "`continue: true`",
			    c->routes.items[i].line);
			break;
		}
	for (size_t i = 0; i < c->sinks.n; i++)
		if (!named(c, c->sinks.items[i].name))
			fault_add(r->faults, FAULT_WARNING, r->file, c->sinks.items[i].options.line,
			    c->sinks.items[i].options.col,
			    "no route leads to sink \"%s\" (the routes begin on line %d)",
			    c->sinks.items[i].name, n->line);
}

void config_read_routes(const struct config_reader *r, const struct ydoc_node *n)
{
	struct config *c = r->config;
	if (!n || (n->kind == YDOC_SCALAR && n->type == YDOC_NULL))
		return;
	if (n->kind != YDOC_LIST) {
		config_fault(r, n, "routes must be a list: - {when: {level: high+}, to: SINK}");
		return;
	}
	size_t errors = r->faults->n_errors;
	c->routes.items = heap_zero(n->n, sizeof *c->routes.items);
	for (size_t i = 0; i < n->n; i++)
		if (n->items[i]->kind == YDOC_MAP)
			read_route(r, n->items[i], &c->routes.items[c->routes.n++]);
		else
			config_fault(r, n->items[i], "a route is written {when: {level: high+}, to: SINK}");
	if (r->faults->n_errors == errors)
		check_reach(r, n);
}

static void free_texts(char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
}

void config_free_routes(struct config *c)
{
	for (size_t i = 0; i < c->routes.n; i++) {
		free_texts(c->routes.items[i].rules, c->routes.items[i].n_rules);
		free_texts(c->routes.items[i].accounts, c->routes.items[i].n_accounts);
		free_texts(c->routes.items[i].to, c->routes.items[i].n_to);
	}
	free(c->routes.items);
}
