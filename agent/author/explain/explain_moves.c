/* Generates, `explain_change.c` tests: so a candidate that does not help costs nothing but its trial. */
#include "agent/author/explain/explain_moves.h"

#include <inttypes.h>

#include "agent/author/explain/explain_identity.h"
#include "base/clock.h"
#include "base/jout.h"
#include "base/utf8.h"
#include "rules/value.h"

#define MAX_WANTED 24
#define HOUR_MS 3600000

struct maker {
	struct record *r;
	struct arena *arena;
	struct path field;
	struct explain_moves *out;
};

static void add(struct maker *m, struct explain_move move)
{
	if (m->out->n < EXPLAIN_MOVES)
		m->out->items[m->out->n++] = move;
}

static struct sv quoted(struct maker *m, struct sv text)
{
	struct buf json = {0};
	jout_quote(&json, text);
	struct sv copy = arena_copy(m->arena, buf_sv(&json));
	buf_fini(&json);
	return copy;
}

static struct edit set_text(struct maker *m, const char *path, struct sv text)
{
	return (struct edit){sv_from(path), quoted(m, text)};
}

static struct edit take_away(const char *path)
{
	return (struct edit){sv_from(path), {NULL, 0}};
}

static void add_one(struct maker *m, struct edit edit)
{
	add(m, (struct explain_move){.edits = {edit}, .n = 1});
}

/* --- texts that would meet a rule's value ---------------------------------------------------------- */

/* What was written, its wildcards left out and its escapes resolved. */
static struct sv without_wildcards(struct sv written, struct arena *a)
{
	struct buf b = {0};
	for (size_t i = 0; i < written.len; i++) {
		char c = written.ptr[i];
		if (c == '\\' && i + 1 < written.len && strchr("*?\\", written.ptr[i + 1]))
			buf_addc(&b, written.ptr[++i]);
		else if (c == '?')
			buf_addc(&b, 'x');
		else if (c != '*')
			buf_addc(&b, c);
	}
	struct sv text = arena_copy(a, buf_sv(&b));
	buf_fini(&b);
	return text;
}

/* The compiled pattern as a text: what encoders made of the value. */
static struct sv text_of_pattern(const struct pattern *p, struct arena *a)
{
	struct buf b = {0};
	for (size_t i = 0; i < p->n; i++) {
		char utf8[4];
		if (p->items[i] == PATTERN_ONE || p->items[i] == PATTERN_DASH)
			buf_addc(&b, '-');
		else if (p->items[i] < 0x110000)
			buf_add(&b, sv_of(utf8, utf8_put(p->items[i], utf8)));
	}
	struct sv text = arena_copy(a, buf_sv(&b));
	buf_fini(&b);
	return text;
}

/* Plain characters of an expression, without anchors; right for the simple ones. */
static struct sv text_of_regex(struct sv re, struct arena *a)
{
	struct buf b = {0};
	for (size_t i = 0; i < re.len && re.ptr[i] != '|'; i++) {
		char c = re.ptr[i];
		if (c == '\\' && i + 1 < re.len) {
			char next = re.ptr[++i];
			buf_addc(&b, (char)(next == 'd'   ? '1'
					    : next == 's' ? ' '
					    : next == 'w' ? 'a'
							  : next));
		} else if (c == '[' && i + 1 < re.len) {
			buf_addc(&b, re.ptr[i + 1]);
			while (i + 1 < re.len && re.ptr[i] != ']')
				i++;
		} else if (c == '.') {
			buf_addc(&b, 'a');
		} else if (!strchr("^$()+*?", c)) {
			buf_addc(&b, c);
		}
	}
	struct sv text = arena_copy(a, buf_sv(&b));
	buf_fini(&b);
	return text;
}

/* A text that would meet a probe, as JSON. */
struct wanted {
	struct sv json[MAX_WANTED], text[MAX_WANTED];
	size_t n;
};

static void want(struct wanted *w, struct sv json, struct sv text)
{
	if (w->n == MAX_WANTED || !json.ptr)
		return;
	w->json[w->n] = json;
	w->text[w->n++] = text;
}

static void want_text(struct maker *m, struct wanted *w, struct sv text)
{
	want(w, quoted(m, text), text);
}

