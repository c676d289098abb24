/* What an AWS service means when it does not do what it was asked: one reading for all of them, whatever
 * protocol they speak (Query and REST with XML, JSON 1.0 and 1.1). Pure functions. */
#ifndef KW_BASE_AWS_FAILURE_H
#define KW_BASE_AWS_FAILURE_H

#include "base/net/http.h"

/* What the caller does next. */
enum failure_kind {
	FAILURE_NONE,        /* 2xx */
	FAILURE_TRANSIENT,   /* away, busy inside, cut off: again, after a while */
	FAILURE_THROTTLED,   /* too many requests: again, after a longer while */
	FAILURE_CREDENTIALS, /* the keys ran out or are not known: get new ones, sign again */
	FAILURE_CLOCK,       /* our clock is off: take the reply's Date, sign again */
	FAILURE_REGION,      /* the bucket is elsewhere: `region` says where, if it does */
	FAILURE_REFUSED,     /* for good: a grant is missing, no such thing, a wrong request */
};

struct failure {
	enum failure_kind kind;
	char code[64];     /* AWS error code without its namespace; "" when no AWS service answered */
	char message[400]; /* what AWS says, printable, one line; without an answer what the network said */
	char region[40];   /* FAILURE_REGION */
};

/* Reads what came back, which may be anything: a reply without an AWS error code is something on the way (a
 * proxy, a login page) and FAILURE_TRANSIENT. Sources: botocore's retries/standard.py, S3 "Error responses",
 * the JSON 1.0 protocol's __type and x-amzn-errortype. */
void failure_read(const struct http_reply *reply, struct failure *out);

/* The same for a code that came inside a 200 (batch entries, documents): code and message are taken from
 * `out` and `kind` is set. */
void failure_judge(struct failure *out);

/* Text between <name> and the next <, entities resolved, printable, cut to `size`: for small XML replies of
 * which one value is wanted. "" when it is not there. */
void failure_xml_text(struct sv xml, const char *name, char *out, size_t size);

#endif
