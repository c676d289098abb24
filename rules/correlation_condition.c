/* What a correlation's events must add up to: `{gte: 10, field: x}`, or `rule_a and not rule_b`. Called by
 * correlation.c for each document, and by correlation_bind.c when the rules are known. */
#include "rules/correlation_condition.h"

#include "base/nearest.h"
#include "rules/correlation.h"
#include "rules/vocabulary.h"

#include <stdlib.h>

#define MAX_COUNT 1000000000
/* Comparisons of names that one sentence may take. */
#define MAX_BOUND 20000

enum need { NONE, OPTIONAL, NEEDED };
enum { ONE = 1, MANY }; /* fields; none is NONE, 0 */
enum kind { SPAN, COUNT, NUMBER };

static const struct {
	int field;
	enum need bounds;
	bool text;
} types[CORRELATION_TYPES] = {
#define CORRELATION_TYPE(symbol, name, timespan, field, bounds, text, help) {field, bounds, text},
#include "rules/correlation_type_list.h"
#undef CORRELATION_TYPE
};

static const char *const compares[CORRELATION_COMPARES] = {
#define CORRELATION_COMPARE(symbol, name, help) name,
#include "rules/correlation_compare_list.h"
#undef CORRELATION_COMPARE
};

static const struct {
	const char *key, *fallback;
	double least, most;
	enum correlation_type type;
	enum kind kind;
} settings[CORRELATION_SETTINGS] = {
#define CORRELATION_SETTING(symbol, type, key, kind, fallback, least, most, help) \
	{key, fallback, least, most, CORRELATION_##type, kind},
#include "rules/correlation_setting_list.h"
#undef CORRELATION_SETTING
};

static void fault(const struct document *d, const struct ydoc_node *at, const char *text)
{
	fault_add(d->faults, FAULT_ERROR, d->file, at->line, at->col, "%s", text);
}

/* Counts are whole; sums, means and the like are not. */
static bool is_counted(const struct correlation *c)
{
	return c->type == CORRELATION_EVENT_COUNT || c->type == CORRELATION_VALUE_COUNT ||
	       c->type == CORRELATION_TEMPORAL || c->type == CORRELATION_TEMPORAL_ORDERED;
}

/* --- bounds --------------------------------------------------------------------------------------- */

static void read_bound(const struct document *d, struct correlation *c, enum correlation_compare compare,
    const struct ydoc_node *n)
{
	struct correlation_bound *b = &c->bounds[c->n_bounds];
	int64_t count = 0;

	if (is_counted(c) && (!ydoc_int(n, &count) || count < 0 || count > MAX_COUNT)) {
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "`%s` is a whole number from 0 to %d", compares[compare], MAX_COUNT);
		return;
	}
	*b = (struct correlation_bound){
	    .compare = compare, .text = n->kind == YDOC_SCALAR ? n->text : (struct sv){0}};
	if (n->kind != YDOC_SCALAR || (n->type != YDOC_INT && n->type != YDOC_FLOAT) ||
	    !number_read_yaml(n->text, d->arena, &b->number)) {
		fault_add(
		    d->faults, FAULT_ERROR, d->file, n->line, n->col, "`%s` is a number", compares[compare]);
		return;
	}
	c->n_bounds++;
}

static bool is_lower(enum correlation_compare c)
{
	return c == CORRELATION_GT || c == CORRELATION_GTE;
}

static bool is_upper(enum correlation_compare c)
{
	return c == CORRELATION_LT || c == CORRELATION_LTE;
}

/* Two bounds are a range, and one that something can lie in. */
static void check_range(const struct document *d, const struct ydoc_node *map, const struct correlation *c)
{
	const struct correlation_bound *low = &c->bounds[0], *high = &c->bounds[1];

	if (is_upper(low->compare)) {
		low = &c->bounds[1];
		high = &c->bounds[0];
	}
	if (!is_lower(low->compare) || !is_upper(high->compare)) {
		fault_add(d->faults, FAULT_ERROR, d->file, map->line, map->col,
		    "`%s` and `%s` are no range; two bounds are one of gt, gte and one of lt, lte",
		    compares[c->bounds[0].compare], compares[c->bounds[1].compare]);
		return;
	}
	int order = number_cmp(&low->number, &high->number);
	bool both = low->compare == CORRELATION_GTE && high->compare == CORRELATION_LTE;

	if (order > 0 || (order == 0 && !both))
		fault_add(d->faults, FAULT_ERROR, d->file, map->line, map->col,
		    "nothing is both %s %.*s and %s %.*s", compares[low->compare], SV_ARG(low->text),
		    compares[high->compare], SV_ARG(high->text));
}

