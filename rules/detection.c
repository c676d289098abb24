/* `detection:` or `filter:` → selections and a condition. Structure is checked here: what may hold what; the
 * single `field|modifier: value` is item.c's. Called by document.c for each rule and filter; groups and
 * conditions live in the rule set's arena, regular expressions inside items are freed by detection_free. */
#include "rules/detection.h"

#include "rules/aggregation.h"
#include "rules/bind.h"
#include "rules/vocabulary.h"

/* A list of conditions is OR; nobody writes more. */
#define MAX_CONDITIONS 100

struct compiler {
	const struct detection_input *in;
	struct rule *rule;
	struct faults *faults;
	struct sv selection;
	struct sv waits_for; /* the first list an item waits for */
	bool ok;
};

/* An error at a node; the document is refused, and reading goes on for the next one. */
#define refuse(c, at, ...)                                                                              \
	do {                                                                                            \
		fault_add((c)->faults, FAULT_ERROR, (c)->in->file, (at)->line, (at)->col, __VA_ARGS__); \
		(c)->ok = false;                                                                        \
	} while (0)

/* --- selections ----------------------------------------------------------------------------------- */

static struct group *group_new(struct compiler *c, enum group_kind kind, size_t n)
{
	struct group *g = arena_zero(c->in->arena, sizeof *g);

	g->kind = kind;
	g->children = n > 0 ? arena_zero(c->in->arena, n * sizeof(struct group *)) : NULL;
	return g;
}

static void doubt_yaml11(struct compiler *c, const struct ydoc_node *value)
{
	const char *other = ydoc_yaml11(value);

	if (!other)
		return;
	fault_add(c->faults, FAULT_WARNING, c->in->file, value->line, value->col,
	    "readers of YAML 1.1 see %s in %.*s; put it in quotes", other, SV_ARG(value->text));
	fault_tag(c->faults, FAULT_YAML11);
}

/* A field's value, or a keyword's, is a scalar or a list of scalars. */
static bool check_value(struct compiler *c, const struct ydoc_node *key, const struct ydoc_node *value)
{
	if (value->kind == YDOC_MAP) {
		refuse(c, value,
		    "a value is a scalar or a list of them; for a nested field write `%.*s.name:`",
		    SV_ARG(key->text));
		return false;
	}
	if (value->kind == YDOC_SCALAR) {
		doubt_yaml11(c, value);
		return true;
	}
	for (size_t i = 0; i < value->n; i++) {
		if (value->items[i]->kind != YDOC_SCALAR) {
			refuse(c, value->items[i], "a list of values holds scalars only");
			return false;
		}
		doubt_yaml11(c, value->items[i]);
	}
	return true;
}

static void note_list(struct compiler *c, struct sv name)
{
	for (size_t i = 0; i < c->rule->lists_used.n; i++)
		if (sv_eq(c->rule->lists_used.items[i], name))
			return;
	vec_push(&c->rule->lists_used, arena_copy(c->in->arena, name));
}

static void note_lists(struct compiler *c, const struct item *item)
{
	size_t n = 0;
	const struct sv *names = item_lists(item, &n);

	for (size_t i = 0; i < n; i++)
		note_list(c, names[i]);
}

/* `key` NULL: a keyword. */
static struct group *compile_item(
    struct compiler *c, const struct ydoc_node *key, const struct ydoc_node *value)
{
	struct group *g = group_new(c, GROUP_ITEM, 0);
	struct sv waits_for = {0};

	g->key = key;
	g->value = value;
	const struct item_input in = {
	    .arena = c->in->arena,
	    .key = key,
	    .value = value,
	    .selection = c->selection,
	    .lists = c->in->lists,
	    .needs = c->rule->needs.items,
	    .n_needs = c->rule->needs.n,
	    .file = c->in->file,
	};

	switch (item_compile(&in, &g->item, &waits_for, c->faults)) {
	case ITEM_OK: note_lists(c, g->item); break;
	case ITEM_REFUSED:
		g->item = NULL;
		c->ok = false;
		break;
	case ITEM_WAITS:
		note_list(c, waits_for);
		if (!c->waits_for.ptr)
			c->waits_for = arena_copy(c->in->arena, waits_for);
		break;
	}
	return g;
}

static struct group *compile_keyword(struct compiler *c, const struct ydoc_node *value)
{
	if (value->type == YDOC_NULL) {
		refuse(c, value, "a keyword can't be null");
		return group_new(c, GROUP_AND, 0);
	}
	doubt_yaml11(c, value);
	return compile_item(c, NULL, value);
}

static struct group *compile_map(struct compiler *c, const struct ydoc_node *map)
{
	struct group *g = group_new(c, GROUP_AND, map->n);

