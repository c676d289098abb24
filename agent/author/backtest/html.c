/* The report for a browser. The page is report.html beside this file; here its blanks are filled. It runs no
 * script and loads nothing, and says so in its content security policy. Names, sentences and paths in it come
 * from events and can hold anything: all of them go through html_text. */
#include "agent/author/backtest/html.h"

#include <inttypes.h>

#include "agent/author/backtest/figure.h"

/* The assembler reads the file, so that it stays one that people can open and edit. */
__asm__(".pushsection .rodata\n"
	".global backtest_page, backtest_page_end\n"
	"backtest_page:\n"
	".incbin \"agent/author/backtest/report.html\"\n"
	"backtest_page_end:\n"
	".popsection\n");
extern const char backtest_page[], backtest_page_end[];

void html_text(struct buf *out, struct sv s)
{
	struct buf shown = {0};
	buf_add_printable(&shown, s);
	for (size_t i = 0; i < shown.len; i++)
		switch (shown.ptr[i]) {
		case '&': buf_adds(out, "&amp;"); break;
		case '<': buf_adds(out, "&lt;"); break;
		case '>': buf_adds(out, "&gt;"); break;
		case '"': buf_adds(out, "&quot;"); break;
		case '\'': buf_adds(out, "&#39;"); break;
		default: buf_addc(out, shown.ptr[i]);
		}
	buf_fini(&shown);
}

/* --- blanks ----------------------------------------------------------------------------------------------
 */

static void put_title(const struct report *r, struct buf *out)
{
	char first[CALENDAR_TEXT], last[CALENDAR_TEXT];
	calendar_date(r->first_day, first);
	calendar_date(r->last_day, last);
	buf_printf(out, "Backtest %s", first);
	if (r->last_day != r->first_day)
		buf_printf(out, " to %s", last);
}

static void put_lead(const struct report *r, struct buf *out)
{
	char events[FIGURE_TEXT];
	size_t n = 0;
	figure_count(r->in.census->events, events);
	for (size_t i = 0; i < r->in.rules->rules.n; i++)
		n += r->in.rules->rules.items[i]->kind == RULE_DETECTION;
	buf_printf(out, "%zu rules over %s events of %zu day%s, time zone ", n, events, r->n_days_seen,
	    r->n_days_seen == 1 ? "" : "s");
	html_text(out, sv_from(r->in.zone ? r->in.zone : "UTC"));
	if (r->in.base) {
		buf_adds(out, ", compared with ");
		html_text(out, sv_from(r->in.base));
		if (r->in.base_revision)
			buf_printf(out, " (<code>%.12s</code>)", r->in.base_revision);
	}
	buf_addc(out, '.');
	if (r->days < 7)
		buf_printf(out, " Only %.1f day%s of history: what is said of a week is a guess.", r->days,
		    r->days < 1.05 ? "" : "s");
}

static void pages_card(const struct report *r, struct buf *out)
{
	char mean[FIGURE_TEXT], low[FIGURE_TEXT], high[FIGURE_TEXT], before[FIGURE_TEXT];
	const struct forecast *f = &r->all.pages;
	figure_rate(f->mean, mean);
	figure_count((uint64_t)f->low, low);
	figure_count((uint64_t)f->high, high);
	buf_printf(out,
	    "<div class=\"card\"><h2>Pages</h2><div class=\"big\">%s <small>a week</small></div><p>Next week "
	    "%s to %s "
	    "in 9 of 10 cases",
	    mean, low, high);
	if (r->in.before) {
		figure_rate(r->all.pages_before.mean, before);
		buf_printf(out, "; base %s", before);
	}
	buf_adds(out, ".</p></div>");
}

static void alerts_card(const struct report *r, struct buf *out)
{
	char mean[FIGURE_TEXT], median[FIGURE_TEXT], worst[FIGURE_TEXT], day[CALENDAR_TEXT],
	    before[FIGURE_TEXT];
	figure_rate(r->all.per_day, mean);
	figure_rate(r->all.median, median);
	figure_count(r->all.worst, worst);
	calendar_short(r->all.worst_day, day);
	buf_printf(out,
	    "<div class=\"card\"><h2>Alerts</h2><div class=\"big\">%s <small>a day</small></div><p>Median %s",
	    mean, median);
	if (r->all.worst)
		buf_printf(out, ", worst day %s (%s)", worst, day);
	if (r->in.before) {
		figure_rate(r->all.per_day_before, before);
		buf_printf(out, "; base %s", before);
	}
	buf_adds(out, ".</p></div>");
}

