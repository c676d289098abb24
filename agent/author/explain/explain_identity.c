/* Identities by way of the built-in events, moved into the account of the event at hand. */
#include "agent/author/explain/explain_identity.h"

#include "agent/author/builtin.h"

const struct sv explain_identities[EXPLAIN_IDENTITIES] = {SV_INIT("role/other"), SV_INIT("user/other"),
    SV_INIT("sso/someone@example.com"), SV_INIT("root"), SV_INIT("service/kendra"),
    SV_INIT("federated/other"), SV_INIT("account/444455556666"), SV_INIT("role/other@444455556666")};

/* `text` with every BUILTIN_ACCOUNT replaced. */
static struct sv with_account(struct sv text, struct sv account, struct arena *a)
{
	struct buf out = {0};
	size_t at;
	while ((at = sv_find(text, SV(BUILTIN_ACCOUNT))) != SV_NONE) {
		buf_add(&out, sv_head(text, at));
		buf_add(&out, account);
		text = sv_skip(text, at + sizeof BUILTIN_ACCOUNT - 1);
	}
	buf_add(&out, text);
	struct sv copy = arena_copy(a, buf_sv(&out));
	buf_fini(&out);
	return copy;
}

/* What `as:` would say for an ARN of IAM; *out_account is its account. */
static struct sv of_arn(struct sv arn, struct sv *out_account, struct arena *a)
{
	struct sv part, rest = arn;
	for (int i = 0; i < 5; i++) {
		if (!sv_cut(&rest, ':', &part))
			return (struct sv){NULL, 0};
		if (i == 4 && part.len)
			*out_account = part;
	}
	if (sv_eq(rest, SV("root")))
		return rest;
	size_t slash = sv_find_char(rest, '/');
	if (slash == SV_NONE)
		return (struct sv){NULL, 0};
	/* The name is what stands behind the path. */
	struct sv name = sv_skip(rest, slash + 1);
	return arena_printf(a, "%.*s/%.*s", SV_ARG(sv_head(rest, slash)), SV_ARG(name));
}

static struct sv spelled(struct sv text, struct sv *out_account, struct arena *a)
{
	size_t slash = sv_find_char(text, '/'), at = SV_NONE;
	if (sv_starts(text, SV("arn:")))
		return of_arn(text, out_account, a);
	for (size_t i = text.len; i > 0 && at == SV_NONE; i--)
		if (text.ptr[i - 1] == '@')
			at = i - 1;
	/* role/NAME@ACCOUNT */
	int64_t number;
	if (slash != SV_NONE && at != SV_NONE && text.len - at == 13 &&
	    sv_int(sv_skip(text, at + 1), 0, INT64_MAX, &number)) {
		*out_account = sv_skip(text, at + 1);
		return sv_head(text, at);
	}
	if (slash == SV_NONE && at != SV_NONE)
		return arena_printf(a, "sso/%.*s", SV_ARG(text));
	if (sv_ends(text, SV(".amazonaws.com")))
		return arena_printf(a, "service/%.*s", SV_ARG(text));
	if (sv_starts(text, SV("root")))
		return SV("root");
	if (slash == SV_NONE)
		return arena_printf(a, "role/%.*s", SV_ARG(text));
	return text;
}

struct sv explain_identity(struct sv text, struct record *r, struct arena *a)
{
	struct sv account = r->account.len ? r->account : SV(BUILTIN_ACCOUNT), json = {NULL, 0};
	struct sv as = spelled(text, &account, a);
	struct draft *d = draft_new();
	struct buf out = {0};
	struct err e = {0};
	const struct tree *root;
	if (as.ptr && builtin_identity(d, as, &e) == RC_OK) {
		draft_write(d, &out);
		if (tree_read(a, with_account(buf_sv(&out), account, a), &root, &e) == RC_OK) {
			const struct tree *who = tree_get(root, SV("userIdentity"));
			json = who ? who->raw : json;
		}
	}
	buf_fini(&out);
	draft_free(d);
	return json;
}
