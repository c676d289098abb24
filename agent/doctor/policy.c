/* What a configuration needs of AWS, for `doctor --iam`. Asks nobody; main thread. */
#include "agent/doctor/doctor.h"
#include "agent/source/source.h"
#include "agent/source/sqs_check.h"
#include "alerts/sink/sink.h"
#include "base/aws/arn.h"

struct made {
	const struct config *config;
	const struct doctor_extra *extra;
	struct grants *out;
	struct buf *notes;
};

/* --- run ---------------------------------------------------------------------------------------------- */

static void add_block(struct made *m, const struct grants *needed)
{
	for (size_t i = 0; i < needed->list.n; i++) {
		struct grant one = needed->list.items[i];
		bool open = sv_find(one.resource, SV(":::" SQS_CHECK_ANY_BUCKET "/")) != SV_NONE;
		struct sv partition = {"aws", 3};
		struct arn arn;
		if (arn_parse(one.resource, &arn))
			partition = arn.partition;
		if (!open || !m->extra->n_buckets) {
			grants_add(m->out, &one);
			if (open)
				buf_adds(m->notes,
				    "replace " SQS_CHECK_ANY_BUCKET " by the bucket that the trail "
				    "writes to, or name it with --bucket\n");
			continue;
		}
		for (size_t k = 0; k < m->extra->n_buckets; k++) {
			char *objects =
			    heap_printf("arn:%.*s:s3:::%s/*", SV_ARG(partition), m->extra->buckets[k]);
			one.resource = sv_from(objects);
			grants_add(m->out, &one);
			free(objects);
		}
	}
}

/* Keys are used by way of a service: reading files and queues decrypts, publishing makes data keys as well.
 */
static void add_keys(struct made *m)
{
	bool reads = false, publishes = false;
	struct sv identity = {NULL, 0};
	for (size_t i = 0; i < m->out->list.n; i++) {
		const struct grant *g = &m->out->list.items[i];
		if (strcmp(g->sid, "ReadTrailFiles") == 0 || strcmp(g->sid, "ReadQueue") == 0) {
			reads = true;
			identity = g->identity;
		}
		publishes |= strcmp(g->sid, "PublishAlerts") == 0;
	}
	for (size_t i = 0; i < m->extra->n_kms_keys; i++) {
		struct sv key = sv_from(m->extra->kms_keys[i]);
		if (reads)
			grants_add(m->out, &(struct grant){.sid = "DecryptTrail",
					       .actions = "kms:Decrypt",
					       .identity = identity,
					       .resource = key});
		if (publishes)
			grants_add(m->out, &(struct grant){.sid = "EncryptAlerts",
					       .actions = "kms:Decrypt kms:GenerateDataKey",
					       .resource = key});
	}
	if ((reads || publishes) && !m->extra->n_kms_keys)
		buf_adds(m->notes,
		    "if bucket, queue or topic are encrypted with KMS keys of your own, name each with "
		    "--kms-key ARN\n");
}

/* Whoever is to be a role must be allowed to become it. */
static void add_assumptions(struct made *m)
{
	for (size_t i = 0, n = m->out->list.n; i < n; i++) {
		struct sv role = m->out->list.items[i].identity;
		if (role.len)
			grants_add(
			    m->out, &(struct grant){
					.sid = "AssumeRoles", .actions = "sts:AssumeRole", .resource = role});
	}
}

static void add_run(struct made *m)
{
	const struct config *config = m->config;
	for (size_t i = 0; i < config->sources.n; i++) {
		const struct source_type *type = source_type_find(config->sources.items[i].type);
		struct grants needed = {0};
		if (type && type->grants)
			type->grants(&config->sources.items[i].options, &needed);
		add_block(m, &needed);
		grants_fini(&needed);
	}
	for (size_t i = 0; i < config->sinks.n; i++) {
		const struct sink_type *type = sink_type_find(sv_from(config->sinks.items[i].type));
		if (type && type->grants)
			type->grants(&config->sinks.items[i].options, m->out);
	}
	add_keys(m);
	add_assumptions(m);
}

