/* The report of `coverage` for people: text, Markdown. */
#include "agent/author/coverage/coverage.h"

#include "base/utf8.h"

#define CALL_COLUMNS 36
#define CLASS_COLUMNS 6
#define RULES_COLUMNS 45

static struct sv name_of(const struct coverage *c, size_t at)
{
	const struct rule *r = c->rules.items[at].rule;
	return r->name.len ? r->name : r->key;
}

/* A rule that does not alert now is in brackets. */
static void add_rule(const struct coverage *c, size_t at, struct buf *out)
{
	bool active = c->rules.items[at].rule->state == RULE_ACTIVE;
	buf_adds(out, active ? "" : "(");
	buf_add_printable(out, name_of(c, at));
	buf_adds(out, active ? "" : ")");
}

static void add_missing(const struct coverage_rule *r, struct buf *out)
{
	for (size_t i = 0; i < r->missing.n; i++) {
		buf_adds(out, i ? ", " : "");
		buf_add_printable(out, r->missing.items[i]);
	}
}

/* Who watches a call. */
enum watch {
	WATCH_OWN,   /* an active rule of its own */
	WATCH_BROAD, /* active rules, broad ones only */
	WATCH_LATER, /* rules that do not alert now */
	WATCH_NONE,
};

static enum watch watch_of(const struct coverage *c, const struct coverage_call *call)
{
	if (coverage_n_active(c, &call->own))
		return WATCH_OWN;
	if (coverage_n_active(c, &call->broad))
		return WATCH_BROAD;
	return call->own.list.n || call->broad.list.n ? WATCH_LATER : WATCH_NONE;
}

/* Appends `text` behind a comma where the line has room, else on a new one. */
static void add_wrapped(struct buf *out, struct sv text, size_t indent, size_t width, size_t *used)
{
	size_t n = utf8_count(text);
	if (*used && *used + n + 2 > width) {
		buf_printf(out, ",\n%*s", (int)indent, "");
		*used = 0;
	} else if (*used) {
		buf_adds(out, ", ");
		*used += 2;
	}
	buf_add(out, text);
	*used += n;
}

/* --- text ------------------------------------------------------------------------------------------- */

static void add_watched(
    const struct coverage *c, enum watch watch, const char *text, bool names, struct buf *out)
{
	size_t n = 0, used = 0;
	for (size_t i = 0; i < c->calls.n; i++)
		n += watch_of(c, &c->calls.items[i]) == watch;
	buf_printf(out, "%4zu  %s%s", n, text, names && n ? ":\n      " : "");
	for (size_t i = 0; i < c->calls.n && names; i++)
		if (watch_of(c, &c->calls.items[i]) == watch)
			add_wrapped(out, c->calls.items[i].op->name, 6, 92, &used);
	buf_addc(out, '\n');
}

static void add_summary(const struct coverage *c, struct buf *out)
{
	size_t n[RULE_REFUSED + 1] = {0};
	for (size_t i = 0; i < c->rules.n; i++)
		n[c->rules.items[i].rule->state]++;
	buf_printf(out, "%zu rules: %zu active, %zu waiting, %zu in shadow", c->rules.n, n[RULE_ACTIVE],
	    n[RULE_WAITING], n[RULE_SHADOW]);
	if (c->n_off || c->n_refused)
		buf_printf(out, " (%zu off and %zu refused are left out)", c->n_off, c->n_refused);
	buf_printf(out, "\n\nOf the %zu calls of Kendra\n\n", c->calls.n);
	add_watched(c, WATCH_OWN, "have an active rule of their own", false, out);
	add_watched(c, WATCH_BROAD, "are watched by broad active rules only", false, out);
	add_watched(c, WATCH_LATER, "are watched only by rules that do not alert now", true, out);
	add_watched(c, WATCH_NONE, "nobody watches", true, out);
	buf_addc(out, '\n');
}

/* Names in lines of some width, the first behind what stands there already. */
static void add_names(
    const struct coverage *c, const struct coverage_set *set, size_t indent, size_t width, struct buf *out)
{
	size_t used = 0;
	for (size_t i = 0; i < set->list.n; i++) {
		struct buf name = {0};
		add_rule(c, set->list.items[i], &name);
		add_wrapped(out, buf_sv(&name), indent, width, &used);
		buf_fini(&name);
	}
}

/* "2 (3)": active, and those that do not alert now. */
static void add_numbers(const struct coverage *c, const struct coverage_set *set, struct buf *out)
{
	size_t active = coverage_n_active(c, set), rest = set->list.n - active;
	if (rest)
		buf_printf(out, "%zu (%zu)", active, rest);
	else
		buf_printf(out, "%zu", active);
}

