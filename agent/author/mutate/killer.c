/* Finds a killing test by changing one thing at a time in the events of the cases there are. A few hundred
 * evaluations at most for one mutant; one thread. */
#include "agent/author/mutate/killer.h"

#include "agent/author/builtin.h"
#include "base/jout.h"

/* Of a case's event: a path and its new value as JSON (NULL: taken away), or another caller. */
struct change {
	struct sv path, json, as;
};

static const struct change common[] = {
    {.path = SV_INIT("errorCode"), .json = SV_INIT("\"AccessDenied\"")},
    {.path = SV_INIT("errorCode"), .json = SV_INIT("\"ValidationException\"")},
    {.path = SV_INIT("errorCode")},
    {.path = SV_INIT("sourceIPAddress"), .json = SV_INIT("\"192.0.2.99\"")},
    {.path = SV_INIT("sourceIPAddress"), .json = SV_INIT("\"kendra.amazonaws.com\"")},
    {.path = SV_INIT("userAgent"), .json = SV_INIT("\"curl/8.5.0\"")},
    {.path = SV_INIT("eventSource"), .json = SV_INIT("\"other.amazonaws.com\"")},
    {.path = SV_INIT("eventName"), .json = SV_INIT("\"Other\"")},
    {.path = SV_INIT("eventType"), .json = SV_INIT("\"AwsServiceEvent\"")},
    {.path = SV_INIT("userIdentity.invokedBy"), .json = SV_INIT("\"kendra.amazonaws.com\"")},
    {.path = SV_INIT("userIdentity.invokedBy")},
    {.path = SV_INIT("userIdentity.sessionContext.attributes.mfaAuthenticated"), .json = SV_INIT("\"true\"")},
    {.path = SV_INIT("requestParameters.omitted"), .json = SV_INIT("true")},
    {.as = SV_INIT("role/other")},
    {.as = SV_INIT("user/other")},
    {.as = SV_INIT("sso/other@example.com")},
    {.as = SV_INIT("root")},
    {.as = SV_INIT("service/kendra.amazonaws.com")},
    {.as = SV_INIT("account/999988887777")},
};

struct search {
	const struct suite *suite;
	const struct mutant *mutant;
	struct buf *out;
	bool found;
};

static bool verdict(const struct search *s, const struct suite_case *c, bool broken)
{
	struct outcome got;
	if (broken)
		mutant_swap(s->mutant);
	suite_run(s->suite, c, false, &got);
	if (broken)
		mutant_swap(s->mutant);
	bool matches = got.matches > 0;
	outcome_fini(&got);
	return matches;
}

static void apply(struct draft *d, const struct change *c)
{
	if (c->as.ptr)
		builtin_identity(d, c->as, NULL);
	else if (!c->json.ptr)
		draft_unset(d, c->path);
	else
		draft_set_json(d, c->path, c->json);
}

static void tell(struct search *s, const struct suite_case *c, const struct change *change, bool match)
{
	struct buf *out = s->out;
	buf_adds(out, "add a case like \"");
	buf_add_printable(out, c->name);
	buf_adds(out, "\" with ");
	if (change->as.ptr)
		buf_printf(out, "as: %.*s", SV_ARG(change->as));
	else if (!change->json.ptr)
		buf_printf(out, "unset: [%.*s]", SV_ARG(change->path));
	else {
		buf_printf(out, "set: {%.*s: ", SV_ARG(change->path));
		buf_add_printable(out, change->json);
		buf_addc(out, '}');
	}
	buf_printf(out, ", match: %s", match ? "true" : "false");
}

static void try_on(struct search *s, const struct suite_case *c, const struct change *change)
{
	struct suite_event event = {draft_copy(c->events.items[0].draft), c->events.items[0].at_ms, 1, 1000};
	struct suite_case changed = {.node = c->node};
	apply(event.draft, change);
	vec_push(&changed.events, event);
	bool match = verdict(s, &changed, false);
	if (match != verdict(s, &changed, true)) {
		tell(s, c, change, match);
		s->found = true;
	}
	suite_case_fini(&changed);
}

static void try_change(struct search *s, const struct change *change)
{
	for (size_t i = 0; i < s->suite->cases.n && !s->found; i++)
		if (s->suite->cases.items[i].events.n == 1)
			try_on(s, &s->suite->cases.items[i], change);
}

