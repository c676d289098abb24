/* Amazon resource names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. */
#ifndef KW_RULES_EVENT_ARN_H
#define KW_RULES_EVENT_ARN_H

#include "base/sv.h"

struct arn {
	struct sv partition, service, region, account;
	struct sv resource; /* all behind the fifth colon, may hold colons and slashes */
};

/* Takes `s` apart; the parts borrow from it. False when it is none; *out is then undefined. */
bool arn_parse(struct sv s, struct arn *out);

/* The name in a resource like `role/path/NAME` of that kind ("role/"): what is behind the last slash. ptr
 * NULL when the resource is of another kind. */
struct sv arn_name(const struct arn *a, struct sv kind);

#endif
