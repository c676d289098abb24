/* An SNS sink looked at without sending: the topic is there, somebody listens, and whether its key asks for
 * more grants. Called by `doctor`; owns its client for the look. */
#include "alerts/sink/sns_check.h"

#include "base/aws/arn.h"
#include "base/aws/probe.h"
#include "base/aws/sns.h"
#include "config/aws_options.h"

void sns_check_grants(const struct options *options, struct grants *out)
{
	struct sv topic = sv_from(options_text(options, "topic_arn"));
	struct sv role = sv_from(options_text(options, "role_arn"));
	grants_add(
	    out, &(struct grant){
		     .sid = "PublishAlerts", .actions = "sns:Publish", .identity = role, .resource = topic});
}

static void read_topic(void *ctx, const struct http_reply *reply)
{
	sns_read_topic(reply, ctx);
}

static void tell_topic(const struct sns_topic *t, struct sv arn, struct checkup *out)
{
	if (t->confirmed == 0 && t->pending > 0)
		checkup_say(out, CHECKUP_FAIL, "confirm it: AWS sent a mail or a request with a link to each",
		    "%.*s: nobody gets anything; subscriptions that wait for confirmation: %lld", SV_ARG(arn),
		    (long long)t->pending);
	else if (t->confirmed == 0)
		checkup_say(out, CHECKUP_FAIL,
		    "aws sns subscribe --topic-arn … --protocol email --notification-endpoint …",
		    "%.*s: nobody is subscribed", SV_ARG(arn));
	else
		checkup_say(out, CHECKUP_OK, NULL, "%.*s is there; subscriptions: %lld%s", SV_ARG(arn),
		    (long long)t->confirmed, t->pending > 0 ? ", and some that were never confirmed" : "");
	if (t->kms_key[0])
		checkup_say(out, strstr(t->kms_key, "alias/aws/sns") ? CHECKUP_OK : CHECKUP_WARN,
		    "grant kms:GenerateDataKey and kms:Decrypt on it too (`doctor --iam --kms-key ARN`)",
		    "the topic is encrypted with %s", t->kms_key);
}

void sns_check(const struct options *options, struct checkup *out)
{
	struct aws_options aws = {0};
	struct aws_client *client;
	struct err e = {0};
	struct arn arn;
	struct sv topic = sv_from(options_text(options, "topic_arn"));
	if (!arn_parse(topic, &arn) || aws_options_read(options, &aws, &e) != RC_OK) {
		checkup_say(out, CHECKUP_FAIL, NULL, "%s", e.text[0] ? e.text : "\"topic_arn\" is no topic");
		return;
	}
	char *region = heap_text(arn.region);
	aws.region = aws.credentials.region = region;
	if (aws_client_new(&aws, &client, &e) != RC_OK) {
		checkup_say(out, CHECKUP_FAIL, NULL, "%s", e.text);
	} else {
		struct aws_request r = {0};
		struct sns_topic t = {0};
		sns_topic_attributes(topic, &r);
		if (probe_ask(&(struct probe){client, out, "sns:GetTopicAttributes", topic,
				  .only_doctor = true, .must_exist = true},
			&r, read_topic, &t))
			tell_topic(&t, topic, out);
		aws_client_free(client);
	}
	free(region);
}