static void fold_card(const struct report *r, struct buf *out)
{
	char matches[FIGURE_TEXT], alerts[FIGURE_TEXT];
	figure_count(r->all.now->matches, matches);
	figure_count(r->all.now->alerts, alerts);
	buf_printf(out,
	    "<div class=\"card\"><h2>Folded</h2><div class=\"big\">%.0f <small>%%</small></div><p>%s matches "
	    "became %s "
	    "alert%s.</p></div>",
	    100 * r->all.folded, matches, alerts, r->all.now->alerts == 1 ? "" : "s");
}

static void budget_card(const struct report *r, const struct report_verdict *v, struct buf *out)
{
	char rate[FIGURE_TEXT];
	figure_rate(v->rate, rate);
	buf_printf(out, "<div class=\"card %s\"><h2>Budget ", v->exceeded ? "over" : "kept");
	html_text(out, v->budget->written);
	buf_printf(out, "</h2><div class=\"big word\">%s <small>%s</small></div><p>", rate,
	    v->exceeded ? "exceeded" : "kept");
	if (v->exceeded && !v->rule) {
		struct buf words = {0};
		report_spenders(r, v->budget, 3, &words);
		buf_adds(out, "Spent by ");
		html_text(out, buf_sv(&words));
		buf_addc(out, '.');
		buf_fini(&words);
	}
	buf_adds(out, "</p></div>");
}

static void put_cards(const struct report *r, struct buf *out)
{
	pages_card(r, out);
	alerts_card(r, out);
	fold_card(r, out);
	for (size_t i = 0; i < r->verdicts.n; i++)
		budget_card(r, &r->verdicts.items[i], out);
}

static void put_examples(
    const struct compare_example *examples, size_t n, uint64_t total, const char *sign, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "<li><b>%s</b>", sign);
		html_text(out, sv_from(examples[i].sentence));
		buf_adds(out, "<code>");
		html_text(out, sv_from(examples[i].place));
		buf_adds(out, "</code></li>");
	}
	if (total > n && n)
		buf_printf(out, "<li><b>%s</b>and %" PRIu64 " more</li>", sign, total - n);
}

static void change_row(const struct report *r, const struct report_row *row, struct buf *out)
{
	char figures[4][FIGURE_TEXT];
	const struct compare_rule *c = row->compared;
	figure_rate(row->per_day_before, figures[0]);
	figure_rate(row->per_day, figures[1]);
	figure_rate(row->pages_before.mean, figures[2]);
	figure_rate(row->pages.mean, figures[3]);
	buf_adds(out, "<tr data-rule=\"");
	html_text(out, report_rule_name(row->rule));
	buf_adds(out, "\"><th scope=\"row\">");
	html_text(out, report_rule_name(row->rule));
	buf_printf(out, "</th><td><span class=\"tag\">%s</span></td>", report_change_name(row->change));
	if (r->in.compare->overflowed)
		buf_adds(out, "<td class=\"n\">?</td><td class=\"n\">?</td>");
	else
		buf_printf(out, "<td class=\"n\">+%" PRIu64 "</td><td class=\"n\">−%" PRIu64 "</td>",
		    c->n_now - c->n_both, c->n_before - c->n_both);
	buf_printf(out, "<td class=\"n\">%s → %s</td><td class=\"n\">%s → %s</td></tr>", figures[0],
	    figures[1], figures[2], figures[3]);
}

static void change_events(const struct report *r, const struct report_row *row, struct buf *out)
{
	const struct compare_rule *c = row->compared;
	if (r->in.compare->overflowed || !(c->n_added + c->n_removed))
		return;
	buf_adds(out, "<details open><summary>");
	html_text(out, report_rule_name(row->rule));
	buf_adds(out, " <span class=\"quiet\">by example</span></summary><ul class=\"examples\">");
	put_examples(c->added, c->n_added, c->n_now - c->n_both, "+", out);
	put_examples(c->removed, c->n_removed, c->n_before - c->n_both, "−", out);
	buf_adds(out, "</ul></details>");
}

