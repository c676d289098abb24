/* Reading what SNS posts. */
#include "agent/source/push/notice.h"

#define MAX_URL 2048

static enum rc read_type(struct notice *m, struct err *e)
{
	struct sv type = jdoc_text(m->doc, "Type");
	if (sv_eq(type, SV("Notification")))
		m->type = NOTICE_NOTIFICATION;
	else if (sv_eq(type, SV("SubscriptionConfirmation")))
		m->type = NOTICE_SUBSCRIBE;
	else if (sv_eq(type, SV("UnsubscribeConfirmation")))
		m->type = NOTICE_UNSUBSCRIBE;
	else
		return err_set(e, RC_INPUT, "no Type of an SNS message");
	return RC_OK;
}

static enum rc read_version(struct notice *m, struct err *e)
{
	struct sv version = jdoc_text(m->doc, "SignatureVersion");
	m->version = sv_eq(version, SV("1")) ? 1 : sv_eq(version, SV("2")) ? 2 : 0;
	return m->version ? RC_OK : err_set(e, RC_INPUT, "SignatureVersion is neither 1 nor 2");
}

static enum rc read_parts(struct notice *m, struct err *e)
{
	const struct {
		const char *name;
		struct sv *value;
		bool wanted;
	} parts[] = {
	    {"MessageId", &m->id, true},
	    {"TopicArn", &m->topic_arn, true},
	    {"Message", &m->message, true},
	    {"Timestamp", &m->timestamp, true},
	    {"SigningCertURL", &m->certificate_url, true},
	    {"Signature", &m->signature, true},
	    {"Subject", &m->subject, false},
	    {"Token", &m->token, m->type != NOTICE_NOTIFICATION},
	    {"SubscribeURL", &m->subscribe_url, m->type != NOTICE_NOTIFICATION},
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		*parts[i].value = jdoc_text(m->doc, parts[i].name);
		if (parts[i].wanted && !parts[i].value->ptr)
			return err_set(
			    e, RC_INPUT, "no %s, which every message of its type has", parts[i].name);
	}
	return RC_OK;
}

enum rc notice_read(struct sv body, struct notice *out, struct err *e)
{
	*out = (struct notice){0};
	enum rc rc = jdoc_read(body, &out->doc, NULL);
	if (rc != RC_OK)
		return err_set(e, RC_INPUT, "the body is no JSON");
	rc = read_type(out, e);
	if (rc == RC_OK)
		rc = read_version(out, e);
	if (rc == RC_OK)
		rc = read_parts(out, e);
	if (rc != RC_OK)
		notice_fini(out);
	return rc;
}

void notice_fini(struct notice *m)
{
	jdoc_free(m->doc);
	*m = (struct notice){0};
}

static void add_part(struct buf *out, struct sv name, struct sv value)
{
	if (!value.ptr)
		return;
	buf_add(out, name);
	buf_addc(out, '\n');
	buf_add(out, value);
	buf_addc(out, '\n');
}

void notice_signed_text(const struct notice *m, struct buf *out)
{
	bool notification = m->type == NOTICE_NOTIFICATION;
	const struct sv none = {NULL, 0};
	add_part(out, SV("Message"), m->message);
	add_part(out, SV("MessageId"), m->id);
	add_part(out, SV("Subject"), notification ? m->subject : none);
	add_part(out, SV("SubscribeURL"), notification ? none : m->subscribe_url);
	add_part(out, SV("Timestamp"), m->timestamp);
	add_part(out, SV("Token"), notification ? none : m->token);
	add_part(out, SV("TopicArn"), m->topic_arn);
	add_part(out, SV("Type"), jdoc_text(m->doc, "Type"));
}

/* arn:PARTITION:sns:REGION:ACCOUNT:NAME */
struct sv notice_topic_region(struct sv topic_arn)
{
	struct sv rest = topic_arn, part = {NULL, 0}, region = {NULL, 0};
	for (int i = 0; i < 4; i++) {
		if (!sv_cut(&rest, ':', &part))
			return region;
		if ((i == 0 && !sv_eq(part, SV("arn"))) || (i == 2 && !sv_eq(part, SV("sns"))))
			return region;
	}
	for (size_t i = 0; i < part.len; i++) {
		char c = part.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return region;
	}
	return part.len >= 3 && rest.len ? part : region;
}

/* The URL behind https://sns.REGION.amazonaws.com/; ptr NULL when it is at no such place. */
static struct sv behind_host(struct sv url, struct sv region)
{
	const struct sv none = {NULL, 0}, domains[] = {SV(".amazonaws.com/"), SV(".amazonaws.com.cn/")};
	bool china = sv_starts(region, SV("cn-"));
	if (!region.len || url.len > MAX_URL || !sv_starts(url, SV("https://sns.")))
		return none;
	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] <= ' ' || url.ptr[i] >= 0x7f || url.ptr[i] == '\\' || url.ptr[i] == '@')
			return none;
	url = sv_skip(url, sizeof "https://sns." - 1);
	if (!sv_starts(url, region))
		return none;
	url = sv_skip(url, region.len);
	return sv_starts(url, domains[china]) ? sv_skip(url, domains[china].len) : none;
}

bool notice_certificate_url_ok(struct sv url, struct sv region)
{
	struct sv file = behind_host(url, region);
	if (!file.ptr || !sv_starts(file, SV("SimpleNotificationService-")) || !sv_ends(file, SV(".pem")))
		return false;
	for (size_t i = 0; i < file.len; i++) {
		char c = file.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			     c == '-' || c == '_' || c == '.';
		if (!plain)
			return false;
	}
	return sv_find(file, SV("..")) == SV_NONE;
}

bool notice_subscribe_url_ok(struct sv url, struct sv region)
{
	struct sv rest = behind_host(url, region);
	return rest.ptr && sv_starts(rest, SV("?")) && sv_find_char(rest, '#') == SV_NONE;
}
