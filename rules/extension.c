/* What kendrawatch adds to Sigma in a rule: the list it needs, the sentence and the first steps of its
 * alerts, how they fold and end. Called by document.c; texts are borrowed from the YAML tree that the rule
 * set keeps. */
#include "rules/extension.h"

#include "base/clock.h"
#include "base/nearest.h"
#include "rules/template.h"
#include "rules/vocabulary.h"

#define MAX_SUPPRESS_MS ((int64_t)30 * 24 * 3600 * 1000)

static void fault_on(const struct document *d, const struct ydoc_node *at, const char *text)
{
	fault_add(d->faults, FAULT_ERROR, d->file, at->line, at->col, "%s", text);
}

static bool is_text(const struct ydoc_node *n)
{
	return n->kind == YDOC_SCALAR && n->type != YDOC_NULL && n->text.len > 0;
}

/* Does a key's value hold only texts, alone or in a list? */
static bool is_texts(const struct ydoc_node *n)
{
	if (n->kind != YDOC_LIST)
		return is_text(n);
	for (size_t i = 0; i < n->n; i++)
		if (!is_text(n->items[i]))
			return false;
	return true;
}

static void fault_unknown_key(const struct document *d, const struct ydoc_node *key, const char *where,
    const char *const *names, size_t n_names)
{
	int near = nearest_find(key->text, names, n_names);

	if (near >= 0)
		fault_add(d->faults, FAULT_ERROR, d->file, key->line, key->col,
		    "unknown key \"%.*s\" in `%s`; did you mean \"%s\"?", SV_ARG(key->text), where,
		    names[near]);
	else
		fault_add(d->faults, FAULT_ERROR, d->file, key->line, key->col,
		    "unknown key \"%.*s\" in `%s`", SV_ARG(key->text), where);
	fault_tag(d->faults, FAULT_UNKNOWN_KEY);
}

/* --- templates ------------------------------------------------------------------------------------ */

/* Where a shell stands after `words`: outside quotes (0), or inside ' or ". */
static char shell_quote_after(char quote, struct sv words)
{
	for (size_t i = 0; i < words.len; i++) {
		char c = words.ptr[i];

		if (c == '\\' && quote != '\'')
			i++;
		else if (quote == c)
			quote = 0;
		else if (!quote && (c == '\'' || c == '"'))
			quote = c;
	}
	return quote;
}

static void check_template(const struct document *d, const struct ydoc_node *n, bool is_command)
{
	struct template_piece piece;
	struct err e = {0};
	size_t at = 0;
	char quote = 0;
	enum rc rc;

	while (!(rc = template_next(n->text, &at, &piece, &e))) {
		struct place p = place_of(d->places, n, piece.at);

		if (!piece.is_field) {
			quote = shell_quote_after(quote, piece.text);
			continue;
		}
		vocabulary_field(piece.text, d->file, p.line, p.col, d->faults);
		if (is_command && quote)
			fault_add(d->faults, FAULT_ERROR, d->file, p.line, p.col,
			    "{%.*s} stands inside quotes; leave them out, its value is quoted for the shell",
			    SV_ARG(piece.text));
	}
	if (rc != RC_NOTFOUND) {
		struct place p = place_of(d->places, n, piece.at);

		fault_add(d->faults, FAULT_ERROR, d->file, p.line, p.col, "%s", e.text);
	} else if (is_command && quote) {
		fault_on(d, n, "a quote in this command is never closed");
	}
}

/* --- one function a key --------------------------------------------------------------------------- */

static void read_needs(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	if (n->kind != YDOC_LIST || !is_texts(n)) {
		fault_on(d, n, "`needs` is a list of list names: [known_networks]");
		return;
	}
	for (size_t i = 0; i < n->n; i++)
		vec_push(&r->needs, n->items[i]->text);
}

static void read_summary(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	if (!is_text(n)) {
		fault_on(d, n, "`summary` is a text such as '{kw.actor} deleted index {kw.index}'");
		return;
	}
	check_template(d, n, false);
	r->summary = n->text;
}

static void read_group_by(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	const struct ydoc_node *const *fields = (const struct ydoc_node *const *)n->items;
	size_t n_fields = n->n;

	if (!is_texts(n)) {
		fault_on(d, n, "`group_by` is a list of fields: [kw.actor, kw.index]");
		return;
	}
	if (n->kind == YDOC_SCALAR) {
		fields = &n;
		n_fields = 1;
	}
	for (size_t i = 0; i < n_fields; i++) {
		vocabulary_field(fields[i]->text, d->file, fields[i]->line, fields[i]->col, d->faults);
		vec_push(&r->group_by, fields[i]->text);
	}
}

static bool is_span(const struct ydoc_node *n, int64_t *out_ms)
{
	return n->kind == YDOC_SCALAR && clk_span(n->text, out_ms) && *out_ms >= 0;
}

