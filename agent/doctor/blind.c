/* What can't arrive by the trails there are, and which rules that silences. Pure; called by trails.c. */
#include "agent/doctor/doctor.h"

/* What all trails together record. */
struct sight {
	bool known; /* selectors could be read */
	bool reads, writes, data, all_regions, us_east_1;
	struct buf regions; /* of trails of one region */
};

static struct sight sight_of(const struct trails *trails)
{
	struct sight s = {0};
	for (size_t i = 0; i < trails->list.n; i++) {
		const struct trail *t = &trails->list.items[i];
		if (t->status_known && !t->logging)
			continue;
		s.known |= t->selectors_known;
		s.reads |= t->reads;
		s.writes |= t->writes;
		s.data |= t->data;
		s.all_regions |= t->multi_region;
		s.us_east_1 |=
		    t->multi_region || (t->home_region && strcmp(t->home_region, "us-east-1") == 0);
		if (!t->multi_region && t->home_region)
			buf_printf(&s.regions, "%s%s", s.regions.len ? ", " : "", t->home_region);
	}
	return s;
}

/* --- rules that fall silent --------------------------------------------------------------------------- */

struct silent {
	size_t n;
	struct buf names;
};

static void add_silent(struct silent *s, const struct rule *r)
{
	buf_adds(&s->names, s->n++ ? ", " : "");
	buf_add(&s->names, r->name.len ? r->name : r->key);
}

static bool in_set(const struct coverage_set *set, size_t rule)
{
	for (size_t i = 0; i < set->list.n; i++)
		if (set->list.items[i] == rule)
			return true;
	return false;
}

static bool is_read(const struct coverage_call *call)
{
	return call->op->access == API_ACCESS_READ || call->op->access == API_ACCESS_LIST;
}

/* Rules that live on Kendra's calls alone, and on none of those that arrive. */
static struct silent silent_without(const struct coverage *c, bool reads)
{
	struct silent s = {0};
	for (size_t rule = 0; rule < c->rules.n; rule++) {
		const struct coverage_rule *r = &c->rules.items[rule];
		bool some = false, left = false;
		for (size_t i = 0; i < c->calls.n; i++) {
			const struct coverage_call *call = &c->calls.items[i];
			if (!in_set(&call->own, rule) && !in_set(&call->broad, rule))
				continue;
			some = true;
			left |= is_read(call) != reads;
		}
		if (some && !left && !r->any_source)
			add_silent(&s, r->rule);
	}
	return s;
}

/* Rules on services whose calls are recorded in us-east-1, wherever they are made from. */
static struct silent silent_without_us_east_1(const struct coverage *c)
{
	static const struct sv services[] = {SV_INIT("signin.amazonaws.com"), SV_INIT("iam.amazonaws.com"),
	    SV_INIT("organizations.amazonaws.com"), SV_INIT("cloudfront.amazonaws.com"),
	    SV_INIT("route53.amazonaws.com")};
	struct silent s = {0};
	for (size_t rule = 0; rule < c->rules.n; rule++) {
		bool global = false, other = false;
		for (size_t i = 0; i < c->sources.n; i++) {
			bool is = false;
			if (!in_set(&c->sources.items[i].rules, rule))
				continue;
			for (size_t k = 0; k < sizeof services / sizeof *services; k++)
				is |= sv_eq(services[k], c->sources.items[i].name);
			global |= is;
			other |= !is;
		}
		if (global && !other)
			add_silent(&s, c->rules.items[rule].rule);
	}
	return s;
}

/* "; 6 of 47 rules can't fire: a, b" */
static void say(struct checkup *out, const struct coverage *c, enum checkup_mark mark, const char *advice,
    const char *text, struct silent s)
{
	if (s.n)
		checkup_say(out, mark, advice, "%s; %zu of %zu rules can't fire: %s", text, s.n, c->rules.n,
		    s.names.ptr);
	else
		checkup_say(out, mark, advice, "%s; no loaded rule needs it", text);
	buf_fini(&s.names);
}

/* --- blind spots --------------------------------------------------------------------------------------- */

static void tell_events(const struct coverage *c, const struct sight *s, struct checkup *out)
{
	if (!s->known)
		return;
	if (!s->reads)
		say(out, c, CHECKUP_WARN, "aws cloudtrail put-event-selectors: ReadWriteType All",
		    "no trail records reads: Kendra's Query and Retrieve never arrive",
		    silent_without(c, true));
	if (!s->writes)
		say(out, c, CHECKUP_FAIL, "aws cloudtrail put-event-selectors: ReadWriteType All",
		    "no trail records writes: no change of Kendra ever arrives", silent_without(c, false));
	if (s->reads && s->writes)
		checkup_say(
		    out, CHECKUP_OK, NULL, "all calls of Kendra are recorded (each is a management event)");
	if (!s->data)
		checkup_say(out, CHECKUP_OK, NULL,
		    "data events are not recorded: Kendra has none; S3 objects that indexes read from, and "
		    "Rescore "
		    "of kendra-ranking, stay unseen");
}

void doctor_blind(const struct coverage *coverage, const struct trails *trails, struct checkup *out)
{
	struct sight s = sight_of(trails);
	tell_events(coverage, &s, out);
	if (s.all_regions) {
		checkup_say(out, CHECKUP_OK, NULL, "all regions are recorded");
	} else {
		if (!s.us_east_1)
			say(out, coverage, CHECKUP_WARN,
			    "aws cloudtrail update-trail --name … --is-multi-region-trail",
			    "no us-east-1 feed: no sign-ins, no IAM", silent_without_us_east_1(coverage));
		if (s.regions.len)
			checkup_say(out, CHECKUP_WARN,
			    "aws cloudtrail update-trail --name … --is-multi-region-trail",
			    "calls of Kendra outside %s are not recorded, and an intruder chooses the region",
			    s.regions.ptr);
		else
			checkup_say(out, CHECKUP_WARN, "switch a trail on that records all regions",
			    "calls of Kendra are not recorded, in whatever region");
	}
	buf_fini(&s.regions);
}
