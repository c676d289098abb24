/* Correlations meet the rules that they name. Called by load.c when all documents are in and overrides are
 * applied, since a correlation may stand in front of its rules or in another file. From the rules upwards: a
 * correlation is judged once everything below it is, and what is never judged stands in a circle. */
#include "rules/correlation_bind.h"

#include "base/nearest.h"
#include "rules/correlation.h"

static const char not_run[] = "correlations are checked but not run by this version";

struct binder {
	struct ruleset *set;
	const struct map *skipped;
	struct faults *faults;
	struct map by_name; /* name, or id in lower case -> struct rule *, refused ones too */
	size_t *n_open;     /* for each rule of the set: correlations below it that are not judged yet */
	size_t *depth;      /* correlations on the longest way down, itself included */
	VEC(struct rule *) ready;
};

static struct sv lower(struct arena *a, struct sv s)
{
	char *copy = arena_alloc(a, s.len + 1);

	for (size_t i = 0; i < s.len; i++)
		copy[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + 32 : s.ptr[i]);
	copy[s.len] = 0;
	return sv_of(copy, s.len);
}

static bool takes_part(const struct rule *r)
{
	return r && r->kind == RULE_CORRELATION && r->correlation && r->state != RULE_REFUSED;
}

static void refuse(struct binder *b, struct rule *r, int line, int col, struct sv reason)
{
	fault_add(b->faults, FAULT_ERROR, r->file.ptr, line, col, "%.*s", SV_ARG(reason));
	if (r->state == RULE_REFUSED)
		return;
	r->state = RULE_REFUSED;
	r->state_reason = reason;
}

/* --- references ----------------------------------------------------------------------------------- */

/* The first that has a name keeps it; a refused document only where no other has it. */
static void learn(struct map *names, struct sv name, struct rule *r)
{
	const struct rule *first = name.len > 0 ? map_get(names, name) : r;

	if (!first || (first->state == RULE_REFUSED && r->state != RULE_REFUSED))
		map_put(names, name, r);
}

static void learn_names(struct binder *b)
{
	struct arena *arena = &b->set->memory->arena;

	for (size_t i = 0; i < b->set->rules.n; i++) {
		struct rule *r = b->set->rules.items[i];

		learn(&b->by_name, r->name, r);
		learn(&b->by_name, lower(arena, r->id), r);
	}
}

static struct sv unknown_text(struct binder *b, struct sv name)
{
	const struct ruleset *s = b->set;
	const char **names = heap_zero(s->rules.n + 1, sizeof *names);
	struct arena *arena = &s->memory->arena;
	struct sv text;
	size_t n = 0;

	for (size_t i = 0; i < s->rules.n; i++)
		if (s->rules.items[i]->kind != RULE_FILTER && s->rules.items[i]->name.len > 0)
			names[n++] = s->rules.items[i]->name.ptr;
	int near = nearest_find(name, names, n);
	if (near >= 0)
		text = arena_printf(
		    arena, "no rule \"%.*s\" is loaded; did you mean \"%s\"?", SV_ARG(name), names[near]);
	else
		text = arena_printf(arena, "no rule \"%.*s\" is loaded", SV_ARG(name));
	free(names);
	return text;
}

/* A rule about other logs has no events here, so neither has what counts them. */
static bool is_about_other_logs(struct binder *b, struct rule *r, const struct correlation_rule *ref)
{
	const char *why = map_get(b->skipped, ref->name);

	if (!why)
		why = map_get(b->skipped, lower(&b->set->memory->arena, ref->name));
	if (!why)
		return false;
	if (r->state == RULE_REFUSED)
		return true;
	r->state = RULE_OFF;
	r->state_reason = arena_printf(&b->set->memory->arena, "rule \"%.*s\" is %s", SV_ARG(ref->name), why);
	fault_add(b->faults, FAULT_NOTE, r->file.ptr, ref->line, ref->col, "skipped: rule \"%.*s\" is %s",
	    SV_ARG(ref->name), why);
	return true;
}

