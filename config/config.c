/* The configuration file: one YAML document, read section by section; every fault in it is reported at once.
 * Called by every command at start and by reload, on one thread. */
#include "config/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "config/config_parts.h"

#define MAX_FILE_BYTES ((size_t)8 << 20)

#define ROW(name, type, fallback, min, max, choices, help) \
	{name, OPTION_##type, fallback, min, max, choices, help},
static const struct option agent_options[] = {
#define AGENT_OPTION ROW
#include "config/option_list.h"
};
static const struct option rules_options[] = {
#define RULES_OPTION ROW
#include "config/option_list.h"
};
static const struct option override_options[] = {
#define OVERRIDE_OPTION ROW
#include "config/option_list.h"
};
static const struct option listen_options[] = {
#define LISTEN_OPTION ROW
#include "config/option_list.h"
};
static const struct option watch_options[] = {
#define WATCH_OPTION ROW
#include "config/option_list.h"
};
static const struct option heartbeat_options[] = {
#define HEARTBEAT_OPTION ROW
#include "config/option_list.h"
};
static const struct option route_options[] = {
#define ROUTE_OPTION ROW
#include "config/option_list.h"
};
static const struct option when_options[] = {
#define WHEN_OPTION ROW
#include "config/option_list.h"
};
#undef ROW
#define TABLE(symbol, kind, help)                             \
	const struct option_table config_##symbol##_table = { \
	    kind, help, symbol##_options, sizeof symbol##_options / sizeof *symbol##_options}
TABLE(agent, "agent", "The agent itself.");
TABLE(rules, "rules", "Which rules run.");
TABLE(override, "rules.overrides", "Changes to single rules, by name or id, without editing their files.");
TABLE(listen, "listen", "How people reach this agent.");
TABLE(watch, "watch", "What the agent watches about itself.");
TABLE(heartbeat, "heartbeat", "A sign of life for somebody outside.");
TABLE(route, "routes", "Which alerts go to which sinks; the first route that fits takes the alert.");
TABLE(when, "routes.when", "What a route takes; all conditions must hold.");
#undef TABLE

const struct option_table *const *config_fixed_tables(size_t *out_n)
{
	static const struct option_table *const tables[] = {&config_agent_table, &config_rules_table,
	    &config_override_table, &config_listen_table, &config_watch_table, &config_heartbeat_table,
	    &list_table, &config_route_table, &config_when_table};
	*out_n = sizeof tables / sizeof *tables;
	return tables;
}

bool config_is_map(const struct config_reader *r, const struct ydoc_node *n, const char *what)
{
	if (!n || (n->kind == YDOC_SCALAR && n->type == YDOC_NULL))
		return false;
	if (n->kind == YDOC_MAP)
		return true;
	config_fault(
	    r, n, "%s must be a mapping, not %s", what, n->kind == YDOC_LIST ? "a list" : "a single value");
	return false;
}

/* --- names ---------------------------------------------------------------------------------------- */

static void read_names_of(const struct config_reader *r, const struct ydoc_node *n, const char *what,
    bool accounts, struct map *out)
{
	if (!config_is_map(r, n, what))
		return;
	for (size_t i = 0; i < n->n; i++) {
		struct sv id = n->keys[i]->text, name = ydoc_text(n->items[i]);
		int64_t digits;
		if (accounts && (id.len != 12 || !sv_int(id, 0, INT64_MAX, &digits)))
			config_fault(r, n->keys[i], "\"%.*s\" is no account; an account has 12 digits",
			    SV_ARG(utf8_cut(id, 80)));
		else if (!sv_trim(name).len)
			config_fault(
			    r, n->items[i], "the name of %.*s must be a text", SV_ARG(utf8_cut(id, 80)));
		else
			free(map_put(out, id, heap_text(name)));
	}
}

static void fault_unknown(const struct config_reader *r, const struct ydoc_node *key, const char *what,
    const char *const *names, size_t n_names)
{
	struct buf text = {0};
	buf_printf(&text, "unknown %s \"%.*s\"", what, SV_ARG(utf8_cut(key->text, 80)));
	if (!option_hint(key->text, names, n_names, &text))
		for (size_t i = 0; i < n_names; i++)
			buf_printf(&text, "%s%s", i ? ", " : "; there are ", names[i]);
	config_fault(r, key, "%s", text.ptr);
	buf_fini(&text);
}

static void read_names(const struct config_reader *r, const struct ydoc_node *n)
{
	static const char *const kinds[] = {"accounts", "indexes"};
	if (!config_is_map(r, n, "names"))
		return;
	for (size_t i = 0; i < n->n; i++)
		if (!sv_eq(n->keys[i]->text, SV("accounts")) && !sv_eq(n->keys[i]->text, SV("indexes")))
			fault_unknown(r, n->keys[i], "kind of names", kinds, 2);
	read_names_of(r, ydoc_get(n, "accounts"), "names.accounts", true, &r->config->account_names);
	read_names_of(r, ydoc_get(n, "indexes"), "names.indexes", false, &r->config->index_names);
}

/* People write an index's name where events hold its id. */
static void alias_indexes(struct config *c)
{
	for (size_t i = 0; i < c->lists.by_name.n; i++) {
		struct list *l = c->lists.by_name.entries[i].value;
		for (size_t j = 0; j < c->index_names.n && sv_eq(l->by, SV("kw.index")); j++)
			list_alias(
			    l, sv_from(c->index_names.entries[j].value), c->index_names.entries[j].key);
	}
}

/* --- fixed sections ------------------------------------------------------------------------------- */

static void check_timezone(const struct config_reader *r)
{
	const struct option_value *v = options_get(&r->config->agent, "timezone");
	struct clk_parts parts;
	char abbreviation[CLK_ABBREVIATION];
	if (!v->given || clk_parts_zone(0, v->text, &parts, abbreviation))
		return;
	/* Without the zone files of the system nobody can say whether the name is right. */
	if (access("/usr/share/zoneinfo", F_OK) == 0)
		fault_add(r->faults, FAULT_ERROR, r->file, v->line, v->col,
		    "unknown time zone \"%s\"; write a name such as Europe/Berlin", v->text);
	else
		fault_add(r->faults, FAULT_WARNING, r->file, v->line, v->col,
		    "time zone \"%s\" can't be used: this system has no zone files (Debian: package tzdata); "
		    "times are "
		    "shown in UTC",
		    v->text);
}

/* Packs are named; what looks like a path is one, relative to the configuration file. */
static void resolve_packs(const struct config_reader *r)
{
	const struct option_value *v = options_get(&r->config->rules, "packs");
	for (size_t i = 0; v->given && i < v->texts.n; i++) {
		struct sv s = sv_from(v->texts.items[i]);
		bool is_path =
		    sv_find_char(s, '/') != SV_NONE || sv_ends(s, SV(".yml")) || sv_ends(s, SV(".yaml"));
		if (!is_path || s.ptr[0] == '/' || strcmp(r->config->folder, ".") == 0)
			continue;
		char *joined = file_join(r->config->folder, s.ptr);
		free(v->texts.items[i]);
		v->texts.items[i] = joined;
	}
}

static void read_fixed(const struct config_reader *r, const struct ydoc_node *root)
{
	static const char *const in_rules[] = {"overrides", NULL};
	struct config *c = r->config;
	options_read(&c->agent, &config_agent_table, ydoc_get(root, "agent"), r->file, NULL, r->faults);
	options_read(&c->rules, &config_rules_table, ydoc_get(root, "rules"), r->file, in_rules, r->faults);
	options_read(&c->listen, &config_listen_table, ydoc_get(root, "listen"), r->file, NULL, r->faults);
	options_read(&c->watch, &config_watch_table, ydoc_get(root, "watch"), r->file, NULL, r->faults);
	options_read(
	    &c->heartbeat, &config_heartbeat_table, ydoc_get(root, "heartbeat"), r->file, NULL, r->faults);
	check_timezone(r);
	resolve_packs(r);
}

/* --- the file ------------------------------------------------------------------------------------- */

static void check_sections(const struct config_reader *r, const struct ydoc_node *root)
{
	static const char *const sections[] = {
	    "agent", "names", "lists", "rules", "sources", "sinks", "routes", "listen", "watch", "heartbeat"};
	const size_t n = sizeof sections / sizeof *sections;
	for (size_t i = 0; i < root->n; i++) {
		size_t at = 0;
		while (at < n && !sv_eq(root->keys[i]->text, sv_from(sections[at])))
			at++;
		if (at == n)
			fault_unknown(r, root->keys[i], "section", sections, n);
	}
}

static void read_root(const struct config_reader *r, const struct ydoc_node *root)
{
	struct config *c = r->config;
	if (!config_is_map(r, root, "the configuration"))
		root = NULL;
	else
		check_sections(r, root);
	read_fixed(r, root);
	read_names(r, ydoc_get(root, "names"));
	lists_read(&c->lists, ydoc_get(root, "lists"), r->file, c->folder, NULL, r->faults);
	alias_indexes(c);
	const struct ydoc_node *rules = ydoc_get(root, "rules");
	config_read_overrides(r, ydoc_get(rules, "overrides"));
	config_read_sources(r, ydoc_get(root, "sources"));
	config_read_sinks(r, ydoc_get(root, "sinks"));
	config_read_routes(r, ydoc_get(root, "routes"));
}

void config_read_text(const char *file, struct sv yaml, const struct config_tables *tables,
    struct config **out, struct faults *faults)
{
	struct config *c = heap_zero(1, sizeof *c);
	struct config_reader r = {c, file, faults, tables};
	c->file = heap_copy(file);
	c->folder = file_folder_of(file);
	struct ydoc *y = ydoc_parse(file, yaml, 0, faults);
	const struct ydoc_node *root = ydoc_root(y, 0), *second = ydoc_root(y, 1);
	if (ydoc_count(y) > 1)
		fault_add(faults, FAULT_ERROR, file, second ? second->line : 0, second ? second->col : 0,
		    "a configuration is one YAML document; remove the \"---\"");
	read_root(&r, root);
	ydoc_free(y);
	faults_sort(faults);
	*out = c;
}

void config_read(
    const char *path, const struct config_tables *tables, struct config **out, struct faults *faults)
{
	struct buf bytes = {0};
	struct err e = {0};
	struct stat st;
	if (path && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		err_set(&e, RC_CONFIG, "is a folder, not a file");
	else if (path)
		file_read(path, MAX_FILE_BYTES, &bytes, &e);
	if (e.rc != RC_OK)
		fault_add(faults, FAULT_ERROR, path, 0, 0, "%s",
		    e.rc == RC_NOTFOUND ? "there is no such file" : e.text);
	config_read_text(path ? path : "-", e.rc == RC_OK ? buf_sv(&bytes) : SV(""), tables, out, faults);
	if (!path) {
		free((*out)->file);
		(*out)->file = NULL;
	}
	buf_fini(&bytes);
}

static void free_names(struct map *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->entries[i].value);
	map_fini(m);
}

void config_free(struct config *c)
{
	if (!c)
		return;
	free(c->file);
	free(c->folder);
	options_fini(&c->agent);
	options_fini(&c->rules);
	options_fini(&c->listen);
	options_fini(&c->watch);
	options_fini(&c->heartbeat);
	free_names(&c->account_names);
	free_names(&c->index_names);
	lists_fini(&c->lists);
	config_free_blocks(c);
	config_free_routes(c);
	free(c);
}
