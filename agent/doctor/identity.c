/* Who signs: keys and roles of sources and sinks, as AWS sees them. Called by doctor.c; owns the clients that
 * it asks with. */
#include "agent/doctor/doctor.h"
#include "base/aws/caller.h"
#include "base/aws/probe.h"
#include "base/clock.h"

#define CLOCK_LIMIT_MS 60000 /* AWS refuses signatures that are five minutes off */

struct look {
	struct caller caller;
	int64_t offset_ms; /* AWS's clock minus ours */
	bool dated;
};

static void read_caller(void *ctx, const struct http_reply *reply)
{
	struct look *l = ctx;
	caller_read(reply, &l->caller);
	l->dated = reply->date_ms >= 0;
	l->offset_ms = reply->date_ms - clk_now_ms();
}

static void tell_keys(struct checkup *out, struct credentials *keys, const struct look *l)
{
	int64_t end_ms = credentials_end_ms(keys);
	char end[CLK_TEXT] = "";
	if (end_ms)
		clk_format(end_ms, false, end);
	checkup_say(out, CHECKUP_OK, NULL, "%s, keys from %s, %s%s", l->caller.arn, credentials_source(keys),
	    end_ms ? "renewed before " : "which do not expire", end);
	if (strstr(l->caller.arn, ":root"))
		checkup_say(out, CHECKUP_WARN, "make a role with the policy of `kendrawatch doctor --iam`",
		    "this is the root user: it may do everything");
	else if (!end_ms)
		checkup_say(out, CHECKUP_WARN,
		    "on AWS give the machine a role; elsewhere IAM Roles Anywhere or role_arn",
		    "long-term keys: whoever copies them has them until somebody notices");
}

static void tell_clock(struct checkup *out, const struct look *l)
{
	int64_t offset = l->offset_ms < 0 ? -l->offset_ms : l->offset_ms;
	if (!l->dated)
		return;
	if (offset > CLOCK_LIMIT_MS)
		checkup_say(out, CHECKUP_WARN,
		    "start this machine's time service (systemd-timesyncd, chrony)",
		    "this clock is %lld s %s AWS's: ages of events, folds and `max_age` are off by that",
		    (long long)(offset / 1000), l->offset_ms > 0 ? "behind" : "ahead of");
	else
		checkup_say(out, CHECKUP_OK, NULL, "this clock and AWS's are less than a minute apart");
}

static void look_at(struct doctor *d, const struct doctor_link *link, bool first)
{
	struct aws_client *client;
	struct err e = {0};
	struct look l = {0};
	struct aws_request r = {0};
	struct sigv4_keys keys;
	struct aws_options aws = link->aws;
	aws.endpoint_url = (struct sv){NULL, 0}; /* the block's is of another service */
	if (aws_client_new(&aws, &client, &e) != RC_OK) {
		checkup_say(&d->out, CHECKUP_FAIL, NULL, "%s", e.text);
		return;
	}
	if (credentials_get(aws_credentials(client), clk_now_ms(), &keys, &e) != RC_OK) {
		checkup_say(
		    &d->out, CHECKUP_FAIL, "docs/operations.md, \"Who the agent is to AWS\"", "%s", e.text);
	} else {
		caller_request(&r);
		struct probe p = {client, &d->out, "sts:GetCallerIdentity", SV("*"), false};
		if (probe_ask(&p, &r, read_caller, &l)) {
			tell_keys(&d->out, aws_credentials(client), &l);
			if (first)
				checkup_at(&d->out, "clock");
			if (first)
				tell_clock(&d->out, &l);
		}
	}
	aws_client_free(client);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_identity(const struct aws_options *a, const struct aws_options *b)
{
	const struct credentials_options *x = &a->credentials, *y = &b->credentials;
	return sv_eq(x->key_id, y->key_id) && same_text(x->profile, y->profile) &&
	       same_text(x->role_arn, y->role_arn);
}

struct links {
	VEC(struct doctor_link) list;
	VEC(const char *) names;
};

static void add_link(struct links *links, struct doctor_link link, const char *name)
{
	for (size_t i = 0; i < links->list.n; i++)
		if (same_identity(&links->list.items[i].aws, &link.aws)) {
			doctor_link_fini(&link);
			return;
		}
	vec_push(&links->list, link);
	vec_push(&links->names, name);
}

void doctor_identities(struct doctor *d)
{
	const struct config *config = d->setup->config;
	struct links links = {0};
	for (size_t i = 0; i < config->sources.n; i++) {
		struct doctor_link link = {0};
		if (doctor_link_of_source(&config->sources.items[i], &link))
			add_link(&links, link, config->sources.items[i].name);
	}
	for (size_t i = 0; i < config->sinks.n; i++) {
		struct doctor_link link = {0};
		if (doctor_link_of_sink(&config->sinks.items[i], &link))
			add_link(&links, link, config->sinks.items[i].name);
	}
	checkup_at(&d->out, "credentials");
	if (!links.list.n)
		checkup_say(
		    &d->out, CHECKUP_SKIP, NULL, "no source and no sink talks to AWS: none are needed");
	for (size_t i = 0; i < links.list.n; i++) {
		checkup_at(&d->out, "credentials of %s", links.names.items[i]);
		if (d->offline)
			checkup_say(&d->out, CHECKUP_SKIP, NULL, "not asked (--offline)");
		else
			look_at(d, &links.list.items[i], i == 0);
		doctor_link_fini(&links.list.items[i]);
	}
	vec_fini(&links.list);
	vec_fini(&links.names);
}
