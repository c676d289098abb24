/* Drafts filters for `kendrawatch tune`. The filter is compiled and asked, never guessed about: it must take
 * the alert's event away and leave every case of the rule's tests as it was. One thread. */
#include "agent/author/tune.h"

#include <stdlib.h>

#include "agent/author/suite.h"
#include "agent/author/yamlout.h"
#include "base/clock.h"
#include "base/net/crypto.h"
#include "rules/detection.h"
#include "rules/eval.h"

/* Fields in the order in which they are taken: the first `LEAST` that the event has always, the others when
 * the rule's tests ask for it. */
enum { WHO, SOURCE, OPERATION, INDEX, LEAST, OUTCOME = LEAST, ADDRESS, N_FIELDS };

struct tune {
	struct arena arena;
	struct tune_input in;
	const struct rule *rule;
	struct record record; /* the alert's copy of its event */
	struct sv handle, time;
	struct {
		struct sv name, value; /* value ptr NULL: the event has none */
	} fields[N_FIELDS];
	size_t n_fields; /* taken */
	size_t n_proofs; /* positive cases that still match */
	struct sv lost;  /* the case that a wider filter would have taken away; ptr NULL: none */
	char id[37];
	struct ruleset *filter;
};

/* --- reading the alert ---------------------------------------------------------------------------- */

static const struct rule *find_rule(const struct ruleset *rules, const struct tree *alert)
{
	static const char *const paths[] = {"rule.id", "rule.name"};
	for (size_t i = 0; i < 2; i++) {
		struct sv name = tree_text(tree_at(alert, paths[i]));
		for (size_t k = 0; name.len && k < rules->rules.n; k++) {
			const struct rule *r = rules->rules.items[k];
			if (r->kind == RULE_DETECTION && (sv_eq(r->key, name) || sv_eq(r->name, name)))
				return r;
		}
	}
	return NULL;
}

static enum rc read_alert(struct tune *t, struct err *e)
{
	const struct tree *alert = NULL;
	enum rc rc = tree_read(&t->arena, t->in.alert, &alert, e);
	if (rc != RC_OK)
		return err_at(e, "the alert is no JSON");
	const struct tree *event = tree_get(alert, SV("event"));
	struct sv rule = tree_text(tree_at(alert, "rule.name"));
	if (!rule.len)
		rule = tree_text(tree_at(alert, "rule.id"));
	if (!event || event->type != TREE_OBJECT || !rule.len)
		return err_set(
		    e, RC_INPUT, "this is no alert: it has no rule and no event (see docs/alert-format.md)");
	if (!event->n)
		return err_set(e, RC_INPUT, "an alert of the agent about itself has no event to filter");
	t->rule = find_rule(t->in.rules, alert);
	if (!t->rule)
		return err_set(e, RC_NOTFOUND, "rule \"%.*s\" is not loaded; name its file with --add-rules",
		    SV_ARG(rule));
	t->handle = tree_text(tree_get(alert, SV("handle")));
	t->time = tree_text(tree_get(alert, SV("time")));
	return record_open(&t->record, &t->arena, event->raw, NULL, e);
}

static void take(struct tune *t, int which, const char *name, struct sv value)
{
	t->fields[which].name = sv_from(name);
	t->fields[which].value = value;
}

static enum rc read_fields(struct tune *t, struct err *e)
{
	struct record *r = &t->record;
	struct sv person = record_derived(r, KW_FIELD_PERSON), who = record_derived(r, KW_FIELD_PRINCIPAL);
	take(t, WHO, person.len ? "kw.person" : "kw.principal", person.len ? person : who);
	take(t, SOURCE, "eventSource", r->event_source);
	take(t, OPERATION, "eventName", r->event_name);
	take(t, INDEX, "kw.index", record_derived(r, KW_FIELD_INDEX));
	take(t, OUTCOME, "kw.outcome", record_derived(r, KW_FIELD_OUTCOME));
	take(t, ADDRESS, "sourceIPAddress", tree_text(tree_get(r->root, SV("sourceIPAddress"))));
	if (!t->fields[WHO].value.len)
		return err_set(e, RC_INPUT,
		    "the event does not say who called, so a filter could only hang on what a caller "
		    "chooses");
	if (!t->fields[OPERATION].value.len)
		return err_set(
		    e, RC_INPUT, "the event has no eventName; a filter without it would be too wide");
	return RC_OK;
}

