/* Reads `correlation:`, key by key. Called by document.c; what needs other documents is correlation_bind.c's,
 * the condition correlation_condition.c's. Every key is read even after a fault, so that all are told. */
#include "rules/correlation.h"

#include "base/nearest.h"
#include "rules/vocabulary.h"

enum need { NONE, OPTIONAL, NEEDED };

static const struct {
	const char *name;
	enum need timespan;
} types[CORRELATION_TYPES] = {
#define CORRELATION_TYPE(symbol, name, timespan, field, bounds, text, help) {name, timespan},
#include "rules/correlation_type_list.h"
#undef CORRELATION_TYPE
};

const char *correlation_type_name(enum correlation_type t)
{
	return types[t].name;
}

static void fault(const struct document *d, const struct ydoc_node *at, const char *text)
{
	fault_add(d->faults, FAULT_ERROR, d->file, at->line, at->col, "%s", text);
}

static bool is_text(const struct ydoc_node *n)
{
	return n->kind == YDOC_SCALAR && n->type != YDOC_NULL && n->text.len > 0;
}

bool correlation_span(struct sv s, int64_t *out_ms)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}, {'M', 30 * 86400},
	    {'y', 365 * 86400}};
	int64_t n;

	if (s.len < 2 || !sv_int(sv_head(s, s.len - 1), 1, CORRELATION_MAX_SPAN_MS / 1000, &n))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (units[i].unit == s.ptr[s.len - 1] &&
		    n * units[i].seconds <= CORRELATION_MAX_SPAN_MS / 1000) {
			*out_ms = n * units[i].seconds * 1000;
			return true;
		}
	return false;
}

/* --- one function a key --------------------------------------------------------------------------- */

/* False: nothing else can be judged. */
static bool read_type(const struct document *d, struct correlation *c)
{
	const struct ydoc_node *n = ydoc_get(c->node, "type");
	const char *names[CORRELATION_TYPES];

	if (!n) {
		fault(d, c->node, "`type` is missing: event_count, value_count, temporal and the like");
		return false;
	}
	for (size_t i = 0; i < CORRELATION_TYPES; i++) {
		names[i] = types[i].name;
		if (n->kind == YDOC_SCALAR && sv_eq(n->text, sv_from(names[i]))) {
			c->type = (enum correlation_type)i;
			return true;
		}
	}
	int near = n->kind == YDOC_SCALAR ? nearest_find(n->text, names, CORRELATION_TYPES) : -1;
	if (near >= 0)
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "unknown correlation type \"%.*s\"; did you mean \"%s\"?", SV_ARG(n->text), names[near]);
	else
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "unknown correlation type \"%.*s\"; \"kendrawatch help --man rules\" has them all",
		    SV_ARG(ydoc_text(n)));
	return false;
}

static void add_rule(const struct document *d, struct correlation *c, const struct ydoc_node *n)
{
	if (n->text.len > CONDITION_MAX_NAME) {
		fault(d, n, "a rule's name or id is at most 255 bytes long here");
		return;
	}
	for (size_t i = 0; i < c->n_rules; i++)
		if (sv_eq(c->rules[i].name, n->text)) {
			fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
			    "rule \"%.*s\" is named twice", SV_ARG(n->text));
			return;
		}
	c->rules[c->n_rules++] = (struct correlation_rule){.name = n->text, .line = n->line, .col = n->col};
}

