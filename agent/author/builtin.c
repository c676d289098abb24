/* Built-in events for rule tests. Pure functions over a draft. */
#include "agent/author/builtin.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/nearest.h"
#include "base/vec.h"
#include "rules/event/api_access.h"

#define INDEX_ID "3f1c9d2e-0000-4000-8000-000000000001"

static void set(struct draft *d, const char *path, const char *text)
{
	draft_set_text(d, path, sv_from(text));
}

static void set_json(struct draft *d, const char *path, const char *json)
{
	draft_set_json(d, sv_from(path), sv_from(json));
}

static void set_printf(
    struct draft *d, const char *path, const char *before, struct sv name, const char *after)
{
	char *text = heap_printf("%s%.*s%s", before, SV_ARG(name), after);
	set(d, path, text);
	free(text);
}

static enum rc unknown_operation(struct sv name, struct err *e)
{
	size_t n;
	const struct kendra_op *ops = api_access_kendra_ops(&n);
	VEC(const char *) names = {0};
	for (size_t i = 0; i < n; i++)
		vec_push(&names, ops[i].name.ptr);
	int near = nearest_find(name, names.items, n);
	vec_fini(&names);
	if (near >= 0)
		return err_set(e, RC_INPUT, "Kendra has no operation \"%.*s\"; did you mean \"%.*s\"?",
		    SV_ARG(name), SV_ARG(ops[near].name));
	return err_set(e, RC_INPUT, "Kendra has no operation \"%.*s\"", SV_ARG(name));
}

static void kendra_parameters(struct draft *d, const struct kendra_op *op)
{
	switch (op->index_from) {
	case KENDRA_INDEX_REQ_ID: set(d, "requestParameters.id", INDEX_ID); return;
	case KENDRA_INDEX_REQ_INDEX_ID: set(d, "requestParameters.indexId", INDEX_ID); return;
	case KENDRA_INDEX_RESP_ID: set(d, "responseElements.id", INDEX_ID); return;
	case KENDRA_INDEX_REQ_ARN:
		set(d, "requestParameters.resourceARN",
		    "arn:aws:kendra:eu-west-1:" BUILTIN_ACCOUNT ":index/" INDEX_ID);
		return;
	case KENDRA_INDEX_NONE: return;
	}
}

