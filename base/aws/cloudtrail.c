/* CloudTrail requests. Called by the lookup source, `verify` and `doctor`; owns nothing. Their replies are
 * read where they are used: events by the usual reading of envelopes, the rest with jdoc. */
#include "base/aws/cloudtrail.h"

#include "base/heap.h"
#include "base/jdoc.h"
#include "base/jout.h"

static struct jout begin(const char *action, struct aws_request *out)
{
	char *target = heap_printf("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.%s", action);
	*out = (struct aws_request){.service = "cloudtrail", .method = "POST"};
	aws_request_header(out, "Content-Type", SV("application/x-amz-json-1.1"));
	aws_request_header(out, "X-Amz-Target", sv_from(target));
	free(target);
	struct jout j = jout_on(&out->body);
	jout_begin_object(&j);
	return j;
}

/* Times are seconds since the epoch, as numbers. */
static void add_times(struct jout *j, int64_t start_ms, int64_t end_ms)
{
	jout_kv_int(j, "StartTime", start_ms / 1000);
	jout_kv_int(j, "EndTime", (end_ms + 999) / 1000);
}

void cloudtrail_lookup_events(const struct cloudtrail_lookup *l, struct aws_request *out)
{
	struct jout j = begin("LookupEvents", out);
	add_times(&j, l->start_ms, l->end_ms);
	jout_kv_int(&j, "MaxResults", CLOUDTRAIL_LOOKUP_PAGE);
	if (l->attribute) {
		jout_key(&j, "LookupAttributes");
		jout_begin_array(&j);
		jout_begin_object(&j);
		jout_kv(&j, "AttributeKey", sv_from(l->attribute));
		jout_kv(&j, "AttributeValue", l->value);
		jout_end_object(&j);
		jout_end_array(&j);
	}
	if (l->token.len)
		jout_kv(&j, "NextToken", l->token);
	jout_end_object(&j);
}

void cloudtrail_list_public_keys(int64_t start_ms, int64_t end_ms, struct sv token, struct aws_request *out)
{
	struct jout j = begin("ListPublicKeys", out);
	add_times(&j, start_ms, end_ms);
	if (token.len)
		jout_kv(&j, "NextToken", token);
	jout_end_object(&j);
}

void cloudtrail_describe_trails(struct aws_request *out)
{
	struct jout j = begin("DescribeTrails", out);
	jout_kv_bool(&j, "includeShadowTrails", true);
	jout_end_object(&j);
}

void cloudtrail_trail_status(struct sv trail_arn, struct aws_request *out)
{
	struct jout j = begin("GetTrailStatus", out);
	jout_kv(&j, "Name", trail_arn);
	jout_end_object(&j);
}

void cloudtrail_event_selectors(struct sv trail_arn, struct aws_request *out)
{
	struct jout j = begin("GetEventSelectors", out);
	jout_kv(&j, "TrailName", trail_arn);
	jout_end_object(&j);
}

char *cloudtrail_next_token(const struct http_reply *reply)
{
	struct jdoc *doc;
	if (jdoc_read(buf_sv(&reply->body), &doc, NULL) != RC_OK)
		return NULL;
	struct sv token = jdoc_text(doc, "NextToken");
	char *copy = token.len ? heap_text(token) : NULL;
	jdoc_free(doc);
	return copy;
}