/* A count is judged at an event that takes part, so it is never 0. */
static void check_count(
    const struct document *d, const struct ydoc_node *at, const struct correlation_bound *b)
{
	int64_t n = 0;

	if (!sv_int(b->text, 0, MAX_COUNT, &n))
		return;
	if ((b->compare == CORRELATION_LT && n <= 1) || (b->compare == CORRELATION_LTE && n == 0) ||
	    (b->compare == CORRELATION_EQ && n == 0))
		fault(d, at,
		    "never true: a count is judged at an event, so it is at least 1; for what does not "
		    "happen there is `type: absence`");
	else if ((b->compare == CORRELATION_GTE && n <= 1) || (b->compare == CORRELATION_GT && n == 0) ||
		 (b->compare == CORRELATION_NEQ && n == 0))
		fault_add(d->faults, FAULT_WARNING, d->file, at->line, at->col,
		    "always true: a count is judged at an event, so it is at least 1");
}

static void check_bounds(const struct document *d, const struct ydoc_node *map, const struct correlation *c)
{
	size_t before = d->faults->n_errors;

	if (c->n_bounds == 2)
		check_range(d, map, c);
	for (size_t i = 0; i < c->n_bounds && is_counted(c) && d->faults->n_errors == before; i++)
		check_count(d, ydoc_get(map, compares[c->bounds[i].compare]), &c->bounds[i]);
}

/* --- fields, percentile, settings ------------------------------------------------------------------ */

static void read_fields(const struct document *d, struct correlation *c, const struct ydoc_node *n)
{
	const struct ydoc_node *const *fields = &n;
	size_t n_fields = 1;

	if (types[c->type].field == NONE) {
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "`field` says nothing for %s, which counts events", correlation_type_name(c->type));
		return;
	}
	if (n->kind == YDOC_LIST && types[c->type].field == MANY) {
		fields = (const struct ydoc_node *const *)n->items;
		n_fields = n->n;
	}
	if (n_fields == 0 || n_fields > CORRELATION_MAX_FIELDS) {
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col, "`field` names 1 to %d fields",
		    CORRELATION_MAX_FIELDS);
		return;
	}
	c->fields = arena_alloc(d->arena, n_fields * sizeof *c->fields);
	for (size_t i = 0; i < n_fields; i++) {
		if (fields[i]->kind != YDOC_SCALAR || fields[i]->type == YDOC_NULL ||
		    fields[i]->text.len == 0) {
			fault_add(d->faults, FAULT_ERROR, d->file, fields[i]->line, fields[i]->col,
			    "`field` is the name of a field%s",
			    types[c->type].field == MANY ? ", or a list of them" : "");
			continue;
		}
		vocabulary_field(fields[i]->text, d->file, fields[i]->line, fields[i]->col, d->faults);
		c->fields[c->n_fields++] = fields[i]->text;
	}
}

static bool read_number(const struct ydoc_node *n, double least, double most, double *out)
{
	struct number checked;
	struct arena scratch = {0};
	bool ok = n->kind == YDOC_SCALAR && (n->type == YDOC_INT || n->type == YDOC_FLOAT) &&
		  number_read_yaml(n->text, &scratch, &checked);

	arena_fini(&scratch);
	if (!ok)
		return false;
	int64_t whole = 0;
	double value = ydoc_int(n, &whole) ? (double)whole : strtod(n->text.ptr, NULL);
	if (!(value >= least && value <= most))
		return false;
	*out = value;
	return true;
}