static void sign_in(struct draft *d, struct sv name)
{
	set(d, "eventType", "AwsConsoleSignIn");
	set_json(d, "requestParameters", "null");
	set(d, "additionalEventData.LoginTo", "https://console.aws.amazon.com/console/home");
	set(d, "additionalEventData.MobileVersion", "No");
	set(d, "additionalEventData.MFAUsed", "No");
	set(d, "userAgent",
	    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36");
	if (sv_eq(name, SV("ConsoleLogin")))
		set(d, "responseElements.ConsoleLogin", "Success");
}

enum rc builtin_api(struct draft *d, struct sv api, struct err *e)
{
	struct sv name = api, service;
	sv_cut(&name, ':', &service);
	if (!name.ptr || !service.len || !name.len)
		return err_set(e, RC_INPUT,
		    "api: \"%.*s\" is not SERVICE:Operation, as in kendra:BatchPutDocument", SV_ARG(api));
	char *source = heap_printf("%.*s.amazonaws.com", SV_ARG(service));
	enum api_access access = api_access_of(sv_from(source), name);
	const struct kendra_op *op = sv_eq(service, SV("kendra")) ? api_access_kendra_op(name) : NULL;
	set(d, "eventVersion", "1.10");
	set(d, "eventSource", source);
	draft_set_text(d, "eventName", name);
	set(d, "awsRegion", "eu-west-1");
	set(d, "sourceIPAddress", "198.51.100.10");
	set(d, "userAgent", "aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.1 lang/python#3.11.9");
	set_json(d, "requestParameters", "{}");
	set_json(d, "responseElements", "null");
	if (op)
		kendra_parameters(d, op);
	set(d, "requestID", "6f2a7c11-0000-4000-8000-000000000000");
	if (access != API_ACCESS_UNKNOWN)
		set_json(
		    d, "readOnly", access == API_ACCESS_READ || access == API_ACCESS_LIST ? "true" : "false");
	set(d, "eventType", "AwsApiCall");
	set_json(d, "managementEvent", "true");
	set(d, "recipientAccountId", BUILTIN_ACCOUNT);
	set(d, "eventCategory", "Management");
	if (sv_eq(service, SV("signin")))
		sign_in(d, name);
	free(source);
	return sv_eq(service, SV("kendra")) && !op ? unknown_operation(name, e) : RC_OK;
}

static void session(struct draft *d, const char *access_key)
{
	set(d, "userIdentity.accessKeyId", access_key);
	set(d, "userIdentity.sessionContext.attributes.creationDate", "2026-01-15T08:00:00Z");
	set(d, "userIdentity.sessionContext.attributes.mfaAuthenticated", "false");
}

static void issuer(struct draft *d, const char *type, const char *arn_kind, struct sv name)
{
	set(d, "userIdentity.sessionContext.sessionIssuer.type", type);
	set(d, "userIdentity.sessionContext.sessionIssuer.principalId", "AROAEXAMPLE7ROLE00001");
	set_printf(d, "userIdentity.sessionContext.sessionIssuer.arn", arn_kind, name, "");
	set(d, "userIdentity.sessionContext.sessionIssuer.accountId", BUILTIN_ACCOUNT);
	draft_set_text(d, "userIdentity.sessionContext.sessionIssuer.userName", name);
}

static void as_root(struct draft *d, struct sv name)
{
	(void)name;
	set(d, "userIdentity.type", "Root");
	set(d, "userIdentity.principalId", BUILTIN_ACCOUNT);
	set(d, "userIdentity.arn", "arn:aws:iam::" BUILTIN_ACCOUNT ":root");
	session(d, "ASIAEXAMPLEROOT00001");
}

static void as_user(struct draft *d, struct sv name)
{
	set(d, "userIdentity.type", "IAMUser");
	set(d, "userIdentity.principalId", "AIDAEXAMPLE7USER00001");
	set_printf(d, "userIdentity.arn", "arn:aws:iam::" BUILTIN_ACCOUNT ":user/", name, "");
	set(d, "userIdentity.accessKeyId", "AKIAEXAMPLEUSER00001");
	draft_set_text(d, "userIdentity.userName", name);
}

static void as_role(struct draft *d, struct sv name)
{
	set(d, "userIdentity.type", "AssumedRole");
	set(d, "userIdentity.principalId", "AROAEXAMPLE7ROLE00001:session-1");
	set_printf(
	    d, "userIdentity.arn", "arn:aws:sts::" BUILTIN_ACCOUNT ":assumed-role/", name, "/session-1");
	session(d, "ASIAEXAMPLEROLE00001");
	issuer(d, "Role", "arn:aws:iam::" BUILTIN_ACCOUNT ":role/", name);
}

static void as_sso(struct draft *d, struct sv person)
{
	struct sv role = SV("AWSReservedSSO_AdministratorAccess_0123456789abcdef");
	set(d, "userIdentity.type", "AssumedRole");
	set_printf(d, "userIdentity.principalId", "AROAEXAMPLE7SSO000001:", person, "");
	set_printf(d, "userIdentity.arn",
	    "arn:aws:sts::" BUILTIN_ACCOUNT
	    ":assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/",
	    person, "");
	session(d, "ASIAEXAMPLESSO000001");
	issuer(d, "Role", "arn:aws:iam::" BUILTIN_ACCOUNT ":role/aws-reserved/sso.amazonaws.com/eu-west-1/",
	    role);
}

static void as_service(struct draft *d, struct sv name)
{
	const char *suffix = sv_find_char(name, '.') == SV_NONE ? ".amazonaws.com" : "";
	set(d, "userIdentity.type", "AWSService");
	set_printf(d, "userIdentity.invokedBy", "", name, suffix);
	set_printf(d, "sourceIPAddress", "", name, suffix);
	set_printf(d, "userAgent", "", name, suffix);
}

static void as_federated(struct draft *d, struct sv name)
{
	set(d, "userIdentity.type", "FederatedUser");
	set_printf(d, "userIdentity.principalId", BUILTIN_ACCOUNT ":", name, "");
	set_printf(d, "userIdentity.arn", "arn:aws:sts::" BUILTIN_ACCOUNT ":federated-user/", name, "");
	session(d, "ASIAEXAMPLEFED000001");
	issuer(d, "IAMUser", "arn:aws:iam::" BUILTIN_ACCOUNT ":user/", SV("federator"));
}

static void as_account(struct draft *d, struct sv id)
{
	set(d, "userIdentity.type", "AWSAccount");
	set(d, "userIdentity.principalId", "AIDAEXAMPLE7OTHER0001");
	draft_set_text(d, "userIdentity.accountId", id);
}

enum rc builtin_identity(struct draft *d, struct sv as, struct err *e)
{
	static const struct {
		struct sv kind;
		bool named, has_account;
		void (*make)(struct draft *d, struct sv name);
	} kinds[] = {
	    {SV_INIT("root"), false, true, as_root},
	    {SV_INIT("user"), true, true, as_user},
	    {SV_INIT("role"), true, true, as_role},
	    {SV_INIT("sso"), true, true, as_sso},
	    {SV_INIT("service"), true, false, as_service},
	    {SV_INIT("federated"), true, true, as_federated},
	    {SV_INIT("account"), true, false, as_account},
	};
	struct sv name = as, kind;
	sv_cut(&name, '/', &kind);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!sv_eq(kind, kinds[i].kind) || kinds[i].named != (name.len > 0))
			continue;
		draft_set_json(d, SV("userIdentity"), SV("{}"));
		kinds[i].make(d, name);
		if (kinds[i].has_account)
			set(d, "userIdentity.accountId", BUILTIN_ACCOUNT);
		return RC_OK;
	}
	return err_set(e, RC_INPUT,
	    "as: \"%.*s\" is none of root, user/NAME, role/NAME, sso/PERSON, service/NAME, federated/NAME, "
	    "account/ID",
	    SV_ARG(as));
}

void builtin_stamp(struct draft *d, uint64_t serial, int64_t time_ms)
{
	char id[40], when[CLK_TEXT];
	snprintf(id, sizeof id, "00000000-7e57-4000-8000-%012" PRIx64, serial & 0xffffffffffffu);
	clk_format(time_ms, false, when);
	set(d, "eventTime", when);
	set(d, "eventID", id);
}