static void put_change(const struct report *r, struct buf *out)
{
	size_t n = 0;
	if (!r->in.before)
		return;
	buf_adds(out, "<section aria-labelledby=\"h-change\"><h2 id=\"h-change\">What the change does</h2>");
	for (size_t i = 0; i < r->rows.n; i++) {
		if (r->rows.items[i].change == REPORT_SAME)
			continue;
		if (!n++)
			buf_adds(out,
			    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table of "
			    "changes\"><table class=\"wide\" id=\"change\"><thead><tr><th "
			    "scope=\"col\">Rule</th><th scope=\"col\">Change</th><th scope=\"col\" "
			    "class=\"n\">New<br>matches</th><th scope=\"col\" class=\"n\">Matches<br>"
			    "gone</th><th scope=\"col\" class=\"n\">Alerts<br>a day</th><th scope=\"col\" "
			    "class=\"n\">Pages<br>a week</th></tr></thead><tbody>");
		change_row(r, &r->rows.items[i], out);
	}
	buf_adds(out, n ? "</tbody></table></div>" : "<p>Nothing: both rule sets match the same events.</p>");
	for (size_t i = 0; i < r->rows.n; i++)
		if (r->rows.items[i].change != REPORT_SAME)
			change_events(r, &r->rows.items[i], out);
	buf_adds(out, "</section>");
}

static void put_actors(const struct report *r, struct buf *out)
{
	const struct top *top = r->in.now->all.actors;
	if (!top) {
		buf_adds(out, "<p>No alerts.</p>");
		return;
	}
	buf_adds(out,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table of actors\"><table "
	    "id=\"actors\"><thead><tr><th scope=\"col\">Actor</th><th scope=\"col\" "
	    "class=\"n\">Alerts</th><th "
	    "scope=\"col\" class=\"n\">Pages</th><th scope=\"col\">Share of the "
	    "alerts</th></tr></thead><tbody>");
	for (size_t i = 0; i < top->n && i < 15; i++) {
		const struct top_name *n = &top->names[i];
		double share = 100 * (double)n->alerts / (double)top->total;
		buf_adds(out, "<tr><th scope=\"row\">");
		html_text(out, sv_of(n->text, n->len));
		buf_printf(out,
		    "</th><td class=\"n\">%s%" PRIu64 "</td><td class=\"n\">%" PRIu64
		    "</td><td><svg class=\"meter\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" "
		    "role=\"img\" aria-label=\"%.0f percent\"><title>%.0f %%</title><rect width=\"%.1f\" "
		    "height=\"6\" "
		    "rx=\"2\"/></svg></td></tr>",
		    n->over ? "≤ " : "", n->alerts, n->pages, share, share, share);
	}
	buf_adds(out, "</tbody></table></div>");
}

static void put_silent(const struct report *r, struct buf *out)
{
	if (!r->silent.n) {
		buf_adds(out, "<p>Every rule matched.</p>");
		return;
	}
	buf_printf(out,
	    "<p class=\"quiet\">%zu of them, each with the likely reason.</p><div class=\"scroll\" "
	    "tabindex=\"0\" "
	    "role=\"group\" aria-label=\"table of silent rules\"><table class=\"wide\" "
	    "id=\"silent\"><thead><tr><th "
	    "scope=\"col\">Rule</th><th scope=\"col\">Why</th></tr></thead><tbody>",
	    r->silent.n);
	for (size_t i = 0; i < r->silent.n; i++) {
		buf_adds(out, "<tr><th scope=\"row\">");
		html_text(out, report_rule_name(r->silent.items[i].rule));
		buf_adds(out, "</th><td class=\"quiet\">");
		html_text(out, sv_from(r->silent.items[i].words));
		buf_adds(out, "</td></tr>");
	}
	buf_adds(out, "</tbody></table></div>");
}

