/* Rules in force, and how they change. Main thread; the rules themselves are counted snapshots behind the
 * rules box. */
#include "agent/daemon/reload.h"

#include <stdlib.h>
#include <string.h>

#include "agent/daemon/daemon.h"
#include "agent/self.h"
#include "base/clock.h"
#include "base/log.h"

struct reload {
	const struct cli *cli;
	struct setup *now; /* whose rules are in force */
	struct setup
	    *opened; /* with which the flow was opened: its configuration is in use. NULL: none yet */
	struct setup *before; /* in force until `now`, which is to be opened; else NULL */
	struct buf reopens;   /* sections */
	char *went_back;      /* why the flow was opened with an earlier one */
	struct rules_box *rules;
	struct analyst *analyst;
	VEC(struct setup *)
	kept;              /* of reloads, while something holds their rules, which borrow their lists */
	int64_t loaded_ms; /* wall clock: overrides were judged at this moment */
};

struct reload *reload_new(const struct cli *c, struct setup *first)
{
	struct reload *r = heap_zero(1, sizeof *r);
	*r = (struct reload){.cli = c, .now = first, .loaded_ms = clk_now_ms()};
	return r;
}

void reload_attach(struct reload *r, struct rules_box *rules, struct analyst *analyst)
{
	r->rules = rules;
	r->analyst = analyst;
}

void reload_free(struct reload *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->kept.n; i++) {
		setup_fini(r->kept.items[i]);
		free(r->kept.items[i]);
	}
	vec_fini(&r->kept);
	buf_fini(&r->reopens);
	free(r->went_back);
	free(r);
}

/* A wrong rule must not blind the agent, but must not go unseen either. */
static void tell_refused(struct reload *r, const struct ruleset *rules)
{
	if (!rules->n_refused)
		return;
	struct buf names = {0};
	size_t shown = 0;
	for (size_t i = 0; i < rules->rules.n && shown < 5; i++) {
		const struct rule *rule = rules->rules.items[i];
		if (rule->state != RULE_REFUSED)
			continue;
		buf_printf(
		    &names, "%s%.*s", shown++ ? ", " : "", SV_ARG(rule->name.ptr ? rule->name : rule->key));
	}
	char *summary = heap_printf("kendrawatch is degraded: %zu of %zu rules were refused and do not run "
				    "(%s%s). The others do. See kendrawatch check.",
	    rules->n_refused, rules->rules.n, names.ptr ? names.ptr : "",
	    rules->n_refused > shown ? ", …" : "");
	char *revision = heap_text(rules->revision);
	log_error("degraded: rules were refused",
	    "refused=%zu of=%zu next=\"kendrawatch check names each fault\"", rules->n_refused,
	    rules->rules.n);
	self_tell(r->analyst, SELF_RULES_REFUSED, summary, revision);
	free(revision);
	free(summary);
	buf_fini(&names);
}

void reload_tell(struct reload *r, const char *what)
{
	const struct ruleset *rules = r->now->rules;
	log_info(what, "active=%zu waiting=%zu shadow=%zu off=%zu refused=%zu revision=%.*s", rules->n_active,
	    rules->n_waiting, rules->n_shadow, rules->n_off, rules->n_refused, SV_ARG(rules->revision));
	if (rules->n_correlations)
		log_warn("correlations wait: this version checks them and does not run them",
		    "correlations=%zu next=\"their rules alert by themselves until then\"",
		    rules->n_correlations);
	tell_refused(r, rules);
}

/* Once a day for the same mistakes, and anew for others. */
static void tell_reload_refused(struct reload *r, const struct faults *faults)
{
	struct buf detail = {0};
	char day[CLK_TEXT];
	clk_format(clk_now_ms(), false, day);
	buf_printf(&detail, "%.10s\n", day);
	for (size_t i = 0; i < faults->list.n; i++)
		fault_show(&faults->list.items[i], &detail);
	log_error("reload refused: the configuration has errors",
	    "next=\"the old one stays in force; mend it and send SIGHUP again\"");
	self_tell(r->analyst, SELF_RELOAD_REFUSED,
	    "kendrawatch was asked to reload, but the configuration has errors; the old one stays in force. "
	    "Its log and kendrawatch run --check name each.",
	    detail.ptr);
	buf_fini(&detail);
}

/* Setups of earlier reloads whose rules nobody holds any more. */
static void forget_unused(struct reload *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->kept.n; i++) {
		struct setup *s = r->kept.items[i];
		if (s == r->now || s == r->opened || s == r->before || s->rules->refs > 1) {
			r->kept.items[n++] = s;
			continue;
		}
		setup_fini(s);
		free(s);
	}
	r->kept.n = n;
}

/* The first error, as a line. */
static enum rc first_error(const struct faults *faults, struct err *e)
{
	struct buf text = {0};
	for (size_t i = 0; i < faults->list.n && !text.len; i++)
		if (faults->list.items[i].level == FAULT_ERROR)
			fault_show(&faults->list.items[i], &text);
	enum rc rc = err_set(e, RC_CONFIG, "the configuration has errors, the old one stays in force: %.*s",
	    SV_ARG(sv_trim(buf_sv(&text))));
	buf_fini(&text);
	return rc;
}

