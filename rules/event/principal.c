/* Entries of principal lists against the caller of an event. Called by the evaluator's items; owns nothing.
 */
#include "rules/event/principal.h"

#include "rules/event/arn.h"

#define ACCOUNT_DIGITS 12

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool principal_fits(struct sv pattern, struct sv text)
{
	size_t p = 0, t = 0, star = SV_NONE, again = 0;
	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			again = t;
		} else if (p < pattern.len && lower(pattern.ptr[p]) == lower(text.ptr[t])) {
			p++;
			t++;
		} else if (star != SV_NONE) {
			/* The last star takes one more; earlier ones need not be tried again. */
			p = star + 1;
			t = ++again;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

static bool starts_nocase(struct sv s, struct sv prefix)
{
	return s.len >= prefix.len && sv_eq_nocase(sv_head(s, prefix.len), prefix);
}

/* Takes `@ACCOUNT` off `*s`; twelve digits, since names may hold an @ too. */
static struct sv cut_account(struct sv *s)
{
	int64_t n;
	if (s->len <= ACCOUNT_DIGITS || s->ptr[s->len - ACCOUNT_DIGITS - 1] != '@')
		return (struct sv){0};
	struct sv digits = sv_skip(*s, s->len - ACCOUNT_DIGITS);
	if (!sv_int(digits, 0, INT64_MAX, &n))
		return (struct sv){0};
	s->len -= ACCOUNT_DIGITS + 1;
	return digits;
}

/* Is `actual` the account meant: the one written, else the event's own? */
static bool account_is(struct sv written, struct sv actual, const struct record *r)
{
	return sv_eq(written.len ? written : r->account, actual);
}

/* `role/NAME`, `user/NAME`, `root` against the ARN of kw.principal. */
static bool matches_arn(struct sv entry, struct sv kind, struct record *r)
{
	struct sv account = cut_account(&entry);
	struct arn arn;
	if (!arn_parse(record_derived(r, KW_FIELD_PRINCIPAL), &arn) || !account_is(account, arn.account, r))
		return false;
	if (kind.len == 0)
		return sv_eq(arn.resource, SV("root"));
	bool has_path = sv_find_char(sv_skip(entry, kind.len), '/') != SV_NONE;
	if (has_path)
		return principal_fits(entry, arn.resource);
	struct sv name = arn_name(&arn, kind);
	return name.ptr && principal_fits(sv_skip(entry, kind.len), name);
}

/* A federated user's ARN names it; SAML and web identities have kw.actor only, and no account. */
static bool matches_federated(struct sv entry, struct sv kind, struct record *r)
{
	struct sv account = cut_account(&entry);
	struct arn arn;
	if (arn_parse(tree_text(tree_at(r->root, "userIdentity.arn")), &arn)) {
		struct sv name = arn_name(&arn, SV("federated-user/"));
		return name.ptr && account_is(account, arn.account, r) &&
		       principal_fits(sv_skip(entry, kind.len), name);
	}
	return account.len == 0 && principal_fits(entry, record_derived(r, KW_FIELD_ACTOR));
}

static bool matches_service(struct sv name, struct record *r)
{
	static const struct sv domain = SV_INIT(".amazonaws.com");
	struct sv principal = record_derived(r, KW_FIELD_PRINCIPAL);
	if (!sv_eq(record_derived(r, KW_FIELD_CREDENTIAL), SV("service")))
		return false;
	if (principal_fits(name, principal))
		return true;
	return sv_ends(principal, domain) &&
	       principal_fits(name, sv_head(principal, principal.len - domain.len));
}

bool principal_matches(struct sv entry, struct record *r)
{
	static const struct sv role = SV_INIT("role/"), user = SV_INIT("user/"), root = SV_INIT("root"),
			       federated = SV_INIT("federated/"), sso = SV_INIT("sso/"),
			       service = SV_INIT("service/");
	if (entry.len == 0)
		return false;
	if (starts_nocase(entry, role))
		return matches_arn(entry, role, r);
	if (starts_nocase(entry, user))
		return matches_arn(entry, user, r);
	if (sv_eq_nocase(entry, root) || starts_nocase(entry, SV("root@")))
		return matches_arn(entry, (struct sv){0}, r);
	if (starts_nocase(entry, federated))
		return matches_federated(entry, federated, r);
	struct sv person = record_derived(r, KW_FIELD_PERSON);
	if (starts_nocase(entry, sso))
		return person.len && principal_fits(sv_skip(entry, sso.len), person);
	if (starts_nocase(entry, service))
		return matches_service(sv_skip(entry, service.len), r);
	struct sv principal = record_derived(r, KW_FIELD_PRINCIPAL);
	return (principal.len && principal_fits(entry, principal)) ||
	       (person.len && principal_fits(entry, person));
}
