/* SNS requests and replies. Called by the SNS sink on the dispatcher's thread; owns nothing.
 *
 * Replies are read by looking for <MessageId>, <Code> and <Message> and not with expat: they are a few
 * hundred bytes of a fixed shape without attributes, CDATA or nesting of these names, and what is not found
 * makes the answer SNS_RETRY or leaves the HTTP status to decide. S3's listings are another matter. */
#include "base/aws/sns.h"

#include "base/aws/sigv4.h"
#include "base/heap.h"
#include "base/utf8.h"

#define READ_BYTES 65536 /* of a reply; SNS's are below 1 KiB */

bool sns_is_fifo(struct sv topic_arn)
{
	return sv_ends(topic_arn, SV(".fifo"));
}

size_t sns_size(const struct sns_publish *p)
{
	size_t bytes = p->message.len;
	for (size_t i = 0; i < p->n_attributes; i++)
		bytes += strlen(p->attributes[i].name) + strlen("String") + p->attributes[i].value.len;
	return bytes;
}

static void add_attribute(struct buf *form, size_t number, const struct sns_attribute *a)
{
	char name[64];
	snprintf(name, sizeof name, "MessageAttributes.entry.%zu.Name", number);
	sigv4_param(form, name, sv_from(a->name));
	snprintf(name, sizeof name, "MessageAttributes.entry.%zu.Value.DataType", number);
	sigv4_param(form, name, SV("String"));
	snprintf(name, sizeof name, "MessageAttributes.entry.%zu.Value.StringValue", number);
	sigv4_param(form, name, a->value);
}

static void add_if(struct buf *form, const char *name, struct sv value)
{
	if (value.len)
		sigv4_param(form, name, value);
}

void sns_build(const struct sns_publish *p, const char *url, struct http_request *out)
{
	struct buf *form = &out->body;
	out->method = "POST";
	out->url = heap_printf("%s/", url);
	http_request_header(out, "Content-Type", SV("application/x-www-form-urlencoded; charset=utf-8"));
	sigv4_param(form, "Action", SV("Publish"));
	sigv4_param(form, "Version", SV("2010-03-31"));
	sigv4_param(form, "TopicArn", p->topic_arn);
	sigv4_param(form, "Message", p->message);
	add_if(form, "MessageStructure", p->structured ? SV("json") : SV(""));
	add_if(form, "Subject", p->subject);
	add_if(form, "MessageGroupId", p->group_id);
	add_if(form, "MessageDeduplicationId", p->dedup_id);
	for (size_t i = 0; i < p->n_attributes; i++)
		add_attribute(form, i + 1, &p->attributes[i]);
}

/* --- replies --------------------------------------------------------------------------------------- */

/* Text between <name> and the next <; empty when there is none. */
static struct sv element(struct sv xml, const char *name)
{
	char tag[32];
	int len = snprintf(tag, sizeof tag, "<%s>", name);
	size_t at = sv_find(xml, sv_of(tag, (size_t)len));
	if (at == SV_NONE)
		return (struct sv){NULL, 0};
	struct sv rest = sv_skip(xml, at + (size_t)len);
	size_t end = sv_find_char(rest, '<');
	return end == SV_NONE ? (struct sv){NULL, 0} : sv_trim(sv_head(rest, end));
}

/* XML's five entities; any other stays as it is. */
static void unescape(struct sv s, struct buf *out)
{
	static const struct {
		const char *entity;
		char c;
	} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	while (s.len) {
		size_t step = 1;
		char c = s.ptr[0];
		for (size_t i = 0; c == '&' && i < sizeof entities / sizeof entities[0]; i++)
			if (sv_starts(s, sv_from(entities[i].entity))) {
				step = strlen(entities[i].entity);
				buf_addc(out, entities[i].c);
			}
		if (step == 1)
			buf_addc(out, c);
		s = sv_skip(s, step);
	}
}

/* Printable first line of an element, cut to its place: what comes behind it (the canonical string of a wrong
 * signature) helps nobody in a log. */
static void take(struct sv xml, const char *name, char *out, size_t size)
{
	struct buf plain = {0}, shown = {0};
	struct sv text = element(xml, name);
	unescape(sv_head(sv_trim(sv_head(text, sv_find_char(text, '\n'))), size), &plain);
	buf_add_printable(&shown, buf_sv(&plain));
	snprintf(out, size, "%.*s", SV_ARG(utf8_cut(buf_sv(&shown), size - 1)));
	buf_fini(&plain);
	buf_fini(&shown);
}

static bool one_of(const char *code, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(code, list[i]) == 0)
			return true;
	return false;
}
#define ONE_OF(code, list) one_of((code), (list), sizeof(list) / sizeof(list)[0])

/* The throttling and transient codes of botocore's standard retry mode, and SNS's own. */
static const char *const retry_codes[] = {"Throttling", "ThrottlingException", "ThrottledException",
    "RequestThrottledException", "RequestThrottled", "Throttled", "TooManyRequestsException",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded",
    "BandwidthLimitExceeded", "LimitExceededException", "SlowDown", "EC2ThrottledException", "RequestTimeout",
    "RequestTimeoutException", "PriorRequestNotComplete", "KMSThrottling", "KMSThrottlingException",
    "InternalError", "InternalErrorException", "InternalFailure", "ServiceUnavailable"};

/* SignatureDoesNotMatch is here, since a wrong secret is mended by giving the right one. */
static const char *const credential_codes[] = {"ExpiredToken", "ExpiredTokenException",
    "InvalidClientTokenId", "UnrecognizedClientException", "MissingAuthenticationToken",
    "MissingAuthenticationTokenException", "InvalidAccessKeyId", "InvalidSecurity", "SignatureDoesNotMatch",
    "InvalidSignatureException", "IncompleteSignature", "IncompleteSignatureException"};

static const char *const clock_codes[] = {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"};

/* "Signature expired: 20261124T030405Z is now earlier than …", "Signature not yet current: …" */
static bool about_time(const char *message)
{
	return strstr(message, "Signature expired") || strstr(message, "not yet current");
}

static enum sns_answer classify(int status, const struct sns_result *r)
{
	if (status >= 200 && status < 300)
		return r->message_id[0] ? SNS_SENT : SNS_RETRY;
	if (status >= 500 || status == 408 || status == 429 || ONE_OF(r->code, retry_codes))
		return SNS_RETRY;
	if (ONE_OF(r->code, clock_codes))
		return SNS_CLOCK;
	if (ONE_OF(r->code, credential_codes))
		return about_time(r->message) ? SNS_CLOCK : SNS_CREDENTIALS;
	/* Without an AWS code it was something on the way that refused: nothing about the message. */
	return r->code[0] ? SNS_REJECT : SNS_RETRY;
}

void sns_read(const struct http_reply *reply, struct sns_result *out)
{
	struct sv xml = sv_head(buf_sv(&reply->body), READ_BYTES);
	struct sns_result r = {0};
	if (reply->status >= 200 && reply->status < 300) {
		if (sv_find(xml, SV("<PublishResponse")) != SV_NONE)
			take(xml, "MessageId", r.message_id, sizeof r.message_id);
	} else if (reply->status && sv_find(xml, SV("<ErrorResponse")) != SV_NONE) {
		take(xml, "Code", r.code, sizeof r.code);
		take(xml, "Message", r.message, sizeof r.message);
	}
	if (!reply->status)
		snprintf(r.message, sizeof r.message, "%.*s", (int)sizeof r.message - 1, reply->error.text);
	r.answer = classify(reply->status, &r);
	*out = r;
}