static void want_number(struct maker *m, struct wanted *w, struct sv written, const struct probe *p)
{
	static const int steps[] = {
	    [PROBE_EQ] = 0, [PROBE_LT] = -1, [PROBE_LTE] = 0, [PROBE_GT] = 1, [PROBE_GTE] = 0};
	int64_t n;
	if (p->part != MOMENT_NONE) {
		if (!sv_int(written, 0, 9999, &n))
			return;
		n += steps[p->compare];
		int v = (int)n;
		bool year = p->part == MOMENT_YEAR, month = p->part == MOMENT_MONTH,
		     day = p->part == MOMENT_DAY, hour = p->part == MOMENT_HOUR,
		     minute = p->part == MOMENT_MINUTE;
		want_text(m, w,
		    arena_printf(m->arena, "%04d-%02d-%02dT%02d:%02d:00Z", year ? v : 2026, month ? v : 1,
			day ? v : 15, hour ? v : 10, minute ? v : 0));
		return;
	}
	if (sv_int(written, INT64_MIN / 2, INT64_MAX / 2, &n)) {
		struct sv text = arena_printf(m->arena, "%" PRId64, n + steps[p->compare]);
		want(w, text, text);
	} else {
		want(w, written, written);
	}
}

static void want_network(struct maker *m, struct wanted *w, const struct cidr *net)
{
	char text[CIDR_TEXT];
	cidr_format(net, text);
	struct sv address = sv_from(text);
	size_t slash = sv_find_char(address, '/');
	want_text(m, w, arena_copy(m->arena, slash == SV_NONE ? address : sv_head(address, slash)));
}

static void want_field(struct maker *m, struct wanted *w, const struct path *other)
{
	struct texts texts = {0};
	texts_of_field(&texts, other, m->r);
	for (size_t i = 0; i < texts.list.n && i < 4; i++)
		if (!texts.list.items[i].inside)
			want_text(m, w, arena_copy(m->arena, texts.list.items[i].text));
	texts_fini(&texts);
}

static void want_probe(struct maker *m, struct wanted *w, const struct value *v, const struct probe *p)
{
	struct sv written = p->entry.ptr ? p->entry : v->written;
	switch (p->kind) {
	case PROBE_PATTERN:
		want_text(m, w, without_wildcards(written, m->arena));
		want_text(m, w, text_of_pattern(&p->pattern, m->arena));
		return;
	case PROBE_REGEX: want_text(m, w, text_of_regex(written, m->arena)); return;
	case PROBE_TRUTH:
		want(w, p->truth ? SV("true") : SV("false"), p->truth ? SV("true") : SV("false"));
		return;
	case PROBE_NUMBER: want_number(m, w, written, p); return;
	case PROBE_NETWORK: want_network(m, w, &p->net); return;
	case PROBE_FIELD: want_field(m, w, &p->other); return;
	case PROBE_PRINCIPAL: want_text(m, w, without_wildcards(written, m->arena)); return;
	case PROBE_EXISTS: want_text(m, w, SV("x")); return;
	case PROBE_NULL: return;
	}
}

/* Texts that meet one value each, and for `all` one that holds them all. */
static void want_item(struct maker *m, struct wanted *w, const struct item *item)
{
	struct item_parts parts = item_parts(item);
	struct buf all = {0};
	for (size_t i = 0; i < parts.n; i++)
		for (size_t k = 0; k < parts.values[i].n && k < 8; k++) {
			size_t before = w->n;
			want_probe(m, w, &parts.values[i], &parts.values[i].probes[k]);
			if (k == 0 && w->n > before) {
				buf_adds(&all, all.len ? " " : "");
				buf_add(&all, w->text[before]);
			}
		}
	if (parts.modifiers->has[MODIFIER_ALL] && all.len)
		want_text(m, w, arena_copy(m->arena, buf_sv(&all)));
	buf_fini(&all);
}

/* --- a field of the record ------------------------------------------------------------------------- */

/* What is none of the values that rules usually name. */
static const struct sv others[] = {SV_INIT("\"other\""), SV_INIT("false"), SV_INIT("true"), SV_INIT("0"),
    SV_INIT("-1"), SV_INIT("1000000000"), SV_INIT("\"x\""), SV_INIT("\"\"")};
static const struct sv addresses[] = {SV_INIT("203.0.113.77"), SV_INIT("10.0.0.7"), SV_INIT("2001:db8::77"),
    SV_INIT("kendra.amazonaws.com"), SV_INIT("AWS Internal")};

