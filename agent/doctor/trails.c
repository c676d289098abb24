/* The trails of the account, as `doctor` and their own API see them. Called by doctor.c; owns the client it
 * asks with. */
#include "agent/doctor/doctor.h"
#include "base/clock.h"

#define QUIET_MS (INT64_C(3) * 3600 * 1000) /* trails of accounts in use deliver several times an hour */
#define FALLBACK_REGION "us-east-1"
#define MS_AN_HOUR 3600000

/* --- what is said of one ---------------------------------------------------------------------------- */

static void tell_delivery(const struct trail *t, struct checkup *out)
{
	int64_t age = clk_now_ms() - t->delivered_ms;
	if (!t->status_known)
		return;
	if (!t->logging) {
		char *advice = heap_printf("aws cloudtrail start-logging --name %s; and ask who stopped it",
		    t->arn ? t->arn : t->name);
		checkup_say(out, CHECKUP_FAIL, advice, "it is switched off");
		free(advice);
	}
	if (t->delivery_error)
		checkup_say(out, CHECKUP_FAIL, "look at the bucket's policy and at the key's",
		    "it can't deliver to %s: %s", t->bucket ? t->bucket : "its bucket", t->delivery_error);
	if (t->notification_error)
		checkup_say(out, CHECKUP_FAIL, "let cloudtrail.amazonaws.com publish in the topic's policy",
		    "it can't publish to %s: %s", t->topic_arn ? t->topic_arn : "its topic",
		    t->notification_error);
	if (t->logging && t->delivered_ms < 0)
		checkup_say(
		    out, CHECKUP_WARN, "a new trail takes some 15 minutes", "it has not delivered yet");
	else if (t->logging && age > QUIET_MS)
		checkup_say(
		    out, CHECKUP_WARN, NULL, "it delivered last %lld h ago", (long long)(age / MS_AN_HOUR));
}

static void tell_trail(const struct trail *t, struct checkup *out)
{
	struct buf text = {0};
	buf_printf(&text, "%s, %s%s, bucket %s", t->multi_region ? "all regions" : "one region",
	    t->home_region ? t->home_region : "", t->organization ? ", of the organization" : "",
	    t->bucket ? t->bucket : "?");
	if (t->kms_key)
		buf_printf(&text, ", encrypted with %s", t->kms_key);
	if (t->selectors_known)
		buf_printf(&text, "; records %s",
		    t->reads && t->writes ? "reads and writes"
		    : t->writes           ? "writes alone (WriteOnly)"
		    : t->reads            ? "reads alone (ReadOnly)"
					  : "no management events");
	checkup_say(out, CHECKUP_OK, NULL, "%s", text.ptr);
	tell_delivery(t, out);
	if (!t->validation)
		checkup_say(out, CHECKUP_WARN,
		    "aws cloudtrail update-trail --name … --enable-log-file-validation",
		    "log file validation is off: nobody can prove that files were not changed or removed");
	if (t->left_out)
		checkup_say(out, CHECKUP_WARN, "take them out of the selectors", "events of %s are left out",
		    t->left_out);
	buf_fini(&text);
}

/* --- all of them -------------------------------------------------------------------------------------- */

static void look_at_trails(struct doctor *d, struct aws_client *client, struct trails *trails)
{
	if (!doctor_ask_trails(client, d->trails, d->n_trails, trails, &d->out))
		return;
	if (!trails->list.n)
		checkup_say(&d->out, d->n_trails ? CHECKUP_FAIL : CHECKUP_WARN,
		    "make one (config/aws has a template), or name it with --trail",
		    d->n_trails ? "there is no such trail in %s or visible from there"
				: "there is no trail in %s: nothing is recorded but 90 days of event history",
		    aws_region(client));
	for (size_t i = 0; i < trails->list.n; i++) {
		const struct trail *t = &trails->list.items[i];
		checkup_at(&d->out, "trail %s", t->name ? t->name : t->arn);
		tell_trail(t, &d->out);
	}
}

/* The first block that talks to AWS: sources see the log's account, sinks at least ours. */
static bool find_link(const struct doctor *d, struct doctor_link *out)
{
	const struct config *config = d->setup->config;
	for (size_t i = 0; i < config->sources.n; i++)
		if (doctor_link_of_source(&config->sources.items[i], out))
			return true;
	for (size_t i = 0; i < config->sinks.n; i++)
		if (doctor_link_of_sink(&config->sinks.items[i], out))
			return true;
	return d->n_trails > 0;
}

void doctor_trails(struct doctor *d)
{
	struct doctor_link link = {0};
	struct aws_client *client;
	struct trails trails = {0};
	struct coverage coverage = {0};
	struct err e = {0};
	checkup_at(&d->out, "trails");
	if (d->offline || !find_link(d, &link)) {
		checkup_say(&d->out, CHECKUP_SKIP, NULL,
		    d->offline ? "not asked (--offline)"
			       : "nothing here talks to AWS; --trail NAME "
				 "asks for one all the same");
		return;
	}
	link.aws.endpoint_url = (struct sv){NULL, 0};
	if (aws_client_new(&link.aws, &client, &e) != RC_OK) {
		link.aws.region = FALLBACK_REGION;
		if (aws_client_new(&link.aws, &client, &e) != RC_OK) {
			checkup_say(&d->out, CHECKUP_FAIL, NULL, "%s", e.text);
			doctor_link_fini(&link);
			return;
		}
	}
	look_at_trails(d, client, &trails);
	if (trails.list.n) {
		checkup_at(&d->out, "blind spots");
		coverage_measure(&coverage, d->setup->rules, d->setup->lists);
		doctor_blind(&coverage, &trails, &d->out);
		coverage_fini(&coverage);
	}
	trails_fini(&trails);
	aws_client_free(client);
	doctor_link_fini(&link);
}