static void add_call(const struct coverage *c, const struct coverage_call *call, struct buf *out)
{
	struct buf numbers = {0};
	add_numbers(c, &call->broad, &numbers);
	buf_printf(out, "%-*.*s  %-*s  %-6s  ", CALL_COLUMNS, SV_ARG(call->op->name), CLASS_COLUMNS,
	    api_access_name(call->op->access), numbers.ptr);
	if (call->own.list.n)
		add_names(c, &call->own, CALL_COLUMNS + CLASS_COLUMNS + 12, RULES_COLUMNS, out);
	else
		buf_adds(out, call->broad.list.n ? "-" : "- nobody watches it");
	buf_addc(out, '\n');
	buf_fini(&numbers);
}

static void add_broad(const struct coverage *c, struct buf *out)
{
	buf_adds(out, "\nBroad rules of Kendra\n");
	for (size_t i = 0; i < c->rules.n; i++) {
		const struct coverage_rule *r = &c->rules.items[i];
		struct buf name = {0};
		if (r->reach <= COVERAGE_SPECIFIC)
			continue;
		add_rule(c, i, &name);
		buf_printf(out, "  %-38s  %2zu calls: %s%s\n", name.ptr, r->n_calls,
		    coverage_reach_name(r->reach), r->any_source ? ", and of other services" : "");
		buf_fini(&name);
	}
}

static void add_waiting(const struct coverage *c, struct buf *out)
{
	bool first = true;
	for (size_t i = 0; i < c->rules.n; i++) {
		const struct coverage_rule *r = &c->rules.items[i];
		if (r->rule->state != RULE_WAITING)
			continue;
		buf_adds(out, first ? "\nRules that wait for a list\n" : "");
		first = false;
		buf_printf(out, "  %-38.*s  ", SV_ARG(name_of(c, i)));
		add_missing(r, out);
		buf_addc(out, '\n');
	}
}

static void add_sources(const struct coverage *c, struct buf *out)
{
	if (c->sources.n)
		buf_adds(out, "\nOther services that rules name\n");
	for (size_t i = 0; i < c->sources.n; i++) {
		buf_printf(out, "  %-32.*s  ", SV_ARG(c->sources.items[i].name));
		add_names(c, &c->sources.items[i].rules, 36, 62, out);
		buf_addc(out, '\n');
	}
}

#define REMARK                                                                                               \
	"All of Kendra's calls are management events. Reads (Query, Retrieve, List*, Describe*) arrive\n"    \
	"only from a trail that logs reads; the text of a query is never recorded. A rule is listed where\n" \
	"it can match, whoever calls and with whatever outcome.\n"

void coverage_text(const struct coverage *c, struct buf *out)
{
	add_summary(c, out);
	buf_printf(out, "%-*s  %-*s  %-6s  %s\n", CALL_COLUMNS, "CALL OF KENDRA", CLASS_COLUMNS, "CLASS",
	    "BROAD", "RULES OF ITS OWN ((…): do not alert now)");
	for (size_t i = 0; i < c->calls.n; i++)
		add_call(c, &c->calls.items[i], out);
	add_broad(c, out);
	add_waiting(c, out);
	add_sources(c, out);
	buf_adds(out, "\n" REMARK);
}

/* --- Markdown -------------------------------------------------------------------------------------- */

static void add_cell(const struct coverage *c, const struct coverage_set *set, struct buf *out)
{
	for (size_t i = 0; i < set->list.n; i++) {
		buf_adds(out, i ? ", " : "");
		add_rule(c, set->list.items[i], out);
	}
	buf_adds(out, " | ");
}

void coverage_markdown(const struct coverage *c, struct buf *out)
{
	buf_adds(out, "# Coverage\n\n");
	add_summary(c, out);
	buf_adds(out, "In brackets: rules that do not alert now. " REMARK "\n");
	buf_adds(out, "| call | class | rules of its own | broad rules |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < c->calls.n; i++) {
		const struct coverage_call *call = &c->calls.items[i];
		buf_printf(out, "| %.*s | %s | ", SV_ARG(call->op->name), api_access_name(call->op->access));
		add_cell(c, &call->own, out);
		add_cell(c, &call->broad, out);
		out->len--;
		buf_addc(out, '\n');
	}
	buf_adds(out, "\n| rule | waits for |\n| --- | --- |\n");
	for (size_t i = 0; i < c->rules.n; i++) {
		if (c->rules.items[i].rule->state != RULE_WAITING)
			continue;
		buf_printf(out, "| %.*s | ", SV_ARG(name_of(c, i)));
		add_missing(&c->rules.items[i], out);
		buf_adds(out, " |\n");
	}
	buf_adds(out, "\n| other service | rules |\n| --- | --- |\n");
	for (size_t i = 0; i < c->sources.n; i++) {
		buf_printf(out, "| %.*s | ", SV_ARG(c->sources.items[i].name));
		add_cell(c, &c->sources.items[i].rules, out);
		out->len--;
		buf_addc(out, '\n');
	}
}