static void read_rules(const struct document *d, struct correlation *c)
{
	static const char form[] = "`rules` is a list of rules' names or ids";
	const struct ydoc_node *n = ydoc_get(c->node, "rules");
	const struct ydoc_node *condition = ydoc_get(c->node, "condition");

	c->rules = arena_zero(d->arena, CORRELATION_MAX_RULES * sizeof *c->rules);
	if (!n && condition && condition->kind == YDOC_SCALAR)
		return; /* the sentence names them */
	if (!n)
		fault(d, c->node, "`rules` is missing: the names or ids of the rules that are counted");
	else if (is_text(n))
		add_rule(d, c, n);
	else if (n->kind != YDOC_LIST)
		fault(d, n, form);
	else if (n->n == 0)
		fault(d, n, "`rules` is empty, so there is nothing to count");
	else if (n->n > CORRELATION_MAX_RULES)
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "a correlation has at most %d rules", CORRELATION_MAX_RULES);
	else
		for (size_t i = 0; i < n->n; i++) {
			if (is_text(n->items[i]))
				add_rule(d, c, n->items[i]);
			else
				fault(d, n->items[i], form);
		}
	if (n && c->n_rules == 1 &&
	    (c->type == CORRELATION_TEMPORAL || c->type == CORRELATION_TEMPORAL_ORDERED))
		fault_add(d->faults, FAULT_WARNING, d->file, n->line, n->col,
		    "%s over one rule fires with each of its events; event_count counts them",
		    correlation_type_name(c->type));
}

static void read_group_by(const struct document *d, struct correlation *c)
{
	static const char form[] = "`group-by` is a list of fields: [kw.actor]";
	const struct ydoc_node *n = ydoc_get(c->node, "group-by");
	const struct ydoc_node *const *fields = &n;
	size_t n_fields = 1;

	if (!n)
		return;
	if (n->kind == YDOC_LIST) {
		fields = (const struct ydoc_node *const *)n->items;
		n_fields = n->n;
	}
	if (n_fields > CORRELATION_MAX_FIELDS) {
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "`group-by` has at most %d fields", CORRELATION_MAX_FIELDS);
		return;
	}
	c->group_by = arena_alloc(d->arena, (n_fields + 1) * sizeof *c->group_by);
	for (size_t i = 0; i < n_fields; i++) {
		if (!is_text(fields[i])) {
			fault(d, fields[i], form);
			continue;
		}
		vocabulary_field(fields[i]->text, d->file, fields[i]->line, fields[i]->col, d->faults);
		c->group_by[c->n_group_by++] = fields[i]->text;
	}
}

static void read_timespan(const struct document *d, struct correlation *c)
{
	const struct ydoc_node *n = ydoc_get(c->node, "timespan");

	if (!n && types[c->type].timespan == NEEDED)
		fault(d, c->node, "`timespan` is missing: how far apart the events may be, such as 10m");
	else if (n && types[c->type].timespan == NONE)
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col, "`timespan` says nothing for %s",
		    correlation_type_name(c->type));
	else if (n && (n->kind != YDOC_SCALAR || !correlation_span(n->text, &c->timespan_ms)))
		fault(d, n,
		    "`timespan` is a number and one of s, m, h, d, w, M (30 days), y, at most a year: 10m");
}

static void read_alias(
    const struct document *d, struct correlation *c, const struct ydoc_node *key, const struct ydoc_node *map)
{
	if (key->text.len == 0 || sv_starts(key->text, SV("kw."))) {
		fault(d, key, "an alias needs a name, and none under `kw.`, where the derived fields are");
		return;
	}
	if (map->kind != YDOC_MAP || map->n == 0) {
		fault_add(d->faults, FAULT_ERROR, d->file, map->line, map->col,
		    "alias \"%.*s\" is a map of rules and their fields: {rule_name: field}",
		    SV_ARG(key->text));
		return;
	}
	for (size_t i = 0; i < map->n; i++) {
		const struct ydoc_node *field = map->items[i];

		if (is_text(field))
			vocabulary_field(field->text, d->file, field->line, field->col, d->faults);
		else
			fault(d, field, "an alias names one field for each rule");
	}
	c->aliases[c->n_aliases++] =
	    (struct correlation_alias){.name = key->text, .map = map, .line = key->line, .col = key->col};
}

