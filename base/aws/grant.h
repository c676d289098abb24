/* Grants: which actions on which resources somebody needs, collected from all that need them and written as
 * IAM policies (version 2012-10-17). Pure; caller's storage; start with {0}. */
#ifndef KW_BASE_AWS_GRANT_H
#define KW_BASE_AWS_GRANT_H

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"

/* What one statement says. Two with the same identity and sid become one with all their resources. */
struct grant {
	const char
	    *sid; /* a literal of letters and digits; the same sid always comes with the same actions */
	const char *actions;   /* a literal, separated by blanks: "sqs:ReceiveMessage sqs:DeleteMessage" */
	struct sv identity;    /* the role that needs it; empty: whoever the agent is */
	struct sv resource;    /* ARN, or * where AWS knows none */
	const char *condition; /* a StringEquals key, a literal; NULL: none */
	struct sv value;       /* of the condition */
};

struct grants {
	VEC(struct grant) list; /* texts in heap memory */
};
void grants_fini(struct grants *g);

/* Copies what `one` borrows; one that is there already adds nothing. */
void grants_add(struct grants *g, const struct grant *one);

/* Appends the policies as indented JSON and a line break: the document itself while all of it is the agent's
 * own, else an object with a document for each identity, the agent's under "agent". */
void grants_write(const struct grants *g, struct buf *out);

#endif
