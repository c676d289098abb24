/* Drafts rules for `kendrawatch new`. What is written is decided by asking the derived fields of the event
 * and of its changed copies, so that the tests hold. One thread. */
#include "agent/author/newrule.h"

#include <stdlib.h>

#include "agent/author/builtin.h"
#include "agent/author/yamlout.h"
#include "alerts/redact.h"
#include "base/clock.h"
#include "base/net/crypto.h"
#include "base/ydoc.h"

struct newrule {
	struct draft *event;
	struct sv api, as;         /* of a built-in event, else ptr NULL */
	struct sv event_yaml;      /* the event as lines of a mapping, else ptr NULL */
	struct sv source, name;    /* eventSource, eventName */
	struct sv service;         /* "kendra" */
	struct sv access;          /* kw.access; ptr NULL: unknown */
	struct sv outcome;         /* kw.outcome, when a rule can hang on it; else ptr NULL */
	const char *other_outcome; /* the change that gives another outcome, as keys of a case */
	struct sv account;
	bool is_root;
	char *rule_name;
	struct arena arena;
	struct buf *out;
};

/* --- asking the event ----------------------------------------------------------------------------- */

/* A derived field of a draft, in the arena. */
static struct sv derived(struct newrule *n, const struct draft *d, enum kw_field field)
{
	struct buf json = {0};
	struct record r;
	draft_write(d, &json);
	struct sv bytes = arena_copy(&n->arena, buf_sv(&json));
	buf_fini(&json);
	if (record_open(&r, &n->arena, bytes, NULL, NULL) != RC_OK)
		return (struct sv){0};
	return record_derived(&r, field);
}

/* Does the outcome stay what it is when the event is of another service, or another operation? Else a test
 * could not tell the two conditions apart. */
static bool outcome_is_apart(struct newrule *n, struct sv outcome)
{
	static const char *const paths[] = {"eventSource", "eventName"};
	bool apart = outcome.ptr;
	for (size_t i = 0; i < 2 && apart; i++) {
		struct draft *d = draft_copy(n->event);
		draft_set_text(d, paths[i], SV("other.amazonaws.com"));
		apart = sv_eq(derived(n, d, KW_FIELD_OUTCOME), outcome);
		draft_free(d);
	}
	return apart;
}

static const char *find_other_outcome(struct newrule *n, struct sv outcome)
{
	const char *change = "set: {errorCode: AccessDenied}";
	struct draft *d = draft_copy(n->event);
	draft_set_text(d, "errorCode", SV("AccessDenied"));
	if (sv_eq(derived(n, d, KW_FIELD_OUTCOME), outcome)) {
		draft_unset(d, SV("errorCode"));
		draft_unset(d, SV("errorMessage"));
		change = "unset: [errorCode, errorMessage]";
	}
	if (sv_eq(derived(n, d, KW_FIELD_OUTCOME), outcome))
		change = NULL;
	draft_free(d);
	return change;
}

static struct sv text_at(struct newrule *n, const char *path)
{
	struct buf json = {0};
	const struct tree *root = NULL;
	draft_write(n->event, &json);
	struct sv bytes = arena_copy(&n->arena, buf_sv(&json));
	buf_fini(&json);
	if (tree_read(&n->arena, bytes, &root, NULL) != RC_OK)
		return (struct sv){0};
	return tree_text(tree_at(root, path));
}

static enum rc ask(struct newrule *n, struct err *e)
{
	n->source = text_at(n, "eventSource");
	n->name = text_at(n, "eventName");
	if (!n->source.len || !n->name.len)
		return err_set(e, RC_INPUT,
		    "the event has no %s, so there is nothing stable to make a rule of",
		    n->source.len ? "eventName" : "eventSource");
	struct sv rest = n->source;
	sv_cut(&rest, '.', &n->service);
	n->access = derived(n, n->event, KW_FIELD_ACCESS);
	n->account = text_at(n, "recipientAccountId");
	if (!n->account.len)
		n->account = text_at(n, "userIdentity.accountId");
	n->is_root = sv_eq(derived(n, n->event, KW_FIELD_CREDENTIAL), SV("root"));
	struct sv outcome = derived(n, n->event, KW_FIELD_OUTCOME);
	if (outcome_is_apart(n, outcome))
		n->other_outcome = find_other_outcome(n, outcome);
	if (n->other_outcome)
		n->outcome = outcome;
	return RC_OK;
}

