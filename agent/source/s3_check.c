/* A bucket looked at for `doctor`: the first page of its first prefix, and one byte of the first object,
 * which shows whether the key that encrypts it may be used. Owns its client for the look. */
#include "agent/source/s3_check.h"

#include "base/aws/endpoint.h"
#include "base/aws/probe.h"
#include "base/aws/s3.h"
#include "config/aws_options.h"

struct first {
	char *key;
};

static void read_first(void *ctx, const struct http_reply *reply)
{
	struct first *f = ctx;
	struct s3_page page = {0};
	if (s3_read_page(reply, &page, NULL) == RC_OK && page.objects.n)
		f->key = heap_copy(page.objects.items[0].key);
	s3_page_fini(&page);
}

static void check_object(struct probe *p, struct sv bucket, const char *key)
{
	struct aws_request r = {0};
	char *arn = heap_printf(
	    "arn:%s:s3:::%.*s/%s", endpoint_partition(sv_from(aws_region(p->client))), SV_ARG(bucket), key);
	p->action = "s3:GetObject";
	p->resource = sv_from(arn);
	s3_get(bucket, sv_from(key), 0, 0, SV(""), &r);
	if (probe_ask(p, &r, NULL, NULL))
		checkup_say(p->out, CHECKUP_OK, NULL, "%.*s may be listed and read", SV_ARG(bucket));
	free(arn);
}

static void look(const struct options *options, struct aws_client *client, struct checkup *out)
{
	struct sv bucket = sv_from(options_text(options, "bucket"));
	const struct option_value *prefixes = options_get(options, "prefixes");
	struct sv prefix = prefixes->texts.n ? sv_from(prefixes->texts.items[0]) : SV("");
	struct first first = {0};
	struct aws_request r = {0};
	char *arn =
	    heap_printf("arn:%s:s3:::%.*s", endpoint_partition(sv_from(aws_region(client))), SV_ARG(bucket));
	struct probe p = {client, out, "s3:ListBucket", sv_from(arn), false};
	s3_list_objects(&(struct s3_list){.bucket = bucket, .prefix = prefix, .max_keys = 1}, &r);
	bool listed = probe_ask(&p, &r, read_first, &first);
	if (listed && first.key)
		check_object(&p, bucket, first.key);
	else if (listed)
		checkup_say(out, CHECKUP_WARN,
		    "is the trail's prefix in `prefixes`? A new trail takes some 15 minutes",
		    "%.*s holds nothing below %.*s", SV_ARG(bucket), SV_ARG(prefix));
	free(first.key);
	free(arn);
}

void s3_check(const struct options *options, struct checkup *out)
{
	struct aws_options aws = {0};
	struct aws_client *client;
	struct err e = {0};
	enum rc rc = aws_options_read(options, &aws, &e);
	aws.region = aws.credentials.region = options_text(options, "region");
	if (rc == RC_OK)
		rc = aws_client_new(&aws, &client, &e);
	if (rc != RC_OK) {
		checkup_say(out, CHECKUP_FAIL, NULL, "%s", e.text);
		return;
	}
	look(options, client, out);
	aws_client_free(client);
}
