/* A rule with filters matches when its own condition and that of each filter hold. Called by load.c when all
 * documents are in, since a filter may stand in another file than its rules. */
#include "rules/filter.h"

#include "base/clock.h"
#include "base/nearest.h"

/* A part that the filter leaves open holds for every rule. */
static bool part_holds(struct sv filter, struct sv rule)
{
	return !filter.ptr || sv_eq(filter, rule);
}

static bool logsource_holds(const struct rule *filter, const struct rule *rule)
{
	const struct logsource *f = &filter->logsource, *r = &rule->logsource;

	return part_holds(f->category, r->category) && part_holds(f->product, r->product) &&
	       part_holds(f->service, r->service);
}

static bool takes_filters(const struct rule *r)
{
	return r->kind == RULE_DETECTION && r->detection && r->state != RULE_REFUSED;
}

static bool is_named(const struct rule *r, struct sv name)
{
	return sv_eq_nocase(r->id, name) || sv_eq(r->name, name);
}

static void attach(const struct rule *filter, struct rule *rule)
{
	if (takes_filters(rule) && logsource_holds(filter, rule))
		vec_push(&rule->detection->filters, filter->detection);
}

static void fault_unknown(
    const struct ruleset *s, const struct rule *filter, const struct ydoc_node *name, struct faults *faults)
{
	const char **names = heap_zero(s->rules.n + 1, sizeof *names);
	size_t n = 0;

	for (size_t i = 0; i < s->rules.n; i++)
		if (s->rules.items[i]->kind == RULE_DETECTION && s->rules.items[i]->name.len > 0)
			names[n++] = s->rules.items[i]->name.ptr;
	int near = nearest_find(name->text, names, n);
	if (near >= 0)
		fault_add(faults, FAULT_WARNING, filter->file.ptr, name->line, name->col,
		    "no rule \"%.*s\" is loaded; did you mean \"%s\"?", SV_ARG(name->text), names[near]);
	else
		fault_add(faults, FAULT_WARNING, filter->file.ptr, name->line, name->col,
		    "no rule \"%.*s\" is loaded", SV_ARG(name->text));
	fault_tag(faults, FAULT_UNKNOWN_RULE);
	free(names);
}

/* A filter never takes away from a correlation itself, only from what it counts. */
static bool is_correlation(const struct ruleset *s, struct sv name)
{
	for (size_t i = 0; i < s->rules.n; i++)
		if (s->rules.items[i]->kind == RULE_CORRELATION && is_named(s->rules.items[i], name))
			return true;
	return false;
}

/* Each rule at most once, however often it is named. */
static void attach_named(
    const struct ruleset *s, const struct rule *filter, const struct ydoc_node *list, struct faults *faults)
{
	bool *done = heap_zero(s->rules.n + 1, sizeof *done);

	for (size_t i = 0; i < list->n; i++) {
		bool found = false;

		for (size_t j = 0; j < s->rules.n; j++) {
			struct rule *r = s->rules.items[j];

			if (r->kind != RULE_DETECTION || !is_named(r, list->items[i]->text))
				continue;
			if (!done[j])
				attach(filter, r);
			done[j] = found = true;
		}
		if (!found && is_correlation(s, list->items[i]->text))
			fault_add(faults, FAULT_WARNING, filter->file.ptr, list->items[i]->line,
			    list->items[i]->col,
			    "\"%.*s\" is a correlation; name the rules it counts, filters are applied to "
			    "those",
			    SV_ARG(list->items[i]->text));
		else if (!found)
			fault_unknown(s, filter, list->items[i], faults);
	}
	free(done);
}

void filter_expire(struct ruleset *s, int64_t now_ms, struct faults *faults)
{
	for (size_t i = 0; i < s->rules.n; i++) {
		struct rule *r = s->rules.items[i];
		char until[CLK_TEXT];

		if (r->kind != RULE_FILTER || r->state != RULE_ACTIVE || r->until_ms > now_ms)
			continue;
		const struct ydoc_node *at = ydoc_get(ydoc_get(r->root, "kendrawatch"), "until");

		clk_format(r->until_ms, false, until);
		r->state = RULE_OFF;
		r->state_reason = arena_printf(&s->memory->arena, "ended at %s", until);
		fault_add(faults, FAULT_WARNING, r->file.ptr, at->line, at->col,
		    "this filter ended at %s and takes nothing away any more%s%.*s; remove it, or have it "
		    "decided anew",
		    until, r->owner.len > 0 ? "; its owner is " : "", SV_ARG(r->owner));
	}
}

void filter_attach(struct ruleset *s, struct faults *faults)
{
	for (size_t i = 0; i < s->rules.n; i++) {
		const struct rule *filter = s->rules.items[i];

		if (filter->kind != RULE_FILTER || filter->state != RULE_ACTIVE)
			continue;
		const struct ydoc_node *rules = ydoc_get(ydoc_get(filter->root, "filter"), "rules");

		if (rules->kind == YDOC_LIST && rules->n > 0) {
			attach_named(s, filter, rules, faults);
			continue;
		}
		for (size_t j = 0; j < s->rules.n; j++)
			attach(filter, s->rules.items[j]);
	}
}
