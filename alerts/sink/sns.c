/* Alerts published to an SNS topic: message by sns_message.c, request by base/aws/sns.c, our own signature.
 * The topic's ARN decides region and partition. Each attempt is signed anew, with the clock's offset that
 * AWS's last complaint taught us. */
#include "alerts/sink/sns_check.h"
#include "alerts/sink/sns_message.h"

#include "base/aws/arn.h"
#include "base/aws/endpoint.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "config/aws_options.h"

struct sink {
	const struct options *options;
	struct sv topic_arn;
	char *url, *region;
	const char *timezone;
	struct credentials *credentials;
	int64_t clock_offset_ms; /* AWS's clock minus ours */
	bool mended;             /* new keys or clock since AWS last accepted: don't retry at once again */
};

static const struct option options[] = {
    {.name = "topic_arn",
	.type = OPTION_TEXT,
	.fallback = OPTION_REQUIRED,
	.help = "The topic, standard or FIFO; its ARN also gives region and partition."},
    AWS_OPTIONS("SNS"),
};

static const struct option_table table = {.kind = "sinks.sns",
    .help = "Publishes each alert to an Amazon SNS topic.",
    .options = options,
    .n = sizeof options / sizeof options[0]};

/* --- opening --------------------------------------------------------------------------------------- */

/* Reads the options anew: a secret's file may hold other keys now. */
static enum rc renew_credentials(struct sink *s, struct aws_options *out, struct err *e)
{
	*out = (struct aws_options){0};
	enum rc rc = aws_options_read(s->options, out, e);
	if (rc != RC_OK)
		return rc;
	out->credentials.region = s->region;
	credentials_free(s->credentials);
	s->credentials = credentials_new(&out->credentials);
	return RC_OK;
}

static enum rc read_topic(struct sink *s, struct err *e)
{
	struct arn arn;
	const char *text = options_text(s->options, "topic_arn");
	if (!arn_parse(sv_from(text), &arn) || !sv_eq(arn.service, SV("sns")))
		return err_set(e, RC_CONFIG,
		    "\"topic_arn\" is no topic: arn:aws:sns:REGION:ACCOUNT:NAME is expected, not \"%s\"",
		    text);
	s->topic_arn = sv_from(text);
	s->region = heap_text(arn.region);
	struct aws_options aws;
	enum rc rc = renew_credentials(s, &aws, e);
	if (rc != RC_OK)
		return rc;
	char *configured = heap_text(aws.endpoint_url);
	struct buf url = {0};
	rc = endpoint_url(&(struct endpoint_request){.service = "sns",
			      .region = arn.region,
			      .partition = arn.partition,
			      .configured = configured,
			      .profile = aws.credentials.profile},
	    &url, e);
	s->url = buf_take(&url);
	free(configured);
	return rc;
}

static void close_sns(struct sink *s)
{
	if (!s)
		return;
	credentials_free(s->credentials);
	free(s->url);
	free(s->region);
	free(s);
}

static enum rc open_sns(
    const struct options *given, const struct sink_context *context, struct sink **out_sink, struct err *e)
{
	struct sink *s = heap_zero(1, sizeof *s);
	*s = (struct sink){.options = given, .timezone = context->timezone};
	enum rc rc = read_topic(s, e);
	if (rc != RC_OK) {
		close_sns(s);
		return rc;
	}
	*out_sink = s;
	return RC_OK;
}

/* --- one attempt ----------------------------------------------------------------------------------- */

static enum rc sign(struct sink *s, struct http_request *r, struct err *e)
{
	int64_t now = clk_now_ms() + s->clock_offset_ms;
	struct sigv4_keys keys;
	struct err why = {0};
	/* Whatever keeps us from keys, a person or time mends it: the alert waits. */
	if (credentials_get(s->credentials, now, &keys, &why) != RC_OK)
		return err_set(e, RC_RETRY, "%s", why.text);
	struct sigv4_scope scope = {.service = "sns", .region = s->region};
	return sigv4_sign(r, &scope, &keys, now, NULL, e);
}

static enum rc sns_request(struct sink *s, const struct delivery *d, struct http_request *out, struct err *e)
{
	struct sns_message m = {0};
	enum rc rc = sns_message_make(d, s->topic_arn, s->timezone, &m, e);
	if (rc == RC_OK) {
		sns_build(&m.publish, s->url, out);
		rc = sign(s, out, e);
	}
	sns_message_fini(&m);
	return rc;
}

/* The first time at once, then by the usual schedule: what we mended did not help. */
static int64_t mended_now(struct sink *s)
{
	int64_t wait = s->mended ? -1 : 0;
	s->mended = true;
	return wait;
}

static struct sink_verdict set_clock(
    struct sink *s, const struct http_reply *reply, const struct sns_result *r)
{
	if (reply->date_ms < 0)
		return sink_retry(
		    -1, "SNS says that our clock is wrong (%s), and gives no Date to mend it", r->code);
	int64_t wait = mended_now(s);
	s->clock_offset_ms = reply->date_ms - clk_now_ms();
	log_warn("clock differs from AWS", "offset_s=%lld next=\"check this machine's time service\"",
	    (long long)(s->clock_offset_ms / 1000));
	return sink_retry(wait, "SNS says that our clock is wrong (%s); it is %lld s off, corrected", r->code,
	    (long long)(s->clock_offset_ms / 1000));
}

static struct sink_verdict sns_judge(struct sink *s, const struct delivery *d, const struct http_reply *reply)
{
	struct sns_result r;
	(void)d;
	sns_read(reply, &r);
	switch (r.answer) {
	case SNS_SENT: s->mended = false; return sink_sent();
	case SNS_RETRY:
		if (!reply->status)
			return sink_retry(-1, "%s", r.message);
		if (!r.code[0])
			return sink_retry(
			    reply->retry_after_ms, "SNS answered %d without an AWS reply", reply->status);
		return sink_retry(
		    reply->retry_after_ms, "SNS answered %d %s: %s", reply->status, r.code, r.message);
	case SNS_CREDENTIALS:
		renew_credentials(s, &(struct aws_options){0}, NULL);
		return sink_retry(mended_now(s), "SNS refuses our keys: %s: %s", r.code, r.message);
	case SNS_CLOCK: return set_clock(s, reply, &r);
	case SNS_REJECT:
		return sink_reject(
		    "SNS refuses to publish to %.*s: %s: %s", SV_ARG(s->topic_arn), r.code, r.message);
	}
	return sink_reject("SNS: unknown answer"); /* not reached: the compiler checks the switch */
}

/* A FIFO topic keeps the order in which messages reach it. */
static bool sns_ordered(const struct sink *s)
{
	return sns_is_fifo(s->topic_arn);
}

const struct sink_type sink_sns = {
    .name = "sns",
    .table = &table,
    .open = open_sns,
    .close = close_sns,
    .request = sns_request,
    .judge = sns_judge,
    .ordered = sns_ordered,
    .grants = sns_check_grants,
    .check = sns_check,
};