static void read_aliases(const struct document *d, struct correlation *c)
{
	const struct ydoc_node *n = ydoc_get(c->node, "aliases");

	if (!n)
		return;
	if (n->kind != YDOC_MAP || n->n > CORRELATION_MAX_ALIASES) {
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "`aliases` is a map of at most %d names: {ip: {rule_a: sourceIPAddress, rule_b: field}}",
		    CORRELATION_MAX_ALIASES);
		return;
	}
	c->aliases = arena_zero(d->arena, (n->n + 1) * sizeof *c->aliases);
	for (size_t i = 0; i < n->n; i++)
		read_alias(d, c, n->keys[i], n->items[i]);
}

/* Inside `correlation` or beside it; the specification has had it in both places. */
static void read_generate(const struct document *d, struct correlation *c)
{
	const struct ydoc_node *places[] = {ydoc_get(d->root, "generate"), ydoc_get(c->node, "generate")};
	bool values[2] = {false, false};

	for (size_t i = 0; i < 2; i++)
		if (places[i] && !ydoc_bool(places[i], &values[i]))
			fault(d, places[i], "`generate` is true or false");
	if (places[0] && places[1] && values[0] != values[1])
		fault(d, places[1], "`generate` stands at the top level too, and says the opposite");
	c->generate = values[0] || values[1];
}

/* --- as a whole ----------------------------------------------------------------------------------- */

static void check_keys(const struct document *d, const struct ydoc_node *map)
{
	enum { TIMESPAN = 3 };
	static const char *const names[] = {
	    "type", "rules", "group-by", [TIMESPAN] = "timespan", "condition", "aliases", "generate"};

	for (size_t i = 0; i < map->n; i++) {
		const struct ydoc_node *key = map->keys[i];
		bool known = false;

		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			known |= sv_eq(key->text, sv_from(names[k]));
		if (known)
			continue;
		int near = nearest_find(key->text, names, sizeof names / sizeof names[0]);
		if (sv_eq(key->text, SV("timeframe"))) /* Sigma 1's word */
			near = TIMESPAN;
		if (near >= 0)
			fault_add(d->faults, FAULT_ERROR, d->file, key->line, key->col,
			    "unknown key \"%.*s\" in `correlation`; did you mean \"%s\"?", SV_ARG(key->text),
			    names[near]);
		else
			fault_add(d->faults, FAULT_ERROR, d->file, key->line, key->col,
			    "unknown key \"%.*s\" in `correlation`", SV_ARG(key->text));
	}
}

static bool is_used(const struct correlation *c, struct sv name)
{
	for (size_t i = 0; i < c->n_group_by; i++)
		if (sv_eq(c->group_by[i], name))
			return true;
	for (size_t i = 0; i < c->n_fields; i++)
		if (sv_eq(c->fields[i], name))
			return true;
	return false;
}

static void doubt_aliases(const struct document *d, const struct correlation *c)
{
	for (size_t i = 0; i < c->n_aliases; i++)
		if (!is_used(c, c->aliases[i].name))
			fault_add(d->faults, FAULT_WARNING, d->file, c->aliases[i].line, c->aliases[i].col,
			    "alias \"%.*s\" is used neither in `group-by` nor as the condition's field",
			    SV_ARG(c->aliases[i].name));
}

void correlation_read(const struct document *d, struct rule *rule)
{
	struct correlation *c = arena_zero(d->arena, sizeof *c);

	c->node = ydoc_get(d->root, "correlation");
	if (c->node->kind != YDOC_MAP) {
		fault(d, c->node, "`correlation` is a map: type, rules, group-by, timespan, condition");
		return;
	}
	check_keys(d, c->node);
	if (!read_type(d, c))
		return;
	read_rules(d, c);
	read_group_by(d, c);
	read_timespan(d, c);
	read_aliases(d, c);
	read_generate(d, c);
	correlation_condition_read(d, ydoc_get(c->node, "condition"), c);
	doubt_aliases(d, c);
	rule->correlation = c;
}
