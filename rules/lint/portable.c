/* What of a rule means something to kendrawatch alone, or something else to other Sigma engines. */
#include "rules/lint/lint.h"
#include "rules/lint/pass.h"

/* What to write instead of a derived field, where CloudTrail has it as it is. */
static const struct {
	const char *field, *instead;
} plain[] = {
    {"kw.principal", "userIdentity.sessionContext.sessionIssuer.arn or userIdentity.arn"},
    {"kw.actor", "userIdentity.arn"},
    {"kw.person", "userIdentity.principalId|endswith"},
    {"kw.outcome", "errorCode: null for ok, errorCode|contains: Denied for denied"},
    {"kw.access", "readOnly"},
    {"kw.mfa", "userIdentity.sessionContext.attributes.mfaAuthenticated"},
    {"kw.via_service", "userIdentity.invokedBy"},
    {"kw.index", "requestParameters.indexId"},
    {"kw.ip.kind", "sourceIPAddress|cidr"},
    {"kw.ua.family", "userAgent|contains"},
    {"kw.hour", "eventTime|hour"},
    {"kw.omitted", "requestParameters.omitted"},
};

static void check_field(const struct lint *l, const struct lint_item *it)
{
	const char *instead = NULL;
	if (!sv_starts(it->field, SV("kw.")))
		return;
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (sv_eq(it->field, sv_from(plain[i].field)))
			instead = plain[i].instead;
	if (instead)
		lint_say(l, FAULT_PORTABLE_FIELD, FAULT_WARNING, it->key,
		    "only kendrawatch derives %.*s; elsewhere write %s", SV_ARG(it->field), instead);
	else
		lint_say(l, FAULT_PORTABLE_FIELD, FAULT_WARNING, it->key,
		    "only kendrawatch derives %.*s, and CloudTrail writes nothing like it",
		    SV_ARG(it->field));
}

/* Modifiers that the specification got after 2.1.0. */
static bool is_draft(enum modifier m)
{
	return m == MODIFIER_NEQ || (m >= MODIFIER_MINUTE && m <= MODIFIER_YEAR);
}

static void check_modifiers(const struct lint *l, const struct lint_item *it)
{
	for (size_t i = 0; i < it->modifiers.n; i++)
		if (is_draft(it->modifiers.order[i]))
			lint_say(l, FAULT_PORTABLE_DRAFT, FAULT_WARNING, it->key,
			    "modifier \"%s\" is of the Sigma draft after 2.1.0",
			    modifier_name(it->modifiers.order[i]));
	if (it->modifiers.has[MODIFIER_EXPAND] && !it->modifiers.has[MODIFIER_CIDR])
		lint_say(l, FAULT_PORTABLE_LIST, FAULT_WARNING, it->key,
		    "elsewhere %%list%% is a list of texts: a cidr list wants `expand|cidr`, a principal "
		    "list ARNs, a "
		    "keyed list one rule a key");
}

static void check_settings(const struct lint *l)
{
	const struct ydoc_node *ours = ydoc_get(l->rule->root, "kendrawatch");
	const struct ydoc_node *needs = ydoc_get(ours, "needs");
	if (needs)
		lint_say(l, FAULT_PORTABLE_KEY, FAULT_WARNING, needs,
		    "elsewhere a rule does not wait for its lists: an unknown placeholder is an error there");
}

static void check_items(const struct lint *l)
{
	for (size_t i = 0; i < l->items.n; i++) {
		const struct lint_item *it = &l->items.items[i];
		check_field(l, it);
		check_modifiers(l, it);
		for (size_t j = 0; it->modifiers.has[MODIFIER_FIELDREF] && j < it->n; j++)
			if (sv_starts(ydoc_text(it->values[j]), SV("kw.")))
				lint_say(l, FAULT_PORTABLE_FIELD, FAULT_WARNING, it->values[j],
				    "only kendrawatch derives %.*s", SV_ARG(ydoc_text(it->values[j])));
	}
}

static bool is_named(struct sv word, const char *const *names)
{
	for (; *names; names++)
		if (sv_eq(word, sv_from(*names)))
			return true;
	return false;
}

static void check_correlation(const struct lint *l)
{
	static const char *const standard[] = {
	    "event_count", "value_count", "temporal", "temporal_ordered", NULL};
	static const char *const draft[] = {
	    "value_sum", "value_avg", "value_percentile", "value_median", NULL};
	const struct ydoc_node *type = ydoc_get(ydoc_get(l->rule->root, "correlation"), "type");
	struct sv word = ydoc_text(type);
	if (!type || is_named(word, standard))
		return;
	if (is_named(word, draft))
		lint_say(l, FAULT_PORTABLE_DRAFT, FAULT_WARNING, type,
		    "correlation type \"%.*s\" is of the Sigma draft after 2.1.0", SV_ARG(word));
	else
		lint_say(l, FAULT_PORTABLE_CORRELATION, FAULT_WARNING, type,
		    "correlation type \"%.*s\" is kendrawatch's own", SV_ARG(word));
}

void lint_portable(const struct ruleset *s, struct faults *faults)
{
	for (size_t i = 0; i < s->rules.n; i++) {
		const struct rule *r = s->rules.items[i];
		struct lint l;
		if (!r->root || r->root->kind != YDOC_MAP)
			continue;
		lint_init(&l, r, faults);
		check_settings(&l);
		check_items(&l);
		check_correlation(&l);
		lint_fini(&l);
	}
	faults_sort(faults);
	lint_ignore(faults);
}
