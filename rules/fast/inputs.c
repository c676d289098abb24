/*
 * Which paths each derived field is read from (rules/event/derive*.c), and a record made of their values.
 * Meaning stays where it is: the field of the small record is derived by the same code. A path that is
 * missing here would give wrong values, so the test asks every field of many events both ways.
 *
 * Rules find a key that itself holds dots, and the last of two equal keys; derived fields go from object to
 * object and take the first. So a value counts only when it stands inside the one object that its path leads
 * through.
 */
#include "rules/fast/inputs.h"

/* In byte order, so that what is in one object stands together. */
#define ALWAYS "eventCategory", "eventType"
static const char *const of_outcome[] = {
    "errorCode", "errorMessage", "eventCategory", "eventName", "eventSource", "eventType", NULL};
static const char *const of_access[] = {
    "eventCategory", "eventName", "eventSource", "eventType", "readOnly", NULL};
static const char *const of_via_service[] = {ALWAYS, "sourceIPAddress", "userIdentity.invokedBy", NULL};
static const char *const of_ip_kind[] = {ALWAYS, "sourceIPAddress", NULL};
static const char *const of_ua_family[] = {ALWAYS, "userAgent", NULL};
static const char *const of_mfa[] = {"additionalEventData.MFAUsed", "eventCategory", "eventName", "eventType",
    "userIdentity.accessKeyId", "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.type", NULL};
static const char *const of_caller[] = {"awsRegion", ALWAYS, "recipientAccountId",
    "sessionCredentialFromConsole", "userIdentity.accessKeyId", "userIdentity.accountId", "userIdentity.arn",
    "userIdentity.identityProvider", "userIdentity.invokedBy", "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.onBehalfOf.userId", "userIdentity.principalId",
    "userIdentity.sessionContext.attributes.sessionCredentialFromConsole",
    "userIdentity.sessionContext.sessionCredentialFromConsole",
    "userIdentity.sessionContext.sessionIssuer.arn", "userIdentity.type", "userIdentity.userName", NULL};

/* NULL: it may depend on lists of resources, on parameters or on the time. */
static const char *const *paths_of(enum kw_field f)
{
	switch (f) {
	case KW_FIELD_OUTCOME: return of_outcome;
	case KW_FIELD_ACCESS: return of_access;
	case KW_FIELD_VIA_SERVICE: return of_via_service;
	case KW_FIELD_IP_KIND: return of_ip_kind;
	case KW_FIELD_UA_FAMILY: return of_ua_family;
	case KW_FIELD_MFA: return of_mfa;
	case KW_FIELD_ACTOR:
	case KW_FIELD_PRINCIPAL:
	case KW_FIELD_PERSON:
	case KW_FIELD_SESSION:
	case KW_FIELD_CREDENTIAL: return of_caller;
	case KW_FIELD_INDEX:
	case KW_FIELD_INDEX_NAME:
	case KW_FIELD_FROM:
	case KW_FIELD_CROSS_ACCOUNT:
	case KW_FIELD_OMITTED:
	case KW_FIELD_HOUR:
	case KW_FIELD_WEEKDAY:
	case KW_FIELD_COUNT: break;
	}
	return NULL;
}

bool inputs_known(enum kw_field f)
{
	return paths_of(f) != NULL;
}

static uint32_t number_of(const struct inputs *in, struct sv path)
{
	for (size_t i = 0; i < in->list.n; i++)
		if (sv_eq(in->list.items[i].path, path))
			return (uint32_t)i;
	return INPUTS_TOP;
}

void inputs_init(
    struct inputs *in, enum kw_field f, uint32_t (*slot_of)(void *ctx, struct sv path), void *ctx)
{
	const char *const *p = paths_of(f);
	*in = (struct inputs){.field = f};
	for (; p && *p; p++) {
		struct sv path = sv_from(*p);
		uint32_t parent = INPUTS_TOP;
		for (size_t end = 1; end <= path.len; end++) {
			if (end < path.len && path.ptr[end] != '.')
				continue;
			struct sv head = sv_head(path, end);
			uint32_t number = number_of(in, head);
			if (number == INPUTS_TOP) {
				number = (uint32_t)in->list.n;
				vec_push(&in->list,
				    (struct inputs_slot){head, slot_of(ctx, head), parent, end == path.len});
			}
			parent = number;
		}
	}
}

