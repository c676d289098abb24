/* Amazon Resource Names: arn:partition:service:region:account:resource. Pure functions, any thread. */
#ifndef KW_BASE_AWS_ARN_H
#define KW_BASE_AWS_ARN_H

#include "base/sv.h"

/* Views into the text. Region and account may be empty; the resource may hold colons. */
struct arn {
	struct sv partition, service, region, account, resource;
};

/* False, and *out left alone, when `text` has not six parts or no partition, service or resource. */
bool arn_parse(struct sv text, struct arn *out);

#endif