/* --- the document --------------------------------------------------------------------------------- */

static void write_selection(const struct tune *t, struct buf *out)
{
	for (size_t i = 0; i < t->n_fields; i++) {
		if (!t->fields[i].value.len)
			continue;
		buf_printf(out, "    %.*s: ", SV_ARG(t->fields[i].name));
		yamlout_exact(out, t->fields[i].value);
		buf_addc(out, '\n');
	}
}

static struct sv rule_name(const struct tune *t)
{
	return t->rule->name.len ? t->rule->name : t->rule->key;
}

static void write_reason(const struct tune *t, struct buf *out)
{
	struct buf made = {0};
	buf_printf(&made, "false positive: alert #%.*s of %.*s", SV_ARG(t->handle), SV_ARG(t->time));
	yamlout_text(out, t->in.reason.len ? t->in.reason : buf_sv(&made));
	buf_fini(&made);
}

/* The rule's own: a filter with a part more would not be for it. */
static void write_logsource(const struct tune *t, struct buf *out)
{
	const struct logsource *l = &t->rule->logsource;
	const char *between = "";
	buf_adds(out, "logsource: {");
	if (l->product.ptr) {
		buf_printf(out, "product: %.*s", SV_ARG(l->product));
		between = ", ";
	}
	if (l->service.ptr)
		buf_printf(out, "%sservice: %.*s", between, SV_ARG(l->service));
	buf_adds(out, "}\n");
}

static void write_document(const struct tune *t, struct buf *out)
{
	struct buf title = {0};
	char until[CLK_TEXT];
	clk_format(t->in.until_ms, false, until);
	buf_printf(&title, "%.*s: not for %.*s", SV_ARG(sv_head(rule_name(t), 80)),
	    SV_ARG(sv_head(t->fields[WHO].value, 120)));
	buf_adds(out, "title: ");
	yamlout_text(out, buf_sv(&title));
	buf_printf(out, "\nid: %s\n", t->id);
	write_logsource(t, out);
	buf_adds(out, "filter:\n  rules: [");
	yamlout_text(out, rule_name(t));
	buf_adds(out, "]\n  planned:\n");
	write_selection(t, out);
	buf_adds(out, "  condition: not planned\nkendrawatch:\n  owner: ");
	yamlout_text(out, t->in.owner);
	buf_printf(out, "\n  until: '%s' # then the alerts come again\n  reason: ", until);
	write_reason(t, out);
	buf_addc(out, '\n');
	buf_fini(&title);
}

/* --- proving -------------------------------------------------------------------------------------- */

static const struct rule *filter_of(const struct tune *t)
{
	return t->filter->rules.items[0];
}

static enum rc compile(struct tune *t, struct err *e)
{
	struct buf text = {0};
	struct faults faults = {0};
	write_document(t, &text);
	if (t->filter)
		ruleset_unref(t->filter);
	t->filter = rules_load_text("filter", buf_sv(&text), NULL, &faults);
	enum rc rc = RC_OK;
	if (faults.n_errors || t->filter->rules.n != 1 || filter_of(t)->kind != RULE_FILTER)
		rc = err_set(e, RC_INPUT, "the filter would not load: %s",
		    faults.list.n ? faults.list.items[0].text : "it is no filter");
	buf_fini(&text);
	faults_fini(&faults);
	return rc;
}

/* Is a case of the rule's tests, which passes now, lost with the filter? Its name, else ptr NULL. */
static struct sv lost_case(struct tune *t, struct suite *s)
{
	struct sv lost = {0};
	t->n_proofs = 0;
	for (size_t i = 0; i < s->cases.n && !lost.ptr; i++) {
		const struct suite_case *c = &s->cases.items[i];
		bool positive = c->match > 0 || c->alerts > 0 || c->summary_has.ptr || c->why_has.ptr;
		if (c->malformed || !positive || !suite_passes(s, c))
			continue;
		vec_push(&s->rule->detection->filters, filter_of(t)->detection);
		bool passes = suite_passes(s, c);
		s->rule->detection->filters.n--;
		t->n_proofs += passes;
		if (!passes)
			lost = arena_copy(&t->arena, c->name);
	}
	return lost;
}

