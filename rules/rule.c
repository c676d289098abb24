/* Names of levels and states, and the counted set of rules. The set is built by load.c and read by everybody;
 * the last reference frees it. */
#include "rules/rule.h"

#include "rules/ruleset.h"

static const char *const level_names[LEVEL_COUNT] = {
    [LEVEL_INFORMATIONAL] = "informational",
    [LEVEL_LOW] = "low",
    [LEVEL_MEDIUM] = "medium",
    [LEVEL_HIGH] = "high",
    [LEVEL_CRITICAL] = "critical",
};

const char *level_name(enum level l)
{
	return level_names[l];
}

bool level_parse(struct sv s, enum level *out)
{
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		if (sv_eq(s, sv_from(level_names[i]))) {
			*out = (enum level)i;
			return true;
		}
	return false;
}

const char *rule_state_name(enum rule_state s)
{
	switch (s) {
	case RULE_ACTIVE: return "active";
	case RULE_WAITING: return "waiting";
	case RULE_SHADOW: return "shadow";
	case RULE_OFF: return "off";
	case RULE_REFUSED: return "refused";
	}
	return "";
}

struct ruleset *ruleset_new(void)
{
	struct ruleset *s = heap_zero(1, sizeof *s);

	s->memory = heap_zero(1, sizeof *s->memory);
	s->refs = 1;
	return s;
}

struct ruleset *ruleset_ref(struct ruleset *s)
{
	s->refs++;
	return s;
}

void ruleset_unref(struct ruleset *s)
{
	if (!s || --s->refs > 0)
		return;
	for (size_t i = 0; i < s->rules.n; i++)
		rule_free(s->rules.items[i]);
	vec_fini(&s->rules);
	for (size_t i = 0; i < s->memory->documents.n; i++)
		ydoc_free(s->memory->documents.items[i]);
	vec_fini(&s->memory->documents);
	arena_fini(&s->memory->arena);
	free(s->memory);
	free(s);
}

static bool is_called(const struct rule *r, struct sv name)
{
	return sv_eq_nocase(r->id, name) || sv_eq(r->name, name) || sv_eq(r->key, name);
}

/* A refused document may carry the id of one that was accepted. */
const struct rule *ruleset_find(const struct ruleset *s, struct sv name)
{
	const struct rule *refused = NULL, *by_file = NULL;

	for (size_t i = 0; i < s->rules.n; i++) {
		const struct rule *r = s->rules.items[i];

		if (is_called(r, name) && r->state != RULE_REFUSED)
			return r;
		if (is_called(r, name) && !refused)
			refused = r;
		if (sv_eq(r->file, name) && !by_file)
			by_file = r;
	}
	return refused ? refused : by_file;
}

void rule_free(struct rule *r)
{
	if (!r)
		return;
	detection_free(r->detection);
	vec_fini(&r->tags);
	vec_fini(&r->falsepositives);
	vec_fini(&r->references);
	vec_fini(&r->fields);
	vec_fini(&r->needs);
	vec_fini(&r->group_by);
	vec_fini(&r->first_steps);
	vec_fini(&r->lists_used);
	free(r);
}
