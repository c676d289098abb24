/* Exceptions that an attacker fulfils at will, tri-state MFA, and rules that ask for nothing rare. */
#include "rules/lint/pass.h"

/* Texts that whoever makes the call chooses: domain knowledge, see kw.session in rules/event/field_list.h. */
static const char *const chosen[] = {
    "userAgent",
    "kw.ua.family",
    "kw.session",
    "requestParameters.roleSessionName",
    "tlsDetails.clientProvidedHostHeader",
};

static bool is_chosen(struct sv field)
{
	for (size_t i = 0; i < sizeof chosen / sizeof chosen[0]; i++)
		if (sv_eq(field, sv_from(chosen[i])))
			return true;
	return false;
}

/* `…:assumed-role/Name/session` fixed in whole says the session's name, too. */
static bool names_session(const struct lint_item *it)
{
	if (!sv_eq(it->field, SV("userIdentity.arn")) && !sv_eq(it->field, SV("userIdentity.principalId")))
		return false;
	for (size_t i = 0; i < it->n; i++) {
		struct sv s = ydoc_text(it->values[i]);
		if (it->modifiers.has[MODIFIER_ENDSWITH] || (s.len > 1 && s.ptr[0] == '*'))
			return sv_find_char(s, '/') != SV_NONE || sv_find_char(s, ':') != SV_NONE;
	}
	return false;
}

/* Does everything that its map asks for hang on the caller's choice? Beside a principal or a network the
 * choice gives nothing away. */
static bool stands_alone(const struct lint *l, const struct lint_item *it)
{
	for (size_t i = 0; i < l->items.n; i++) {
		const struct lint_item *other = &l->items.items[i];
		if (other->map == it->map && it->map && !is_chosen(other->field) && !names_session(other))
			return false;
	}
	return true;
}

static void check_chosen(const struct lint *l, const struct lint_item *it)
{
	bool session = names_session(it);
	if (!it->key || (!session && !is_chosen(it->field)) || !lint_is_exception(l, it->selection) ||
	    !stands_alone(l, it))
		return;
	lint_say(l, FAULT_CHOSEN_BY_CALLER, FAULT_WARNING, it->key,
	    "an exception by %.*s: the caller chooses %s, an attacker can too; add kw.principal or a network",
	    SV_ARG(it->field), session ? "the session's name" : "it");
}

static void check_mfa(const struct lint *l, const struct lint_item *it)
{
	if (!sv_eq(it->field, SV("kw.mfa")) || it->n != 1 ||
	    !sv_eq_nocase(ydoc_text(it->values[0]), SV("true")))
		return;
	if (it->modifiers.has[MODIFIER_NEQ] || lint_is_exception(l, it->selection))
		lint_say(l, FAULT_MFA_UNKNOWN, FAULT_WARNING, it->key,
		    "not true is false or unknown, and CloudTrail can't tell for SSO and roles; ask for "
		    "kw.mfa: false");
}

/* Fields that most events share, so that asking for them alone is asking for most of CloudTrail. */
static bool is_common(const struct lint_item *it)
{
	static const char *const common[] = {"awsRegion", "userIdentity.type", "readOnly", "managementEvent",
	    "eventType", "eventVersion", "eventCategory", "recipientAccountId", "kw.access", "kw.outcome",
	    "kw.credential", "kw.mfa", "kw.ip.kind"};
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		if (sv_eq(it->field, sv_from(common[i])))
			return true;
	return false;
}

static void check_breadth(const struct lint *l)
{
	if (l->rule->kind != RULE_DETECTION || l->items.n == 0)
		return;
	for (size_t i = 0; i < l->items.n; i++) {
		const struct lint_item *it = &l->items.items[i];
		if (!is_common(it) && !lint_is_exception(l, it->selection))
			return;
		/* Few identities are rare enough by themselves. */
		if (sv_eq(it->field, SV("userIdentity.type")) || sv_eq(it->field, SV("kw.credential")))
			return;
	}
	lint_say(l, FAULT_BROAD_RULE, FAULT_WARNING, l->items.items[0].selection->key,
	    "nothing rare is asked for: this holds for much of CloudTrail; add an eventName or an "
	    "eventSource");
}

void lint_caller(const struct lint *l)
{
	for (size_t i = 0; i < l->items.n; i++) {
		check_chosen(l, &l->items.items[i]);
		check_mfa(l, &l->items.items[i]);
	}
	check_breadth(l);
}
