/* Finds mutants by walking a rule's groups and condition. A mutant is a replacement for a few bytes of the
 * compiled rule (a group, a condition, a list of fields), so that breaking and mending it costs nothing;
 * lines with other values or modifiers are compiled for it. One thread. */
#include "agent/author/mutate/mutant.h"

#include "base/fault.h"
#include "rules/modifier.h"

const char *mutant_name(enum mutant_kind k)
{
	switch (k) {
#define MUTANT(symbol, name, before, after) \
	case MUTANT_##symbol:               \
		return name;
#include "agent/author/mutate/mutant_list.h"
#undef MUTANT
	case MUTANT_COUNT: break;
	}
	return "?";
}

void mutant_tell(const struct mutant *m, struct buf *out)
{
	static const char *const texts[][2] = {
#define MUTANT(symbol, name, before, after) {before, after},
#include "agent/author/mutate/mutant_list.h"
#undef MUTANT
	};
	buf_adds(out, texts[m->kind][0]);
	buf_add_printable(out, m->what);
	buf_adds(out, texts[m->kind][1]);
}

void mutant_swap(const struct mutant *m)
{
	char *a = m->spot, *b = m->with;
	for (size_t i = 0; i < m->bytes; i++) {
		char c = a[i];
		a[i] = b[i];
		b[i] = c;
	}
}

struct finder {
	struct mutants *out;
	const struct suite *suite;
	const struct selection *selection;
	bool negated; /* the selection's first use stands below a `not` */
};

/* A mutant of what stands from `at` to `end`, which replaces `bytes` at `spot` by a copy of `with`. */
static struct mutant *add(struct finder *f, enum mutant_kind kind, void *spot, const void *with, size_t bytes)
{
	void *copy = arena_alloc(&f->out->arena, bytes);
	memcpy(copy, with, bytes);
	vec_push(&f->out->list,
	    (struct mutant){.kind = kind, .negated = f->negated, .spot = spot, .with = copy, .bytes = bytes});
	return &f->out->list.items[f->out->list.n - 1];
}

/* --- groups --------------------------------------------------------------------------------------- */

static struct sv field_of(const struct group *g)
{
	struct sv rest = g->key ? g->key->text : (struct sv){0}, name = {0};
	sv_cut(&rest, '|', &name);
	return name;
}

/* `field: value` as the author wrote it, short; a selection by its name. */
static struct sv text_of(struct finder *f, const struct group *g)
{
	struct arena *a = &f->out->arena;
	if (g->kind != GROUP_ITEM && g == f->selection->group)
		return arena_copy(a, f->selection->name);
	if (g->kind != GROUP_ITEM)
		return arena_printf(a, "an entry of %.*s", SV_ARG(f->selection->name));
	struct sv key = g->key ? g->key->text : (struct sv){0};
	const char *colon = g->key ? ": " : "";
	if (g->value->kind == YDOC_SCALAR)
		return arena_printf(a, "%.*s%s%.*s", SV_ARG(key), colon, SV_ARG(sv_head(g->value->text, 60)));
	return arena_printf(a, "%.*s%s[%.*s%s]", SV_ARG(key), colon,
	    SV_ARG(sv_head(g->value->items[0]->text, 60)), g->value->n > 1 ? ", …" : "");
}

static struct mutant *add_group(
    struct finder *f, enum mutant_kind kind, struct group *g, const struct group *with)
{
	struct mutant *m = add(f, kind, g, with, sizeof *g);
	while (g->n == 1)
		g = g->children[0];
	m->what = text_of(f, g);
	m->field = field_of(g);
	m->at = g->key ? g->key : g->value;
	m->end = g->value;
	if (g->kind != GROUP_ITEM) {
		m->at = g == f->selection->group ? f->selection->key : g->value;
		m->end = m->at;
	}
	return m;
}

/* An empty AND is true, an empty OR is false. */
static struct mutant *force(struct finder *f, struct group *g, bool truth)
{
	return add_group(
	    f, truth ? MUTANT_TRUE : MUTANT_FALSE, g, &(struct group){.kind = truth ? GROUP_AND : GROUP_OR});
}