static void read_percentile(const struct document *d, struct correlation *c, const struct ydoc_node *n)
{
	if (c->type != CORRELATION_VALUE_PERCENTILE)
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "`percentile` says nothing for %s; it is for value_percentile",
		    correlation_type_name(c->type));
	else if (!read_number(n, 0, 100, &c->percentile))
		fault(d, n, "`percentile` is a number from 0 to 100");
}

static const char *setting_form(enum kind kind)
{
	switch (kind) {
	case SPAN: return "a span such as";
	case COUNT: return "a whole number such as";
	case NUMBER: return "a number such as";
	}
	return "";
}

static bool setting_value(size_t i, const struct ydoc_node *n, double *out)
{
	int64_t whole = 0;

	switch (settings[i].kind) {
	case SPAN:
		if (n->kind != YDOC_SCALAR ||
		    (!correlation_span(n->text, &whole) && !sv_eq(n->text, SV("0s"))))
			return false;
		*out = (double)whole;
		break;
	case COUNT:
		if (!ydoc_int(n, &whole))
			return false;
		*out = (double)whole;
		break;
	case NUMBER: return read_number(n, settings[i].least, settings[i].most, out);
	}
	return *out >= settings[i].least && *out <= settings[i].most;
}

static void read_setting(const struct document *d, struct correlation *c, size_t i, const struct ydoc_node *n)
{
	double value = 0;

	if (setting_value(i, n, &value)) {
		c->settings[i] = value;
		return;
	}
	if (settings[i].kind == SPAN)
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "`%s` is a span such as %s, from %gh to %gd", settings[i].key, settings[i].fallback,
		    settings[i].least / 3600000, settings[i].most / 86400000);
	else
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "`%s` is %s %s, from %.16g to %.16g", settings[i].key, setting_form(settings[i].kind),
		    settings[i].fallback, settings[i].least, settings[i].most);
}

static void set_defaults(struct correlation *c)
{
	for (size_t i = 0; i < CORRELATION_SETTINGS; i++) {
		int64_t ms = 0;

		if (settings[i].kind == SPAN && correlation_span(sv_from(settings[i].fallback), &ms))
			c->settings[i] = (double)ms;
		else
			c->settings[i] = strtod(settings[i].fallback, NULL);
	}
}

/* --- the map -------------------------------------------------------------------------------------- */