static void set_field(struct maker *m, struct sv json)
{
	add_one(m, (struct edit){m->field.name, json});
}

/* Joined to what is there, or to each other, for items that each ask for a part of one text. */
static void set_joined(struct maker *m, const struct wanted *w)
{
	struct texts texts = {0};
	texts_of_field(&texts, &m->field, m->r);
	struct sv now = texts.list.n ? arena_copy(m->arena, texts.list.items[0].text) : (struct sv){NULL, 0};
	for (size_t i = 0; i < w->n && now.len; i++) {
		set_field(m, quoted(m, arena_printf(m->arena, "%.*s %.*s", SV_ARG(now), SV_ARG(w->text[i]))));
		set_field(m, quoted(m, arena_printf(m->arena, "%.*s %.*s", SV_ARG(w->text[i]), SV_ARG(now))));
	}
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < w->n && i != k; k++)
			set_field(m, quoted(m, arena_printf(m->arena, "%.*s%.*s", SV_ARG(w->text[i]),
						   SV_ARG(w->text[k]))));
	texts_fini(&texts);
}

static void move_field(struct maker *m, const struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++)
		set_field(m, w->json[i]);
	for (size_t i = 0;
	     sv_ends(m->field.name, SV("IPAddress")) && i < sizeof addresses / sizeof *addresses; i++)
		set_field(m, quoted(m, addresses[i]));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		set_field(m, others[i]);
	add_one(m, (struct edit){m->field.name, {NULL, 0}});
	set_joined(m, w);
}

/* --- derived fields -------------------------------------------------------------------------------- */

static void move_outcome(struct maker *m)
{
	static const struct sv codes[] = {
	    SV_INIT("AccessDenied"), SV_INIT("ThrottlingException"), SV_INIT("ValidationException")};
	add(m, (struct explain_move){.edits = {take_away("errorCode"), take_away("errorMessage")}, .n = 2});
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		add_one(m, set_text(m, "errorCode", codes[i]));
}

static void move_time(struct maker *m)
{
	for (int i = 1; i < 24 && m->r->time_ms != RECORD_NO_TIME; i++) {
		char text[CLK_TEXT];
		clk_format(m->r->time_ms + i * HOUR_MS, false, text);
		add_one(m, set_text(m, "eventTime", arena_copy(m->arena, sv_from(text))));
	}
	for (int i = 1; i < 7 && m->r->time_ms != RECORD_NO_TIME; i++) {
		char text[CLK_TEXT];
		clk_format(m->r->time_ms + i * 24 * HOUR_MS, false, text);
		add_one(m, set_text(m, "eventTime", arena_copy(m->arena, sv_from(text))));
	}
}

static void move_address(struct maker *m, const struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++)
		add_one(m, set_text(m, "sourceIPAddress", w->text[i]));
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
		add_one(m, set_text(m, "sourceIPAddress", addresses[i]));
}

static void move_via_service(struct maker *m, const struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++)
		add_one(m, set_text(m, "userIdentity.invokedBy", w->text[i]));
	add_one(m, take_away("userIdentity.invokedBy"));
	add(m, (struct explain_move){.edits = {take_away("userIdentity.invokedBy"),
					 set_text(m, "sourceIPAddress", SV("203.0.113.77"))},
		   .n = 2});
	add_one(m, set_text(m, "userIdentity.invokedBy", SV("kendra.amazonaws.com")));
}

static void move_index(struct maker *m, const struct wanted *w)
{
	static const char *const paths[] = {
	    "requestParameters.indexId", "requestParameters.id", "responseElements.id"};
	struct sv from = record_derived_from(m->r, KW_FIELD_INDEX);
	for (size_t i = 0; i < w->n; i++) {
		if (from.ptr)
			add_one(m, (struct edit){from, quoted(m, w->text[i])});
		for (size_t k = 0; k < 3; k++)
			add_one(m, set_text(m, paths[k], w->text[i]));
	}
	if (from.ptr)
		add_one(m, (struct edit){from, SV("\"00000000-0000-4000-8000-00000000000e\"")});
}

static void move_who(struct maker *m, const struct wanted *w)
{
	struct sv pool[MAX_WANTED + EXPLAIN_IDENTITIES];
	size_t n = 0;
	for (; n < w->n; n++)
		pool[n] = w->text[n];
	for (size_t i = 0; i < EXPLAIN_IDENTITIES; i++)
		pool[n++] = explain_identities[i];
	for (size_t i = 0; i < n; i++) {
		struct sv json = explain_identity(pool[i], m->r, m->arena);
		if (json.ptr)
			add_one(m, (struct edit){SV("userIdentity"), json});
	}
}

