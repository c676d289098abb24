/* An SQS source looked at without receiving, since a receive takes messages away from the agent and counts
 * towards the dead-letter queue. Called by `doctor`; owns its client for the look. */
#include "agent/source/sqs_check.h"

#include "agent/source/digests.h"
#include "base/aws/arn.h"
#include "base/aws/endpoint.h"
#include "base/aws/probe.h"
#include "base/aws/sqs.h"
#include "config/aws_options.h"

#define MIN_VISIBILITY_S 60
#define MIN_RETENTION_S 86400
#define BACKLOG 1000 /* messages; a working agent keeps a queue near nothing */

bool sqs_check_arn(struct sv url, struct sv region, struct buf *out)
{
	struct sv path = url, part, account = {0}, name = {0};
	if (!sqs_url_valid(url) || !region.len)
		return false;
	while (sv_cut(&path, '/', &part)) {
		account = name;
		name = part;
	}
	buf_printf(out, "arn:%s:sqs:%.*s:%.*s:%.*s", endpoint_partition(region), SV_ARG(region),
	    SV_ARG(account), SV_ARG(name));
	return true;
}

/* --- grants ---------------------------------------------------------------------------------------- */

/* The region of the queue: what its URL says, else the option. */
static struct sv region_of(const struct options *o)
{
	struct sv own = sqs_url_region(sv_from(options_text(o, "queue_url")));
	return own.len ? own : sv_from(options_text(o, "region"));
}

/* All that it names, without the one that stands for all. */
static bool names_bucket(const char *bucket)
{
	return strcmp(bucket, "*") != 0;
}

static void add_bucket(struct grants *out, struct sv role, const char *partition, const char *bucket)
{
	char *objects = heap_printf("arn:%s:s3:::%s/*", partition, bucket);
	grants_add(out, &(struct grant){.sid = "ReadTrailFiles",
			    .actions = "s3:GetObject",
			    .identity = role,
			    .resource = sv_from(objects)});
	free(objects);
}

void sqs_check_grants(const struct options *options, struct grants *out)
{
	struct sv url = sv_from(options_text(options, "queue_url")),
		  role = sv_from(options_text(options, "role_arn"));
	const char *partition = endpoint_partition(region_of(options));
	const struct option_value *buckets = options_get(options, "buckets");
	size_t n_buckets = 0;
	struct buf arn = {0};
	grants_add(out,
	    &(struct grant){.sid = "ReadQueue",
		.actions = "sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility "
			   "sqs:GetQueueAttributes",
		.identity = role,
		.resource = sqs_check_arn(url, region_of(options), &arn) ? buf_sv(&arn) : SV("QUEUE-ARN")});
	for (size_t i = 0; i < buckets->texts.n; i++)
		if (names_bucket(buckets->texts.items[i])) {
			add_bucket(out, role, partition, buckets->texts.items[i]);
			n_buckets++;
		}
	if (!n_buckets)
		add_bucket(out, role, partition, SQS_CHECK_ANY_BUCKET);
	digests_grants(options, role, out);
	buf_fini(&arn);
}

/* --- the look -------------------------------------------------------------------------------------- */

static void read_queue(void *ctx, const struct http_reply *reply)
{
	struct err e = {0};
	sqs_read_attributes(reply, ctx, &e);
}

static void tell_queue(const struct sqs_queue *q, struct checkup *out)
{
	if (q->waiting > BACKLOG)
		checkup_say(out, CHECKUP_WARN,
		    "is the agent running? `kendrawatch list metrics` names what it counts",
		    "messages waiting: %lld", (long long)q->waiting);
	else
		checkup_say(out, CHECKUP_OK, NULL, "messages waiting: %lld, in flight: %lld",
		    (long long)(q->waiting < 0 ? 0 : q->waiting),
		    (long long)(q->in_flight < 0 ? 0 : q->in_flight));
	if (q->visibility_s >= 0 && q->visibility_s < MIN_VISIBILITY_S)
		checkup_say(out, CHECKUP_WARN, "set VisibilityTimeout to 300",
		    "messages come back after %lld s, before a large object is read",
		    (long long)q->visibility_s);
	if (q->retention_s >= 0 && q->retention_s < MIN_RETENTION_S)
		checkup_say(out, CHECKUP_WARN, "set MessageRetentionPeriod to 1209600 (14 days)",
		    "messages are lost after %lld h: a night's outage is a hole",
		    (long long)(q->retention_s / 3600));
}

