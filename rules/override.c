/* The operator's word on a shipped rule: shadow it, switch it off, change its level. Called by load.c after
 * all documents are in and before filters are attached. */
#include "rules/override.h"

#include "base/clock.h"
#include "base/nearest.h"

static void fault(
    struct faults *faults, enum fault_level level, const struct rule_override *o, const char *text)
{
	fault_add(faults, level, o->file, o->line, o->col, "%s", text);
}

static struct rule *find(struct ruleset *s, struct sv name)
{
	for (size_t i = 0; i < s->rules.n; i++) {
		struct rule *r = s->rules.items[i];

		if (r->state != RULE_REFUSED && (sv_eq_nocase(r->id, name) || sv_eq(r->name, name)))
			return r;
	}
	return NULL;
}

static void fault_no_rule(struct ruleset *s, const struct rule_override *o, struct faults *faults)
{
	const char **names = heap_zero(s->rules.n + 1, sizeof *names);
	size_t n = 0;

	for (size_t i = 0; i < s->rules.n; i++)
		if (s->rules.items[i]->name.len > 0)
			names[n++] = s->rules.items[i]->name.ptr;
	int near = nearest_find(o->rule, names, n);
	if (near >= 0)
		fault_add(faults, FAULT_WARNING, o->file, o->line, o->col,
		    "no rule \"%.*s\" is loaded; did you mean \"%s\"?", SV_ARG(o->rule), names[near]);
	else
		fault_add(faults, FAULT_WARNING, o->file, o->line, o->col, "no rule \"%.*s\" is loaded",
		    SV_ARG(o->rule));
	free(names);
}

/* "override: app migration (dana, until 2027-01-31T00:00:00Z)" */
static struct sv reason(struct arena *arena, const struct rule_override *o)
{
	char until[CLK_TEXT];
	struct buf b = {0};

	buf_adds(&b, "override");
	if (o->reason.len > 0)
		buf_printf(&b, ": %.*s", SV_ARG(o->reason));
	if (o->owner.len > 0)
		buf_printf(&b, " (%.*s)", SV_ARG(o->owner));
	if (o->until_ms != INT64_MAX) {
		clk_format(o->until_ms, false, until);
		buf_printf(&b, " until %s", until);
	}
	struct sv text = arena_copy(arena, buf_sv(&b));
	buf_fini(&b);
	return text;
}

/* A rule that waits has nothing to shadow or to switch on yet, and goes on waiting. */
static void set_mode(struct rule *r, enum rule_state mode, struct sv why)
{
	if (r->detection && r->detection->waits.ptr && mode != RULE_OFF) {
		r->state = RULE_WAITING;
		r->state_reason = r->detection->waits;
		return;
	}
	r->state = mode;
	r->state_reason = mode == RULE_ACTIVE ? (struct sv){0} : why;
}

static bool mode_parse(struct sv s, enum rule_state *out)
{
	static const enum rule_state modes[] = {RULE_ACTIVE, RULE_SHADOW, RULE_OFF};

	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (sv_eq(s, sv_from(rule_state_name(modes[i])))) {
			*out = modes[i];
			return true;
		}
	return false;
}

static void apply(struct ruleset *s, const struct rule_override *o, int64_t now_ms, struct faults *faults)
{
	enum rule_state mode = RULE_ACTIVE;
	enum level level;
	struct rule *r = find(s, o->rule);

	if (!r) {
		fault_no_rule(s, o, faults);
		return;
	}
	if (o->until_ms <= now_ms) {
		char until[CLK_TEXT];

		clk_format(o->until_ms, false, until);
		fault_add(faults, FAULT_WARNING, o->file, o->line, o->col,
		    "this override ended at %s and no longer counts; remove it", until);
		return;
	}
	if (o->mode.len > 0 && !mode_parse(o->mode, &mode))
		fault(faults, FAULT_ERROR, o, "`mode` is shadow, off or active");
	else if (o->mode.len > 0)
		set_mode(r, mode, reason(&s->memory->arena, o));
	if (o->level.len > 0 && !level_parse(o->level, &level))
		fault(faults, FAULT_ERROR, o, "`level` is informational, low, medium, high or critical");
	else if (o->level.len > 0)
		r->level = level;
	if (o->suppress_for_ms >= 0)
		r->suppress_for_ms = o->suppress_for_ms;
}

void override_apply(struct ruleset *s, const struct load_input *in, struct faults *faults)
{
	for (size_t i = 0; i < in->n_overrides; i++)
		apply(s, &in->overrides[i], in->now_ms, faults);
}