	g->value = map;
	if (map->n == 0)
		refuse(c, map, "selection \"%.*s\" holds an empty map, which would match every event",
		    SV_ARG(c->selection));
	if (!vocabulary_map(map, c->in->file, c->faults))
		c->ok = false;
	for (size_t i = 0; i < map->n; i++)
		if (check_value(c, map->keys[i], map->items[i]))
			g->children[g->n++] = compile_item(c, map->keys[i], map->items[i]);
	return g;
}

static struct group *compile_list(struct compiler *c, const struct ydoc_node *list)
{
	struct group *g = group_new(c, GROUP_OR, list->n);

	g->value = list;
	if (list->n == 0)
		refuse(c, list, "selection \"%.*s\" holds an empty list, which would match nothing",
		    SV_ARG(c->selection));
	for (size_t i = 0; i < list->n; i++) {
		const struct ydoc_node *each = list->items[i];

		if (each->kind == YDOC_LIST)
			refuse(c, each, "a list in a list; a selection is a list of maps and keywords");
		else
			g->children[g->n++] =
			    each->kind == YDOC_MAP ? compile_map(c, each) : compile_keyword(c, each);
	}
	return g;
}

static void compile_selection(struct compiler *c, const struct ydoc_node *key, const struct ydoc_node *value)
{
	struct detection *d = c->rule->detection;
	struct selection s = {.name = key->text, .key = key};

	c->selection = key->text;
	if (key->text.len == 0 || key->text.len > CONDITION_MAX_NAME) {
		refuse(c, key, "a selection's name has 1 to %d bytes", CONDITION_MAX_NAME);
		return;
	}
	if (value->kind == YDOC_MAP)
		s.group = compile_map(c, value);
	else if (value->kind == YDOC_LIST)
		s.group = compile_list(c, value);
	else if (value->type == YDOC_NULL)
		refuse(c, key, "selection \"%.*s\" is empty", SV_ARG(key->text));
	else
		s.group = compile_keyword(c, value);
	vec_push(&d->selections, s);
}

/* Keys of the map that are no selections. */
static bool is_setting(const struct detection_input *in, struct sv key)
{
	return sv_eq(key, SV("condition")) || sv_eq(key, SV("timeframe")) ||
	       (in->is_filter && sv_eq(key, SV("rules")));
}

static void compile_selections(struct compiler *c)
{
	const struct ydoc_node *map = c->in->map;
	size_t n = 0;

	for (size_t i = 0; i < map->n; i++) {
		if (is_setting(c->in, map->keys[i]->text))
			continue;
		if (n++ == DETECTION_MAX_SELECTIONS) {
			refuse(c, map->keys[i], "a rule has at most %d selections", DETECTION_MAX_SELECTIONS);
			return;
		}
		compile_selection(c, map->keys[i], map->items[i]);
	}
}

/* --- the condition -------------------------------------------------------------------------------- */

/* Sigma 1's `… | count() > 5`: says how Sigma 2 writes it. */
static void refuse_aggregation(struct compiler *c, const struct ydoc_node *source, size_t pipe)
{
	const struct rule *r = c->rule;
	const struct aggregation_input aggregation = {
	    .tail = sv_skip(source->text, pipe + 1),
	    .rule = r->name.len > 0 ? r->name
		    : r->id.len > 0 ? r->id
				    : SV("this_rule"),
	    .level = r->level,
	    .timespan = ydoc_text(ydoc_get(c->in->map, "timeframe")),
	};
	const char *unnamed = r->name.len > 0 || r->id.len > 0 ? "" : ", give it `name: this_rule`";
	struct place p = place_of(c->in->places, source, pipe);
	struct buf text = {.limit = 2000};

	if (aggregation_rewrite(&aggregation, &text))
		fault_add(c->faults, FAULT_ERROR, c->in->file, p.line, p.col,
		    "`|` in a condition is Sigma 1; end it before the `|`%s and add a document: %s", unnamed,
		    text.ptr);
	else
		fault_add(c->faults, FAULT_ERROR, c->in->file, p.line, p.col,
		    "`|` in a condition is Sigma 1; end it before the `|` and add a correlation document");
	c->ok = false;
	buf_fini(&text);
}

/* NULL when faults were added. */
static struct condition *compile_condition(struct compiler *c, const struct ydoc_node *source)
{
	struct condition *tree = NULL;
	struct err e = {0};
	size_t at = 0;