static void move_mfa(struct maker *m, const struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++)
		add_one(
		    m, set_text(m, "userIdentity.sessionContext.attributes.mfaAuthenticated", w->text[i]));
	add_one(m, set_text(m, "userIdentity.sessionContext.attributes.mfaAuthenticated", SV("true")));
	add_one(m, set_text(m, "additionalEventData.MFAUsed", SV("Yes")));
	add_one(m, set_text(m, "additionalEventData.MFAUsed", SV("No")));
	move_who(m, &(struct wanted){0});
}

static void move_agent(struct maker *m, const struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++)
		add_one(m, set_text(m, "userAgent", w->text[i]));
	add_one(m, set_text(m, "userAgent", SV("other/1.0")));
}

static void move_access(struct maker *m)
{
	add_one(m, (struct edit){SV("readOnly"), SV("true")});
	add_one(m, (struct edit){SV("readOnly"), SV("false")});
	add_one(m, take_away("readOnly"));
}

static void move_omitted(struct maker *m)
{
	add_one(m, (struct edit){SV("requestParameters.omitted"), SV("true")});
	add(m, (struct explain_move){
		   .edits = {take_away("requestParameters.omitted"), take_away("responseElements.omitted")},
		   .n = 2});
}

static void move_derived(struct maker *m, const struct wanted *w)
{
	switch ((enum kw_field)m->field.kw) {
	case KW_FIELD_OUTCOME: move_outcome(m); break;
	case KW_FIELD_ACCESS: move_access(m); break;
	case KW_FIELD_MFA: move_mfa(m, w); break;
	case KW_FIELD_VIA_SERVICE: move_via_service(m, w); break;
	case KW_FIELD_IP_KIND:
	case KW_FIELD_FROM: move_address(m, w); break;
	case KW_FIELD_INDEX:
	case KW_FIELD_INDEX_NAME: move_index(m, w); break;
	case KW_FIELD_OMITTED: move_omitted(m); break;
	case KW_FIELD_HOUR:
	case KW_FIELD_WEEKDAY: move_time(m); break;
	case KW_FIELD_UA_FAMILY: move_agent(m, w); break;
	case KW_FIELD_ACTOR:
	case KW_FIELD_PRINCIPAL:
	case KW_FIELD_PERSON:
	case KW_FIELD_SESSION:
	case KW_FIELD_CREDENTIAL:
	case KW_FIELD_CROSS_ACCOUNT: move_who(m, w); break;
	case KW_FIELD_COUNT: return;
	}
	/* Without what decided it, the field may be absent. */
	struct sv from = record_derived_from(m->r, (enum kw_field)m->field.kw);
	if (from.ptr)
		add_one(m, (struct edit){from, {NULL, 0}});
}

/* --- all of them ------------------------------------------------------------------------------------ */

void explain_moves(
    const struct trace_flip *const *flips, size_t n, struct record *r, struct explain_moves *out)
{
	struct wanted w = {0};
	const struct item *item = flips[0]->item->item;
	out->n = 0;
	if (!item || !item_parts(item).field)
		return;
	struct maker m = {r, r->arena, *item_parts(item).field, out};
	for (size_t i = 0; i < n; i++)
		if (flips[i]->item->item)
			want_item(&m, &w, flips[i]->item->item);
	if (m.field.kw >= 0)
		move_derived(&m, &w);
	else
		move_field(&m, &w);
}

unsigned explain_cost(void *unused, const struct trace_node *t, bool to)
{
	(void)unused;
	if (!t->item)
		return 60;
	struct item_parts parts = item_parts(t->item);
	if (!parts.field)
		return 50;
	unsigned cost = parts.field->kw < 0 ? 1 : parts.field->kw == KW_FIELD_OUTCOME ? 2 : 4;
	bool listed = false;
	for (size_t i = 0; i < parts.n; i++)
		listed |= parts.values[i].n_lists > 0;
	cost += listed && to ? 10 : listed ? 3 : 0;
	/* The call itself is what a person holds fixed longest. */
	return cost +
	       (sv_eq(parts.field->name, SV("eventSource")) ? 2 : sv_eq(parts.field->name, SV("eventName")));
}
