/* Values of one item: twice the same, covered by a wider one, wildcards that the modifier implies, and texts
 * that the field can't have. */
#include "base/nearest.h"
#include "rules/event/record.h"
#include "rules/lint/pass.h"
#include "rules/lint/theory.h"
#include "rules/value.h"

/* Lists longer than this are not compared pair by pair. */
#define MAX_PAIRED 400

/* --- repeated and covered ------------------------------------------------------------------------- */

static bool is_one_pattern(const struct value *v)
{
	return v->n == 1 && v->probes[0].kind == PROBE_PATTERN && !v->probes[0].entry.ptr;
}

static void compare_pair(const struct lint *l, const struct lint_item *it, const struct value *values,
    size_t i, size_t j, bool *told)
{
	struct sv a = it->values[i]->text, b = it->values[j]->text;
	if (theory_same(&values[i].probes[0], &values[j].probes[0])) {
		lint_say(l, FAULT_REPEATED_VALUE, FAULT_WARNING, it->values[j],
		    sv_eq(a, b)
			? "\"%.*s\" stands in this list already (line %d)"
			: "\"%.*s\" differs from a value on line %d in case only, which does not count",
		    SV_ARG(sv_head(b, 100)), it->values[i]->line);
		told[j] = true;
	} else if (theory_implies(&values[j].probes[0], &values[i].probes[0])) {
		lint_say(l, FAULT_COVERED_VALUE, FAULT_WARNING, it->values[j],
		    "\"%.*s\" is covered by \"%.*s\" on line %d", SV_ARG(sv_head(b, 100)),
		    SV_ARG(sv_head(a, 100)), it->values[i]->line);
		told[j] = true;
	}
}

static void compare_values(const struct lint *l, const struct lint_item *it)
{
	struct item_parts parts;
	bool told[MAX_PAIRED] = {false};
	if (!it->item || it->n < 2 || it->n > MAX_PAIRED || it->modifiers.has[MODIFIER_ALL])
		return;
	parts = item_parts(it->item);
	if (parts.n != it->n)
		return;
	for (size_t i = 0; i < parts.n; i++)
		for (size_t j = 0; j < parts.n; j++) {
			if (i == j || told[i] || told[j] || !is_one_pattern(&parts.values[i]) ||
			    !is_one_pattern(&parts.values[j]))
				continue;
			if (j > i || !theory_same(&parts.values[i].probes[0], &parts.values[j].probes[0]))
				compare_pair(l, it, parts.values, i, j, told);
		}
}

/* --- wildcards ------------------------------------------------------------------------------------ */

static void check_wildcards(const struct lint *l, const struct lint_item *it, const struct ydoc_node *v)
{
	const bool *has = it->modifiers.has;
	struct sv s = v->text;
	if (v->type != YDOC_TEXT || s.len < 2 || has[MODIFIER_EXPAND] || has[MODIFIER_FIELDREF])
		return;
	bool head = s.ptr[0] == '*';
	bool tail = s.ptr[s.len - 1] == '*' && s.ptr[s.len - 2] != '\\';
	const char *name = NULL;
	if (has[MODIFIER_CONTAINS] && (head || tail))
		name = "contains";
	else if (has[MODIFIER_STARTSWITH] && tail)
		name = "startswith";
	else if (has[MODIFIER_ENDSWITH] && head)
		name = "endswith";
	if (name)
		lint_say(l, FAULT_NEEDLESS_WILDCARD, FAULT_WARNING, v,
		    "`%s` already allows anything there; write the value without `*`", name);
}

/* --- closed sets ---------------------------------------------------------------------------------- */

