/* SNS requests and replies. Called by the SNS sink on the dispatcher's thread; owns nothing.
 *
 * Replies are read by looking for <MessageId>, <Code> and <Message> and not with expat: they are a few
 * hundred bytes of a fixed shape without attributes, CDATA or nesting of these names, and what is not found
 * makes the answer SNS_RETRY or leaves the HTTP status to decide. S3's listings are another matter. */
#include "base/aws/sns.h"

#include <stdio.h>

#include "base/aws/failure.h"
#include "base/aws/sigv4.h"
#include "base/heap.h"

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

static enum sns_answer answer_of(const struct http_reply *reply, const struct failure *f)
{
	switch (f->kind) {
	case FAILURE_CREDENTIALS: return SNS_CREDENTIALS;
	case FAILURE_CLOCK: return SNS_CLOCK;
	/* Without an AWS code it was something on the way that refused: nothing about the message. */
	case FAILURE_REFUSED: return reply->status && f->code[0] ? SNS_REJECT : SNS_RETRY;
	case FAILURE_NONE:
	case FAILURE_TRANSIENT:
	case FAILURE_THROTTLED:
	case FAILURE_REGION: return SNS_RETRY;
	}
	return SNS_RETRY; /* not reached: the compiler checks the switch */
}

void sns_read(const struct http_reply *reply, struct sns_result *out)
{
	struct sv xml = sv_head(buf_sv(&reply->body), READ_BYTES);
	struct failure f;
	*out = (struct sns_result){.answer = SNS_RETRY};
	failure_read(reply, &f);
	if (f.kind == FAILURE_NONE) {
		if (sv_find(xml, SV("<PublishResponse")) != SV_NONE)
			failure_xml_text(xml, "MessageId", out->message_id, sizeof out->message_id);
		if (out->message_id[0])
			out->answer = SNS_SENT;
		return;
	}
	snprintf(out->code, sizeof out->code, "%s", f.code);
	snprintf(out->message, sizeof out->message, "%s", f.message);
	out->answer = answer_of(reply, &f);
}

/* --- the topic ------------------------------------------------------------------------------------- */

void sns_topic_attributes(struct sv topic_arn, struct aws_request *out)
{
	*out = (struct aws_request){.service = "sns", .method = "POST"};
	buf_adds(&out->path, "/");
	aws_request_header(out, "Content-Type", SV("application/x-www-form-urlencoded; charset=utf-8"));
	sigv4_param(&out->body, "Action", SV("GetTopicAttributes"));
	sigv4_param(&out->body, "Version", SV("2010-03-31"));
	sigv4_param(&out->body, "TopicArn", topic_arn);
}

/* <entry><key>NAME</key><value>…</value></entry>, with or without blanks between. */
static void attribute(struct sv xml, const char *name, char *out, size_t size)
{
	char key[64];
	snprintf(key, sizeof key, "<key>%s</key>", name);
	size_t at = sv_find(xml, sv_from(key));
	out[0] = '\0';
	if (at != SV_NONE) {
		struct sv rest = sv_skip(xml, at + strlen(key));
		failure_xml_text(sv_head(rest, sv_find(rest, SV("</entry>"))), "value", out, size);
	}
}

static int64_t attribute_number(struct sv xml, const char *name)
{
	char text[32];
	int64_t number = -1;
	attribute(xml, name, text, sizeof text);
	sv_int(sv_from(text), 0, INT64_MAX, &number);
	return number;
}

void sns_read_topic(const struct http_reply *reply, struct sns_topic *out)
{
	struct sv xml = sv_head(buf_sv(&reply->body), READ_BYTES);
	out->confirmed = attribute_number(xml, "SubscriptionsConfirmed");
	out->pending = attribute_number(xml, "SubscriptionsPending");
	attribute(xml, "KmsMasterKeyId", out->kms_key, sizeof out->kms_key);
}
