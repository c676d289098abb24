/* Error replies of AWS. Called when an answer is in, by the client and by SNS's own reading; owns nothing. */
#include "base/aws/failure.h"

#include <stdio.h>

#include "base/heap.h"
#include "base/jdoc.h"
#include "base/utf8.h"

#define READ_BYTES 65536 /* of a reply; an error is a few hundred */

/* --- texts ----------------------------------------------------------------------------------------- */

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

/* Printable first line, cut to its place: what comes behind it (the canonical string of a wrong signature)
 * helps nobody in a log. */
static void put_line(struct sv text, char *out, size_t size)
{
	struct buf shown = {0};
	text = sv_trim(text);
	buf_add_printable(&shown, sv_head(sv_trim(sv_head(text, sv_find_char(text, '\n'))), size));
	snprintf(out, size, "%.*s", SV_ARG(utf8_cut(buf_sv(&shown), size - 1)));
	buf_fini(&shown);
}

void failure_xml_text(struct sv xml, const char *name, char *out, size_t size)
{
	char tag[40];
	int len = snprintf(tag, sizeof tag, "<%s>", name);
	size_t at = sv_find(xml, sv_of(tag, (size_t)len));
	struct sv text = {NULL, 0};
	struct buf plain = {0};
	if (at != SV_NONE) {
		struct sv rest = sv_skip(xml, at + (size_t)len);
		size_t end = sv_find_char(rest, '<');
		if (end != SV_NONE)
			text = sv_head(rest, end);
	}
	unescape(text, &plain);
	put_line(buf_sv(&plain), out, size);
	buf_fini(&plain);
}

/* "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue;Sender",
 * "InvalidParameter:http://internal…" → the name alone. */
static void put_code(struct sv text, char *out, size_t size)
{
	size_t hash = sv_find_char(text, '#');
	if (hash != SV_NONE)
		text = sv_skip(text, hash + 1);
	text = sv_head(text, sv_find_char(text, ':'));
	put_line(sv_head(text, sv_find_char(text, ';')), out, size);
}

static void read_json(struct sv body, struct failure *out)
{
	struct jdoc *doc;
	if (jdoc_read(body, &doc, NULL) != RC_OK)
		return;
	static const char *const code_keys[] = {"__type", "code", "Code", "Error.Code"};
	static const char *const message_keys[] = {"message", "Message", "errorMessage", "Error.Message"};
	for (size_t i = 0; !out->code[0] && i < sizeof code_keys / sizeof *code_keys; i++)
		put_code(jdoc_text(doc, code_keys[i]), out->code, sizeof out->code);
	for (size_t i = 0; !out->message[0] && i < sizeof message_keys / sizeof *message_keys; i++)
		put_line(jdoc_text(doc, message_keys[i]), out->message, sizeof out->message);
	jdoc_free(doc);
}

/* --- meaning --------------------------------------------------------------------------------------- */

static bool one_of(const char *code, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(code, list[i]) == 0)
			return true;
	return false;
}
#define ONE_OF(code, list) one_of((code), (list), sizeof(list) / sizeof(list)[0])

static const char *const throttled_codes[] = {"Throttling", "ThrottlingException", "ThrottledException",
    "RequestThrottledException", "RequestThrottled", "Throttled", "TooManyRequestsException",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded",
    "BandwidthLimitExceeded", "LimitExceededException", "SlowDown", "EC2ThrottledException", "KMSThrottling",
    "KMSThrottlingException", "OverLimit"};

static const char *const transient_codes[] = {"RequestTimeout", "RequestTimeoutException",
    "PriorRequestNotComplete", "InternalError", "InternalErrorException", "InternalFailure",
    "InternalServerError", "ServiceUnavailable", "ServiceUnavailableException", "IDPCommunicationError",
    "KMSInternalException"};

