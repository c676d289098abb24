/* Retries. Called by aws/client.c on the thread that drives it; owns nothing. */
#include "base/aws/retry.h"

#include "base/net/crypto.h"

#define SCALE_MS 50
#define SCALE_THROTTLED_MS 1000

struct retry_quota retry_quota_full(void)
{
	return (struct retry_quota){RETRY_QUOTA};
}

static int64_t delay_ms(int attempts, const struct failure *f, const struct http_reply *reply)
{
	int64_t scale = f->kind == FAILURE_THROTTLED ? SCALE_THROTTLED_MS : SCALE_MS;
	int64_t most = scale << (attempts < 10 ? attempts - 1 : 9);
	int64_t wait =
	    (int64_t)(crypto_unit() * (double)(most < RETRY_MAX_DELAY_MS ? most : RETRY_MAX_DELAY_MS));
	int64_t asked = reply->retry_after_ms;
	if (asked > RETRY_MAX_DELAY_MS)
		asked = RETRY_MAX_DELAY_MS;
	return wait > asked ? wait : asked;
}

bool retry_again(struct retry *r, struct retry_quota *q, const struct failure *f,
    const struct http_reply *reply, int64_t *out_ms)
{
	bool mended = f->kind == FAILURE_CREDENTIALS || f->kind == FAILURE_CLOCK || f->kind == FAILURE_REGION;
	if (mended) {
		if (r->mended)
			return false;
		r->mended = true;
		*out_ms = 0;
		return true;
	}
	int cost = reply->status ? RETRY_COST : RETRY_COST_TIMEOUT;
	if ((f->kind != FAILURE_TRANSIENT && f->kind != FAILURE_THROTTLED) || r->attempts >= RETRY_ATTEMPTS ||
	    q->left < cost)
		return false;
	q->left -= cost;
	r->cost = cost;
	*out_ms = delay_ms(r->attempts, f, reply);
	return true;
}

void retry_succeeded(const struct retry *r, struct retry_quota *q)
{
	q->left += r->cost ? r->cost : 1;
	if (q->left > RETRY_QUOTA)
		q->left = RETRY_QUOTA;
}
