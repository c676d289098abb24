/* Named blocks of the configuration: sources, sinks, overrides. */
#include "base/utf8.h"
#include "config/config_parts.h"

/* A block's name goes into file names, metrics and keys. */
static bool is_name(struct sv s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i], low = (char)(c | 0x20);
		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return false;
	}
	return s.len > 0 && s.len <= 64;
}

static const char *type_of(const struct option_table *t)
{
	const char *dot = strrchr(t->kind, '.');
	return dot ? dot + 1 : t->kind;
}

static void fault_type(const struct config_reader *r, const struct ydoc_node *at, struct sv name,
    const struct ydoc_node *type, const struct option_table *const *tables, size_t n)
{
	VEC(const char *) names = {0};
	struct buf text = {0};
	for (size_t i = 0; i < n; i++)
		vec_push(&names, type_of(tables[i]));
	if (type)
		buf_printf(&text, "unknown type \"%.*s\"", SV_ARG(utf8_cut(ydoc_text(type), 80)));
	else
		buf_printf(&text, "\"%.*s\" needs a `type`", SV_ARG(name));
	if (!type || !option_hint(ydoc_text(type), names.items, names.n, &text))
		for (size_t i = 0; i < names.n; i++)
			buf_printf(&text, "%s%s",
			    i == 0            ? ": one of "
			    : i + 1 < names.n ? ", "
					      : " or ",
			    names.items[i]);
	config_fault(r, at, "%s", text.ptr);
	buf_fini(&text);
	vec_fini(&names);
}

static const struct option_table *find_table(const struct config_reader *r, const struct ydoc_node *key,
    const struct ydoc_node *block, const struct option_table *const *tables, size_t n)
{
	const struct ydoc_node *type = ydoc_get(block, "type");
	for (size_t i = 0; type && i < n; i++)
		if (sv_eq(ydoc_text(type), sv_from(type_of(tables[i]))))
			return tables[i];
	fault_type(r, type ? type : key, key->text, type, tables, n);
	return NULL;
}

/* Reads the blocks of `n` into *items, *n_items. `what` is "sources" or "sinks". */
static void read_blocks(const struct config_reader *r, const struct ydoc_node *n, const char *what,
    const struct option_table *const *tables, size_t n_tables, struct config_block **items, size_t *n_items)
{
	static const char *const own[] = {"type", NULL};
	if (!config_is_map(r, n, what))
		return;
	*items = heap_zero(n->n, sizeof **items);
	for (size_t i = 0; i < n->n; i++) {
		const struct ydoc_node *key = n->keys[i], *block = n->items[i];
		if (!is_name(key->text)) {
			config_fault(r, key,
			    "\"%.*s\" is no name for one of the %s; use letters, digits, _ and -",
			    SV_ARG(utf8_cut(key->text, 80)), what);
			continue;
		}
		if (block->kind != YDOC_MAP) {
			config_fault(r, block, "\"%.*s\" must be a mapping with a `type`", SV_ARG(key->text));
			continue;
		}
		const struct option_table *table = find_table(r, key, block, tables, n_tables);
		if (!table)
			continue;
		struct config_block *b = &(*items)[(*n_items)++];
		b->name = heap_text(key->text);
		b->type = type_of(table);
		options_read(&b->options, table, block, r->file, own, r->faults);
	}
}

void config_read_sources(const struct config_reader *r, const struct ydoc_node *n)
{
	read_blocks(r, n, "sources", r->tables->sources, r->tables->n_sources, &r->config->sources.items,
	    &r->config->sources.n);
}

void config_read_sinks(const struct config_reader *r, const struct ydoc_node *n)
{
	read_blocks(r, n, "sinks", r->tables->sinks, r->tables->n_sinks, &r->config->sinks.items,
	    &r->config->sinks.n);
}

void config_read_overrides(const struct config_reader *r, const struct ydoc_node *n)
{
	struct config *c = r->config;
	if (!config_is_map(r, n, "rules.overrides"))
		return;
	c->overrides.items = heap_zero(n->n, sizeof *c->overrides.items);
	for (size_t i = 0; i < n->n; i++) {
		const struct ydoc_node *key = n->keys[i], *block = n->items[i];
		if (block->kind == YDOC_SCALAR && block->type == YDOC_NULL)
			continue; /* all its lines are commented out */
		if (block->kind != YDOC_MAP || !sv_trim(key->text).len) {
			config_fault(r, block, "an override is written `RULE: {mode: shadow, reason: …}`");
			continue;
		}
		struct config_override *o = &c->overrides.items[c->overrides.n++];
		o->rule = heap_text(key->text);
		options_read(&o->options, &config_override_table, block, r->file, NULL, r->faults);
	}
}

static void free_items(struct config_block *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(items[i].name);
		options_fini(&items[i].options);
	}
	free(items);
}

void config_free_blocks(struct config *c)
{
	free_items(c->sources.items, c->sources.n);
	free_items(c->sinks.items, c->sinks.n);
	for (size_t i = 0; i < c->overrides.n; i++) {
		free(c->overrides.items[i].rule);
		options_fini(&c->overrides.items[i].options);
	}
	free(c->overrides.items);
}