static void fault_key(const struct document *d, const struct correlation *c, const struct ydoc_node *key)
{
	const char *names[CORRELATION_COMPARES + CORRELATION_SETTINGS + 2];
	size_t n = 0;

	for (size_t i = 0; i < CORRELATION_COMPARES && types[c->type].bounds != NONE; i++)
		names[n++] = compares[i];
	for (size_t i = 0; i < CORRELATION_SETTINGS; i++)
		if (settings[i].type == c->type)
			names[n++] = settings[i].key;
	if (types[c->type].field != NONE)
		names[n++] = "field";
	if (c->type == CORRELATION_VALUE_PERCENTILE)
		names[n++] = "percentile";
	int near = nearest_find(key->text, names, n);
	if (near >= 0) {
		fault_add(d->faults, FAULT_ERROR, d->file, key->line, key->col,
		    "unknown key \"%.*s\" in the condition of %s; did you mean \"%s\"?", SV_ARG(key->text),
		    correlation_type_name(c->type), names[near]);
		return;
	}
	struct buf all = {0};
	for (size_t i = 0; i < n; i++)
		buf_printf(&all, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", names[i]);
	fault_add(d->faults, FAULT_ERROR, d->file, key->line, key->col,
	    "unknown key \"%.*s\" in the condition of %s; there are %s", SV_ARG(key->text),
	    correlation_type_name(c->type), all.ptr ? all.ptr : "none");
	buf_fini(&all);
}

/* Is it a comparison, and read? */
static bool read_compare(const struct document *d, struct correlation *c, const struct ydoc_node *key,
    const struct ydoc_node *value)
{
	for (size_t i = 0; i < CORRELATION_COMPARES && types[c->type].bounds != NONE; i++) {
		if (!sv_eq(key->text, sv_from(compares[i])))
			continue;
		if (c->n_bounds == 2)
			fault(d, key, "a condition has one bound, or two that make a range");
		else
			read_bound(d, c, (enum correlation_compare)i, value);
		return true;
	}
	return false;
}

static void read_key(const struct document *d, struct correlation *c, const struct ydoc_node *key,
    const struct ydoc_node *value)
{
	if (sv_eq(key->text, SV("field"))) {
		read_fields(d, c, value);
		return;
	}
	if (sv_eq(key->text, SV("percentile"))) {
		read_percentile(d, c, value);
		return;
	}
	if (read_compare(d, c, key, value))
		return;
	for (size_t i = 0; i < CORRELATION_SETTINGS; i++)
		if (settings[i].type == c->type && sv_eq(key->text, sv_from(settings[i].key))) {
			read_setting(d, c, i, value);
			return;
		}
	fault_key(d, c, key);
}

static void read_map(const struct document *d, const struct ydoc_node *map, struct correlation *c)
{
	size_t before = d->faults->n_errors;

	for (size_t i = 0; i < map->n; i++)
		read_key(d, c, map->keys[i], map->items[i]);
	if (d->faults->n_errors > before)
		return;
	if (c->n_bounds == 0 && types[c->type].bounds == NEEDED)
		fault(d, map, "the condition has no bound: gt, gte, lt, lte, eq or neq");
	if (c->n_fields == 0 && types[c->type].field != NONE)
		fault_add(d->faults, FAULT_ERROR, d->file, map->line, map->col,
		    "%s needs `field`, whose values are %s", correlation_type_name(c->type),
		    types[c->type].field == MANY ? "looked at" : "numbers");
	if (c->type == CORRELATION_VALUE_PERCENTILE && !ydoc_get(map, "percentile"))
		fault(d, map,
		    "value_percentile needs `percentile`, from 0 to 100: the specification names no default, "
		    "and 50 is value_median");
	check_bounds(d, map, c);
}

/* --- the sentence --------------------------------------------------------------------------------- */

static struct correlation_condition *keep(
    const struct document *d, const struct ydoc_node *source, const struct condition *from)
{
	struct correlation_condition *to = arena_zero(d->arena, sizeof *to);
	struct place p = place_of(d->places, source, from->at);

	*to = (struct correlation_condition){.kind = from->kind,
	    .line = p.line,
	    .col = p.col,
	    .n = from->n,
	    .name = from->name,
	    .all = from->all};
	to->children = arena_alloc(d->arena, (from->n + 1) * sizeof(struct correlation_condition *));
	for (size_t i = 0; i < from->n; i++)
		to->children[i] = keep(d, source, from->children[i]);
	return to;
}

/* Without `rules:` the sentence's names are the rules, in the order they come. */
static void collect_rules(
    const struct document *d, struct correlation *c, const struct correlation_condition *s)
{
	for (size_t i = 0; i < s->n; i++)
		collect_rules(d, c, s->children[i]);
	for (size_t i = 0; i < c->n_rules; i++)
		if (sv_eq(c->rules[i].name, s->name))
			return;
	if (s->kind == CONDITION_OF && s->name.len > 0)
		fault_add(d->faults, FAULT_ERROR, d->file, s->line, s->col,
		    "\"of\" needs `rules:`, which says what it chooses from");
	else if (s->kind == CONDITION_NAME && c->n_rules == CORRELATION_MAX_RULES)
		fault_add(d->faults, FAULT_ERROR, d->file, s->line, s->col,
		    "a correlation has at most %d rules", CORRELATION_MAX_RULES);
	else if (s->kind == CONDITION_NAME)
		c->rules[c->n_rules++] = (struct correlation_rule){
		    .name = arena_copy(d->arena, s->name), .line = s->line, .col = s->col};
}

static void read_sentence(const struct document *d, const struct ydoc_node *n, struct correlation *c)
{
	struct condition *tree = NULL;
	struct err e = {0};
	size_t at = 0;

	if (!types[c->type].text) {
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "the condition of %s is a map; a sentence over rules is for temporal and "
		    "temporal_ordered",
		    correlation_type_name(c->type));
		return;
	}
	if (condition_parse(d->arena, n->text, &tree, &at, &e)) {
		struct place p = place_of(d->places, n, at);

		fault_add(d->faults, FAULT_ERROR, d->file, p.line, p.col, "%s", e.text);
		return;
	}
	c->sentence = keep(d, n, tree);
	if (!ydoc_get(c->node, "rules"))
		collect_rules(d, c, c->sentence);
}