static void read_suppress_for(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	int64_t ms = 0;

	if (!is_span(n, &ms) || ms > MAX_SUPPRESS_MS)
		fault_on(d, n, "`suppress_for` is a span of at most 30 days, such as 1h or 30m");
	else
		r->suppress_for_ms = ms;
}

static void read_resolve(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	int64_t ms = 0;

	if (n->kind == YDOC_SCALAR && sv_eq(n->text, SV("never"))) {
		r->resolve = n->text;
	} else if (n->kind == YDOC_MAP && n->n == 1 && sv_eq(n->keys[0]->text, SV("quiet")) &&
		   is_span(n->items[0], &ms) && ms > 0) {
		r->resolve = arena_printf(d->arena, "quiet: %.*s", SV_ARG(n->items[0]->text));
	} else if (n->kind == YDOC_MAP && n->n == 1 && sv_eq(n->keys[0]->text, SV("reverted_by")) &&
		   is_text(n->items[0])) {
		r->resolve = arena_printf(d->arena, "reverted_by: %.*s", SV_ARG(n->items[0]->text));
	} else {
		fault_on(d, n, "`resolve` is never, {quiet: 2h} or {reverted_by: rule_name}");
	}
}

static void read_runbook(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	if (!is_text(n))
		fault_on(d, n, "`runbook` is a link");
	else
		r->runbook = n->text;
}

static void read_step(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	static const char *const names[] = {"run"};
	struct rule_step step = {0};

	if (n->kind == YDOC_MAP && n->n == 1 && !sv_eq(n->keys[0]->text, SV("run"))) {
		fault_unknown_key(d, n->keys[0], "first_steps", names, 1);
		return;
	}
	if (n->kind == YDOC_MAP && n->n == 1) {
		n = n->items[0];
		step.is_command = true;
	}
	if (!is_text(n)) {
		fault_on(d, n, "a first step is a text, or {run: command}");
		return;
	}
	check_template(d, n, step.is_command);
	step.text = n->text;
	vec_push(&r->first_steps, step);
}

static void read_first_steps(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	if (n->kind != YDOC_LIST)
		fault_on(d, n, "`first_steps` is a list of texts and {run: command}");
	for (size_t i = 0; n->kind == YDOC_LIST && i < n->n; i++)
		read_step(d, n->items[i], r);
}

/* Keys of filters: a rule that ends by itself would be a blind spot with a date. */
static bool is_filter(const struct document *d, const struct ydoc_node *n, const struct rule *r)
{
	if (r->kind != RULE_FILTER)
		fault_on(d, n, "`owner`, `until` and `reason` are for filters; a rule has none");
	return r->kind == RULE_FILTER;
}

static void read_owner(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	if (!is_filter(d, n, r))
		return;
	if (!is_text(n))
		fault_on(d, n, "`owner` is a text: who answers for this filter");
	else
		r->owner = n->text;
}

static void read_reason(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	if (!is_filter(d, n, r))
		return;
	if (!is_text(n))
		fault_on(d, n, "`reason` is a text: why this filter is there");
	else
		r->reason = n->text;
}

static void read_until(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	if (is_filter(d, n, r) && (!is_text(n) || !clk_parse(n->text, &r->until_ms)))
		fault_on(d, n, "`until` is a date or a time, such as 2027-01-31 or 2027-01-31T12:00:00Z");
}

static const struct {
	const char *name;
	void (*read)(const struct document *, const struct ydoc_node *, struct rule *);
} keys[] = {
    {"needs", read_needs},
    {"summary", read_summary},
    {"group_by", read_group_by},
    {"suppress_for", read_suppress_for},
    {"resolve", read_resolve},
    {"runbook", read_runbook},
    {"first_steps", read_first_steps},
    {"owner", read_owner},
    {"until", read_until},
    {"reason", read_reason},
};
#define N_KEYS (sizeof keys / sizeof keys[0])

static void read_key(
    const struct document *d, const struct ydoc_node *key, const struct ydoc_node *value, struct rule *rule)
{
	const char *names[N_KEYS];

	for (size_t i = 0; i < N_KEYS; i++) {
		names[i] = keys[i].name;
		if (sv_eq(key->text, sv_from(keys[i].name))) {
			keys[i].read(d, value, rule);
			return;
		}
	}
	fault_unknown_key(d, key, "kendrawatch", names, N_KEYS);
}

void extension_read(const struct document *d, const struct ydoc_node *map, struct rule *rule)
{
	if (map->kind != YDOC_MAP) {
		fault_on(d, map, "`kendrawatch` is a map: needs, summary, group_by and the like");
		return;
	}
	for (size_t i = 0; i < map->n; i++)
		read_key(d, map->keys[i], map->items[i], rule);
}
