/* Measures coverage. Each rule is traced once and asked about each call in three-valued logic: what the call
 * fixes is known, everything else is unknown. For commands; one thread. */
#include "agent/author/coverage/coverage.h"

#include "agent/author/builtin.h"
#include "rules/trace.h"
#include "rules/value.h"

/* A service that no rule names. */
#define NO_SERVICE "no-such-service.amazonaws.com"

/* --- one question ----------------------------------------------------------------------------------- */

/* Fields that follow from the call alone. */
static bool is_fixed(const struct item *item, bool call_known)
{
	static const struct sv fixed[] = {SV_INIT("eventSource"), SV_INIT("eventName"), SV_INIT("readOnly")};
	struct item_parts parts = item_parts(item);
	if (item_is_derived(item))
		return call_known && parts.field->kw == KW_FIELD_ACCESS;
	if (!item_is_plain(item))
		return false;
	for (size_t i = 0; i < (call_known ? sizeof fixed / sizeof *fixed : 1); i++)
		if (sv_eq(parts.field->name, fixed[i]))
			return true;
	return false;
}

struct question {
	struct record *record;
	bool call_known; /* else the service alone */
};

static enum truth ask(void *ctx, const struct trace_node *t)
{
	const struct question *q = ctx;
	if (!t->item || !is_fixed(t->item, q->call_known))
		return TRUTH_UNKNOWN;
	return item_holds(t->item, q->record, NULL) ? TRUTH_TRUE : TRUTH_FALSE;
}

static bool can_match(struct trace *t, struct record *r, bool call_known)
{
	struct question q = {r, call_known};
	return trace_ask(t, ask, &q) != TRUTH_FALSE;
}

static void open_call(struct record *r, struct arena *a, struct sv api)
{
	struct draft *d = draft_new();
	struct buf json = {0};
	struct err e = {0};
	builtin_api(d, api, &e);
	draft_write(d, &json);
	record_open(r, a, arena_copy(a, buf_sv(&json)), NULL, &e);
	buf_fini(&json);
	draft_free(d);
}

static void open_source(struct record *r, struct arena *a, struct sv source)
{
	struct buf json = {0};
	struct err e = {0};
	buf_adds(&json, "{\"eventSource\":");
	jout_quote(&json, source);
	buf_adds(&json, "}");
	record_open(r, a, arena_copy(a, buf_sv(&json)), NULL, &e);
	buf_fini(&json);
}

/* --- rules beside Kendra's calls --------------------------------------------------------------------- */

static bool is_read(const struct kendra_op *op)
{
	return op->access == API_ACCESS_READ || op->access == API_ACCESS_LIST;
}

/* `can[i]`: call i. */
static enum coverage_reach reach_of(const struct coverage *c, const bool *can, size_t n_can)
{
	size_t n_reads = 0, n_writes = 0, reads = 0, writes = 0;
	for (size_t i = 0; i < c->calls.n; i++) {
		bool read = is_read(c->calls.items[i].op);
		n_reads += read;
		n_writes += !read;
		reads += can[i] && read;
		writes += can[i] && !read;
	}
	bool most_reads = reads * 5 >= n_reads * 4, most_writes = writes * 5 >= n_writes * 4;
	if (n_can == 0)
		return COVERAGE_NONE;
	return most_reads && most_writes ? COVERAGE_ANY
	       : most_reads              ? COVERAGE_READS
	       : most_writes             ? COVERAGE_WRITES
					 : COVERAGE_SPECIFIC;
}

static void note_missing(struct coverage_rule *cr, const struct lists *lists)
{
	const struct rule *r = cr->rule;
	for (size_t i = 0; r->state == RULE_WAITING && i < r->needs.n; i++) {
		const struct list *l = lists ? lists_find(lists, r->needs.items[i]) : NULL;
		if (!l || list_count(l) == 0)
			vec_push(&cr->missing, r->needs.items[i]);
	}
}

static void note_source(struct coverage *c, struct sv name)
{
	size_t at = 0;
	if (sv_eq(name, SV("kendra.amazonaws.com")) || sv_find_char(name, '*') != SV_NONE)
		return;
	while (at < c->sources.n && sv_cmp(c->sources.items[at].name, name) < 0)
		at++;
	if (at < c->sources.n && sv_eq(c->sources.items[at].name, name))
		return;
	vec_push(&c->sources, (struct coverage_source){0});
	memmove(&c->sources.items[at + 1], &c->sources.items[at],
	    (c->sources.n - 1 - at) * sizeof *c->sources.items);
	c->sources.items[at] = (struct coverage_source){.name = name};
}

