/* One question to AWS for `doctor`: what is wrong becomes a line of the checkup that names the grant that is
 * missing, or what else to mend. Blocks for the call; the thread of the client. */
#ifndef KW_BASE_AWS_PROBE_H
#define KW_BASE_AWS_PROBE_H

#include "base/aws/client.h"
#include "base/checkup.h"

struct probe {
	struct aws_client *client;
	struct checkup *out;
	const char *action; /* the grant that the call needs: "sqs:GetQueueAttributes" */
	struct sv resource; /* and on what */
	bool only_doctor;   /* the agent runs without this grant: its want is a warning */
	bool must_exist; /* but not without the thing itself: a failure where AWS says that there is none */
};

/* Makes the call (*r is taken); `read` (may be NULL) gets a good reply. True: AWS did it. False: a line says
 * why not. */
bool probe_ask(const struct probe *p, struct aws_request *r,
    void (*read)(void *ctx, const struct http_reply *reply), void *ctx);

/* The same for a call that is wrong on purpose, and so changes nothing: what AWS says against it, other than
 * that a grant is missing, is as good as done. */
bool probe_dry(const struct probe *p, struct aws_request *r);

#endif
