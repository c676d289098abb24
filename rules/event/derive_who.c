/*
 * The derived fields about who called. Called by derive.c; owns nothing.
 *
 * CloudTrail's userIdentity has a shape for each of its types, and every part of it may be missing. The
 * session name of a role is chosen by whoever holds the role, so it takes part in no key; only sessions that
 * IAM Identity Center opened are named by AWS, and those are known by the role's path, where no customer can
 * create a role.
 */
#include "rules/event/arn.h"
#include "rules/event/derive.h"

#define ARN "userIdentity.arn"
#define ACCOUNT "userIdentity.accountId"
#define KEY_ID "userIdentity.accessKeyId"
#define INVOKED_BY "userIdentity.invokedBy"
#define PRINCIPAL_ID "userIdentity.principalId"
#define USER_NAME "userIdentity.userName"
#define ISSUER_ARN "userIdentity.sessionContext.sessionIssuer.arn"
#define MFA "userIdentity.sessionContext.attributes.mfaAuthenticated"

enum who {
	WHO_NO_TYPE, /* events of services have none */
	WHO_ROOT,
	WHO_USER,
	WHO_ROLE, /* a role or a session of one */
	WHO_FEDERATED,
	WHO_PROVIDER, /* SAML or web identity, on its way to a role */
	WHO_ACCOUNT,
	WHO_SERVICE,
	WHO_CENTER, /* an Identity Center user without a role */
	WHO_OTHER,
};

static enum who who_is(const struct record *r)
{
	static const struct {
		struct sv type;
		enum who who;
	} types[] = {
	    {SV_INIT("AssumedRole"), WHO_ROLE},
	    {SV_INIT("IAMUser"), WHO_USER},
	    {SV_INIT("AWSService"), WHO_SERVICE},
	    {SV_INIT("Root"), WHO_ROOT},
	    {SV_INIT("AWSAccount"), WHO_ACCOUNT},
	    {SV_INIT("FederatedUser"), WHO_FEDERATED},
	    {SV_INIT("SAMLUser"), WHO_PROVIDER},
	    {SV_INIT("WebIdentityUser"), WHO_PROVIDER},
	    {SV_INIT("IdentityCenterUser"), WHO_CENTER},
	    {SV_INIT("Role"), WHO_ROLE},
	};
	struct sv type = derive_text(r, "userIdentity.type").value;
	if (type.len == 0)
		return WHO_NO_TYPE;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (sv_eq(type, types[i].type))
			return types[i].who;
	return WHO_OTHER;
}

/* A name that CloudTrail blacked out is nobody's. */
static bool is_redacted(struct sv s)
{
	return sv_eq(s, SV("HIDDEN_DUE_TO_SECURITY_REASONS")) || sv_eq(s, SV("***"));
}

/* --- role sessions ------------------------------------------------------------------------------- */

struct session {
	struct arn arn; /* of the session, parsed when `has_arn` */
	bool has_arn;
	struct sv role, name; /* of `assumed-role/ROLE/NAME` */
};

static struct session read_session(const struct record *r)
{
	static const struct sv kind = SV_INIT("assumed-role/");
	struct session s = {0};
	s.has_arn = arn_parse(derive_text(r, ARN).value, &s.arn) && sv_starts(s.arn.resource, kind);
	if (s.has_arn) {
		struct sv rest = sv_skip(s.arn.resource, kind.len);
		size_t slash = sv_find_char(rest, '/');
		s.role = sv_head(rest, slash);
		s.name = slash == SV_NONE ? (struct sv){0} : sv_skip(rest, slash + 1);
	}
	return s;
}

struct derived derive_session(struct record *r)
{
	if (who_is(r) != WHO_ROLE)
		return DERIVED_NONE;
	struct session s = read_session(r);
	if (s.name.len)
		return (struct derived){s.name, SV(ARN)};
	struct derived id = derive_text(r, PRINCIPAL_ID);
	size_t colon = sv_find_char(id.value, ':');
	if (colon == SV_NONE || colon + 1 == id.value.len)
		return DERIVED_NONE;
	return (struct derived){sv_skip(id.value, colon + 1), id.from};
}