/* Narrower and narrower, until no case is lost. */
static enum rc prove(struct tune *t, struct suite *s, struct err *e)
{
	struct sv lost = {0};
	for (t->n_fields = LEAST; t->n_fields <= N_FIELDS; t->n_fields++) {
		enum rc rc = compile(t, e);
		if (rc != RC_OK)
			return rc;
		lost = lost_case(t, s);
		if (!lost.ptr)
			break;
		t->lost = lost;
	}
	if (lost.ptr)
		return err_set(e, RC_INPUT,
		    "no filter: its test \"%.*s\" says that rule %.*s must match exactly this (caller, "
		    "operation, "
		    "index, outcome and address are the same); change the rule, or its test",
		    SV_ARG(lost), SV_ARG(rule_name(t)));
	if (eval_rule(filter_of(t), &t->record, NULL))
		return err_set(
		    e, RC_INPUT, "no filter: the alert's copy of the event lacks what would describe it");
	return RC_OK;
}

enum rc tune_new(const struct tune_input *in, struct tune **out, struct err *e)
{
	struct tune *t = heap_zero(1, sizeof *t);
	struct suite suite = {0};
	struct faults faults = {0};
	t->in = *in;
	crypto_uuid4(t->id);
	enum rc rc = read_alert(t, e);
	if (rc == RC_OK)
		rc = read_fields(t, e);
	if (rc == RC_OK) {
		suite_open(&suite, t->rule->file.ptr, t->rule->key, &faults);
		rc = prove(t, &suite, e);
		suite_close(&suite);
		faults_fini(&faults);
	}
	if (rc != RC_OK) {
		tune_free(t);
		return rc;
	}
	*out = t;
	return RC_OK;
}

void tune_free(struct tune *t)
{
	if (!t)
		return;
	if (t->filter)
		ruleset_unref(t->filter);
	arena_fini(&t->arena);
	free(t);
}

struct sv tune_rule_key(const struct tune *t)
{
	return t->rule->key;
}

bool tune_silences(const struct tune *t, struct sv alert)
{
	struct arena arena = {0};
	const struct tree *root = NULL;
	struct record r;
	bool silenced = false;
	if (tree_read(&arena, alert, &root, NULL) == RC_OK) {
		const struct tree *event = tree_get(root, SV("event"));
		struct sv key = tree_text(tree_at(root, "rule.id"));
		silenced = event && event->type == TREE_OBJECT && sv_eq(key, t->rule->key) &&
			   record_open(&r, &arena, event->raw, NULL, NULL) == RC_OK &&
			   !eval_rule(filter_of(t), &r, NULL);
	}
	arena_fini(&arena);
	return silenced;
}

/* --- writing -------------------------------------------------------------------------------------- */

static void write_proof(const struct tune *t, struct buf *out)
{
	if (t->n_proofs)
		buf_printf(
		    out, "# With it the rule still passes its positive tests: %zu of them.\n", t->n_proofs);
	else
		buf_adds(out,
		    "# The rule has no positive test: nothing proves that it still sees what it should.\n");
	if (!t->lost.ptr)
		return;
	buf_adds(out, "# A wider one would have taken away its test ");
	yamlout_text(out, t->lost);
	buf_adds(out, ".\n");
}

void tune_write(const struct tune *t, int64_t n_silenced, int64_t n_alerts, struct buf *out)
{
	buf_adds(
	    out, "# Put this file beside your rules. It takes away what it describes and nothing else.\n");
	write_proof(t, out);
	if (n_alerts >= 0)
		buf_printf(out,
		    "# It would have silenced %lld of the %lld alerts of this rule in the state.\n",
		    (long long)n_silenced, (long long)n_alerts);
	if (sv_eq(record_derived((struct record *)&t->record, KW_FIELD_CREDENTIAL), SV("root")))
		buf_adds(out, "# Think twice: this is the root user, whom no policy holds back.\n");
	write_document(t, out);
}