void correlation_condition_read(const struct document *d, const struct ydoc_node *node, struct correlation *c)
{
	set_defaults(c);
	if (node && node->kind == YDOC_SCALAR && node->type != YDOC_NULL)
		read_sentence(d, node, c);
	else if (node && node->kind == YDOC_MAP)
		read_map(d, node, c);
	else if (node)
		fault(d, node, "`condition` is a map such as {gte: 10}");
	else if (types[c->type].bounds == NEEDED)
		fault(d, c->node, "`condition` is missing: {gte: 10}");
	else if (types[c->type].field != NONE)
		fault_add(d->faults, FAULT_ERROR, d->file, c->node->line, c->node->col,
		    "%s needs a `condition` that names a field: {field: sourceIPAddress}",
		    correlation_type_name(c->type));
}

/* --- binding -------------------------------------------------------------------------------------- */

struct binder {
	struct arena *arena;
	const char *file;
	struct correlation *c;
	struct faults *faults;
	size_t n_bound;
	bool ok;
};

/* A rule is meant by what `rules:` calls it, by its name and by its id. */
static bool is_called(const struct correlation_rule *r, struct sv name)
{
	return sv_eq(r->name, name) || sv_eq(r->rule->name, name) || sv_eq_nocase(r->rule->id, name);
}

static bool fits(const struct correlation_condition *s, const struct correlation_rule *r)
{
	if (is_called(r, s->name))
		return true;
	return s->kind == CONDITION_OF &&
	       (condition_fits(s->name, r->name) ||
		   (r->rule->name.len > 0 && r->rule->name.len <= CONDITION_MAX_NAME &&
		       condition_fits(s->name, r->rule->name)));
}

static void fault_name(struct binder *b, const struct correlation_condition *s)
{
	const char *names[CORRELATION_MAX_RULES];

	for (size_t i = 0; i < b->c->n_rules; i++)
		names[i] = b->c->rules[i].name.ptr;
	int near = nearest_find(s->name, names, b->c->n_rules);
	b->ok = false;
	if (near >= 0)
		fault_add(b->faults, FAULT_ERROR, b->file, s->line, s->col,
		    "\"%.*s\" is not among this correlation's rules; did you mean \"%.*s\"?", SV_ARG(s->name),
		    SV_ARG(b->c->rules[near].name));
	else
		fault_add(b->faults, FAULT_ERROR, b->file, s->line, s->col,
		    "\"%.*s\" is not among this correlation's rules", SV_ARG(s->name));
}

static void bind(struct binder *b, struct correlation_condition *s)
{
	for (size_t i = 0; i < s->n && b->ok; i++)
		bind(b, s->children[i]);
	if ((s->kind != CONDITION_NAME && s->kind != CONDITION_OF) || !b->ok)
		return;
	b->n_bound += b->c->n_rules;
	if (b->n_bound > MAX_BOUND) {
		fault_add(b->faults, FAULT_ERROR, b->file, s->line, s->col,
		    "this sentence names too many rules too often");
		b->ok = false;
		return;
	}
	s->rules = arena_alloc(b->arena, b->c->n_rules * sizeof *s->rules);
	for (size_t i = 0; i < b->c->n_rules; i++)
		if (fits(s, &b->c->rules[i]))
			s->rules[s->n_rules++] = i;
	if (s->n_rules == 0)
		fault_name(b, s);
}

bool correlation_condition_bind(
    struct arena *arena, const char *file, struct correlation *c, struct faults *faults)
{
	struct binder b = {.arena = arena, .file = file, .c = c, .faults = faults, .ok = true};

	if (c->sentence)
		bind(&b, c->sentence);
	return b.ok;
}
