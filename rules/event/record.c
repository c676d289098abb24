/*
 * Opening a record and asking it for derived fields. Called for every event by the workers, and by whoever
 * shows one; the thread that opened a record is the one that asks it. All memory is the batch's arena.
 */
#include "rules/event/record.h"

#include "base/clock.h"
#include "base/net/crypto.h"
#include "rules/event/derive.h"

static const struct {
	struct sv name;
	const char *help;
} fields[KW_FIELD_COUNT] = {
#define KW_FIELD(symbol, name, help) {SV_INIT(name), help},
#include "rules/event/field_list.h"
#undef KW_FIELD
};

int kw_field_find(struct sv name)
{
	for (int f = 0; f < KW_FIELD_COUNT; f++)
		if (sv_eq(fields[f].name, name))
			return f;
	return -1;
}

const char *kw_field_name(enum kw_field f)
{
	return fields[f].name.ptr;
}

const char *kw_field_help(enum kw_field f)
{
	return fields[f].help;
}

static struct sv top_text(const struct record *r, struct sv key)
{
	const struct tree *t = tree_get(r->root, key);
	return t && t->type == TREE_STRING ? t->text : (struct sv){0};
}

enum rc record_open(
    struct record *r, struct arena *a, struct sv bytes, const struct record_names *names, struct err *e)
{
	const struct tree *root;
	enum rc rc = tree_read(a, bytes, &root, e);
	if (rc)
		return rc;
	if (root->type != TREE_OBJECT)
		return err_set(e, RC_INPUT, "a record must be a JSON object");
	*r = (struct record){.bytes = bytes, .root = root, .arena = a, .names = names};
	r->event_id = top_text(r, SV("eventID"));
	r->account = top_text(r, SV("recipientAccountId"));
	if (r->account.len == 0)
		r->account = tree_text(tree_at(root, "userIdentity.accountId"));
	r->region = top_text(r, SV("awsRegion"));
	r->event_time = top_text(r, SV("eventTime"));
	r->event_source = top_text(r, SV("eventSource"));
	r->event_name = top_text(r, SV("eventName"));
	if (!clk_parse(r->event_time, &r->time_ms))
		r->time_ms = RECORD_NO_TIME;
	r->insight = sv_eq(top_text(r, SV("eventType")), SV("AwsCloudTrailInsight")) ||
		     sv_eq(top_text(r, SV("eventCategory")), SV("Insight"));
	return RC_OK;
}

static void know(struct record *r, enum kw_field f)
{
	if (r->derived_known[f])
		return;
	struct derived d = derive_field(r, f);
	r->derived_known[f] = true;
	r->derived[f] = d.value;
	r->derived_from[f] = d.from;
}

struct sv record_derived(struct record *r, enum kw_field f)
{
	know(r, f);
	return r->derived[f];
}

struct sv record_derived_from(struct record *r, enum kw_field f)
{
	know(r, f);
	return r->derived_from[f];
}

/* Identities are compared as C strings in some places: they end at a NUL in all. */
static struct sv to_nul(struct sv s)
{
	return sv_head(s, sv_find_char(s, 0));
}

struct sv record_key(struct record *r)
{
	if (r->event_id.len) {
		struct sv account = to_nul(r->account), id = to_nul(r->event_id);
		char *key = arena_alloc(r->arena, account.len + 1 + id.len + 1);
		if (account.len)
			memcpy(key, account.ptr, account.len);
		key[account.len] = '/';
		memcpy(key + account.len + 1, id.ptr, id.len);
		key[account.len + 1 + id.len] = 0;
		return sv_of(key, account.len + 1 + id.len);
	}
	char hex[2 * CRYPTO_SHA256_BYTES + 1];
	crypto_sha256_hex(r->bytes, hex);
	return arena_printf(r->arena, "%.*s/sha256:%s", SV_ARG(r->account), hex);
}