static bool stands_in(const struct scan_slot *slot, const struct scan_slot *object)
{
	return object->kind == SCAN_OBJECT && slot->ptr >= object->ptr &&
	       slot->ptr < object->ptr + object->len;
}

/* Absent by all that paths mean is absent for derived fields, too. */
static bool is_plain(const struct inputs *in, const struct scan_slot *slots, size_t i)
{
	const struct inputs_slot *s = &in->list.items[i];
	const struct scan_slot *slot = &slots[s->slot];
	if (slot->kind == SCAN_ABSENT)
		return true;
	if (slot->kind >= SCAN_OBJECT)
		return false;
	for (; s->parent != INPUTS_TOP; s = &in->list.items[s->parent])
		if (!stands_in(&slots[s->slot], &slots[in->list.items[s->parent].slot]))
			return false;
	return true;
}

/* How a sign-in ended stands in a response element of its own name. */
static bool is_sign_in(const struct inputs *in, struct sv path, struct sv value)
{
	return in->field == KW_FIELD_OUTCOME && sv_eq(path, SV("eventSource")) &&
	       sv_eq(value, SV("signin.amazonaws.com"));
}

/* Bytes that the key takes; 0 when the slots do not tell. */
static size_t key_bytes(const struct inputs *in, const struct scan_slot *slots)
{
	size_t n = 0;
	for (size_t i = 0; i < in->list.n; i++) {
		const struct scan_slot *slot = &slots[in->list.items[i].slot];
		if (!in->list.items[i].leaf)
			continue;
		if (!is_plain(in, slots, i) ||
		    is_sign_in(in, in->list.items[i].path, sv_of(slot->ptr, slot->len)))
			return 0;
		n += 1 + sizeof slot->len + slot->len;
	}
	return n;
}

bool inputs_key(const struct inputs *in, const struct scan_slot *slots, struct buf *key)
{
	size_t n = key_bytes(in, slots);
	if (n == 0 || !buf_room(key, n))
		return false;
	char *p = key->ptr + key->len;
	for (size_t i = 0; i < in->list.n; i++) {
		const struct scan_slot *slot = &slots[in->list.items[i].slot];
		if (!in->list.items[i].leaf)
			continue;
		*p++ = (char)slot->kind;
		if (slot->kind == SCAN_ABSENT)
			continue;
		memcpy(p, &slot->len, sizeof slot->len);
		memcpy(p + sizeof slot->len, slot->ptr, slot->len);
		p += sizeof slot->len + slot->len;
	}
	key->len = (size_t)(p - key->ptr);
	return true;
}

/* --- the small record -------------------------------------------------------------------------------- */

static struct sv last_part(struct sv path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.ptr[i - 1] == '.')
			return sv_skip(path, i);
	return path;
}

static void write_members(
    const struct inputs *in, uint32_t parent, const struct scan_slot *slots, struct buf *json)
{
	bool first = true;
	buf_addc(json, '{');
	for (size_t i = 0; i < in->list.n; i++) {
		const struct inputs_slot *s = &in->list.items[i];
		const struct scan_slot *slot = &slots[s->slot];
		if (s->parent != parent || (s->leaf && slot->kind == SCAN_ABSENT))
			continue;
		buf_adds(json, first ? "\"" : ",\"");
		buf_add(json, last_part(s->path));
		buf_adds(json, "\":");
		bool quoted = s->leaf && (slot->kind == SCAN_STRING || slot->kind == SCAN_STRING_ESCAPED);
		buf_adds(json, quoted ? "\"" : "");
		if (s->leaf)
			buf_add(json, sv_of(slot->ptr, slot->len));
		else
			write_members(in, (uint32_t)i, slots, json);
		buf_adds(json, quoted ? "\"" : "");
		first = false;
	}
	buf_addc(json, '}');
}

bool inputs_record(const struct inputs *in, const struct scan_slot *slots, struct arena *arena,
    struct buf *json, struct record *out)
{
	write_members(in, INPUTS_TOP, slots, json);
	if (record_open(out, arena, buf_sv(json), NULL, NULL) != RC_OK)
		return false;
	return !is_sign_in(in, SV("eventSource"), out->event_source);
}
