/* Replies about trails. Called by `doctor` and `init` on the main thread; owns nothing. */
#include "base/aws/trail.h"

#include "base/heap.h"
#include "base/jdoc.h"

void trails_fini(struct trails *t)
{
	for (size_t i = 0; i < t->list.n; i++) {
		struct trail *one = &t->list.items[i];
		char *texts[] = {one->name, one->arn, one->home_region, one->bucket, one->prefix,
		    one->topic_arn, one->kms_key, one->delivery_error, one->notification_error,
		    one->left_out};
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			free(texts[k]);
	}
	vec_fini(&t->list);
}

static char *text_of(const struct jdoc *d, const char *key)
{
	struct sv text = jdoc_text(d, key);
	return text.len ? heap_text(text) : NULL;
}

static enum rc open_reply(const struct http_reply *reply, const char *what, struct jdoc **out, struct err *e)
{
	if (jdoc_read(buf_sv(&reply->body), out, NULL) == RC_OK)
		return RC_OK;
	return err_set(e, RC_RETRY, "cloudtrail: the answer to %s is no JSON", what);
}

enum rc trail_read_list(const struct http_reply *reply, struct trails *out, struct err *e)
{
	struct jdoc *doc;
	enum rc rc = open_reply(reply, "DescribeTrails", &doc, e);
	if (rc != RC_OK)
		return rc;
	const struct jdoc *list = jdoc_at(doc, "trailList");
	for (size_t i = 0; i < jdoc_count(list); i++) {
		const struct jdoc *d = jdoc_item(list, i);
		struct trail t = {.name = text_of(d, "Name"),
		    .arn = text_of(d, "TrailARN"),
		    .home_region = text_of(d, "HomeRegion"),
		    .bucket = text_of(d, "S3BucketName"),
		    .prefix = text_of(d, "S3KeyPrefix"),
		    .topic_arn = text_of(d, "SnsTopicARN"),
		    .kms_key = text_of(d, "KmsKeyId"),
		    .multi_region = jdoc_bool(d, "IsMultiRegionTrail", false),
		    .organization = jdoc_bool(d, "IsOrganizationTrail", false),
		    .global_events = jdoc_bool(d, "IncludeGlobalServiceEvents", false),
		    .validation = jdoc_bool(d, "LogFileValidationEnabled", false),
		    .delivered_ms = -1};
		vec_push(&out->list, t);
	}
	jdoc_free(doc);
	return RC_OK;
}

/* Seconds since the epoch, which the JSON protocol writes with a fraction. */
static int64_t moment(const struct jdoc *d, const char *key)
{
	struct buf text = {0};
	int64_t seconds;
	const struct jdoc *v = jdoc_at(d, key);
	if (v)
		jdoc_write(v, false, &text);
	struct sv whole = sv_head(buf_sv(&text), sv_find_char(buf_sv(&text), '.'));
	bool good = sv_int(whole, 0, INT64_C(99999999999), &seconds);
	buf_fini(&text);
	return good ? seconds * 1000 : -1;
}

enum rc trail_read_status(const struct http_reply *reply, struct trail *t, struct err *e)
{
	struct jdoc *doc;
	enum rc rc = open_reply(reply, "GetTrailStatus", &doc, e);
	if (rc != RC_OK)
		return rc;
	t->status_known = true;
	t->logging = jdoc_bool(doc, "IsLogging", false);
	t->delivered_ms = moment(doc, "LatestDeliveryTime");
	t->delivery_error = text_of(doc, "LatestDeliveryError");
	t->notification_error = text_of(doc, "LatestNotificationError");
	jdoc_free(doc);
	return RC_OK;
}

static void leave_out(struct trail *t, struct sv source)
{
	char *before = t->left_out;
	t->left_out = heap_printf("%s%s%.*s", before ? before : "", before ? ", " : "", SV_ARG(source));
	free(before);
}

/* The older form: one entry says reads, writes or both, and which data. */
static void read_basic(const struct jdoc *selector, struct trail *t)
{
	struct sv type = jdoc_text(selector, "ReadWriteType");
	if (jdoc_bool(selector, "IncludeManagementEvents", true)) {
		t->reads |= !sv_eq(type, SV("WriteOnly"));
		t->writes |= !sv_eq(type, SV("ReadOnly"));
		const struct jdoc *out = jdoc_at(selector, "ExcludeManagementEventSources");
		for (size_t i = 0; i < jdoc_count(out); i++)
			leave_out(t, jdoc_text(jdoc_item(out, i), ""));
	}
	t->data |= jdoc_count(jdoc_at(selector, "DataResources")) > 0;
}

/* One selector of the newer form: conditions on fields, all of which hold. */
static void read_advanced(const struct jdoc *selector, struct trail *t)
{
	const struct jdoc *fields = jdoc_at(selector, "FieldSelectors");
	struct sv category = SV(""), read_only = SV("");
	for (size_t i = 0; i < jdoc_count(fields); i++) {
		const struct jdoc *f = jdoc_item(fields, i);
		struct sv name = jdoc_text(f, "Field");
		if (sv_eq(name, SV("eventCategory")))
			category = jdoc_text(f, "Equals.0");
		else if (sv_eq(name, SV("readOnly")))
			read_only = jdoc_text(f, "Equals.0");
		const struct jdoc *out = jdoc_at(f, "NotEquals");
		for (size_t k = 0; sv_eq(name, SV("eventSource")) && k < jdoc_count(out); k++)
			leave_out(t, jdoc_text(jdoc_item(out, k), ""));
	}
	if (sv_eq(category, SV("Management"))) {
		t->reads |= !sv_eq(read_only, SV("false"));
		t->writes |= !sv_eq(read_only, SV("true"));
	}
	t->data |= sv_eq(category, SV("Data"));
}

enum rc trail_read_selectors(const struct http_reply *reply, struct trail *t, struct err *e)
{
	struct jdoc *doc;
	enum rc rc = open_reply(reply, "GetEventSelectors", &doc, e);
	if (rc != RC_OK)
		return rc;
	const struct jdoc *basic = jdoc_at(doc, "EventSelectors"),
			  *advanced = jdoc_at(doc, "AdvancedEventSelectors");
	t->selectors_known = true;
	for (size_t i = 0; i < jdoc_count(basic); i++)
		read_basic(jdoc_item(basic, i), t);
	for (size_t i = 0; i < jdoc_count(advanced); i++)
		read_advanced(jdoc_item(advanced, i), t);
	jdoc_free(doc);
	return RC_OK;
}
