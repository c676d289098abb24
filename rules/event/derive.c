/*
 * The derived fields about what was done: outcome, access, index, time. Who did it is in derive_who.c, from
 * where in derive_where.c. Called by record.c, once a field and record; owns nothing.
 *
 * Fields are read by their paths in the plain tree, first hit. Whatever an event may hold in their place
 * (null, an object where a text is usual) counts as absent.
 */
#include "rules/event/derive.h"

#include "base/clock.h"
#include "rules/event/api_access.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

struct derived derive_text(const struct record *r, const char *path)
{
	const struct tree *t = tree_at(r->root, path);
	if (!t || (t->type != TREE_STRING && t->type != TREE_TRUE && t->type != TREE_FALSE) ||
	    t->text.len == 0)
		return DERIVED_NONE;
	return (struct derived){t->text, sv_from(path)};
}

/* --- outcome ------------------------------------------------------------------------------------- */

/* Codes that mean "slower", as the SDKs know them. */
static const struct sv throttles[] = {
    SV_INIT("Throttling"),
    SV_INIT("ThrottlingException"),
    SV_INIT("ThrottledException"),
    SV_INIT("RequestThrottledException"),
    SV_INIT("RequestThrottled"),
    SV_INIT("TooManyRequestsException"),
    SV_INIT("ProvisionedThroughputExceededException"),
    SV_INIT("TransactionInProgressException"),
    SV_INIT("RequestLimitExceeded"),
    SV_INIT("BandwidthLimitExceeded"),
    SV_INIT("LimitExceededException"),
    SV_INIT("SlowDown"),
    SV_INIT("EC2ThrottledException"),
};

/* `Client.UnauthorizedOperation` is UnauthorizedOperation. */
static struct sv without_prefix(struct sv code)
{
	for (size_t i = code.len; i > 0; i--)
		if (code.ptr[i - 1] == '.')
			return sv_skip(code, i);
	return code;
}

static struct sv outcome_of_code(struct sv code)
{
	code = without_prefix(code);
	if (sv_starts(code, SV("AccessDenied")) || sv_ends(code, SV("UnauthorizedOperation")) ||
	    sv_eq(code, SV("VpceAccessDenied")))
		return SV("denied");
	for (size_t i = 0; i < N_OF(throttles); i++)
		if (sv_eq(code, throttles[i]))
			return SV("throttled");
	return SV("failed");
}

/* Sign-in events say how they ended in a response element of their own name, and have no errorCode. */
static struct derived sign_in_answer(struct record *r)
{
	if (!sv_eq(r->event_source, SV("signin.amazonaws.com")))
		return DERIVED_NONE;
	const struct tree *answer = tree_get(tree_at(r->root, "responseElements"), r->event_name);
	if (!answer || answer->type != TREE_STRING)
		return DERIVED_NONE;
	return (struct derived){
	    answer->text, arena_printf(r->arena, "responseElements.%.*s", SV_ARG(r->event_name))};
}

static struct derived outcome(struct record *r)
{
	struct derived code = derive_text(r, "errorCode");
	if (code.value.len)
		return (struct derived){outcome_of_code(code.value), code.from};
	struct derived answer = sign_in_answer(r);
	if (sv_eq(answer.value, SV("Failure")))
		return (struct derived){SV("denied"), answer.from};
	struct derived message = derive_text(r, "errorMessage");
	if (message.value.len)
		return (struct derived){SV("failed"), message.from};
	return (struct derived){SV("ok"), answer.value.len ? answer.from : SV("errorCode")};
}

/* --- access -------------------------------------------------------------------------------------- */

/* The record's own readOnly wins over the table, which only refines it. */
static struct derived access_level(struct record *r)
{
	enum api_access access = api_access_of(r->event_source, r->event_name);
	struct derived read_only = derive_text(r, "readOnly");
	if (sv_eq_nocase(read_only.value, SV("true")))
		access = access == API_ACCESS_LIST ? API_ACCESS_LIST : API_ACCESS_READ;
	else if (sv_eq_nocase(read_only.value, SV("false")))
		access = access == API_ACCESS_TAG ? API_ACCESS_TAG : API_ACCESS_WRITE;
	else
		read_only.from = SV("eventName");
	const char *name = api_access_name(access);
	return name ? (struct derived){sv_from(name), read_only.from} : DERIVED_NONE;
}

/* --- the Kendra index ---------------------------------------------------------------------------- */

/* The id in `arn:aws:kendra:REGION:ACCOUNT:index/ID/...`. */
static struct derived index_in_arn(struct derived arn)
{
	static const struct sv mark = SV_INIT(":index/");
	size_t at = sv_find(arn.value, mark);
	if (at == SV_NONE || !sv_starts(arn.value, SV("arn:")))
		return DERIVED_NONE;
	struct sv id = sv_skip(arn.value, at + mark.len);
	size_t slash = sv_find_char(id, '/');
	id = slash == SV_NONE ? id : sv_head(id, slash);
	return id.len ? (struct derived){id, arn.from} : DERIVED_NONE;
}

