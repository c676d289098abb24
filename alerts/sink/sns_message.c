/* Alerts as SNS messages. Called by the SNS sink on the dispatcher's thread; owns nothing. */
#include "alerts/sink/sns_message.h"

#include "alerts/render/render.h"
#include "base/jout.h"
#include "base/net/crypto.h"
#include "base/utf8.h"

#define MAX_VALUE_BYTES 256

/* In which shape a message is tried, until one fits. */
enum shape {
	SHAPE_FULL,     /* the JSON for each protocol that machines read, `default` for people */
	SHAPE_SHARED,   /* the JSON once, as `default` */
	SHAPE_NO_EVENT, /* the same without the record */
	SHAPE_COUNT
};

static void copy_member(void *ctx, struct sv key, const struct jdoc *value)
{
	struct jout *j = ctx;
	if (sv_eq(key, SV("event")))
		return;
	struct buf text = {0};
	jdoc_write(value, false, &text);
	jout_key_sv(j, key);
	jout_raw(j, buf_sv(&text));
	buf_fini(&text);
}

static void without_event(const struct jdoc *alert, struct buf *out)
{
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jdoc_members(alert, copy_member, &j);
	jout_kv_bool(&j, "event_omitted", true);
	jout_end_object(&j);
}

static void write_message(
    const struct delivery *d, const struct render_style *style, enum shape shape, struct buf *out)
{
	static const char *const machines[] = {"sqs", "lambda", "http", "https"};
	struct buf page = {0}, sms = {0}, json = {0};
	render_page(d->alert, style, &page);
	render_sms(d->alert, style, &sms);
	if (shape == SHAPE_NO_EVENT)
		without_event(d->alert, &json);
	else
		buf_add(&json, d->body);
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv(&j, "default", shape == SHAPE_FULL ? buf_sv(&page) : buf_sv(&json));
	jout_kv(&j, "email", buf_sv(&page));
	jout_kv(&j, "sms", utf8_cut(buf_sv(&sms), RENDER_SMS_BYTES));
	for (size_t i = 0; shape == SHAPE_FULL && i < sizeof machines / sizeof machines[0]; i++)
		jout_kv(&j, machines[i], buf_sv(&json));
	jout_end_object(&j);
	buf_fini(&page);
	buf_fini(&sms);
	buf_fini(&json);
}

/* SNS's subjects: printable ASCII that begins with no blank, fewer than 100 characters. */
static void write_subject(const struct jdoc *alert, struct buf *out)
{
	struct buf full = {0};
	render_subject(alert, &full);
	struct sv rest = sv_trim(buf_sv(&full));
	while (rest.len && out->len < SNS_MAX_SUBJECT_CHARACTERS) {
		uint32_t cp = utf8_next(&rest);
		buf_addc(out, cp >= ' ' && cp < 0x7f ? (char)cp : '?');
	}
	while (out->len && out->ptr[out->len - 1] == ' ')
		out->ptr[--out->len] = 0;
	buf_fini(&full);
}

/* What filter policies of subscriptions look at. Absent values are left out: SNS refuses empty ones. */
static void add_attributes(const struct jdoc *alert, struct sns_message *m)
{
	static const char *const wanted[SNS_MESSAGE_ATTRIBUTES][2] = {{"level", "rule.level"},
	    {"rule", "rule.id"}, {"account", "account"}, {"region", "region"}, {"outcome", "outcome"}};
	size_t n = 0;
	for (size_t i = 0; i < SNS_MESSAGE_ATTRIBUTES; i++) {
		struct sv value = jdoc_text(alert, wanted[i][1]);
		if (!value.len)
			continue;
		buf_add_printable(&m->values[n], utf8_cut(value, MAX_VALUE_BYTES));
		m->attributes[n] = (struct sns_attribute){wanted[i][0], buf_sv(&m->values[n])};
		n++;
	}
	m->publish.attributes = m->attributes;
	m->publish.n_attributes = n;
}

/* FIFO topics keep the order within a group: one rule's alerts about one principal of one account. Hashed,
 * since the ids allow few characters and the values are an attacker's. */
static void add_fifo_ids(const struct delivery *d, struct sns_message *m)
{
	static const char *const parts[] = {"rule.id", "account", "principal"};
	struct buf group = {0};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		buf_add(&group, jdoc_text(d->alert, parts[i]));
		buf_addc(&group, 0);
	}
	crypto_sha256_hex(buf_sv(&group), m->group_id);
	crypto_sha256_hex(d->key, m->dedup_id);
	m->publish.group_id = sv_from(m->group_id);
	m->publish.dedup_id = sv_from(m->dedup_id);
	buf_fini(&group);
}

enum rc sns_message_make(
    const struct delivery *d, struct sv topic_arn, const char *zone, struct sns_message *out, struct err *e)
{
	struct render_style style = {.timezone = zone, .now_ms = RENDER_NO_TIME};
	out->publish = (struct sns_publish){.topic_arn = topic_arn, .structured = true};
	write_subject(d->alert, &out->subject);
	out->publish.subject = buf_sv(&out->subject);
	add_attributes(d->alert, out);
	if (sns_is_fifo(topic_arn))
		add_fifo_ids(d, out);
	for (enum shape shape = SHAPE_FULL; shape < SHAPE_COUNT; shape++) {
		buf_reset(&out->message);
		write_message(d, &style, shape, &out->message);
		out->publish.message = buf_sv(&out->message);
		if (sns_size(&out->publish) <= SNS_MAX_BYTES)
			return RC_OK;
	}
	return err_set(e, RC_REJECT, "the alert takes %zu bytes without its event, SNS allows %d",
	    sns_size(&out->publish), SNS_MAX_BYTES);
}

void sns_message_fini(struct sns_message *m)
{
	buf_fini(&m->message);
	buf_fini(&m->subject);
	for (size_t i = 0; i < SNS_MESSAGE_ATTRIBUTES; i++)
		buf_fini(&m->values[i]);
}