/* The line with another key or value; NULL when that is no line. */
static struct mutant *recompiled(struct finder *f, enum mutant_kind kind, struct group *g,
    const struct ydoc_node *key, const struct ydoc_node *value)
{
	const struct rule *rule = f->suite->rule;
	struct item_input in = {.arena = &f->out->arena,
	    .key = key,
	    .value = value,
	    .selection = f->selection->name,
	    .lists = &f->suite->lists,
	    .needs = rule->needs.items,
	    .n_needs = rule->needs.n,
	    .file = f->suite->file};
	struct faults unheard = {0};
	struct group with = *g;
	struct sv waits;
	enum item_status status = item_compile(&in, &with.item, &waits, &unheard);
	faults_fini(&unheard);
	if (status != ITEM_OK)
		return NULL;
	vec_push(&f->out->items, with.item);
	return add_group(f, kind, g, &with);
}

static bool same_values(const struct ydoc_node *a, const struct ydoc_node *b)
{
	return a->type == b->type && sv_eq_nocase(a->text, b->text);
}

/* The list without one value; twins change nothing. */
static void without_value(struct finder *f, struct group *g, size_t which)
{
	struct ydoc_node *list = arena_zero(&f->out->arena, sizeof *list);
	const struct ydoc_node *gone = g->value->items[which];
	*list = *g->value;
	list->items = arena_alloc(&f->out->arena, g->value->n * sizeof *list->items);
	list->n = 0;
	for (size_t i = 0; i < g->value->n; i++) {
		if (i == which)
			continue;
		if (same_values(g->value->items[i], gone))
			return;
		list->items[list->n++] = g->value->items[i];
	}
	struct mutant *m = recompiled(f, MUTANT_VALUE, g, g->key, list);
	if (!m)
		return;
	m->what = arena_printf(&f->out->arena, "%.*s", SV_ARG(gone->text));
	m->value = m->what;
	m->at = m->end = gone;
}

/* The key with the modifier `from` replaced by `to` ("" takes it away). */
static const struct ydoc_node *other_key(
    struct finder *f, const struct ydoc_node *key, const char *from, const char *to)
{
	struct buf text = {0};
	struct sv rest = key->text, part;
	bool first = true;
	while (sv_cut(&rest, '|', &part)) {
		struct sv now = !first && sv_eq(part, sv_from(from)) ? sv_from(to) : part;
		if (first || now.len)
			buf_printf(&text, "%s%.*s", first ? "" : "|", SV_ARG(now));
		first = false;
	}
	struct ydoc_node *n = arena_zero(&f->out->arena, sizeof *n);
	*n = *key;
	n->text = arena_copy(&f->out->arena, buf_sv(&text));
	buf_fini(&text);
	return n;
}

static void modified(
    struct finder *f, struct group *g, enum mutant_kind kind, const char *from, const char *to)
{
	recompiled(f, kind, g, other_key(f, g->key, from, to), g->value);
}

/* Is there anything a letter case could change? */
static bool has_letters(const struct ydoc_node *v)
{
	for (size_t i = 0; v->kind == YDOC_LIST && i < v->n; i++)
		if (has_letters(v->items[i]))
			return true;
	for (size_t i = 0; v->kind == YDOC_SCALAR && i < v->text.len; i++)
		if ((v->text.ptr[i] | 32) >= 'a' && (v->text.ptr[i] | 32) <= 'z')
			return true;
	return false;
}

static void break_modifiers(struct finder *f, struct group *g, const bool *has, size_t n_values)
{
	static const struct {
		enum modifier from;
		enum mutant_kind kind;
		const char *to;
	} changes[] = {
	    {MODIFIER_CONTAINS, MUTANT_WHOLE, ""},
	    {MODIFIER_STARTSWITH, MUTANT_WHOLE, ""},
	    {MODIFIER_ENDSWITH, MUTANT_WHOLE, ""},
	    {MODIFIER_STARTSWITH, MUTANT_ANYWHERE, "contains"},
	    {MODIFIER_ENDSWITH, MUTANT_ANYWHERE, "contains"},
	    {MODIFIER_LT, MUTANT_BOUND, "lte"},
	    {MODIFIER_LTE, MUTANT_BOUND, "lt"},
	    {MODIFIER_GT, MUTANT_BOUND, "gte"},
	    {MODIFIER_GTE, MUTANT_BOUND, "gt"},
	};
	bool present = g->value->kind == YDOC_SCALAR && sv_eq(g->value->text, SV("*"));
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (has[changes[i].from] && !present)
			modified(f, g, changes[i].kind, modifier_name(changes[i].from), changes[i].to);
	if (has[MODIFIER_CASED] && has_letters(g->value))
		modified(f, g, MUTANT_CASED, "cased", "");
	if (has[MODIFIER_RE_I])
		modified(f, g, MUTANT_CASED, "i", "");
	if (has[MODIFIER_ALL] && n_values > 1)
		modified(f, g, MUTANT_ALL, "all", "");
}