static void resolve(struct binder *b, struct rule *r, struct correlation_rule *ref)
{
	struct arena *arena = &b->set->memory->arena;
	struct rule *found = map_get(&b->by_name, ref->name);

	if (!found)
		found = map_get(&b->by_name, lower(arena, ref->name));
	if (!found && is_about_other_logs(b, r, ref))
		return;
	if (!found) {
		refuse(b, r, ref->line, ref->col, unknown_text(b, ref->name));
		fault_tag(b->faults, FAULT_UNKNOWN_RULE);
	} else if (found->kind == RULE_FILTER) {
		refuse(b, r, ref->line, ref->col,
		    arena_printf(
			arena, "\"%.*s\" is a filter; a correlation counts rules", SV_ARG(ref->name)));
	} else if (found == r) {
		refuse(b, r, ref->line, ref->col, arena_printf(arena, "a correlation can't count itself"));
	} else {
		ref->rule = found;
	}
}

/* One rule by its name and again by its id would count twice. */
static void check_twice(struct binder *b, struct rule *r)
{
	const struct correlation *c = r->correlation;

	for (size_t i = 0; i < c->n_rules; i++)
		for (size_t k = 0; k < i; k++)
			if (c->rules[i].rule && c->rules[i].rule == c->rules[k].rule) {
				refuse(b, r, c->rules[i].line, c->rules[i].col,
				    arena_printf(&b->set->memory->arena,
					"\"%.*s\" is the same rule as \"%.*s\"", SV_ARG(c->rules[i].name),
					SV_ARG(c->rules[k].name)));
				break;
			}
}

/* --- aliases -------------------------------------------------------------------------------------- */

static size_t place_in(const struct correlation *c, struct sv name)
{
	for (size_t i = 0; i < c->n_rules; i++) {
		const struct rule *r = c->rules[i].rule;

		if (sv_eq(c->rules[i].name, name) || sv_eq(r->name, name) || sv_eq_nocase(r->id, name))
			return i;
	}
	return SV_NONE;
}

static void fault_alias_rule(struct binder *b, struct rule *r, const struct ydoc_node *key)
{
	const char *names[CORRELATION_MAX_RULES];
	const struct correlation *c = r->correlation;
	struct arena *arena = &b->set->memory->arena;

	for (size_t i = 0; i < c->n_rules; i++)
		names[i] = c->rules[i].name.ptr;
	int near = nearest_find(key->text, names, c->n_rules);
	if (near >= 0)
		refuse(b, r, key->line, key->col,
		    arena_printf(arena,
			"alias for \"%.*s\", which is not among this correlation's rules; did you mean "
			"\"%s\"?",
			SV_ARG(key->text), names[near]));
	else
		refuse(b, r, key->line, key->col,
		    arena_printf(arena, "alias for \"%.*s\", which is not among this correlation's rules",
			SV_ARG(key->text)));
}

static void bind_alias(struct binder *b, struct rule *r, struct correlation_alias *a)
{
	const struct correlation *c = r->correlation;

	a->fields = arena_zero(&b->set->memory->arena, c->n_rules * sizeof *a->fields);
	for (size_t i = 0; i < a->map->n; i++) {
		size_t at = place_in(c, a->map->keys[i]->text);

		if (at == SV_NONE)
			fault_alias_rule(b, r, a->map->keys[i]);
		else
			a->fields[at] = a->map->items[i]->text;
	}
	for (size_t i = 0; i < c->n_rules; i++)
		if (!a->fields[i].ptr && r->state != RULE_REFUSED)
			fault_add(b->faults, FAULT_WARNING, r->file.ptr, a->line, a->col,
			    "alias \"%.*s\" says nothing of rule \"%.*s\", whose events are left out",
			    SV_ARG(a->name), SV_ARG(c->rules[i].name));
}

