/* Trust in messages of SNS, and the certificates it rests on. */
#include "agent/source/push/trust.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/net/cert.h"
#include "base/net/crypto.h"
#include "base/net/http.h"

#define WINDOW_MS ((int64_t)3600 * 1000) /* SNS itself gives up after an hour */
#define AHEAD_MS ((int64_t)300 * 1000)
#define KEEP_MS ((int64_t)24 * 3600 * 1000) /* then it is fetched anew */
#define AGAIN_MS ((int64_t)600 * 1000)      /* and that later, when it could not be had */
#define MOST_CERTIFICATES 32
#define FETCH_TIMEOUT_MS 4000
#define CERTIFICATE_BYTES ((size_t)64 << 10)
/* Fetches that find no certificate: so many in a row, then none for a while. */
#define FAILURES_TO_PAUSE 3
#define PAUSE_MS 5000

struct kept {
	struct cert *cert;
	int64_t until_ms; /* monotonic */
};

struct trust {
	const struct option_value *topics;
	bool version_1;
	struct map kept; /* URL -> struct kept */
	int failures;
	int64_t paused_until_ms; /* monotonic */
};

struct trust *trust_new(const struct option_value *topics, bool version_1)
{
	struct trust *t = heap_zero(1, sizeof *t);
	t->topics = topics;
	t->version_1 = version_1;
	return t;
}

static void forget_all(struct trust *t)
{
	for (size_t i = 0; i < t->kept.n; i++) {
		struct kept *k = t->kept.entries[i].value;
		cert_free(k->cert);
		free(k);
	}
	map_fini(&t->kept);
	t->kept = (struct map){0};
}

void trust_free(struct trust *t)
{
	if (!t)
		return;
	forget_all(t);
	free(t);
}

/* --- certificates ---------------------------------------------------------------------------------- */

/* GET. RC_RETRY, whatever went wrong: a genuine message must not be refused, which SNS takes for an answer,
 * because the way to SNS is blocked or a proxy shows another certificate. */
static enum rc get(struct sv url, struct http_reply *out, struct err *e)
{
	struct http_options options = {.timeout_ms = FETCH_TIMEOUT_MS,
	    .connect_timeout_ms = FETCH_TIMEOUT_MS / 2,
	    .max_reply_bytes = CERTIFICATE_BYTES};
	struct http_request request = {.method = "GET", .url = heap_text(url)};
	enum rc rc = http_once(&options, &request, out, e);
	http_request_fini(&request);
	if (rc != RC_OK)
		return RC_RETRY;
	if (out->status != 200)
		return err_set(e, RC_RETRY, "SNS answered %d", out->status);
	return out->cut ? err_set(e, RC_RETRY, "SNS answered with more than %zu bytes", CERTIFICATE_BYTES)
			: RC_OK;
}

static enum rc fetch(struct trust *t, struct sv url, struct cert **out, struct err *e)
{
	struct http_reply reply = {0};
	if (clk_mono_ms() < t->paused_until_ms)
		return err_set(
		    e, RC_RETRY, "certificates are not fetched for a while, after several failures");
	enum rc rc = get(url, &reply, e);
	if (rc == RC_OK && cert_read(buf_sv(&reply.body), out, e) != RC_OK)
		rc = RC_RETRY;
	http_reply_fini(&reply);
	t->failures = rc == RC_OK ? 0 : t->failures + 1;
	if (t->failures >= FAILURES_TO_PAUSE) {
		t->failures = 0;
		t->paused_until_ms = clk_mono_ms() + PAUSE_MS;
	}
	if (rc != RC_OK)
		err_at(e, "its signing certificate");
	return rc;
}

static enum rc certificate(struct trust *t, struct sv url, const struct cert **out, struct err *e)
{
	struct kept *k = map_get(&t->kept, url);
	if (k && clk_mono_ms() < k->until_ms) {
		*out = k->cert;
		return RC_OK;
	}
	struct cert *fresh;
	enum rc rc = fetch(t, url, &fresh, e);
	/* One that SNS gave once is good until its own end: nobody who names certificates that are not there
	 * can keep genuine messages out by that. */
	if (rc != RC_OK && k) {
		k->until_ms = clk_mono_ms() + AGAIN_MS;
		*out = k->cert;
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	if (!k && t->kept.n == MOST_CERTIFICATES)
		forget_all(t);
	if (!k) {
		k = heap_zero(1, sizeof *k);
		map_put(&t->kept, url, k);
	}
	cert_free(k->cert);
	*k = (struct kept){fresh, clk_mono_ms() + KEEP_MS};
	*out = fresh;
	return RC_OK;
}

/* --- messages -------------------------------------------------------------------------------------- */

static bool is_allowed(const struct trust *t, struct sv topic_arn)
{
	for (size_t i = 0; i < t->topics->texts.n; i++)
		if (sv_eq(topic_arn, sv_from(t->topics->texts.items[i])))
			return true;
	return false;
}

/* Before anything is fetched. */
static enum rc check_words(const struct trust *t, const struct notice *m, struct err *e)
{
	int64_t at_ms, now_ms = clk_now_ms();
	if (!is_allowed(t, m->topic_arn))
		return err_set(e, RC_REJECT, "its topic is not in `topics`");
	if (!clk_parse(m->timestamp, &at_ms) || at_ms < now_ms - WINDOW_MS || at_ms > now_ms + AHEAD_MS)
		return err_set(
		    e, RC_REJECT, "its Timestamp is not of the last hour: a replay, or a clock is wrong");
	if (m->version == 1 && !t->version_1)
		return err_set(e, RC_REJECT,
		    "it is signed with SHA-1: set SignatureVersion to 2 on the topic, or say `signature_v1: "
		    "true`");
	if (!notice_certificate_url_ok(m->certificate_url, notice_topic_region(m->topic_arn)))
		return err_set(e, RC_REJECT, "its SigningCertURL is not at SNS of the topic's region");
	return RC_OK;
}

static enum rc check_signature(const struct notice *m, const struct cert *cert, struct err *e)
{
	struct buf text = {0}, signature = {0};
	bool good = false;
	notice_signed_text(m, &text);
	if (crypto_unbase64(m->signature, &signature, NULL) == RC_OK)
		good = cert_signed(
		    cert, m->version == 1 ? CERT_SHA1 : CERT_SHA256, buf_sv(&text), buf_sv(&signature));
	buf_fini(&text);
	buf_fini(&signature);
	return good ? RC_OK : err_set(e, RC_REJECT, "its signature is not SNS's over what it says");
}

enum rc trust_check(struct trust *t, const struct notice *m, struct err *e)
{
	const struct cert *cert;
	enum rc rc = check_words(t, m, e);
	if (rc == RC_OK)
		rc = certificate(t, m->certificate_url, &cert, e);
	if (rc == RC_OK && !cert_valid_at(cert, clk_now_ms()))
		rc = err_set(e, RC_REJECT, "its signing certificate is not valid now");
	return rc == RC_OK ? check_signature(m, cert, e) : rc;
}

enum rc trust_confirm(const struct notice *m, struct err *e)
{
	struct http_reply reply = {0};
	if (!notice_subscribe_url_ok(m->subscribe_url, notice_topic_region(m->topic_arn)))
		return err_set(e, RC_REJECT, "its SubscribeURL is not at SNS of the topic's region");
	enum rc rc = get(m->subscribe_url, &reply, e);
	http_reply_fini(&reply);
	return rc;
}