static void negate(struct finder *f, struct group *g, bool is_neq)
{
	const struct ydoc_node *key = other_key(f, g->key, "neq", "");
	if (!is_neq) {
		struct ydoc_node *longer = arena_zero(&f->out->arena, sizeof *longer);
		*longer = *key;
		longer->text = arena_printf(&f->out->arena, "%.*s|neq", SV_ARG(key->text));
		key = longer;
	}
	struct mutant *m = recompiled(f, MUTANT_NEGATED, g, key, g->value);
	if (m)
		m->implied = true;
}

static void break_item(struct finder *f, struct group *g)
{
	if (!g->item || !g->key)
		return;
	struct item_parts parts = item_parts(g->item);
	const bool *has = parts.modifiers->has;
	negate(f, g, has[MODIFIER_NEQ]);
	break_modifiers(f, g, has, parts.n);
	for (size_t i = 0; g->value->kind == YDOC_LIST && g->value->n > 1 && i < g->value->n; i++)
		without_value(f, g, i);
}

/* Members of an AND are told apart by being true, of an OR by being false; the other way round they are all
 * the same, and the group's own. */
static void break_group(struct finder *f, struct group *g)
{
	if (g->kind == GROUP_ITEM)
		break_item(f, g);
	for (size_t i = 0; i < g->n; i++) {
		struct group *child = g->children[i];
		if (g->n > 1)
			force(f, child, g->kind == GROUP_AND);
		break_group(f, child);
	}
}

/* The whole selection, both ways. Where it has several members, one of them says the same of one way. */
static void break_selection(struct finder *f)
{
	struct group *g = f->selection->group;
	const struct group *only = g;
	while (only->n == 1)
		only = only->children[0];
	for (int truth = 0; truth < 2; truth++) {
		struct mutant *m = force(f, g, truth);
		m->implied = only->n > 1 && (only->kind == GROUP_AND) == (truth == 1);
	}
	break_group(f, g);
}

/* --- condition ------------------------------------------------------------------------------------ */

static bool first_use(const struct condition *c, const struct selection *s, bool negated, bool *out_negated)
{
	for (size_t i = 0; i < c->n_selections; i++)
		if (c->selections[i] == s) {
			*out_negated = negated;
			return true;
		}
	for (size_t i = 0; i < c->n; i++)
		if (first_use(c->children[i], s, negated != (c->kind == CONDITION_NOT), out_negated))
			return true;
	return false;
}

static void break_condition(struct finder *f, struct condition *c, const struct ydoc_node *source)
{
	struct condition with = *c;
	struct mutant *m = NULL;
	switch (c->kind) {
	case CONDITION_AND: with.kind = CONDITION_OR; break;
	case CONDITION_OR: with.kind = CONDITION_AND; break;
	case CONDITION_OF: with.all = !c->all; break;
	case CONDITION_NOT: with = *c->children[0]; break;
	case CONDITION_NAME: return;
	}
	if (c->n > 1 || c->n_selections > 1 || c->kind == CONDITION_NOT) {
		m = add(f, c->kind == CONDITION_NOT ? MUTANT_NOT : MUTANT_AND_OR, c, &with, sizeof with);
		m->implied = true;
		m->what = sv_skip(source->text, c->at);
		m->at = m->end = source;
		m->offset = c->at;
	}
	for (size_t i = 0; i < c->n; i++)
		break_condition(f, c->children[i], source);
}

