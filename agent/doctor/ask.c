/* Questions about trails, for `doctor` and `init`. Main thread; owns nothing. */
#include "agent/doctor/doctor.h"
#include "base/aws/cloudtrail.h"
#include "base/aws/probe.h"

static void read_list(void *ctx, const struct http_reply *reply)
{
	struct err e = {0};
	trail_read_list(reply, ctx, &e);
}

static void read_status(void *ctx, const struct http_reply *reply)
{
	struct err e = {0};
	trail_read_status(reply, ctx, &e);
}

static void read_selectors(void *ctx, const struct http_reply *reply)
{
	struct err e = {0};
	trail_read_selectors(reply, ctx, &e);
}

/* A trail answers in its home region. */
static void ask_trail(struct probe *p, struct trail *t)
{
	struct aws_request r = {0};
	struct sv arn = sv_from(t->arn);
	p->resource = arn;
	p->action = "cloudtrail:GetTrailStatus";
	cloudtrail_trail_status(arn, &r);
	r.region = heap_copy(t->home_region);
	probe_ask(p, &r, read_status, t);
	p->action = "cloudtrail:GetEventSelectors";
	cloudtrail_event_selectors(arn, &r);
	r.region = heap_copy(t->home_region);
	probe_ask(p, &r, read_selectors, t);
}

static bool wanted(const struct trail *t, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((t->arn && strcmp(names[i], t->arn) == 0) || (t->name && strcmp(names[i], t->name) == 0))
			return true;
	return n == 0;
}

static void keep_wanted(struct trails *all, const char *const *names, size_t n)
{
	struct trails kept = {0}, rest = {0};
	for (size_t i = 0; i < all->list.n; i++) {
		if (all->list.items[i].arn && wanted(&all->list.items[i], names, n))
			vec_push(&kept.list, all->list.items[i]);
		else
			vec_push(&rest.list, all->list.items[i]);
	}
	vec_fini(&all->list);
	trails_fini(&rest);
	*all = kept;
}

bool doctor_ask_trails(
    struct aws_client *client, const char *const *names, size_t n, struct trails *out, struct checkup *notes)
{
	struct probe p = {client, notes, "cloudtrail:DescribeTrails", SV("*"), true};
	struct aws_request r = {0};
	cloudtrail_describe_trails(&r);
	if (!probe_ask(&p, &r, read_list, out))
		return false;
	keep_wanted(out, names, n);
	for (size_t i = 0; i < out->list.n; i++) {
		checkup_at(notes, "trail %s", out->list.items[i].name ? out->list.items[i].name : "");
		ask_trail(&p, &out->list.items[i]);
	}
	return true;
}
