/* One CloudTrail event as rules see it: the plain tree and the derived fields over it. */
#ifndef KW_RULES_EVENT_RECORD_H
#define KW_RULES_EVENT_RECORD_H

#include "base/map.h"
#include "rules/event/tree.h"

enum kw_field {
#define KW_FIELD(symbol, name, help) KW_FIELD_##symbol,
#include "rules/event/field_list.h"
#undef KW_FIELD
	KW_FIELD_COUNT
};

/* What the operator's names say; may be NULL in struct record. Keys are index ids / account ids, values C
 * strings. */
struct record_names {
	const struct map *indexes;
	const struct map *accounts;
};

/* Lives in the batch arena. Fill with record_open; the fields are the interface, read-only. */
struct record {
	struct sv bytes;         /* the record's own JSON text */
	const struct tree *root; /* an object */
	struct arena *arena;
	const struct record_names *names;

	struct sv event_id; /* empty when the record has none (versions 1.0) */
	struct sv account;  /* recipientAccountId, else userIdentity.accountId, else empty */
	struct sv region, event_time, event_source, event_name;
	int64_t time_ms; /* eventTime; RECORD_NO_TIME when it is no time */
	bool insight;    /* an Insights record: no identity, no eventName at top level */

	/* Memory of record_derived: the values (ptr NULL: absent) and the paths that decided them. */
	struct sv derived[KW_FIELD_COUNT], derived_from[KW_FIELD_COUNT];
	bool derived_known[KW_FIELD_COUNT];

	/* For whoever renders the record: what it keeps with it, in the arena; NULL at first. */
	void *kept;
};
#define RECORD_NO_TIME INT64_MIN

/* Opens a record over `bytes` (one JSON object; borrowed). RC_INPUT when it is no JSON or no object. `names`
 * may be NULL. */
enum rc record_open(
    struct record *r, struct arena *a, struct sv bytes, const struct record_names *names, struct err *e);

/*
 * The value of a derived field, computed once (derive.c); ptr NULL when absent. An Insights record has none
 * but kw.hour and kw.weekday. Values may hold anything that an event may hold: escape them where they go.
 *
 * kw.principal is a stable key: `arn:aws:iam::ACCOUNT:root`, the user's ARN, the issuing role's ARN (path
 * kept; made from the session's ARN when the record has no sessionIssuer), the issuer's ARN of a federated
 * user, `PROVIDER/NAME` of SAML and web identities, `STORE-ARN/USER-ID` of an Identity Center user, the
 * service's name, `account/ID`. What people write in lists to mean one is in principal.h. kw.actor is for
 * people and for folding: the person's name, `root of ACCOUNT`, `role/NAME`, `user/NAME`, `federated/NAME`,
 * the service, `account/ID`, else `unknown`; role, user and federated callers of another account carry
 * `@ACCOUNT`. A role session counts as a person's only when the role's path says that IAM Identity Center
 * made it: a role that someone named AWSReservedSSO_x is a role.
 */
struct sv record_derived(struct record *r, enum kw_field f);

/* Field by its name ("kw.mfa"), -1 when there is none. */
int kw_field_find(struct sv name);
const char *kw_field_name(enum kw_field f);
const char *kw_field_help(enum kw_field f);

/* The record path that decided a derived field, for people ("userIdentity.sessionContext.sessionIssuer.arn");
 * ptr NULL when absent. */
struct sv record_derived_from(struct record *r, enum kw_field f);

/* The key of the event: account + "/" + eventID, or account + "/sha256:" + hash of the bytes when there is no
 * eventID. In the arena, made anew by each call. */
struct sv record_key(struct record *r);

#endif