/* More rules than there are can't match. */
static void check_bound(struct binder *b, struct rule *r)
{
	const struct correlation *c = r->correlation;
	int64_t n = 0;

	if (c->type != CORRELATION_TEMPORAL && c->type != CORRELATION_TEMPORAL_ORDERED)
		return;
	for (size_t i = 0; i < c->n_bounds; i++) {
		const struct correlation_bound *bound = &c->bounds[i];
		bool over = sv_int(bound->text, 0, INT64_MAX, &n) &&
			    ((bound->compare == CORRELATION_GT && n >= (int64_t)c->n_rules) ||
				((bound->compare == CORRELATION_GTE || bound->compare == CORRELATION_EQ) &&
				    n > (int64_t)c->n_rules));
		const struct ydoc_node *at = ydoc_get(c->node, "condition");

		if (over)
			refuse(b, r, at->line, at->col,
			    arena_printf(&b->set->memory->arena,
				"never true: it counts rules that match, and there are %zu", c->n_rules));
	}
}

static void bind_one(struct binder *b, struct rule *r)
{
	struct correlation *c = r->correlation;

	for (size_t i = 0; i < c->n_rules; i++)
		resolve(b, r, &c->rules[i]);
	if (r->state == RULE_REFUSED || r->state == RULE_OFF)
		return;
	check_twice(b, r);
	for (size_t i = 0; i < c->n_aliases; i++)
		bind_alias(b, r, &c->aliases[i]);
	check_bound(b, r);
	if (!correlation_condition_bind(&b->set->memory->arena, r->file.ptr, c, b->faults))
		r->state = RULE_REFUSED;
	if (r->state == RULE_REFUSED && !r->state_reason.ptr)
		r->state_reason = arena_copy(
		    &b->set->memory->arena, sv_from(b->faults->list.items[b->faults->list.n - 1].text));
}

/* --- states, from the rules upwards ---------------------------------------------------------------- */

/* The least that lets a person find what to mend. */
static void judge(struct binder *b, struct rule *r)
{
	struct arena *arena = &b->set->memory->arena;
	const struct correlation *c = r->correlation;
	const struct ydoc_node *at = c->node;
	struct sv waits = sv_from(not_run);

	for (size_t i = c->n_rules; i-- > 0;) {
		const struct rule *below = c->rules[i].rule;

		if (below->state == RULE_REFUSED) {
			refuse(b, r, c->rules[i].line, c->rules[i].col,
			    arena_printf(arena,
				"rule \"%.*s\" is refused, so this correlation is too; see %.*s:%d",
				SV_ARG(c->rules[i].name), SV_ARG(below->file), below->line));
			return;
		}
		if (below->state != RULE_OFF &&
		    (below->state != RULE_WAITING || below->kind != RULE_DETECTION))
			continue;
		waits = arena_printf(arena, "rule \"%.*s\" is %s: %.*s", SV_ARG(c->rules[i].name),
		    rule_state_name(below->state), SV_ARG(below->state_reason));
		fault_add(b->faults, FAULT_WARNING, r->file.ptr, c->rules[i].line, c->rules[i].col, "%.*s",
		    SV_ARG(waits));
	}
	r->state = RULE_WAITING;
	r->state_reason = waits;
	fault_add(b->faults, FAULT_WARNING, r->file.ptr, at->line, at->col, "%s%s", not_run,
	    c->generate ? "" : "; until then the rules it names alert by themselves");
	fault_tag(b->faults, FAULT_CORRELATION_NOT_RUN);
}

/* Takes `done` off the bill of every correlation above it. */
static void settle(struct binder *b, const struct rule *done, const size_t *above, size_t n_above)
{
	for (size_t i = 0; i < n_above; i++) {
		struct rule *r = b->set->rules.items[above[i]];

		if (b->depth[r->index] < b->depth[done->index] + 1)
			b->depth[r->index] = b->depth[done->index] + 1;
		if (--b->n_open[r->index] == 0)
			vec_push(&b->ready, r);
	}
}

/* The references of correlations the other way round: whose bill each rule is on. */
struct uses {
	size_t *begin; /* n + 1 offsets into `above` */
	size_t *above;
};

