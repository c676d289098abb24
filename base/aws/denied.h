/* What a refusal says about the grant that is missing. Pure functions. */
#ifndef KW_BASE_AWS_DENIED_H
#define KW_BASE_AWS_DENIED_H

#include "base/aws/failure.h"

struct denied {
	char action[128];   /* "kms:Decrypt"; "" when AWS does not name it (S3's bare "Access Denied") */
	char resource[300]; /* ARN; "" when not named */
	char why[200];      /* AWS's "because …", without that word; "" when not said */
};

/* Is it a refusal for want of a grant? Then `out` (may be NULL) has what the words of AWS name: "User: ARN is
 * not authorized to perform: ACTION on resource: ARN because …". */
bool denied_read(const struct failure *f, struct denied *out);

#endif
