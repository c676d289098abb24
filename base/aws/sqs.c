/* SQS requests and replies. Called by the sqs source and by `doctor`; owns nothing but what it returns. */
#include "base/aws/sqs.h"

#include <stdio.h>

#include "base/heap.h"
#include "base/jout.h"
#include "base/net/crypto.h"

#define REPLY_SPARE_MS 10000 /* a long poll's answer may take that long behind its wait */

/* --- URLs ------------------------------------------------------------------------------------------ */

/* Host of a URL without its port. */
static struct sv host_of(struct sv url)
{
	size_t at = sv_find(url, SV("://"));
	struct sv host = at == SV_NONE ? (struct sv){NULL, 0} : sv_skip(url, at + 3);
	host = sv_head(host, sv_find_char(host, '/'));
	return sv_head(host, sv_find_char(host, ':'));
}

static bool looks_like_region(struct sv s)
{
	size_t dashes = 0;
	for (size_t i = 0; i < s.len; i++)
		dashes += s.ptr[i] == '-';
	return dashes >= 2 && s.len <= 32 && s.ptr[s.len - 1] >= '0' && s.ptr[s.len - 1] <= '9';
}

struct sv sqs_url_region(struct sv url)
{
	struct sv host = host_of(url), label, before = {NULL, 0};
	bool sqs = false;
	while (sv_cut(&host, '.', &label)) {
		/* "sqs" or "sqs-fips" and then the region; or the region and then "queue". */
		if (sqs && looks_like_region(label))
			return label;
		if (sv_eq(label, SV("queue")) && looks_like_region(before))
			return before;
		sqs = sqs || sv_eq(label, SV("sqs")) || sv_eq(label, SV("sqs-fips"));
		before = label;
	}
	return (struct sv){NULL, 0};
}

bool sqs_url_valid(struct sv url)
{
	struct sv host = host_of(url), account;
	size_t at = sv_find(url, SV("://"));
	if ((!sv_starts(url, SV("https://")) && !sv_starts(url, SV("http://"))) || !host.len)
		return false;
	struct sv path = sv_skip(url, at + 3);
	path = sv_skip(path, sv_find_char(path, '/'));
	if (path.len < 2)
		return false;
	path = sv_skip(path, 1);
	bool two = sv_cut(&path, '/', &account) && account.len;
	return two && path.len && sv_find_char(path, '/') == SV_NONE && sv_find_char(path, '?') == SV_NONE;
}

/* --- requests -------------------------------------------------------------------------------------- */

static struct jout begin(struct sv queue_url, const char *action, struct aws_request *out)
{
	char *target = heap_printf("AmazonSQS.%s", action);
	*out = (struct aws_request){.service = "sqs", .method = "POST"};
	aws_request_header(out, "Content-Type", SV("application/x-amz-json-1.0"));
	aws_request_header(out, "X-Amz-Target", sv_from(target));
	free(target);
	struct jout j = jout_on(&out->body);
	jout_begin_object(&j);
	jout_kv(&j, "QueueUrl", queue_url);
	return j;
}

void sqs_receive(struct sv queue_url, int max, int wait_s, int64_t visibility_s, struct aws_request *out)
{
	struct jout j = begin(queue_url, "ReceiveMessage", out);
	jout_kv_int(&j, "MaxNumberOfMessages", max);
	jout_kv_int(&j, "WaitTimeSeconds", wait_s);
	jout_kv_int(&j, "VisibilityTimeout", visibility_s);
	/* The older name; queues that know the newer one take it as well. */
	jout_key(&j, "AttributeNames");
	jout_begin_array(&j);
	jout_string(&j, SV("All"));
	jout_end_array(&j);
	jout_end_object(&j);
	out->timeout_ms = wait_s * 1000 + REPLY_SPARE_MS;
}

