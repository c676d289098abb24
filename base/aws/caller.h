/* Who we are to AWS, by STS's GetCallerIdentity, which needs no grant. Pure functions; the caller gives the
 * request to a client (client.h). */
#ifndef KW_BASE_AWS_CALLER_H
#define KW_BASE_AWS_CALLER_H

#include "base/aws/client.h"

/* `out` is {0}. */
void caller_request(struct aws_request *out);

struct caller {
	char arn[512]; /* "" when the answer holds none */
	char account[16];
};
void caller_read(const struct http_reply *reply, struct caller *out);

#endif