/* The queue's own URL with another name. */
static char *sibling_url(struct sv url, struct sv dead_arn)
{
	struct arn arn;
	size_t slash = url.len;
	if (!arn_parse(dead_arn, &arn))
		return NULL;
	while (slash && url.ptr[slash - 1] != '/')
		slash--;
	return heap_printf("%.*s%.*s", SV_ARG(sv_head(url, slash)), SV_ARG(arn.resource));
}

static void check_dead(const struct probe *p, struct sv url, const struct sqs_queue *q)
{
	struct sqs_queue dead = {0};
	struct aws_request r = {0};
	if (!q->dead_letter_arn[0]) {
		checkup_say(p->out, CHECKUP_WARN,
		    "give it one (RedrivePolicy with maxReceiveCount 10); config/aws has it",
		    "it has no dead-letter queue: a message that can't be read comes back until it expires");
		return;
	}
	char *dead_url = sibling_url(url, sv_from(q->dead_letter_arn));
	struct probe look = *p;
	look.resource = sv_from(q->dead_letter_arn);
	look.only_doctor = true;
	if (!dead_url)
		return;
	sqs_attributes(sv_from(dead_url), &r);
	if (probe_ask(&look, &r, read_queue, &dead)) {
		if (dead.waiting > 0)
			checkup_say(p->out, CHECKUP_WARN,
			    "read them (aws sqs receive-message), mend the cause, then redrive them",
			    "messages in the dead-letter queue: %lld; no rule has seen their events",
			    (long long)dead.waiting);
		else
			checkup_say(p->out, CHECKUP_OK, NULL, "its dead-letter queue is empty");
	}
	free(dead_url);
}

/* A receipt handle that is none: nothing can be deleted or kept by it. */
static void check_delete(const struct probe *p, struct sv url)
{
	struct aws_request r = {0};
	struct sv receipt = SV("kendrawatch-doctor-no-receipt");
	struct probe look = *p;
	look.action = "sqs:DeleteMessage";
	sqs_delete(url, &receipt, 1, &r);
	bool good = probe_dry(&look, &r);
	look.action = "sqs:ChangeMessageVisibility";
	sqs_keep(url, &receipt, 1, 0, &r);
	if (probe_dry(&look, &r) && good)
		checkup_say(p->out, CHECKUP_OK, NULL, "messages may be deleted and kept");
}

void sqs_check(const struct options *options, struct checkup *out)
{
	struct aws_options aws = {0};
	struct aws_client *client;
	struct err e = {0};
	struct buf arn = {0};
	struct sv url = sv_from(options_text(options, "queue_url")), own = region_of(options);
	char *region = own.len ? heap_text(own) : NULL;
	enum rc rc = aws_options_read(options, &aws, &e);
	aws.region = aws.credentials.region = region;
	if (rc == RC_OK)
		rc = aws_client_new(&aws, &client, &e);
	if (rc != RC_OK) {
		checkup_say(out, CHECKUP_FAIL, NULL, "%s", e.text);
	} else {
		sqs_check_arn(url, own, &arn);
		struct probe p = {client, out, "sqs:GetQueueAttributes", arn.len ? buf_sv(&arn) : url, false};
		struct aws_request r = {0};
		struct sqs_queue q = {.waiting = -1, .in_flight = -1, .visibility_s = -1, .retention_s = -1};
		sqs_attributes(url, &r);
		if (probe_ask(&p, &r, read_queue, &q)) {
			tell_queue(&q, out);
			check_dead(&p, url, &q);
			check_delete(&p, url);
			checkup_say(out, CHECKUP_SKIP, NULL,
			    "log files are read when a message names one: what is missing then is an alert "
			    "(kendrawatch.self.object_denied)");
		}
		aws_client_free(client);
	}
	buf_fini(&arn);
	free(region);
}