static void try_text(struct search *s, struct sv text)
{
	struct buf json = {0};
	jout_quote(&json, text);
	try_change(s, &(struct change){.path = s->mutant->field, .json = buf_sv(&json)});
	buf_fini(&json);
}

/* A text that a pattern fits: a word for each star. */
static void try_pattern(struct search *s, struct sv pattern, const char *before, const char *after)
{
	struct buf text = {0};
	buf_adds(&text, before);
	for (size_t i = 0; i < pattern.len; i++) {
		if (pattern.ptr[i] == '*')
			buf_adds(&text, "x");
		else
			buf_addc(&text, pattern.ptr[i] == '?' ? 'x' : pattern.ptr[i]);
	}
	buf_adds(&text, after);
	try_text(s, buf_sv(&text));
	buf_fini(&text);
}

static void try_letters(struct search *s, struct sv text)
{
	struct buf upper = {0};
	for (size_t i = 0; i < text.len; i++)
		buf_addc(&upper,
		    text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? (char)(text.ptr[i] - 32) : text.ptr[i]);
	try_text(s, buf_sv(&upper));
	buf_fini(&upper);
}

static void try_value(struct search *s, const struct ydoc_node *v)
{
	static const char *const around[][2] = {{"", ""}, {"x", "x"}, {"", "x"}, {"x", ""}};
	for (size_t i = 0; v->kind == YDOC_LIST && i < v->n; i++)
		try_value(s, v->items[i]);
	if (v->kind != YDOC_SCALAR)
		return;
	if (v->type == YDOC_INT || v->type == YDOC_BOOL)
		try_change(s, &(struct change){.path = s->mutant->field, .json = v->text});
	for (size_t i = 0; i < sizeof around / sizeof *around; i++)
		try_pattern(s, v->text, around[i][0], around[i][1]);
	try_letters(s, v->text);
}

/* The common changes of this field; ptr NULL: all of them. */
static void try_common(struct search *s, struct sv field)
{
	for (size_t i = 0; i < sizeof common / sizeof *common && !s->found; i++)
		if (!field.ptr || sv_eq(common[i].path, field))
			try_change(s, &common[i]);
}

/* The line's own field, which no derived field is. */
static void try_field(struct search *s)
{
	struct sv field = s->mutant->field;
	if (!field.len || sv_starts(field, SV("kw.")))
		return;
	if (s->mutant->kind == MUTANT_TRUE) {
		try_common(s, field);
		try_text(s, SV("other"));
	}
	try_value(s, s->mutant->end);
	try_change(s, &(struct change){.path = field, .json = SV("null")});
	try_change(s, &(struct change){.path = field});
}

/* In words, when nothing was found. */
static void say(struct search *s)
{
	const struct mutant *m = s->mutant;
	struct buf *out = s->out;
	const char *with = m->negated ? "true" : "false", *without = m->negated ? "false" : "true";
	switch (m->kind) {
	case MUTANT_GROUP_BY:
		buf_printf(
		    out, "add a case with two events that differ only in %.*s, alerts: 2", SV_ARG(m->field));
		return;
	case MUTANT_SUPPRESS:
		buf_adds(out, "add a case with times: {count: 2, every: 1s}, alerts: 1");
		return;
	case MUTANT_FILTER: buf_adds(out, "add a case that the filter takes away, match: false"); return;
	case MUTANT_FALSE:
	case MUTANT_VALUE: buf_printf(out, "add a case that holds by this alone, match: %s", without); return;
	case MUTANT_TRUE:
	case MUTANT_NEGATED:
	case MUTANT_CASED:
	case MUTANT_WHOLE:
	case MUTANT_ANYWHERE:
	case MUTANT_ALL:
	case MUTANT_BOUND:
	case MUTANT_AND_OR:
	case MUTANT_NOT:
	case MUTANT_COUNT: break;
	}
	buf_printf(out, "no case differs only in %.*s from one of the other verdict: add one, match: %s",
	    SV_ARG(m->field.len ? m->field : m->what), with);
}

static bool is_about_events(enum mutant_kind k)
{
	return k != MUTANT_GROUP_BY && k != MUTANT_SUPPRESS;
}

void killer_suggest(const struct suite *s, const struct mutant *m, struct buf *out)
{
	struct search search = {.suite = s, .mutant = m, .out = out};
	if (is_about_events(m->kind)) {
		try_field(&search);
		try_common(&search, (struct sv){0});
	}
	if (!search.found)
		say(&search);
}
