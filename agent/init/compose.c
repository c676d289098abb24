/* The configuration that `init` writes: what was found, commented, and a sentence wherever a person must put
 * something in its place. Pure but for this machine's time zone. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/author/yamlout.h"
#include "agent/init/survey.h"
#include "base/aws/endpoint.h"
#include "base/clock.h"

#define FALLBACK_REGION "us-east-1"
#define WIDTH 110

/* --- comments ------------------------------------------------------------------------------------------- */

/* As "# " lines of at most WIDTH, behind `indent` blanks. */
static void comment(struct buf *out, int indent, struct sv text)
{
	size_t room = WIDTH - 2 - (size_t)indent;
	while (text.len) {
		size_t cut = text.len;
		if (cut > room) {
			cut = room;
			while (cut && text.ptr[cut] != ' ')
				cut--;
			cut = cut ? cut : room;
		}
		buf_printf(out, "%*s# %.*s\n", indent, "", SV_ARG(sv_trim(sv_head(text, cut))));
		text = sv_trim(sv_skip(text, cut));
	}
}

static void say(struct buf *out, int indent, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void say(struct buf *out, int indent, const char *fmt, ...)
{
	char text[2048];
	va_list args;
	struct buf shown = {0};
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	buf_add_printable(&shown, sv_from(text));
	comment(out, indent, buf_sv(&shown));
	buf_fini(&shown);
}

static void pair(struct buf *out, int indent, const char *key, const char *value)
{
	buf_printf(out, "%*s%s: ", indent, "", key);
	yamlout_text(out, sv_from(value));
	buf_addc(out, '\n');
}

/* --- what was found --------------------------------------------------------------------------------------
 */

static void tell_trail(struct buf *out, const struct trail *t)
{
	say(out, 0, "- trail %s: %s%s, bucket %s%s%s; %s; records %s; log file validation %s", t->arn,
	    t->multi_region ? "all regions" : "one region alone",
	    t->organization ? ", of the organization" : "", t->bucket ? t->bucket : "?",
	    t->topic_arn ? ", notices to " : "", t->topic_arn ? t->topic_arn : "",
	    !t->status_known ? "whether it is switched on is unknown"
	    : t->logging     ? "switched on"
			     : "SWITCHED OFF",
	    !t->selectors_known     ? "what it records is unknown"
	    : t->reads && t->writes ? "reads and writes"
	    : t->writes             ? "writes alone, so Query and Retrieve never arrive"
				    : "no writes",
	    t->validation ? "on" : "off");
}

static void tell_found(struct buf *out, const struct survey *s)
{
	char now[CLK_TEXT];
	clk_format(clk_now_ms(), false, now);
	say(out, 0,
	    "Written by `kendrawatch init` at %s. Next: `kendrawatch run --check --config FILE`, then "
	    "`kendrawatch doctor "
	    "--config FILE`, which looks at the whole way and prints the least IAM policy with --iam. All "
	    "options with "
	    "their defaults: `kendrawatch list options --output yaml`.",
	    now);
	buf_adds(out, "#\n# What was found:\n");
	if (s->caller.arn[0])
		say(out, 0, "- we are %s", s->caller.arn);
	for (size_t i = 0; i < s->trails.list.n; i++)
		tell_trail(out, &s->trails.list.items[i]);
	if (s->queue.waiting >= 0)
		say(out, 0, "- the queue is there; messages waiting: %lld%s", (long long)s->queue.waiting,
		    s->queue.dead_letter_arn[0] ? "" : "; it has no dead-letter queue");
	if (s->topic.confirmed >= 0)
		say(out, 0, "- the topic is there; confirmed subscriptions: %lld",
		    (long long)s->topic.confirmed);
	for (size_t i = 0; i < s->notes.lines.n; i++)
		say(out, 0, "- not found out (%s): %s", s->notes.lines.items[i].station,
		    s->notes.lines.items[i].text);
	buf_addc(out, '\n');
}

/* --- sections --------------------------------------------------------------------------------------------
 */

/* What /etc/localtime points to. */
static bool machine_timezone(char *out, size_t size)
{
	char target[256], abbreviation[CLK_ABBREVIATION];
	struct clk_parts parts;
	ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
	size_t at = n > 0 ? sv_find(sv_of(target, (size_t)n), SV("zoneinfo/")) : SV_NONE;
	if (at == SV_NONE)
		return false;
	struct sv zone = sv_skip(sv_of(target, (size_t)n), at + strlen("zoneinfo/"));
	snprintf(out, size, "%.*s", SV_ARG(zone));
	return clk_parts_zone(clk_now_ms(), out, &parts, abbreviation);
}

static void write_agent(struct buf *out)
{
	char host[256] = "", zone[128] = "";
	buf_adds(out, "agent:\n");
	if (gethostname(host, sizeof host - 1) != 0 || !host[0])
		snprintf(host, sizeof host, "kendrawatch");
	say(out, 2, "How this agent is called in alerts.");
	pair(out, 2, "name", host);
	say(out, 2, "A folder on a local disk, mode 700, for this agent alone.");
	pair(out, 2, "state", "/var/lib/kendrawatch");
	say(out, 2, "Of the people who are paged.");
	pair(out, 2, "timezone", machine_timezone(zone, sizeof zone) ? zone : "UTC");
}

static void write_names(struct buf *out, const struct survey *s)
{
	const char *account = s->caller.account[0] ? s->caller.account : "111122223333";
	buf_adds(out, "\n");
	say(out, 0,
	    "Alerts say these names instead of numbers. Take the # away and write how you call the account "
	    "and your "
	    "indexes (aws kendra list-indices).");
	buf_adds(out, "#names:\n");
	buf_printf(out, "#  accounts: {'%s': prod}\n", account);
	buf_adds(out, "#  indexes: {3f1c9d2e-0000-4000-8000-000000000001: hr-policies}\n");
}

/* Types of the lists that the packs ask for, as rules/packs/README.md has them. */
static const struct {
	struct sv name;
	const char *head, *what;
} known_lists[] = {
    {SV_INIT("known_networks"), "{type: cidr, values: []}",
	"Networks that your people and programs call from: [198.51.100.0/24]"},
    {SV_INIT("search_principals"), "{type: principal, by: kw.index, values: {}}",
	"Applications that search an index: {hr-policies: [role/kb-app]}"},
    {SV_INIT("ingest_principals"), "{type: principal, by: kw.index, values: {}}",
	"Who loads an index and takes documents out: {hr-policies: [role/ingest-hr]}"},
    {SV_INIT("mapping_principals"), "{type: principal, by: kw.index, values: {}}",
	"Jobs that synchronise groups: {hr-policies: [role/group-sync]}"},
    {SV_INIT("known_accounts"), "{type: account, values: []}",
	"Accounts of your organization that own VPC endpoints: ['444455556666']"},
    {SV_INIT("curators"), "{type: principal, values: []}",
	"Who tends featured results, questions and thesauri: [role/search-curator]"},
};

static bool needs(const struct rule *r, struct sv list)
{
	for (size_t i = 0; i < r->needs.n; i++)
		if (sv_eq(r->needs.items[i], list))
			return true;
	return false;
}

static void write_lists(struct buf *out, const struct ruleset *rules)
{
	buf_adds(out, "\n");
	say(out, 0,
	    "Rules that need a list wait, visibly (`kendrawatch list lists`), until it has an entry. All "
	    "others run.");
	buf_adds(out, "lists:\n");
	for (size_t i = 0; i < sizeof known_lists / sizeof *known_lists; i++) {
		size_t n = 0;
		for (size_t k = 0; k < rules->rules.n; k++)
			n += needs(rules->rules.items[k], known_lists[i].name);
		say(out, 2, "%s. %zu rule%s wait%s for it.", known_lists[i].what, n, n == 1 ? "" : "s",
		    n == 1 ? "s" : "");
		buf_printf(out, "  %.*s: %s\n", SV_ARG(known_lists[i].name), known_lists[i].head);
	}
	buf_adds(out, "\nrules:\n  packs: [kendra, account]\n");
}

static void write_buckets(struct buf *out, const struct survey *s)
{
	if (!s->best || !s->best->bucket)
		return;
	say(out, 4, "Only files of this bucket are read, whatever a message says.");
	buf_adds(out, "    buckets: [");
	yamlout_text(out, sv_from(s->best->bucket));
	buf_adds(out, "]\n");
}

static void write_lookup(struct buf *out, const char *name, const char *region)
{
	buf_printf(out, "  %s:\n    type: lookup\n", name);
	pair(out, 4, "region", region);
}

/* Works at once and without a trail, and is replaced by a queue when there is more to see than it can carry.
 */
static void write_lookups(struct buf *out, const struct survey *s)
{
	const char *region = s->region ? s->region : FALLBACK_REGION;
	say(out, 2,
	    "CloudTrail's event history, asked every minute: works at once and without a trail, for small "
	    "accounts "
	    "(100 events a second at most, management events, a quarter of an hour late now and then). The "
	    "queue that "
	    "config/aws makes sees everything: put {type: sqs, queue_url: …} here instead when it is there.");
	if (!s->region)
		say(out, 2, "The region could not be found out: put the one that your indexes are in here.");
	write_lookup(out, "history", region);
	if (strcmp(region, FALLBACK_REGION) == 0 || strcmp(endpoint_partition(sv_from(region)), "aws") != 0)
		return;
	say(out, 2, "Sign-ins and IAM are told to " FALLBACK_REGION " alone.");
	write_lookup(out, "global", FALLBACK_REGION);
}

static void write_sources(struct buf *out, const struct survey *s)
{
	buf_adds(out, "\nsources:\n");
	if (s->asked.queue) {
		buf_adds(out, "  trail:\n    type: sqs\n");
		pair(out, 4, "queue_url", s->asked.queue);
		write_buckets(out, s);
	} else if (s->asked.dir) {
		buf_adds(out, "  trail:\n    type: directory\n");
		pair(out, 4, "path", s->asked.dir);
	} else {
		write_lookups(out, s);
	}
}

static void write_sinks(struct buf *out, const struct survey *s)
{
	buf_adds(out, "\nsinks:\n");
	if (s->asked.to && survey_is_topic(s->asked.to)) {
		buf_adds(out, "  team:\n    type: sns\n");
		pair(out, 4, "topic_arn", s->asked.to);
	} else if (s->asked.to) {
		say(out, 2,
		    "The address may be a secret: a file of mode 600 that holds it can stand here as "
		    "'file:/etc/kendrawatch/hook'. With `secret: 'env:NAME'` deliveries are signed.");
		buf_adds(out, "  team:\n    type: webhook\n");
		pair(out, 4, "url", s->asked.to);
	} else {
		say(out, 2,
		    "Alerts go to standard output, and under systemd to the journal, until you write where "
		    "people are: "
		    "{type: sns, topic_arn: …} or {type: webhook, url: …}. `kendrawatch list sinks` names "
		    "all.");
		buf_adds(out, "  console:\n    type: stdout\n");
	}
	buf_adds(out, "\n");
	say(out, 0,
	    "Everything goes to every sink, except what is older than agent.max_age (6 h) on arrival. With "
	    "routes you "
	    "decide, for example:");
	buf_printf(out, "#routes:\n#  - {when: {level: high+, max_age: 6h}, to: [%s]}\n",
	    s->asked.to ? "team" : "console");
}

void survey_compose(const struct survey *s, const struct ruleset *rules, struct buf *out)
{
	tell_found(out, s);
	write_agent(out);
	write_names(out, s);
	write_lists(out, rules);
	write_sources(out, s);
	write_sinks(out, s);
}