/* Event sources that the rule names as they are. */
static void note_sources(struct coverage *c, const struct trace *t)
{
	for (size_t i = 0; i < t->items.n; i++) {
		const struct item *item = t->items.items[i]->item;
		struct item_parts parts = item ? item_parts(item) : (struct item_parts){0};
		if (!parts.field || !sv_eq(parts.field->name, SV("eventSource")) || parts.modifiers->n)
			continue;
		for (size_t k = 0; k < parts.n; k++)
			note_source(c, parts.values[k].written);
	}
}

static void measure_rule(struct coverage *c, struct record *calls, const struct rule *rule,
    const struct lists *lists, struct trace *t)
{
	struct coverage_rule cr = {.rule = rule};
	bool *can = heap_zero(c->calls.n + 1, sizeof *can);
	for (size_t i = 0; i < c->calls.n; i++) {
		can[i] = can_match(t, &calls[i], true);
		cr.n_calls += can[i];
	}
	cr.reach = reach_of(c, can, cr.n_calls);
	note_missing(&cr, lists);
	note_sources(c, t);
	for (size_t i = 0; i < c->calls.n; i++) {
		struct coverage_call *call = &c->calls.items[i];
		if (can[i] && cr.reach == COVERAGE_SPECIFIC)
			vec_push(&call->own.list, c->rules.n);
		else if (can[i])
			vec_push(&call->broad.list, c->rules.n);
	}
	vec_push(&c->rules, cr);
	free(can);
}

/* --- rules beside services --------------------------------------------------------------------------- */

/* What can match a service that nobody names is no rule of the others. */
static void measure_sources(struct coverage *c, struct arena *a, struct trace *traces)
{
	struct record r;
	open_source(&r, a, SV(NO_SERVICE));
	for (size_t k = 0; k < c->rules.n; k++)
		c->rules.items[k].any_source = can_match(&traces[k], &r, false);
	for (size_t i = 0; i < c->sources.n; i++) {
		open_source(&r, a, c->sources.items[i].name);
		for (size_t k = 0; k < c->rules.n; k++)
			if (!c->rules.items[k].any_source && can_match(&traces[k], &r, false))
				vec_push(&c->sources.items[i].rules.list, k);
	}
}

/* --- all of it ----------------------------------------------------------------------------------------- */

static bool is_looked_at(struct coverage *c, const struct rule *r)
{
	c->n_off += r->kind == RULE_DETECTION && r->state == RULE_OFF;
	c->n_refused += r->state == RULE_REFUSED;
	return r->kind == RULE_DETECTION && r->state != RULE_OFF && r->state != RULE_REFUSED;
}

void coverage_measure(struct coverage *c, const struct ruleset *set, const struct lists *lists)
{
	struct arena a = {0};
	size_t n;
	const struct kendra_op *ops = api_access_kendra_ops(&n);
	struct record *calls = heap_zero(n, sizeof *calls);
	VEC(struct trace) traces = {0};
	for (size_t i = 0; i < n; i++) {
		open_call(&calls[i], &a, arena_printf(&a, "kendra:%.*s", SV_ARG(ops[i].name)));
		vec_push(&c->calls, (struct coverage_call){.op = &ops[i]});
	}
	for (size_t i = 0; i < set->rules.n; i++) {
		struct trace t;
		if (!is_looked_at(c, set->rules.items[i]) || !trace_build(set->rules.items[i], &a, &t))
			continue;
		measure_rule(c, calls, set->rules.items[i], lists, &t);
		vec_push(&traces, t);
	}
	measure_sources(c, &a, traces.items);
	for (size_t i = 0; i < traces.n; i++)
		trace_fini(&traces.items[i]);
	vec_fini(&traces);
	free(calls);
	arena_fini(&a);
}

void coverage_fini(struct coverage *c)
{
	for (size_t i = 0; i < c->rules.n; i++)
		vec_fini(&c->rules.items[i].missing);
	for (size_t i = 0; i < c->calls.n; i++) {
		vec_fini(&c->calls.items[i].own.list);
		vec_fini(&c->calls.items[i].broad.list);
	}
	for (size_t i = 0; i < c->sources.n; i++)
		vec_fini(&c->sources.items[i].rules.list);
	vec_fini(&c->rules);
	vec_fini(&c->calls);
	vec_fini(&c->sources);
}

const char *coverage_reach_name(enum coverage_reach r)
{
	switch (r) {
	case COVERAGE_NONE: return "none";
	case COVERAGE_SPECIFIC: return "specific";
	case COVERAGE_READS: return "reads";
	case COVERAGE_WRITES: return "writes";
	case COVERAGE_ANY: return "any call";
	}
	return "";
}

size_t coverage_n_active(const struct coverage *c, const struct coverage_set *set)
{
	size_t n = 0;
	for (size_t i = 0; i < set->list.n; i++)
		n += c->rules.items[set->list.items[i]].rule->state == RULE_ACTIVE;
	return n;
}
