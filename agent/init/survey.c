/* Looks at what exists for `init`. Owns its client for the look; what fails becomes a note in the file. */
#include "agent/init/survey.h"

#include "agent/doctor/doctor.h"
#include "base/aws/arn.h"
#include "base/aws/probe.h"

#define FALLBACK_REGION "us-east-1" /* every partition's first trails show there, and STS answers */

void survey_fini(struct survey *s)
{
	free(s->region);
	trails_fini(&s->trails);
	checkup_fini(&s->notes);
}

bool survey_is_topic(const char *to)
{
	struct arn arn;
	return arn_parse(sv_from(to), &arn) && sv_eq(arn.service, SV("sns")) && arn.region.len &&
	       arn.account.len;
}

bool survey_is_webhook(const char *to)
{
	return sv_starts(sv_from(to), SV("https://")) || sv_starts(sv_from(to), SV("http://"));
}

/* --- replies ------------------------------------------------------------------------------------------ */

static void read_caller(void *ctx, const struct http_reply *reply)
{
	caller_read(reply, ctx);
}

static void read_topic(void *ctx, const struct http_reply *reply)
{
	sns_read_topic(reply, ctx);
}

static void read_queue(void *ctx, const struct http_reply *reply)
{
	struct err e = {0};
	sqs_read_attributes(reply, ctx, &e);
}

/* --- questions ---------------------------------------------------------------------------------------- */

static struct sv region_in_arn(const char *text)
{
	struct arn arn = {0};
	return text && arn_parse(sv_from(text), &arn) ? arn.region : (struct sv){NULL, 0};
}

/* What was named says where it is; the trail comes first, since most of the questions are about it. */
static char *told_region(const struct survey_asked *a)
{
	const struct sv told[] = {region_in_arn(a->trail),
	    a->queue ? sqs_url_region(sv_from(a->queue)) : (struct sv){NULL, 0}, region_in_arn(a->to)};
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (told[i].len)
			return heap_text(told[i]);
	return NULL;
}

static void ask_topic(struct survey *s, struct aws_client *client)
{
	struct sv arn = sv_from(s->asked.to);
	struct aws_request r = {0};
	if (!s->asked.to || !survey_is_topic(s->asked.to))
		return;
	struct probe p = {client, &s->notes, "sns:GetTopicAttributes", arn, true};
	checkup_at(&s->notes, "topic");
	sns_topic_attributes(arn, &r);
	r.region = heap_text(region_in_arn(s->asked.to));
	probe_ask(&p, &r, read_topic, &s->topic);
}

static void ask_queue(struct survey *s, struct aws_client *client)
{
	struct aws_request r = {0};
	if (!s->asked.queue)
		return;
	struct probe p = {client, &s->notes, "sqs:GetQueueAttributes", sv_from(s->asked.queue), true};
	struct sv own = sqs_url_region(sv_from(s->asked.queue));
	checkup_at(&s->notes, "queue");
	sqs_attributes(sv_from(s->asked.queue), &r);
	r.region = own.len ? heap_text(own) : NULL;
	probe_ask(&p, &r, read_queue, &s->queue);
}

/* How much of what rules ask for it brings. */
static int worth(const struct trail *t)
{
	return (t->logging ? 8 : 0) + (t->reads ? 4 : 0) + (t->writes ? 4 : 0) + (t->multi_region ? 2 : 0) +
	       (t->organization ? 1 : 0);
}

static void ask_trails(struct survey *s, struct aws_client *client)
{
	checkup_at(&s->notes, "trails");
	if (!doctor_ask_trails(client, &s->asked.trail, s->asked.trail ? 1 : 0, &s->trails, &s->notes))
		return;
	checkup_at(&s->notes, "trails");
	if (!s->trails.list.n)
		checkup_say(&s->notes, CHECKUP_WARN, NULL,
		    s->asked.trail ? "there is no trail %s in %s" : "there is no trail%.0s in %s",
		    s->asked.trail ? s->asked.trail : "", aws_region(client));
	for (size_t i = 0; i < s->trails.list.n; i++)
		if (!s->best || worth(&s->trails.list.items[i]) > worth(s->best))
			s->best = &s->trails.list.items[i];
}

static void ask_aws(struct survey *s, struct aws_client *client)
{
	struct aws_request r = {0};
	struct probe p = {client, &s->notes, "sts:GetCallerIdentity", SV("*"), true};
	checkup_at(&s->notes, "account");
	caller_request(&r);
	if (!probe_ask(&p, &r, read_caller, &s->caller))
		return;
	ask_trails(s, client);
	ask_queue(s, client);
	ask_topic(s, client);
}

void survey_look(struct survey *s, const struct survey_asked *asked)
{
	struct aws_client *client;
	struct err e = {0};
	s->asked = *asked;
	s->topic = (struct sns_topic){.confirmed = -1, .pending = -1};
	s->queue = (struct sqs_queue){.waiting = -1, .visibility_s = -1};
	s->region = told_region(asked);
	checkup_at(&s->notes, "AWS");
	if (asked->offline) {
		checkup_say(&s->notes, CHECKUP_SKIP, NULL, "AWS was not asked (--offline)");
		return;
	}
	struct aws_options o = {.region = s->region};
	enum rc rc = aws_client_new(&o, &client, &e);
	if (rc == RC_OK && !s->region) {
		s->region = heap_copy(aws_region(client));
	} else if (rc != RC_OK && !s->region) {
		o.region = FALLBACK_REGION;
		rc = aws_client_new(&o, &client, &e);
	}
	if (rc != RC_OK) {
		checkup_say(&s->notes, CHECKUP_WARN, NULL, "%s", e.text);
		return;
	}
	ask_aws(s, client);
	aws_client_free(client);
}