/* Fields whose every value is known: kw.* as derive.c writes them, CloudTrail's own enumerations. */
static const struct {
	const char *field;
	const char *values; /* separated by | */
} closed[] = {
    {"kw.outcome", "ok|denied|throttled|failed"},
    {"kw.access", "read|list|write|tag"},
    {"kw.credential", "root|long_term|session|console|service"},
    {"kw.mfa", "true|false|unknown"},
    {"kw.ip.kind", "public|private|service|internal|other"},
    {"kw.cross_account", "true|false"},
    {"kw.omitted", "true|false"},
    {"kw.weekday", "monday|tuesday|wednesday|thursday|friday|saturday|sunday"},
    {"eventCategory", "Management|Data|Insight|NetworkActivity"},
    {"eventType", "AwsApiCall|AwsServiceEvent|AwsConsoleAction|AwsConsoleSignIn|AwsCloudTrailInsight|"
		  "AwsVpceEvent|AwsVpceEvents"},
    {"userIdentity.type", "Root|IAMUser|AssumedRole|Role|FederatedUser|SAMLUser|WebIdentityUser|Directory|"
			  "AWSAccount|AWSService|"
			  "IdentityCenterUser|Unknown"},
};
#define MAX_SET 16

static void check_member(
    const struct lint *l, const struct lint_item *it, const struct ydoc_node *v, const char *set)
{
	const char *names[MAX_SET];
	char words[256];
	size_t n = 0;
	struct sv rest = sv_from(set), each;
	for (char *to = words; n < MAX_SET && sv_cut(&rest, '|', &each); to += each.len + 1) {
		if (sv_eq_nocase(each, v->text))
			return;
		memcpy(to, each.ptr, each.len);
		to[each.len] = 0;
		names[n++] = to;
	}
	int near = nearest_find(v->text, names, n);
	if (near >= 0)
		lint_say(l, FAULT_UNKNOWN_VALUE, FAULT_WARNING, v,
		    "%.*s is never \"%.*s\"; did you mean \"%s\"?", SV_ARG(it->field),
		    SV_ARG(sv_head(v->text, 60)), names[near]);
	else
		lint_say(l, FAULT_UNKNOWN_VALUE, FAULT_WARNING, v, "%.*s is never \"%.*s\"; it is one of %s",
		    SV_ARG(it->field), SV_ARG(sv_head(v->text, 60)), set);
}

static bool is_account_field(struct sv field)
{
	return sv_eq(field, SV("recipientAccountId")) || sv_eq(field, SV("vpcEndpointAccountId")) ||
	       sv_ends(field, SV(".accountId"));
}

static void check_account(const struct lint *l, const struct lint_item *it, const struct ydoc_node *v)
{
	bool all_digits = v->text.len > 0;
	for (size_t i = 0; i < v->text.len; i++)
		all_digits &= v->text.ptr[i] >= '0' && v->text.ptr[i] <= '9';
	if (!all_digits || it->modifiers.n > 0)
		return;
	if (v->type == YDOC_INT && (v->text.len != 12 || v->text.ptr[0] == '0'))
		lint_say(l, FAULT_ACCOUNT_NUMBER, FAULT_WARNING, v,
		    "unquoted, %.*s is a number and never equals an account id; quote its twelve digits",
		    SV_ARG(v->text));
	else if (v->text.len != 12)
		lint_say(l, FAULT_ACCOUNT_NUMBER, FAULT_WARNING, v,
		    "an account id has twelve digits, \"%.*s\" has %zu", SV_ARG(v->text), v->text.len);
}

static void check_value(const struct lint *l, const struct lint_item *it, const struct ydoc_node *v)
{
	check_wildcards(l, it, v);
	if (is_account_field(it->field))
		check_account(l, it, v);
	for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
		if (sv_eq(it->field, sv_from(closed[i].field)) && lint_is_literal(it, v))
			check_member(l, it, v, closed[i].values);
}

void lint_values(const struct lint *l)
{
	for (size_t i = 0; i < l->items.n; i++) {
		const struct lint_item *it = &l->items.items[i];
		for (size_t j = 0; j < it->n; j++)
			if (it->values[j]->kind == YDOC_SCALAR)
				check_value(l, it, it->values[j]);
		compare_values(l, it);
	}
}