/* SignatureDoesNotMatch is here, since a wrong secret is mended by giving the right one. */
static const char *const credential_codes[] = {"ExpiredToken", "ExpiredTokenException",
    "InvalidClientTokenId", "UnrecognizedClientException", "MissingAuthenticationToken",
    "MissingAuthenticationTokenException", "InvalidAccessKeyId", "InvalidSecurity", "InvalidToken",
    "TokenRefreshRequired", "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature",
    "IncompleteSignatureException"};

static const char *const clock_codes[] = {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"};

static const char *const region_codes[] = {"PermanentRedirect", "TemporaryRedirect",
    "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"};

/* "Signature expired: 20261124T030405Z is now earlier than …", "Signature not yet current: …" */
static bool about_time(const char *message)
{
	return strstr(message, "Signature expired") || strstr(message, "not yet current");
}

void failure_judge(struct failure *f)
{
	if (ONE_OF(f->code, throttled_codes))
		f->kind = FAILURE_THROTTLED;
	else if (ONE_OF(f->code, transient_codes))
		f->kind = FAILURE_TRANSIENT;
	else if (ONE_OF(f->code, clock_codes))
		f->kind = FAILURE_CLOCK;
	else if (ONE_OF(f->code, credential_codes))
		f->kind = about_time(f->message) ? FAILURE_CLOCK : FAILURE_CREDENTIALS;
	else
		f->kind = f->code[0] ? FAILURE_REFUSED : FAILURE_TRANSIENT;
}

/* A HEAD, and S3's 301, may say where the bucket is in a header only. */
static void judge_region(const struct http_reply *reply, struct sv xml, struct failure *f)
{
	struct sv header = http_reply_header(reply, "x-amz-bucket-region");
	bool bare = reply->status == 400 && !xml.len && header.len; /* a HEAD, signed for another region */
	bool moved = reply->status == 301 || reply->status == 307 || bare || ONE_OF(f->code, region_codes);
	if (!moved)
		return;
	put_line(header, f->region, sizeof f->region);
	if (!f->region[0])
		failure_xml_text(xml, "Region", f->region, sizeof f->region);
	if (f->region[0] || f->code[0])
		f->kind = FAILURE_REGION;
}

void failure_read(const struct http_reply *reply, struct failure *out)
{
	*out = (struct failure){FAILURE_NONE};
	if (reply->status >= 200 && reply->status < 300)
		return;
	if (!reply->status) {
		put_line(sv_from(reply->error.text), out->message, sizeof out->message);
		out->kind = reply->error.rc == RC_REJECT ? FAILURE_REFUSED : FAILURE_TRANSIENT;
		return;
	}
	struct sv body = sv_head(buf_sv(&reply->body), READ_BYTES), text = sv_trim(body);
	put_code(http_reply_header(reply, "x-amzn-errortype"), out->code, sizeof out->code);
	if (text.len && text.ptr[0] == '{') {
		read_json(text, out);
	} else if (sv_find(text, SV("<Error>")) != SV_NONE ||
		   sv_find(text, SV("<ErrorResponse")) != SV_NONE) {
		failure_xml_text(text, "Code", out->code, sizeof out->code);
		failure_xml_text(text, "Message", out->message, sizeof out->message);
	}
	failure_judge(out);
	if (reply->status == 429)
		out->kind = FAILURE_THROTTLED;
	else if (out->kind == FAILURE_REFUSED && (reply->status >= 500 || reply->status == 408))
		out->kind = FAILURE_TRANSIENT;
	judge_region(reply, text, out);
	/* S3 answers a HEAD without a body: the status is all there is. */
	if (!out->code[0] && !text.len && out->kind == FAILURE_TRANSIENT &&
	    (reply->status == 403 || reply->status == 404)) {
		snprintf(out->code, sizeof out->code, reply->status == 403 ? "AccessDenied" : "NotFound");
		out->kind = FAILURE_REFUSED;
	}
	if (!out->message[0])
		snprintf(out->message, sizeof out->message, "HTTP %d%s", reply->status,
		    out->code[0] ? "" : " without an AWS reply");
}
