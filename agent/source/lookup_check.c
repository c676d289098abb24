/* The event history looked at for `doctor`: one page of the last hours. Owns its client for the look. */
#include "agent/source/lookup_check.h"

#include "base/aws/cloudtrail.h"
#include "base/aws/probe.h"
#include "base/clock.h"
#include "base/jdoc.h"
#include "config/aws_options.h"

#define BACK_MS (INT64_C(6) * 3600 * 1000)

struct page {
	size_t n;
	bool more;
};

static void read_page(void *ctx, const struct http_reply *reply)
{
	struct page *p = ctx;
	struct jdoc *doc;
	if (jdoc_read(buf_sv(&reply->body), &doc, NULL) != RC_OK)
		return;
	p->n = jdoc_count(jdoc_at(doc, "Events"));
	p->more = jdoc_text(doc, "NextToken").len > 0;
	jdoc_free(doc);
}

static void tell_page(const struct page *p, const char *region, struct checkup *out)
{
	if (!p->n)
		checkup_say(out, CHECKUP_WARN, "is it the region that your indexes are in?",
		    "%s: no event in the last 6 hours", region);
	else
		checkup_say(out, CHECKUP_OK, NULL, "%s: %zu%s events in the last 6 hours", region, p->n,
		    p->more ? " and more" : "");
}

void lookup_check(const struct options *options, struct checkup *out)
{
	struct aws_options aws = {0};
	struct aws_client *client;
	struct err e = {0};
	const char *region = options_text(options, "region"), *source = options_text(options, "event_source");
	enum rc rc = aws_options_read(options, &aws, &e);
	aws.region = aws.credentials.region = region;
	if (rc == RC_OK)
		rc = aws_client_new(&aws, &client, &e);
	if (rc != RC_OK) {
		checkup_say(out, CHECKUP_FAIL, NULL, "%s", e.text);
		return;
	}
	struct probe p = {client, out, "cloudtrail:LookupEvents", SV("*"), false};
	struct aws_request r = {0};
	struct page page = {0};
	int64_t now = clk_now_ms();
	cloudtrail_lookup_events(&(struct cloudtrail_lookup){.start_ms = now - BACK_MS,
				     .end_ms = now,
				     .attribute = source ? "EventSource" : NULL,
				     .value = sv_from(source)},
	    &r);
	if (probe_ask(&p, &r, read_page, &page))
		tell_page(&page, region, out);
	aws_client_free(client);
}
