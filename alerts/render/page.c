/* The page: what someone reads at 3 a.m. Called by sinks (email text), by `alerts show` and by the demo. */
#include "alerts/render/parts.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/utf8.h"

#define COLUMNS 86
#define LABEL 6
#define DOT " \xc2\xb7 "

struct page {
	const struct jdoc *alert;
	const struct render_style *style;
	struct buf *out;
	size_t columns;
};

/* Breaks `text` at blanks so that lines stay within the page; the lines after the first are indented. */
static void add_wrapped(struct page *p, struct sv text, size_t indent)
{
	size_t column = indent;
	struct sv word;
	bool first = true;
	while (sv_cut(&text, ' ', &word)) {
		size_t width = utf8_count(word);
		if (width == 0)
			continue;
		if (!first && column + 1 + width > p->columns) {
			buf_printf(p->out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buf_addc(p->out, ' ');
			column++;
		}
		buf_add(p->out, word);
		column += width;
		first = false;
	}
	buf_addc(p->out, '\n');
}

static void add_label(struct page *p, const char *label)
{
	parts_paint(p->alert, p->style, PARTS_LABEL, p->out);
	buf_printf(p->out, "%-*s", LABEL, label);
	parts_plain(p->style, p->out);
}

static void add_row(struct page *p, const char *label, struct sv text)
{
	add_label(p, label);
	add_wrapped(p, text, LABEL);
}

/* CRITICAL · prod eu-west-1 · 03:04                      #K7F2Q */
static void add_head(struct page *p)
{
	struct buf left = {0};
	struct sv place, handle = jdoc_text(p->alert, "handle");
	int64_t ms;
	const char *level = render_level_word(p->alert);
	buf_adds(&left, DOT);
	render_account(p->alert, &left);
	if (jdoc_text(p->alert, "region").len) {
		buf_addc(&left, ' ');
		parts_text(p->alert, "region", "", &left);
	}
	if (parts_time(p->alert, "detected_at", &ms)) {
		struct clk_parts at = parts_local(p->style, ms, &place);
		buf_printf(&left, DOT "%02d:%02d", at.hour, at.minute);
	}
	size_t used = strlen(level) + utf8_count(buf_sv(&left)) + 1 + handle.len;
	parts_paint(p->alert, p->style, PARTS_LEVEL, p->out);
	buf_adds(p->out, level);
	parts_plain(p->style, p->out);
	buf_add(p->out, buf_sv(&left));
	buf_printf(p->out, "%*s#", used < p->columns ? (int)(p->columns - used) : 1, "");
	parts_text(p->alert, "handle", "-", p->out);
	buf_addc(p->out, '\n');
	buf_fini(&left);
}

static void add_text(struct page *p, const char *path, size_t max_characters)
{
	struct buf shown = {0}, cut = {0};
	parts_text(p->alert, path, "", &shown);
	parts_cut(buf_sv(&shown), max_characters, &cut);
	if (cut.len)
		add_wrapped(p, buf_sv(&cut), 0);
	buf_fini(&shown);
	buf_fini(&cut);
}

/* When  02:58:11 Berlin (01:58:11 UTC), 6 min ago; reached us 03:03 */
static void add_when(struct page *p)
{
	struct buf text = {0};
	int64_t ms, detected_ms, now_ms = p->style->now_ms;
	struct sv place;
	if (!parts_time(p->alert, "time", &ms))
		return;
	struct clk_parts at = parts_local(p->style, ms, &place), utc = clk_parts_utc(ms);
	buf_printf(&text, "%04d-%02d-%02d %02d:%02d:%02d ", at.year, at.month, at.day, at.hour, at.minute,
	    at.second);
	buf_add_printable(&text, place);
	if (!sv_eq(place, SV("UTC")))
		buf_printf(&text, " (%02d:%02d:%02d UTC)", utc.hour, utc.minute, utc.second);
	if (now_ms != RENDER_NO_TIME && now_ms >= ms) {
		buf_adds(&text, ", ");
		parts_span(now_ms - ms, &text);
		buf_adds(&text, " ago");
	}
	if (parts_time(p->alert, "detected_at", &detected_ms)) {
		struct clk_parts d = parts_local(p->style, detected_ms, &place);
		buf_adds(&text, "; reached us ");
		if (d.yearday != at.yearday || d.year != at.year)
			buf_printf(&text, "%04d-%02d-%02d ", d.year, d.month, d.day);
		buf_printf(&text, "%02d:%02d", d.hour, d.minute);
	}
	int64_t late_s = jdoc_int(p->alert, "late_by", 0);
	if (late_s > 0) {
		buf_adds(&text, ", LATE by ");
		parts_span(late_s * 1000, &text);
	}
	add_row(p, "When", buf_sv(&text));
	buf_fini(&text);
}

static void add_part(struct page *p, const char *path, const char *before, struct buf *text)
{
	if (!jdoc_text(p->alert, path).len)
		return;
	if (text->len)
		buf_adds(text, before);
	parts_text(p->alert, path, "", text);
}

/* What people call a principal: `SSO AdministratorAccess` for a permission set's role, `role/deploy` for an
 * ARN of the alert's own account, else the principal as it is. */
static void add_principal(struct page *p, struct buf *text)
{
	struct sv whole = jdoc_text(p->alert, "actor.principal"), name = whole, role = SV("AWSReservedSSO_");
	char *own = heap_printf(":iam::%.*s:", SV_ARG(jdoc_text(p->alert, "account")));
	size_t at = sv_find(whole, sv_from(own));
	if (at != SV_NONE)
		name = sv_skip(whole, at + strlen(own));
	size_t set = sv_find(name, role);
	buf_adds(text, text->len ? " < " : "");
	if (set != SV_NONE) {
		/* AWSReservedSSO_NAME_16 hex digits */
		struct sv permissions = sv_skip(name, set + role.len);
		buf_adds(text, "SSO ");
		name = permissions.len > 17 ? sv_head(permissions, permissions.len - 17) : permissions;
	}
	buf_add_printable(text, name);
	free(own);
}

/* Who   alice@example.com < SSO AdministratorAccess < session < key ASIA..7QX2 · MFA unknown */
static void add_who(struct page *p)
{
	struct buf text = {0};
	struct sv principal = jdoc_text(p->alert, "actor.principal"),
		  actor = jdoc_text(p->alert, "actor.name");
	add_part(p, "actor.name", "", &text);
	/* role/deploy is the actor's own name already */
	if (principal.len && !(actor.len && sv_ends(principal, actor)))
		add_principal(p, &text);
	if (!sv_eq(jdoc_text(p->alert, "actor.session"), jdoc_text(p->alert, "actor.name")))
		add_part(p, "actor.session", " < session ", &text);
	add_part(p, "actor.key", " < key ", &text);
	add_part(p, "actor.mfa", DOT "MFA ", &text);
	add_part(p, "actor.from", DOT "from ", &text);
	if (text.len)
		add_row(p, "Who", buf_sv(&text));
	buf_fini(&text);
}

/* One deciding leaf as a person says it: `sourceIPAddress 203.0.113.9 NOT in known_networks`. */
static void add_leaf(const struct jdoc *leaf, struct buf *text)
{
	bool not = jdoc_bool(leaf, "not", false);
	struct sv list = jdoc_text(leaf, "list"), field = jdoc_text(leaf, "field");
	struct sv modifier = jdoc_text(leaf, "modifier"), value = jdoc_text(leaf, "value");
	if (field.len) {
		buf_add_printable(text, field);
		buf_addc(text, ' ');
	}
	if (!value.ptr) {
		buf_adds(text, "is absent");
		return;
	}
	buf_add_printable(text, value);
	if (list.len) {
		buf_printf(text, " %s ", not ? "NOT in" : "in");
		buf_add_printable(text, list);
	} else if (not || modifier.len) {
		buf_printf(text, " (%s%s", not ? "NOT " : "", modifier.len ? "" : "equal to");
		buf_add_printable(text, modifier);
		buf_addc(text, ' ');
		buf_add_printable(text, jdoc_text(leaf, "pattern"));
		buf_addc(text, ')');
	}
}

static void add_why(struct page *p)
{
	struct buf text = {0};
	const struct jdoc *why = jdoc_at(p->alert, "why");
	for (size_t i = 0; i < jdoc_count(why); i++) {
		if (i > 0)
			buf_adds(&text, DOT);
		add_leaf(jdoc_item(why, i), &text);
	}
	if (text.len)
		add_row(p, "Why", buf_sv(&text));
	buf_fini(&text);
}

static void add_folded(struct page *p)
{
	struct buf text = {0};
	int64_t folded = jdoc_int(p->alert, "folded", 0);
	if (folded > 0) {
		buf_printf(
		    &text, "%lld more like it since the last page, folded into this one", (long long)folded);
		add_row(p, "Also", buf_sv(&text));
	}
	buf_fini(&text);
}

static void add_steps(struct page *p)
{
	const struct jdoc *steps = jdoc_at(p->alert, "steps");
	for (size_t i = 0; i < jdoc_count(steps); i++) {
		const struct jdoc *step = jdoc_item(steps, i);
		struct sv run = jdoc_text(step, "run");
		add_label(p, i == 0 ? "Do" : "");
		buf_printf(p->out, "%zu ", i + 1);
		if (run.len) {
			/* Not wrapped: it is there to be pasted. */
			buf_adds(p->out, "$ ");
			buf_add_printable(p->out, run);
			buf_addc(p->out, '\n');
			continue;
		}
		struct buf text = {0};
		buf_add_printable(&text, jdoc_text(step, "text"));
		add_wrapped(p, buf_sv(&text), LABEL + 2);
		buf_fini(&text);
	}
}

/* An address is never broken: people click it. */
static void add_link(struct page *p, const char *label, const char *path)
{
	if (!jdoc_text(p->alert, path).len)
		return;
	add_label(p, label);
	parts_text(p->alert, path, "", p->out);
	buf_addc(p->out, '\n');
}

static void add_rule(struct page *p)
{
	struct buf text = {0};
	parts_text(p->alert, "rule.title", "-", &text);
	buf_adds(&text, " (");
	parts_text(p->alert, jdoc_text(p->alert, "rule.name").len ? "rule.name" : "rule.id", "-", &text);
	buf_addc(&text, ')');
	const struct jdoc *tags = jdoc_at(p->alert, "rule.tags");
	for (size_t i = 0; i < jdoc_count(tags); i++) {
		buf_adds(&text, i == 0 ? DOT : " ");
		buf_add_printable(&text, jdoc_text(jdoc_item(tags, i), ""));
	}
	add_row(p, "Rule", buf_sv(&text));
	buf_fini(&text);
}

void render_page(const struct jdoc *alert, const struct render_style *style, struct buf *out)
{
	struct page p = {alert, style, out, style->columns > 0 ? (size_t)style->columns : COLUMNS};
	add_head(&p);
	add_text(&p, "summary", SIZE_MAX);
	add_text(&p, "rule.description", 400);
	add_when(&p);
	add_who(&p);
	add_why(&p);
	add_folded(&p);
	add_steps(&p);
	add_link(&p, "Book", "links.runbook");
	add_link(&p, "Link", "links.alert");
	add_rule(&p);
}
