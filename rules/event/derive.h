/* The derived fields, one function each; for record.c, which remembers what they give. */
#ifndef KW_RULES_EVENT_DERIVE_H
#define KW_RULES_EVENT_DERIVE_H

#include "rules/event/record.h"

/* A field's value and the record path that decided it; both ptr NULL when the field is absent. */
struct derived {
	struct sv value, from;
};

/* Any field. Values borrow from the record or live in its arena; a function may ask for other fields through
 * record_derived. */
struct derived derive_field(struct record *r, enum kw_field f);

/* Who called (derive_who.c). */
struct derived derive_principal(struct record *r);
struct derived derive_actor(struct record *r);
struct derived derive_person(struct record *r);
struct derived derive_session(struct record *r);
struct derived derive_credential(struct record *r);
struct derived derive_mfa(struct record *r);
struct derived derive_cross_account(struct record *r);

/* From where (derive_where.c). */
struct derived derive_via_service(struct record *r);
struct derived derive_ip_kind(struct record *r);
struct derived derive_from(struct record *r);
struct derived derive_ua_family(struct record *r);

/* Text of the string or truth value at a dotted path with its path; both ptr NULL when absent, null, empty or
 * something else. `path` is a literal. */
struct derived derive_text(const struct record *r, const char *path);

#define DERIVED_NONE ((struct derived){0})

#endif