static struct derived index_by_arn(struct record *r)
{
	struct derived d = index_in_arn(derive_text(r, "requestParameters.resourceARN"));
	return d.value.ptr ? d : index_in_arn(derive_text(r, "requestParameters.resourceArn"));
}

/* An operation newer than the table carries the id where most do. A child's `id` is never taken for it. */
static struct derived kendra_index(struct record *r)
{
	if (!sv_eq(r->event_source, SV("kendra.amazonaws.com")))
		return DERIVED_NONE;
	const struct kendra_op *op = api_access_kendra_op(r->event_name);
	switch (op ? op->index_from : KENDRA_INDEX_REQ_INDEX_ID) {
	case KENDRA_INDEX_NONE: return DERIVED_NONE;
	case KENDRA_INDEX_REQ_ID: return derive_text(r, "requestParameters.id");
	case KENDRA_INDEX_RESP_ID: return derive_text(r, "responseElements.id");
	case KENDRA_INDEX_REQ_ARN: return index_by_arn(r);
	case KENDRA_INDEX_REQ_INDEX_ID: break;
	}
	struct derived d = derive_text(r, "requestParameters.indexId");
	return d.value.ptr || op ? d : index_by_arn(r);
}

static struct derived index_name(struct record *r)
{
	struct derived d = {record_derived(r, KW_FIELD_INDEX), record_derived_from(r, KW_FIELD_INDEX)};
	if (!d.value.ptr || !r->names || !r->names->indexes)
		return d;
	const char *name = map_get(r->names->indexes, d.value);
	return name ? (struct derived){sv_from(name), d.from} : d;
}

/* --- the rest ------------------------------------------------------------------------------------ */

static struct derived omitted(struct record *r)
{
	static const char *const marks[] = {"requestParameters.omitted", "responseElements.omitted"};
	for (size_t i = 0; i < N_OF(marks); i++) {
		struct derived d = derive_text(r, marks[i]);
		if (sv_eq_nocase(d.value, SV("true")))
			return (struct derived){SV("true"), d.from};
	}
	return (struct derived){SV("false"), sv_from(marks[0])};
}

static struct derived hour(struct record *r)
{
	if (r->time_ms == RECORD_NO_TIME)
		return DERIVED_NONE;
	struct sv text = arena_printf(r->arena, "%d", clk_parts_utc(r->time_ms).hour);
	return (struct derived){text, SV("eventTime")};
}

static struct derived weekday(struct record *r)
{
	static const struct sv names[] = {SV_INIT("monday"), SV_INIT("tuesday"), SV_INIT("wednesday"),
	    SV_INIT("thursday"), SV_INIT("friday"), SV_INIT("saturday"), SV_INIT("sunday")};
	if (r->time_ms == RECORD_NO_TIME)
		return DERIVED_NONE;
	return (struct derived){names[clk_parts_utc(r->time_ms).weekday], SV("eventTime")};
}

struct derived derive_field(struct record *r, enum kw_field f)
{
	if (r->insight && f != KW_FIELD_HOUR && f != KW_FIELD_WEEKDAY)
		return DERIVED_NONE;
	switch (f) {
	case KW_FIELD_ACTOR: return derive_actor(r);
	case KW_FIELD_PRINCIPAL: return derive_principal(r);
	case KW_FIELD_PERSON: return derive_person(r);
	case KW_FIELD_SESSION: return derive_session(r);
	case KW_FIELD_OUTCOME: return outcome(r);
	case KW_FIELD_ACCESS: return access_level(r);
	case KW_FIELD_CREDENTIAL: return derive_credential(r);
	case KW_FIELD_MFA: return derive_mfa(r);
	case KW_FIELD_VIA_SERVICE: return derive_via_service(r);
	case KW_FIELD_IP_KIND: return derive_ip_kind(r);
	case KW_FIELD_INDEX: return kendra_index(r);
	case KW_FIELD_INDEX_NAME: return index_name(r);
	case KW_FIELD_FROM: return derive_from(r);
	case KW_FIELD_CROSS_ACCOUNT: return derive_cross_account(r);
	case KW_FIELD_OMITTED: return omitted(r);
	case KW_FIELD_HOUR: return hour(r);
	case KW_FIELD_WEEKDAY: return weekday(r);
	case KW_FIELD_UA_FAMILY: return derive_ua_family(r);
	case KW_FIELD_COUNT: break;
	}
	return DERIVED_NONE;
}