	if (source->kind != YDOC_SCALAR || source->type == YDOC_NULL) {
		refuse(c, source, "a condition is a text, or a list of texts");
		return NULL;
	}
	size_t pipe = sv_find_char(source->text, '|');
	if (pipe != SV_NONE) {
		refuse_aggregation(c, source, pipe);
		return NULL;
	}
	if (condition_parse(c->in->arena, source->text, &tree, &at, &e)) {
		struct place p = place_of(c->in->places, source, at);

		fault_add(c->faults, FAULT_ERROR, c->in->file, p.line, p.col, "%s", e.text);
		c->ok = false;
		return NULL;
	}
	const struct bind_input bind = {
	    .arena = c->in->arena,
	    .detection = c->rule->detection,
	    .source = source,
	    .places = c->in->places,
	    .file = c->in->file,
	};
	size_t n_before = c->faults->list.n;
	if (!bind_condition(&bind, tree, c->faults))
		c->ok = false;
	faults_tag_from(c->faults, n_before, FAULT_UNKNOWN_SELECTION);
	return tree;
}

static void compile_conditions(struct compiler *c, const struct ydoc_node *source)
{
	struct condition *trees[MAX_CONDITIONS];
	size_t n = 0;

	if (source->kind != YDOC_LIST) {
		c->rule->detection->condition = compile_condition(c, source);
		return;
	}
	if (source->n == 0 || source->n > MAX_CONDITIONS) {
		refuse(c, source, "a list of conditions holds 1 to %d of them", MAX_CONDITIONS);
		return;
	}
	for (size_t i = 0; i < source->n; i++) {
		trees[n] = compile_condition(c, source->items[i]);
		n += trees[n] != NULL;
	}
	if (n > 0)
		c->rule->detection->condition = condition_any(c->in->arena, trees, n);
}

static void doubt_unused(struct compiler *c)
{
	const struct detection *d = c->rule->detection;

	for (size_t i = 0; i < d->selections.n; i++)
		if (!d->selections.items[i].used) {
			fault_add(c->faults, FAULT_WARNING, c->in->file, d->selections.items[i].key->line,
			    d->selections.items[i].key->col, "no condition uses selection \"%.*s\"",
			    SV_ARG(d->selections.items[i].name));
			fault_tag(c->faults, FAULT_UNUSED_SELECTION);
		}
}

/* --- waiting -------------------------------------------------------------------------------------- */

static void wait_for(struct compiler *c, struct sv name)
{
	const struct list *l = c->in->lists ? lists_find(c->in->lists, name) : NULL;
	struct sv *waits = &c->rule->detection->waits;

	if (!waits->ptr && (!l || list_count(l) == 0))
		*waits = arena_printf(
		    c->in->arena, "needs list %.*s, which is %s", SV_ARG(name), l ? "empty" : "not declared");
}

bool detection_compile(const struct detection_input *in, struct rule *rule, struct faults *faults)
{
	struct compiler c = {.in = in, .rule = rule, .faults = faults, .ok = true};
	const struct ydoc_node *condition = ydoc_get(in->map, "condition");
	const struct ydoc_node *timeframe = ydoc_get(in->map, "timeframe");

	rule->detection = heap_zero(1, sizeof *rule->detection);
	compile_selections(&c);
	if (rule->detection->selections.n == 0)
		refuse(&c, in->map, "there is no selection");
	if (!condition)
		refuse(&c, in->map, "`condition` is missing");
	else
		compile_conditions(&c, condition);
	if (timeframe && c.ok) {
		fault_add(faults, FAULT_WARNING, in->file, timeframe->line, timeframe->col,
		    "`timeframe` says nothing without a correlation; it is ignored");
		fault_tag(faults, FAULT_TIMEFRAME_IGNORED);
	}
	if (!c.ok)
		return false;
	doubt_unused(&c);
	for (size_t i = 0; i < rule->needs.n; i++)
		wait_for(&c, rule->needs.items[i]);
	if (c.waits_for.ptr)
		wait_for(&c, c.waits_for);
	if (rule->detection->waits.ptr) {
		rule->state = RULE_WAITING;
		rule->state_reason = rule->detection->waits;
	}
	return true;
}

static void group_fini(struct group *g)
{
	if (!g)
		return;
	if (g->item)
		item_fini(g->item);
	for (size_t i = 0; i < g->n; i++)
		group_fini(g->children[i]);
}

void detection_free(struct detection *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->selections.n; i++)
		group_fini(d->selections.items[i].group);
	vec_fini(&d->selections);
	vec_fini(&d->filters);
	free(d);
}

static uint64_t group_limits(const struct group *g)
{
	uint64_t n = g->item ? item_limits(g->item) : 0;
	for (size_t i = 0; i < g->n; i++)
		n += group_limits(g->children[i]);
	return n;
}

uint64_t detection_limits(const struct detection *d)
{
	uint64_t n = 0;
	for (size_t i = 0; i < d->selections.n; i++)
		n += group_limits(d->selections.items[i].group);
	return n;
}
