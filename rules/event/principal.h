/* What an entry of a list of type `principal` means, and whether the caller of an event is meant by it. */
#ifndef KW_RULES_EVENT_PRINCIPAL_H
#define KW_RULES_EVENT_PRINCIPAL_H

#include "rules/event/record.h"

/*
 * Is the caller of `r` the one that `entry` names? The letters' case does not matter; `*` stands for any run.
 *
 *   role/NAME, user/NAME        the role (whatever session holds it) or user of that name; its path is
 * ignored unless the entry spells one (`role/ci/deploy`) federated/NAME              a GetFederationToken,
 * SAML or web identity user root                        the account's root sso/PERSON                  the
 * person of an IAM Identity Center session or user (kw.person) service/NAME                an AWS service,
 * `service/kendra` or `service/kendra.amazonaws.com` account/ID                  a foreign principal of which
 * the record knows the account only arn:...                     the value of kw.principal anything else the
 * value of kw.principal or kw.person as it is
 *
 * role, user, federated and root mean those of the account that the event was recorded for: a role of the
 * same name elsewhere is someone else, who is named `role/NAME@ACCOUNT` (as kw.actor shows it) or by the ARN.
 * Pure but for the derived fields that it makes `r` remember. An empty entry names nobody.
 */
bool principal_matches(struct sv entry, struct record *r);

/* Does `text` fit `pattern` (`*` any run, A-Z as a-z)? Linear in text times pattern. */
bool principal_fits(struct sv pattern, struct sv text);

#endif