/* --- the rest of the rule ------------------------------------------------------------------------- */

/* Each filter that the file itself holds for the rule. */
static void break_filters(struct finder *f)
{
	struct detection *d = f->suite->rule->detection;
	for (size_t i = 0; i < f->suite->set->rules.n; i++) {
		const struct rule *filter = f->suite->set->rules.items[i];
		for (size_t k = 0; filter->kind == RULE_FILTER && k < d->filters.n; k++) {
			if (d->filters.items[k] != filter->detection)
				continue;
			struct condition *c = filter->detection->condition;
			struct mutant *m = add(f, MUTANT_FILTER, c,
			    &(struct condition){.kind = CONDITION_AND, .at = c->at}, sizeof *c);
			m->what = filter->name.len ? filter->name : filter->title;
			m->at = m->end = ydoc_get(ydoc_get(filter->root, "filter"), "condition");
		}
	}
}

static bool folding_is_tested(const struct suite *s)
{
	for (size_t i = 0; i < s->cases.n; i++)
		if (s->cases.items[i].alerts >= 0 || s->cases.items[i].folded >= 0)
			return true;
	return false;
}

/* Every key has the account in it already; without a single `kw.actor` the default is kw.actor. */
static bool changes_nothing(const struct rule *rule, struct sv field)
{
	return sv_eq(field, SV("recipientAccountId")) ||
	       (rule->group_by.n == 1 && sv_eq(field, SV("kw.actor")));
}

static void break_folding(struct finder *f)
{
	struct rule *rule = f->suite->rule;
	const struct ydoc_node *map = ydoc_get(rule->root, "kendrawatch"), *by = ydoc_get(map, "group_by"),
			       *span = ydoc_get(map, "suppress_for");
	for (size_t i = 0; by && i < rule->group_by.n; i++) {
		if (changes_nothing(rule, rule->group_by.items[i]))
			continue;
		struct rule with = *rule;
		with.group_by.items = arena_alloc(&f->out->arena, rule->group_by.n * sizeof(struct sv));
		with.group_by.n = 0;
		for (size_t k = 0; k < rule->group_by.n; k++)
			if (k != i)
				with.group_by.items[with.group_by.n++] = rule->group_by.items[k];
		struct mutant *m =
		    add(f, MUTANT_GROUP_BY, &rule->group_by, &with.group_by, sizeof rule->group_by);
		m->what = m->field = rule->group_by.items[i];
		m->at = m->end = by->kind == YDOC_LIST ? by->items[i] : by;
	}
	int64_t none = 0;
	struct mutant *m = add(f, MUTANT_SUPPRESS, &rule->suppress_for_ms, &none, sizeof none);
	m->what = span ? span->text : SV("the default");
	m->at = m->end = span ? span : rule->root;
}

static int by_place(const void *a, const void *b)
{
	const struct mutant *x = a, *y = b;
	if (x->at->line != y->at->line)
		return x->at->line < y->at->line ? -1 : 1;
	if (x->at->col != y->at->col)
		return x->at->col < y->at->col ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

void mutants_find(struct mutants *m, const struct suite *s)
{
	struct finder f = {.out = m, .suite = s};
	struct detection *d = s->rule->detection;
	const struct ydoc_node *condition = ydoc_get(ydoc_get(s->rule->root, "detection"), "condition");
	if (s->rule->state != RULE_ACTIVE && s->rule->state != RULE_SHADOW)
		return;
	for (size_t i = 0; i < d->selections.n; i++) {
		f.selection = &d->selections.items[i];
		if (first_use(d->condition, f.selection, false, &f.negated))
			break_selection(&f);
	}
	f.negated = false;
	if (condition->kind == YDOC_SCALAR)
		break_condition(&f, d->condition, condition);
	break_filters(&f);
	if (folding_is_tested(s))
		break_folding(&f);
	if (m->list.n)
		qsort(m->list.items, m->list.n, sizeof *m->list.items, by_place);
}

void mutants_fini(struct mutants *m)
{
	for (size_t i = 0; i < m->items.n; i++)
		item_fini(m->items.items[i]);
	vec_fini(&m->items);
	vec_fini(&m->list);
	arena_fini(&m->arena);
}