static void put_fields(const struct report *r, struct buf *out)
{
	if (!r->fields.n || !r->fields.items[0].suspicious)
		return;
	buf_adds(out,
	    "<section aria-labelledby=\"h-fields\"><h2 id=\"h-fields\">Fields that never appeared</h2><p "
	    "class=\"quiet\">Of rules whose calls did come: misspelt, or just never sent.</p><div "
	    "class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table of fields\"><table "
	    "class=\"wide\" id=\"fields\"><thead><tr><th scope=\"col\">Field</th><th "
	    "scope=\"col\">Rules</th></tr></thead><tbody>");
	for (size_t i = 0; i < r->fields.n && r->fields.items[i].suspicious; i++) {
		const struct report_field *f = &r->fields.items[i];
		buf_adds(out, "<tr><th scope=\"row\"><code>");
		html_text(out, f->path);
		buf_adds(out, "</code></th><td class=\"quiet\">");
		for (size_t k = 0; k < f->rules.n; k++) {
			buf_adds(out, k ? ", " : "");
			html_text(out, report_rule_name(f->rules.items[k]));
		}
		buf_adds(out, "</td></tr>");
	}
	buf_adds(out, "</tbody></table></div></section>");
}

static void put_slow(const struct report *r, struct buf *out)
{
	char span[FIGURE_TEXT], asked[FIGURE_TEXT];
	figure_span((double)r->asked_ns, span);
	buf_printf(out,
	    "<p class=\"quiet\">The time in the full evaluator as it ran, %s in all: of the events that the "
	    "fast path "
	    "could not rule out.</p>",
	    span);
	if (!r->n_slow)
		return;
	buf_adds(out,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table of slow rules\"><table "
	    "id=\"slow\"><thead><tr><th scope=\"col\">Rule</th><th scope=\"col\" class=\"n\">A time</th><th "
	    "scope=\"col\" class=\"n\">Asked</th><th scope=\"col\" "
	    "class=\"n\">Share</th></tr></thead><tbody>");
	for (size_t i = 0; i < r->n_slow; i++) {
		const struct report_slow *s = &r->slow[i];
		figure_span((double)s->ns / (double)s->asked, span);
		figure_count(s->asked, asked);
		buf_adds(out, "<tr><th scope=\"row\">");
		html_text(out, report_rule_name(s->rule));
		buf_printf(out,
		    "</th><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%.0f %%</td></tr>",
		    span, asked, 100 * s->share);
	}
	buf_adds(out, "</tbody></table></div>");
}

static void put_notes(const struct report *r, struct buf *out)
{
	buf_adds(out, "<p>A page: ");
	html_text(out, sv_from(r->in.page_words));
	buf_printf(out,
	    "; what follows about one actor of one account within 20 minutes is the same page, and counts "
	    "for the "
	    "rule that began it. The interval of the next week: negative binomial, from the rate of %.1f "
	    "days and its "
	    "uncertainty%s.</p><p>Made by kendrawatch backtest.</p>",
	    r->days, r->all.pages.burst > 1.05 ? ", in bursts as they were seen" : "");
}

/* --- the page --------------------------------------------------------------------------------------------
 */

static const struct {
	struct sv name;
	void (*put)(const struct report *r, struct buf *out);
} blanks[] = {
    {SV_INIT("title"), put_title},
    {SV_INIT("lead"), put_lead},
    {SV_INIT("cards"), put_cards},
    {SV_INIT("pages"), html_pages},
    {SV_INIT("rules"), html_rules},
    {SV_INIT("change"), put_change},
    {SV_INIT("actors"), put_actors},
    {SV_INIT("week"), html_week},
    {SV_INIT("silent"), put_silent},
    {SV_INIT("fields"), put_fields},
    {SV_INIT("slow"), put_slow},
    {SV_INIT("notes"), put_notes},
};

static void fill(const struct report *r, struct sv name, struct buf *out)
{
	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
		if (sv_eq(blanks[i].name, name))
			blanks[i].put(r, out);
}

void show_html(const struct report *r, struct buf *out)
{
	struct sv rest = sv_of(backtest_page, (size_t)(backtest_page_end - backtest_page));
	size_t at, end;
	while ((at = sv_find(rest, SV("{{"))) != SV_NONE && (end = sv_find(rest, SV("}}"))) != SV_NONE) {
		buf_add(out, sv_head(rest, at));
		fill(r, sv_skip(sv_head(rest, end), at + 2), out);
		rest = sv_skip(rest, end + 2);
	}
	buf_add(out, rest);
}