static void uses_init(struct uses *u, struct binder *b)
{
	size_t n = b->set->rules.n;
	size_t *next = heap_zero(n + 1, sizeof *next);

	u->begin = heap_zero(n + 1, sizeof *u->begin);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			const struct rule *r = b->set->rules.items[i];

			for (size_t k = 0; takes_part(r) && k < r->correlation->n_rules; k++) {
				const struct rule *below = r->correlation->rules[k].rule;

				if (!below || !takes_part(below))
					continue;
				if (pass == 0) {
					u->begin[below->index + 1]++;
					b->n_open[i]++;
				} else {
					u->above[next[below->index]++] = i;
				}
			}
		}
		for (size_t i = 0; pass == 0 && i < n; i++) {
			u->begin[i + 1] += u->begin[i];
			next[i + 1] = u->begin[i + 1];
		}
		if (pass == 0)
			u->above = heap_zero(u->begin[n] + 1, sizeof *u->above);
	}
	free(next);
}

static void uses_fini(struct uses *u)
{
	free(u->begin);
	free(u->above);
}

static void refuse_deep(struct binder *b, struct rule *r)
{
	const struct ydoc_node *at = r->correlation->node;

	refuse(b, r, at->line, at->col,
	    arena_printf(&b->set->memory->arena, "correlations stand on one another at most %d deep",
		CORRELATION_MAX_DEPTH));
}

/* What was never judged is in a circle, or above one. */
static void refuse_circles(struct binder *b)
{
	for (size_t i = 0; i < b->set->rules.n; i++) {
		struct rule *r = b->set->rules.items[i];
		size_t k = 0;

		if (!takes_part(r) || b->n_open[i] == 0)
			continue;
		while (!takes_part(r->correlation->rules[k].rule) ||
		       b->n_open[r->correlation->rules[k].rule->index] == 0)
			k++;
		const struct correlation_rule *ref = &r->correlation->rules[k];
		fault_add(b->faults, FAULT_ERROR, r->file.ptr, ref->line, ref->col,
		    "\"%.*s\" leads into a circle of correlations that count one another", SV_ARG(ref->name));
	}
	for (size_t i = 0; i < b->set->rules.n; i++) {
		struct rule *r = b->set->rules.items[i];

		if (!takes_part(r) || b->n_open[i] == 0)
			continue;
		r->state_reason = SV("it stands in a circle of correlations, or on one");
		b->n_open[i] = 0;
		r->state = RULE_REFUSED;
	}
}

static void judge_all(struct binder *b)
{
	struct uses uses = {0};

	uses_init(&uses, b);
	for (size_t i = 0; i < b->set->rules.n; i++)
		if (takes_part(b->set->rules.items[i]) && b->n_open[i] == 0)
			vec_push(&b->ready, b->set->rules.items[i]);
	for (size_t i = 0; i < b->ready.n; i++) {
		struct rule *r = b->ready.items[i];
		size_t begin = uses.begin[r->index], end = uses.begin[r->index + 1];

		if (b->depth[r->index] >= CORRELATION_MAX_DEPTH)
			refuse_deep(b, r);
		else if (r->state != RULE_OFF)
			judge(b, r);
		settle(b, r, uses.above + begin, end - begin);
	}
	refuse_circles(b);
	uses_fini(&uses);
}

void correlation_bind(struct ruleset *s, const struct map *skipped, struct faults *faults)
{
	struct binder b = {.set = s, .skipped = skipped, .faults = faults};

	learn_names(&b);
	b.n_open = heap_zero(s->rules.n + 1, sizeof *b.n_open);
	b.depth = heap_zero(s->rules.n + 1, sizeof *b.depth);
	for (size_t i = 0; i < s->rules.n; i++)
		if (s->rules.items[i]->kind == RULE_CORRELATION && s->rules.items[i]->correlation)
			bind_one(&b, s->rules.items[i]); /* a refused one, too: all its faults are told */
	judge_all(&b);
	for (size_t i = 0; i < s->rules.n; i++)
		s->n_correlations += takes_part(s->rules.items[i]);
	vec_fini(&b.ready);
	free(b.n_open);
	free(b.depth);
	map_fini(&b.by_name);
}