/* Was the role of this session made by IAM Identity Center? */
static bool is_center_role(const struct record *r)
{
	static const struct sv prefix = SV_INIT("AWSReservedSSO_");
	struct sv issuer = derive_text(r, ISSUER_ARN).value;
	struct arn arn;
	if (!arn_parse(issuer, &arn))
		return sv_starts(read_session(r).role, prefix);
	return sv_starts(arn.resource, SV("role/aws-reserved/sso.amazonaws.com/")) &&
	       sv_starts(arn_name(&arn, SV("role/")), prefix);
}

struct derived derive_person(struct record *r)
{
	switch (who_is(r)) {
	case WHO_CENTER: return derive_text(r, "userIdentity.onBehalfOf.userId");
	case WHO_ROLE:
		if (!is_center_role(r))
			return DERIVED_NONE;
		return (struct derived){
		    record_derived(r, KW_FIELD_SESSION), record_derived_from(r, KW_FIELD_SESSION)};
	case WHO_NO_TYPE:
	case WHO_ROOT:
	case WHO_USER:
	case WHO_FEDERATED:
	case WHO_PROVIDER:
	case WHO_ACCOUNT:
	case WHO_SERVICE:
	case WHO_OTHER: break;
	}
	return DERIVED_NONE;
}

/* --- the principal ------------------------------------------------------------------------------- */

static struct sv partition_of(const struct record *r)
{
	if (sv_starts(r->region, SV("cn-")))
		return SV("aws-cn");
	return sv_starts(r->region, SV("us-gov-")) ? SV("aws-us-gov") : SV("aws");
}

static struct derived root_principal(struct record *r)
{
	struct derived d = derive_text(r, ARN);
	if (sv_ends(d.value, SV(":root")))
		return d;
	d = derive_text(r, ACCOUNT);
	if (d.value.ptr)
		d.value = arena_printf(
		    r->arena, "arn:%.*s:iam::%.*s:root", SV_ARG(partition_of(r)), SV_ARG(d.value));
	return d;
}

/* A failed sign-in has the user's name only. */
static struct derived user_principal(struct record *r)
{
	struct derived d = derive_text(r, ARN);
	if (d.value.ptr)
		return d;
	struct sv account = derive_text(r, ACCOUNT).value;
	d = derive_text(r, USER_NAME);
	if (!d.value.ptr || !account.ptr || is_redacted(d.value))
		return DERIVED_NONE;
	d.value = arena_printf(r->arena, "arn:%.*s:iam::%.*s:user/%.*s", SV_ARG(partition_of(r)),
	    SV_ARG(account), SV_ARG(d.value));
	return d;
}

/* An id without the session that may follow it. */
static struct derived id_alone(struct record *r)
{
	struct derived id = derive_text(r, PRINCIPAL_ID);
	id.value = sv_head(id.value, sv_find_char(id.value, ':'));
	return id.value.len ? id : DERIVED_NONE;
}

/* The issuer; else the role that the session's own ARN names, which leaves out the role's path. */
static struct derived role_principal(struct record *r)
{
	struct derived issuer = derive_text(r, ISSUER_ARN);
	if (issuer.value.ptr)
		return issuer;
	struct session s = read_session(r);
	if (s.has_arn && s.role.len) {
		struct sv text = arena_printf(r->arena, "arn:%.*s:iam::%.*s:role/%.*s",
		    SV_ARG(s.arn.partition), SV_ARG(s.arn.account), SV_ARG(s.role));
		return (struct derived){text, SV(ARN)};
	}
	struct derived arn = derive_text(r, ARN);
	return arn.value.ptr ? arn : id_alone(r);
}

static struct derived provider_principal(struct record *r)
{
	struct derived provider = derive_text(r, "userIdentity.identityProvider");
	struct derived name = derive_text(r, USER_NAME);
	if (!name.value.ptr)
		name = derive_text(r, PRINCIPAL_ID);
	if (provider.value.ptr && name.value.ptr)
		name.value = arena_printf(r->arena, "%.*s/%.*s", SV_ARG(provider.value), SV_ARG(name.value));
	return name;
}

static struct derived account_principal(struct record *r)
{
	struct derived d = derive_text(r, ACCOUNT);
	if (d.value.ptr)
		d.value = arena_printf(r->arena, "account/%.*s", SV_ARG(d.value));
	return d;
}