/* --- doctor and verify -------------------------------------------------------------------------------- */

/* Trails are looked for by name, and AWS knows no narrower resource for DescribeTrails. */
static void add_doctor(struct made *m)
{
	struct grants run = {0};
	grants_add(
	    m->out, &(struct grant){
			.sid = "LookAtTrails", .actions = "cloudtrail:DescribeTrails", .resource = SV("*")});
	grants_add(m->out, &(struct grant){.sid = "LookAtTrail",
			       .actions = "cloudtrail:GetTrailStatus cloudtrail:GetEventSelectors",
			       .resource = SV("arn:aws:cloudtrail:*:*:trail/*")});
	struct made inner = {m->config, m->extra, &run, m->notes};
	struct buf quiet = {0};
	inner.notes = &quiet;
	add_run(&inner);
	for (size_t i = 0; i < run.list.n; i++) {
		struct grant one = run.list.items[i];
		if (strcmp(one.sid, "PublishAlerts") == 0) {
			one.sid = "LookAtTopics";
			one.actions = "sns:GetTopicAttributes";
			grants_add(m->out, &one);
		}
	}
	grants_fini(&run);
	buf_fini(&quiet);
	add_assumptions(m);
}

/* `objects`: "arn:aws:s3:::BUCKET/" and a star. */
static void add_digests(struct made *m, struct sv objects)
{
	grants_add(m->out, &(struct grant){.sid = "ListDigests",
			       .actions = "s3:ListBucket",
			       .resource = sv_head(objects, objects.len - strlen("/*"))});
	grants_add(
	    m->out, &(struct grant){.sid = "ReadDigests", .actions = "s3:GetObject", .resource = objects});
}

/* The buckets that sources read, else those of --bucket. `verify` has the agent's own keys, without a role.
 */
static void add_verify(struct made *m)
{
	struct grants run = {0};
	struct buf quiet = {0};
	struct made inner = {m->config, m->extra, &run, &quiet};
	add_run(&inner);
	for (size_t i = 0; i < run.list.n; i++)
		if (strcmp(run.list.items[i].sid, "ReadTrailFiles") == 0)
			add_digests(m, run.list.items[i].resource);
	bool named = m->out->list.n > 0;
	for (size_t i = 0; !named && i < m->extra->n_buckets; i++) {
		char *objects = heap_printf("arn:aws:s3:::%s/*", m->extra->buckets[i]);
		add_digests(m, sv_from(objects));
		free(objects);
	}
	if (m->out->list.n == 0)
		add_digests(m, SV("arn:aws:s3:::" SQS_CHECK_ANY_BUCKET "/*"));
	if (sv_find(m->out->list.items[0].resource, SV(SQS_CHECK_ANY_BUCKET)) != SV_NONE)
		buf_adds(m->notes,
		    "replace " SQS_CHECK_ANY_BUCKET " by the bucket with the digests, or name it with "
		    "--bucket\n");
	grants_fini(&run);
	buf_fini(&quiet);
	grants_add(m->out,
	    &(struct grant){
		.sid = "ReadPublicKeys", .actions = "cloudtrail:ListPublicKeys", .resource = SV("*")});
	for (size_t i = 0; i < m->extra->n_kms_keys; i++)
		grants_add(m->out, &(struct grant){.sid = "DecryptTrail",
				       .actions = "kms:Decrypt",
				       .resource = sv_from(m->extra->kms_keys[i])});
}

void doctor_grants(const struct config *config, enum doctor_policy what, const struct doctor_extra *extra,
    struct grants *out, struct buf *notes)
{
	struct made m = {config, extra, out, notes};
	switch (what) {
	case DOCTOR_RUN: add_run(&m); break;
	case DOCTOR_DOCTOR: add_doctor(&m); break;
	case DOCTOR_VERIFY: add_verify(&m); break;
	}
}