static void batch(struct jout *j, const struct sv *receipts, size_t n, int64_t visibility_s)
{
	jout_key(j, "Entries");
	jout_begin_array(j);
	for (size_t i = 0; i < n; i++) {
		char id[24];
		snprintf(id, sizeof id, "%zu", i);
		jout_begin_object(j);
		jout_kv(j, "Id", sv_from(id));
		jout_kv(j, "ReceiptHandle", receipts[i]);
		if (visibility_s >= 0)
			jout_kv_int(j, "VisibilityTimeout", visibility_s);
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_end_object(j);
}

void sqs_delete(struct sv queue_url, const struct sv *receipts, size_t n, struct aws_request *out)
{
	struct jout j = begin(queue_url, "DeleteMessageBatch", out);
	batch(&j, receipts, n, -1);
}

void sqs_keep(
    struct sv queue_url, const struct sv *receipts, size_t n, int64_t visibility_s, struct aws_request *out)
{
	struct jout j = begin(queue_url, "ChangeMessageVisibilityBatch", out);
	batch(&j, receipts, n, visibility_s);
}

void sqs_attributes(struct sv queue_url, struct aws_request *out)
{
	struct jout j = begin(queue_url, "GetQueueAttributes", out);
	jout_key(&j, "AttributeNames");
	jout_begin_array(&j);
	jout_string(&j, SV("All"));
	jout_end_array(&j);
	jout_end_object(&j);
}

/* --- replies --------------------------------------------------------------------------------------- */

/* A JSON object, or nothing at all. *out is NULL for nothing. */
static enum rc read_object(const struct http_reply *reply, struct jdoc **out, struct err *e)
{
	struct sv body = sv_trim(buf_sv(&reply->body));
	*out = NULL;
	if (!body.len)
		return RC_OK;
	if (body.ptr[0] != '{' || jdoc_read(body, out, NULL) != RC_OK)
		return err_set(e, RC_RETRY,
		    "sqs answered %d with something that is not SQS's: is the queue's URL right, or is a "
		    "proxy in "
		    "between?",
		    reply->status);
	return RC_OK;
}

static int64_t number_in_text(const struct jdoc *doc, const char *path, int64_t otherwise)
{
	int64_t n;
	return sv_int(jdoc_text(doc, path), 0, INT64_MAX, &n) ? n : otherwise;
}

static bool is_damaged(struct sv body, struct sv md5)
{
	char hex[2 * CRYPTO_MD5_BYTES + 1];
	if (!md5.len)
		return false;
	crypto_md5_hex(body, hex);
	return !sv_eq_nocase(md5, sv_from(hex));
}

void sqs_messages_fini(struct sqs_messages *m)
{
	vec_fini(&m->list);
	jdoc_free(m->doc);
	*m = (struct sqs_messages){0};
}

enum rc sqs_read_messages(const struct http_reply *reply, struct sqs_messages *out, struct err *e)
{
	struct jdoc *doc;
	enum rc rc = read_object(reply, &doc, e);
	if (rc != RC_OK)
		return rc;
	*out = (struct sqs_messages){.doc = doc};
	const struct jdoc *list = doc ? jdoc_at(doc, "Messages") : NULL;
	for (size_t i = 0; list && i < jdoc_count(list); i++) {
		const struct jdoc *m = jdoc_item(list, i);
		struct sv receipt = jdoc_text(m, "ReceiptHandle"), body = jdoc_text(m, "Body");
		if (!receipt.len)
			continue; /* it can't be answered for, so it comes again */
		vec_push(
		    &out->list, (struct sqs_message){.id = jdoc_text(m, "MessageId"),
				    .receipt = receipt,
				    .body = body,
				    .receives = number_in_text(m, "Attributes.ApproximateReceiveCount", 0),
				    .sent_ms = number_in_text(m, "Attributes.SentTimestamp", 0),
				    .damaged = is_damaged(body, jdoc_text(m, "MD5OfBody"))});
	}
	return RC_OK;
}

enum rc sqs_read_batch(const struct http_reply *reply, size_t n_entries,
    void (*failed)(void *ctx, size_t entry, const struct failure *why), void *ctx, struct err *e)
{
	struct jdoc *doc;
	enum rc rc = read_object(reply, &doc, e);
	if (rc != RC_OK)
		return rc;
	const struct jdoc *list = doc ? jdoc_at(doc, "Failed") : NULL;
	/* Some emulators answer nothing at all; SQS names what it did. */
	if (doc && !list && !jdoc_at(doc, "Successful"))
		rc = err_set(e, RC_RETRY, "sqs answered %d without saying what it did", reply->status);
	for (size_t i = 0; list && i < jdoc_count(list); i++) {
		const struct jdoc *entry = jdoc_item(list, i);
		struct failure why = {.kind = FAILURE_TRANSIENT};
		int64_t n;
		snprintf(why.code, sizeof why.code, "%.*s", SV_ARG(jdoc_text(entry, "Code")));
		snprintf(why.message, sizeof why.message, "%.*s", SV_ARG(jdoc_text(entry, "Message")));
		failure_judge(&why);
		if (why.kind == FAILURE_REFUSED && !jdoc_bool(entry, "SenderFault", false))
			why.kind = FAILURE_TRANSIENT;
		if (sv_int(jdoc_text(entry, "Id"), 0, (int64_t)n_entries - 1, &n))
			failed(ctx, (size_t)n, &why);
	}
	jdoc_free(doc);
	return rc;
}

/* The redrive policy is JSON in a text. */
static void read_policy(struct sv text, struct sqs_queue *out)
{
	struct jdoc *policy;
	if (!text.len || jdoc_read(text, &policy, NULL) != RC_OK)
		return;
	out->max_receives =
	    jdoc_int(policy, "maxReceiveCount", number_in_text(policy, "maxReceiveCount", out->max_receives));
	snprintf(out->dead_letter_arn, sizeof out->dead_letter_arn, "%.*s",
	    SV_ARG(jdoc_text(policy, "deadLetterTargetArn")));
	jdoc_free(policy);
}

enum rc sqs_read_attributes(const struct http_reply *reply, struct sqs_queue *out, struct err *e)
{
	struct jdoc *doc;
	enum rc rc = read_object(reply, &doc, e);
	if (rc != RC_OK)
		return rc;
	const struct jdoc *a = doc ? jdoc_at(doc, "Attributes") : NULL;
	if (!a) {
		jdoc_free(doc);
		return err_set(e, RC_RETRY, "sqs answered %d without the queue's attributes", reply->status);
	}
	*out = (struct sqs_queue){.waiting = number_in_text(a, "ApproximateNumberOfMessages", -1),
	    .in_flight = number_in_text(a, "ApproximateNumberOfMessagesNotVisible", -1),
	    .delayed = number_in_text(a, "ApproximateNumberOfMessagesDelayed", -1),
	    .visibility_s = number_in_text(a, "VisibilityTimeout", -1),
	    .retention_s = number_in_text(a, "MessageRetentionPeriod", -1),
	    .max_receives = -1};
	read_policy(jdoc_text(a, "RedrivePolicy"), out);
	jdoc_free(doc);
	return RC_OK;
}