static struct derived center_principal(struct record *r)
{
	struct derived store = derive_text(r, "userIdentity.onBehalfOf.identityStoreArn");
	struct derived id = derive_text(r, "userIdentity.onBehalfOf.userId");
	if (!store.value.ptr || !id.value.ptr)
		return id;
	id.value = arena_printf(r->arena, "%.*s/%.*s", SV_ARG(store.value), SV_ARG(id.value));
	return id;
}

/* Types we do not know, and none: the best that there is. */
static struct derived other_principal(struct record *r)
{
	struct derived d = role_principal(r);
	if (!d.value.ptr)
		d = derive_text(r, INVOKED_BY);
	return d.value.ptr ? d : account_principal(r);
}

struct derived derive_principal(struct record *r)
{
	struct derived d = DERIVED_NONE;
	switch (who_is(r)) {
	case WHO_ROOT: return root_principal(r);
	case WHO_USER: return user_principal(r);
	case WHO_ROLE: return role_principal(r);
	case WHO_PROVIDER: return provider_principal(r);
	case WHO_ACCOUNT: return account_principal(r);
	case WHO_CENTER: return center_principal(r);
	case WHO_FEDERATED: d = derive_text(r, ISSUER_ARN); return d.value.ptr ? d : derive_text(r, ARN);
	case WHO_SERVICE:
	case WHO_NO_TYPE: d = derive_text(r, INVOKED_BY); break;
	case WHO_OTHER: break;
	}
	return d.value.ptr ? d : other_principal(r);
}

/* --- the actor ----------------------------------------------------------------------------------- */

/* `KIND/NAME`, with the account when it is not the one the event was recorded for. */
static struct derived named(
    struct record *r, const char *kind, struct sv name, struct sv account, struct sv from)
{
	struct sv recipient = derive_text(r, "recipientAccountId").value;
	bool foreign = recipient.len && account.len && !sv_eq(recipient, account);
	struct sv text = arena_printf(r->arena, "%s/%.*s%s%.*s", kind, SV_ARG(name), foreign ? "@" : "",
	    SV_ARG(foreign ? account : (struct sv){0}));
	return (struct derived){text, from};
}

/* The actor that a principal's ARN means; absent when it means none that people have words for. */
static struct derived actor_of_arn(struct record *r, struct sv principal, struct sv from)
{
	struct arn arn;
	if (!arn_parse(principal, &arn))
		return DERIVED_NONE;
	if (sv_eq(arn.resource, SV("root")))
		return (struct derived){arena_printf(r->arena, "root of %.*s", SV_ARG(arn.account)), from};
	struct sv name = arn_name(&arn, SV("role/"));
	if (name.len)
		return named(r, "role", name, arn.account, from);
	name = arn_name(&arn, SV("user/"));
	return name.len ? named(r, "user", name, arn.account, from) : DERIVED_NONE;
}

static struct derived federated_actor(struct record *r)
{
	struct derived d = derive_text(r, ARN);
	struct arn arn;
	if (arn_parse(d.value, &arn)) {
		struct sv name = arn_name(&arn, SV("federated-user/"));
		if (name.len)
			return named(r, "federated", name, arn.account, d.from);
	}
	d = derive_text(r, USER_NAME);
	if (!d.value.ptr || is_redacted(d.value))
		return DERIVED_NONE;
	return named(r, "federated", d.value, derive_text(r, ACCOUNT).value, d.from);
}

struct derived derive_actor(struct record *r)
{
	struct derived d = {record_derived(r, KW_FIELD_PERSON), record_derived_from(r, KW_FIELD_PERSON)};
	if (d.value.len)
		return d;
	struct sv principal = record_derived(r, KW_FIELD_PRINCIPAL);
	struct sv from = record_derived_from(r, KW_FIELD_PRINCIPAL);
	switch (who_is(r)) {
	case WHO_FEDERATED:
	case WHO_PROVIDER: d = federated_actor(r); break;
	case WHO_ACCOUNT:
	case WHO_SERVICE:
	case WHO_CENTER: d = (struct derived){principal, from}; break;
	case WHO_NO_TYPE:
		d = derive_text(r, INVOKED_BY);
		if (!d.value.ptr)
			d = actor_of_arn(r, principal, from);
		break;
	case WHO_ROOT:
	case WHO_USER:
	case WHO_ROLE:
	case WHO_OTHER: d = actor_of_arn(r, principal, from); break;
	}
	return d.value.len ? d : (struct derived){SV("unknown"), SV("userIdentity")};
}