/* --- words ---------------------------------------------------------------------------------------- */

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* "DescribeDBInstances" -> "describe_db_instances" */
static void add_snake(struct buf *out, struct sv s)
{
	for (size_t i = 0; i < s.len && i < 80; i++) {
		char c = s.ptr[i];
		bool after_small = i && !is_upper(s.ptr[i - 1]);
		bool before_small = i + 1 < s.len && s.ptr[i + 1] >= 'a' && s.ptr[i + 1] <= 'z';
		if (i && is_upper(c) && (after_small || before_small))
			buf_addc(out, '_');
		c = is_upper(c) ? (char)(c + 32) : c;
		buf_addc(out, (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_');
	}
}

static const char *level_of(const struct newrule *n)
{
	if (n->is_root || sv_starts(n->name, SV("Delete")) || sv_starts(n->name, SV("Stop")))
		return "high";
	return sv_eq(n->access, SV("read")) || sv_eq(n->access, SV("list")) ? "low" : "medium";
}

static const char *tags_of(const struct newrule *n)
{
	static const struct {
		struct sv verb;
		const char *tags;
	} verbs[] = {
	    {SV_INIT("Delete"), "attack.impact, attack.t1485"},
	    {SV_INIT("Stop"), "attack.defense-impairment, attack.t1685"},
	    {SV_INIT("Disable"), "attack.defense-impairment, attack.t1685"},
	    {SV_INIT("ConsoleLogin"), "attack.initial-access, attack.t1078.004"},
	    {SV_INIT("List"), "attack.discovery, attack.t1526"},
	    {SV_INIT("Describe"), "attack.discovery, attack.t1526"},
	    {SV_INIT("Get"), "attack.collection, attack.t1530"},
	    {SV_INIT("Query"), "attack.collection, attack.t1530"},
	    {SV_INIT("Retrieve"), "attack.collection, attack.t1530"},
	    {SV_INIT("BatchPut"), "attack.impact, attack.t1565.001"},
	};
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (sv_starts(n->name, verbs[i].verb))
			return verbs[i].tags;
	return sv_eq(n->access, SV("write")) ? "attack.persistence" : "attack.discovery";
}

/* --- the parts of the document -------------------------------------------------------------------- */

static void write_head(struct newrule *n)
{
	struct buf *out = n->out, title = {0};
	char today[CLK_TEXT], id[37];
	clk_format(clk_now_ms(), false, today);
	buf_printf(&title, "%.*s on %.*s by someone who is not listed", SV_ARG(sv_head(n->name, 100)),
	    SV_ARG(sv_head(n->service, 50)));
	buf_adds(out,
	    "# A draft: read it from top to bottom, change what you know better, and keep its tests "
	    "passing with\n#   kendrawatch test FILE --watch\n");
	buf_adds(out, "title: ");
	yamlout_text(out, buf_sv(&title));
	crypto_uuid4(id);
	buf_printf(out, "\nid: %s", id);
	buf_printf(out, "\nname: %s\nstatus: experimental # stable once it has run in shadow for a while\n",
	    n->rule_name);
	buf_printf(out, "level: %s # critical and high wake people up\n", level_of(n));
	buf_adds(out,
	    "description: >-\n  Say in two sentences what an attacker gains by this, and why it is not "
	    "daily business.\n");
	buf_printf(out, "date: '%.10s'\ntags: [%s] # a guess by the verb; see attack.mitre.org\n", today,
	    tags_of(n));
	buf_adds(out, "falsepositives:\n  - A planned change by someone who is not on the list yet.\n"
		      "logsource: {product: aws, service: cloudtrail}\n");
	buf_fini(&title);
}

static void write_detection(struct newrule *n)
{
	struct buf *out = n->out;
	buf_adds(out, "detection:\n  call:\n    eventSource: ");
	yamlout_exact(out, n->source);
	buf_adds(out, "\n    eventName: ");
	yamlout_exact(out, n->name);
	if (n->outcome.ptr)
		buf_printf(
		    out, "\n    kw.outcome: %.*s # ok, denied, throttled or failed", SV_ARG(n->outcome));
	buf_printf(out,
	    "\n  known: {kw.principal|expand: '%%%s_callers%%'} # who may; the list is declared under "
	    "`lists:`\n"
	    "  condition: call and not known\n",
	    n->rule_name);
}

static void write_extension(struct newrule *n)
{
	struct buf *out = n->out;
	buf_printf(out,
	    "kendrawatch:\n  needs: [%s_callers] # until the list has entries the rule waits, and says so\n"
	    "  summary: '{kw.actor} called {eventName} on {eventSource} from {kw.from} ({kw.outcome})'\n"
	    "  group_by: [kw.actor] # one alert for each of them\n"
	    "  suppress_for: 1h\n  first_steps:\n    - Ask {kw.actor} whether this was planned.\n",
	    n->rule_name);
}

static void write_base(struct newrule *n)
{
	struct buf *out = n->out;
	if (n->api.ptr) {
		buf_adds(out, "  base: {api: ");
		yamlout_text(out, n->api);
		buf_adds(out, ", as: ");
		yamlout_text(out, n->as);
		buf_adds(out, "}\n");
		return;
	}
	buf_adds(out, "  base:\n    event:\n");
	buf_add(out, n->event_yaml);
}

static void write_tests(struct newrule *n)
{
	struct buf *out = n->out;
	const char *role = sv_find(n->as, SV("known-caller")) == SV_NONE ? "known-caller" : "listed-caller";
	bool at_home = !n->account.len || sv_eq(n->account, SV(BUILTIN_ACCOUNT));
	buf_printf(out,
	    "tests: # hermetic: neither your lists nor your state play a part\n  lists: {%s_callers: "
	    "['role/%s%s']}\n",
	    n->rule_name, role, at_home ? "" : "@" BUILTIN_ACCOUNT);
	write_base(n);
	buf_printf(out,
	    "  cases:\n    - {name: as it happened, match: true}\n"
	    "    - {name: by someone on the list, as: role/%s, match: false}\n",
	    role);
	if (n->other_outcome)
		buf_printf(out, "    - {name: with another outcome, %s, match: false}\n", n->other_outcome);
	buf_adds(out, "    - {name: another operation, set: {eventName: SomethingElse}, match: false}\n"
		      "    - {name: the same name at another service, set: {eventSource: "
		      "other.amazonaws.com}, match: false}\n"
		      "    - {name: repeats fold, times: {count: 3, every: 1s}, alerts: 1, folded: 2}\n");
}

static enum rc write_rule(struct newrule *n, struct err *e)
{
	struct buf name = {0};
	enum rc rc = ask(n, e);
	if (rc != RC_OK)
		return rc;
	add_snake(&name, n->service);
	buf_addc(&name, '_');
	add_snake(&name, n->name);
	n->rule_name = buf_take(&name);
	write_head(n);
	write_detection(n);
	write_extension(n);
	write_tests(n);
	free(n->rule_name);
	return RC_OK;
}

/* --- from where ----------------------------------------------------------------------------------- */

enum rc newrule_from_api(struct sv api, struct sv as, struct buf *out, struct err *e)
{
	struct newrule n = {.event = draft_new(), .api = api, .as = as, .out = out};
	enum rc rc = builtin_api(n.event, api, e);
	if (rc == RC_OK)
		rc = builtin_identity(n.event, as, e);
	if (rc == RC_OK)
		rc = write_rule(&n, e);
	draft_free(n.event);
	arena_fini(&n.arena);
	return rc;
}

/* The event as the test will read it: through YAML, masked. */
static enum rc read_back(struct newrule *n, struct sv yaml, struct err *e)
{
	struct faults faults = {0};
	struct buf document = {0};
	buf_adds(&document, "event:\n");
	buf_add(&document, yaml);
	struct ydoc *y = ydoc_parse("event", buf_sv(&document), 0, &faults);
	const struct ydoc_node *root = ydoc_count(y) ? ydoc_get(ydoc_root(y, 0), "event") : NULL;
	enum rc rc = RC_OK;
	if (root && root->kind == YDOC_MAP && !faults.n_errors)
		draft_set_yaml(n->event, SV(""), root);
	else
		rc = err_set(e, RC_INPUT, "the event can't be written as YAML%s%s", faults.list.n ? ": " : "",
		    faults.list.n ? faults.list.items[0].text : "");
	ydoc_free(y);
	buf_fini(&document);
	faults_fini(&faults);
	return rc;
}

enum rc newrule_from_event(struct record *r, struct buf *out, struct err *e)
{
	struct newrule n = {.event = draft_new(), .out = out};
	struct redact redact = {0};
	struct buf masked = {0}, yaml = {0};
	const struct tree *root = NULL;
	redact_event(&redact, r->root, &masked);
	enum rc rc = tree_read(&n.arena, buf_sv(&masked), &root, e);
	if (rc == RC_OK) {
		yamlout_object(&yaml, root, 6);
		n.event_yaml = buf_sv(&yaml);
		rc = read_back(&n, n.event_yaml, e);
	}
	if (rc == RC_OK)
		rc = write_rule(&n, e);
	draft_free(n.event);
	arena_fini(&n.arena);
	buf_fini(&masked);
	buf_fini(&yaml);
	return rc;
}
