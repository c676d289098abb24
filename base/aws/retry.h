/* When to try again, as AWS's standard retry mode does it: full jitter, and a quota that turns retries off
 * while a service is down (botocore's retries/standard.py). One thread an object. */
#ifndef KW_BASE_AWS_RETRY_H
#define KW_BASE_AWS_RETRY_H

#include "base/aws/failure.h"

#define RETRY_ATTEMPTS 3      /* of one call, the first included */
#define RETRY_QUOTA 500       /* the bucket when full */
#define RETRY_COST 5          /* of one retry */
#define RETRY_COST_TIMEOUT 10 /* of one after no answer came */
#define RETRY_MAX_DELAY_MS 20000

/* The quota that all calls of one client share. Start with retry_quota_full. */
struct retry_quota {
	int left;
};
struct retry_quota retry_quota_full(void);

/* One call: how often it was tried, and what its last retry cost. Start with {0}. */
struct retry {
	int attempts; /* made so far */
	int cost;
	bool mended; /* keys, clock or region were corrected once, at no cost */
};

/* May the call that has just failed be tried again? If so, takes what it costs from the quota and gives the
 * wait in *out_ms: at once for what the caller has just mended (FAILURE_CREDENTIALS, _CLOCK, _REGION: once a
 * call), else a random share of min(20 s, 50 ms · 2^n) (1 s · 2^n when throttled), but at least what the
 * reply's Retry-After says, up to 20 s. */
bool retry_again(struct retry *r, struct retry_quota *q, const struct failure *f,
    const struct http_reply *reply, int64_t *out_ms);

/* The call succeeded: what its retry cost comes back, or 1 when it needed none. */
void retry_succeeded(const struct retry *r, struct retry_quota *q);

#endif