const struct ruleset *reload_rules(const struct reload *r)
{
	return r->now->rules;
}

/* Nobody can open standard input twice and find what was read ahead. */
static bool reads_stdin(const struct config *c)
{
	for (size_t i = 0; i < c->sources.n; i++)
		if (strcmp(c->sources.items[i].type, "stdin") == 0)
			return true;
	return false;
}

/* Notes what must be opened anew. What can't be opened is better refused while the old one runs. */
static enum rc find_reopens(struct reload *r, struct setup *fresh)
{
	const struct config *old = r->opened->config;
	r->reopens.len = 0;
	if (!config_differs(old, fresh->config, &r->reopens))
		return RC_OK;
	if (reads_stdin(old) || reads_stdin(fresh->config)) {
		log_warn("reload leaves what a source on standard input can't take under way",
		    "sections=\"%.*s\" next=\"restart the agent for those\"", SV_ARG(buf_sv(&r->reopens)));
		r->reopens.len = 0;
		return RC_OK;
	}
	size_t errors = fresh->faults.n_errors;
	daemon_check(fresh, &fresh->faults);
	faults_sort(&fresh->faults);
	return fresh->faults.n_errors > errors ? RC_CONFIG : RC_OK;
}

enum rc reload_now(struct reload *r, struct err *e)
{
	struct setup fresh;
	enum rc rc = setup_load(r->cli, &fresh);
	if (rc == RC_OK)
		rc = find_reopens(r, &fresh);
	setup_tell(&fresh.faults, FAULT_ERROR);
	if (rc != RC_OK) {
		r->reopens.len = 0;
		tell_reload_refused(r, &fresh.faults);
		rc = first_error(&fresh.faults, e);
		setup_fini(&fresh);
		return rc;
	}
	struct setup *kept = heap_alloc(sizeof *kept);
	*kept = fresh;
	rules_box_set(r->rules, ruleset_ref(kept->rules));
	if (r->reopens.len)
		r->before = r->now;
	r->now = kept;
	r->loaded_ms = clk_now_ms();
	vec_push(&r->kept, kept);
	log_info("reload took rules, lists and overrides", "%s%.*s%s", r->reopens.len ? "opens_anew=\"" : "",
	    SV_ARG(buf_sv(&r->reopens)), r->reopens.len ? "\"" : "");
	reload_tell(r, "reloaded");
	forget_unused(r);
	return RC_OK;
}

const char *reload_reopens(const struct reload *r)
{
	return r->reopens.len ? r->reopens.ptr : NULL;
}

struct setup *reload_setup(struct reload *r)
{
	return r->now;
}

void reload_opened(struct reload *r)
{
	r->opened = r->now;
	r->before = NULL;
	r->reopens.len = 0;
	if (r->went_back) {
		log_error("the new configuration could not be opened",
		    "error=\"%s\" next=\"the old one is in "
		    "force; mend it and reload again\"",
		    r->went_back);
		self_tell(r->analyst, SELF_RELOAD_REFUSED,
		    "kendrawatch was asked to reload, but the new configuration could not be opened; the old "
		    "one is in force again. Its log says what stood in the way.",
		    r->went_back);
		free(r->went_back);
		r->went_back = NULL;
	}
	forget_unused(r);
}

bool reload_back(struct reload *r, const char *why)
{
	if (!r->before)
		return false;
	r->went_back = heap_text(sv_from(why));
	r->now = r->before;
	r->before = NULL;
	return true;
}

/* The first end of a filter after the rules were loaded; INT64_MAX when there is none. */
static int64_t first_filter_end(const struct reload *r)
{
	const struct ruleset *rules = r->now->rules;
	int64_t next = INT64_MAX;
	for (size_t i = 0; i < rules->rules.n; i++) {
		const struct rule *rule = rules->rules.items[i];
		if (rule->kind == RULE_FILTER && rule->until_ms > r->loaded_ms && rule->until_ms < next)
			next = rule->until_ms;
	}
	return next;
}

int64_t reload_due_in_ms(const struct reload *r)
{
	const struct config *config = r->now->config;
	int64_t next = first_filter_end(r), now = clk_now_ms();
	for (size_t i = 0; i < config->overrides.n; i++) {
		const struct option_value *until = options_get(&config->overrides.items[i].options, "until");
		/* One that was over when the rules were loaded had no effect to end. */
		if (until->set && until->number > r->loaded_ms && until->number < next)
			next = until->number;
	}
	if (next == INT64_MAX)
		return -1;
	return next > now ? next - now : 1;
}

void reload_overrides(struct reload *r)
{
	struct faults faults = {0};
	struct ruleset *rules = setup_load_rules(r->cli, r->now, &faults);
	setup_tell(&faults, FAULT_WARNING);
	faults_fini(&faults);
	/* The rules so far live on while something holds them; their lists are this setup's, which stays. */
	ruleset_unref(r->now->rules);
	r->now->rules = rules;
	r->loaded_ms = clk_now_ms();
	rules_box_set(r->rules, ruleset_ref(rules));
	reload_tell(r, "an override or a filter has ended: rules were loaded anew");
}