/* --- how they were authenticated ------------------------------------------------------------------ */

static bool says(struct sv text, const char *word)
{
	return sv_eq_nocase(text, sv_from(word));
}

static struct derived from_console(struct record *r)
{
	static const char *const paths[] = {"sessionCredentialFromConsole",
	    "userIdentity.sessionContext.attributes.sessionCredentialFromConsole",
	    "userIdentity.sessionContext.sessionCredentialFromConsole"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct derived d = derive_text(r, paths[i]);
		if (says(d.value, "true"))
			return d;
	}
	struct derived type = derive_text(r, "eventType");
	bool console = sv_eq(type.value, SV("AwsConsoleSignIn")) || sv_eq(type.value, SV("AwsConsoleAction"));
	return console ? type : DERIVED_NONE;
}

struct derived derive_credential(struct record *r)
{
	enum who who = who_is(r);
	struct derived type = derive_text(r, "userIdentity.type");
	if (who == WHO_ROOT)
		return (struct derived){SV("root"), type.from};
	if (who == WHO_SERVICE)
		return (struct derived){SV("service"), type.from};
	struct derived console = from_console(r);
	if (console.value.ptr)
		return (struct derived){SV("console"), console.from};
	struct derived key = derive_text(r, KEY_ID);
	if (key.value.ptr)
		return (struct derived){
		    sv_starts(key.value, SV("AKIA")) ? SV("long_term") : SV("session"), key.from};
	if (who == WHO_NO_TYPE) {
		struct derived by = derive_text(r, INVOKED_BY);
		return by.value.ptr ? (struct derived){SV("service"), by.from} : DERIVED_NONE;
	}
	bool session = who == WHO_ROLE || who == WHO_FEDERATED || who == WHO_PROVIDER || who == WHO_CENTER;
	return session ? (struct derived){SV("session"), type.from} : DERIVED_NONE;
}

/* Whether root and users used it, CloudTrail knows; for all others a "false" only says that it can't tell,
 * since their identity provider asked. */
struct derived derive_mfa(struct record *r)
{
	enum who who = who_is(r);
	bool telling = who == WHO_ROOT || who == WHO_USER || who == WHO_FEDERATED;
	struct derived d = derive_text(r, MFA);
	if (sv_eq(r->event_name, SV("ConsoleLogin"))) {
		struct derived used = derive_text(r, "additionalEventData.MFAUsed");
		d = used.value.ptr ? used : d;
	}
	if (says(d.value, "true") || says(d.value, "yes"))
		return (struct derived){SV("true"), d.from};
	if (telling && (says(d.value, "false") || says(d.value, "no")))
		return (struct derived){SV("false"), d.from};
	struct derived key = derive_text(r, KEY_ID);
	if (telling && !d.value.ptr && sv_starts(key.value, SV("AKIA")))
		return (struct derived){SV("false"), key.from};
	return (struct derived){SV("unknown"), d.value.ptr ? d.from : SV(MFA)};
}

/* --- accounts ------------------------------------------------------------------------------------ */

static bool is_account(struct sv s)
{
	int64_t n;
	return s.len == 12 && sv_int(s, 0, INT64_MAX, &n);
}

/* Is one of the record's resources in another account? */
static bool owns_foreign_resource(const struct record *r, struct sv caller)
{
	const struct tree *resources = tree_get(r->root, SV("resources"));
	if (!resources || resources->type != TREE_ARRAY)
		return false;
	for (size_t i = 0; i < resources->n; i++) {
		struct sv owner = tree_text(tree_get(&resources->items[i], SV("accountId")));
		if (is_account(owner) && !sv_eq(owner, caller))
			return true;
	}
	return false;
}

struct derived derive_cross_account(struct record *r)
{
	struct derived caller = derive_text(r, ACCOUNT), recipient = derive_text(r, "recipientAccountId");
	if (!caller.value.ptr)
		return DERIVED_NONE;
	if (recipient.value.ptr && !sv_eq(caller.value, recipient.value))
		return (struct derived){SV("true"), recipient.from};
	if (owns_foreign_resource(r, caller.value))
		return (struct derived){SV("true"), SV("resources.accountId")};
	return recipient.value.ptr ? (struct derived){SV("false"), recipient.from} : DERIVED_NONE;
}
