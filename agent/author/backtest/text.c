/* The report on a terminal. */
#include <inttypes.h>

#include "agent/author/backtest/figure.h"
#include "agent/author/backtest/show.h"
#include "agent/author/backtest/spark.h"
#include "base/utf8.h"

#define RULE_COLUMNS 33
#define SPARK_COLUMNS 24
#define SPARK_COLUMNS_BASE 16
#define MOST_ACTORS 8
#define MOST_FIELDS 8

struct text {
	const struct report *r;
	const struct show_style *style;
	struct buf *out;
	uint32_t *days, *cells; /* room for sparklines */
};

static const char *colour(const struct text *t, const char *code)
{
	return t->style->colour ? code : "";
}

static void heading(const struct text *t, const char *words)
{
	buf_printf(t->out, "\n%s%s%s\n", colour(t, "\033[1m"), words, colour(t, "\033[0m"));
}

/* Printable, cut to and padded to `columns` code points. */
static void column(struct buf *out, struct sv s, size_t columns)
{
	struct buf shown = {0};
	buf_add_printable(&shown, s);
	size_t n = 0, at = 0;
	while (at < shown.len && n < columns) {
		n++;
		at++;
		while (at < shown.len && ((unsigned char)shown.ptr[at] & 0xc0) == 0x80)
			at++;
	}
	buf_add(out, sv_head(buf_sv(&shown), at));
	buf_printf(out, "%*s", (int)(columns - n), "");
	buf_fini(&shown);
}

static void days_text(const struct report *r, struct buf *out)
{
	char first[CALENDAR_TEXT], last[CALENDAR_TEXT], events[FIGURE_TEXT];
	uint64_t n = 0;
	for (size_t i = 0; i < r->n_days; i++)
		n += r->events[i];
	calendar_date(r->first_day, first);
	calendar_date(r->last_day, last);
	figure_count(n, events);
	buf_adds(out, first);
	if (r->last_day != r->first_day)
		buf_printf(out, " to %s", last);
	if (r->n_days_seen < r->n_days)
		buf_printf(out, ", %zu of %zu days with events", r->n_days_seen, r->n_days);
	buf_printf(out, " (%s): %s events", r->in.zone ? r->in.zone : "UTC", events);
}

static void forecast_text(const struct report *r, struct buf *out)
{
	char mean[FIGURE_TEXT], before[FIGURE_TEXT], low[FIGURE_TEXT], high[FIGURE_TEXT];
	const struct forecast *f = &r->all.pages;
	figure_rate(f->mean, mean);
	figure_count((uint64_t)f->low, low);
	figure_count((uint64_t)f->high, high);
	buf_printf(out, "%s a week", mean);
	if (r->in.before) {
		figure_rate(r->all.pages_before.mean, before);
		buf_printf(out, " (base: %s)", before);
	}
	buf_printf(out, "; the next week %s to %s in 9 of 10 cases", low, high);
	if (f->burst > 1.05)
		buf_printf(out, ", in bursts of %.1f", f->burst);
}

static void alerts_text(const struct report *r, struct buf *out)
{
	char mean[FIGURE_TEXT], before[FIGURE_TEXT], median[FIGURE_TEXT], worst[FIGURE_TEXT],
	    day[CALENDAR_TEXT], peak[FIGURE_TEXT];
	figure_rate(r->all.per_day, mean);
	figure_rate(r->all.median, median);
	figure_count(r->all.worst, worst);
	figure_count(r->all.peak_hour, peak);
	calendar_short(r->all.worst_day, day);
	buf_printf(out, "%s a day", mean);
	if (r->in.before) {
		figure_rate(r->all.per_day_before, before);
		buf_printf(out, " (base: %s)", before);
	}
	if (r->all.worst)
		buf_printf(out, "; median %s, %s on the worst day (%s), %s in the worst hour", median, worst,
		    day, peak);
	if (r->all.folded > 0)
		buf_printf(out, "\n          %.0f %% of the matches fold", 100 * r->all.folded);
}

static void base_text(const struct report *r, struct buf *out)
{
	buf_add_printable(out, sv_from(r->in.base));
	if (r->in.base_revision)
		buf_printf(out, " (%.12s)", r->in.base_revision);
	if (r->in.base_refused)
		buf_printf(out, ", %zu of its documents are refused", r->in.base_refused);
}

static void short_history(const struct report *r, struct buf *out)
{
	if (r->days < 7)
		buf_printf(out, "          only %.1f day%s of history: what is said of a week is a guess\n",
		    r->days, r->days < 1.05 ? "" : "s");
}

static void summary(const struct text *t)
{
	const struct report *r = t->r;
	struct buf *out = t->out;
	buf_adds(out, "History   ");
	days_text(r, out);
	buf_printf(out, ", read in %.1f s\n", r->in.seconds);
	short_history(r, out);
	if (r->in.base) {
		buf_adds(out, "Base      ");
		base_text(r, out);
		buf_addc(out, '\n');
	}
	buf_adds(out, "Pages     ");
	forecast_text(r, out);
	buf_printf(out,
	    "\n          counted: %s;\n          what follows about one actor within 20 minutes is the same "
	    "page\nAlerts    ",
	    r->in.page_words);
	alerts_text(r, out);
	buf_addc(out, '\n');
}

/* --- by rule --------------------------------------------------------------------------------------- */

static void sparkline(const struct text *t, const struct noise_rule *noise)
{
	size_t n, room = t->r->in.before ? SPARK_COLUMNS_BASE : SPARK_COLUMNS;
	report_days(t->r, noise, REPORT_ALERTS, t->days);
	spark_squeeze(t->days, t->r->n_days, room, t->cells, &n);
	spark_write(t->cells, n, t->style->ascii, t->out);
}

static void spark_heading(const struct text *t)
{
	size_t n, room = t->r->in.before ? SPARK_COLUMNS_BASE : SPARK_COLUMNS;
	size_t width = spark_squeeze(t->days, t->r->n_days, room, t->cells, &n);
	if (width == 1)
		buf_adds(t->out, "BY DAY");
	else
		buf_printf(t->out, "BY %zu DAYS", width);
}

static void row_text(const struct text *t, const struct report_row *row)
{
	static const char *const levels[LEVEL_COUNT] = {"info", "low", "medium", "high", "critical"};
	static const char *const colours[LEVEL_COUNT] = {
	    "\033[2m", "\033[36m", "\033[33m", "\033[31m", "\033[1;31m"};
	char rate[FIGURE_TEXT], pages[FIGURE_TEXT], worst[FIGURE_TEXT], day[CALENDAR_TEXT] = "",
									change[FIGURE_TEXT] = "";
	struct buf *out = t->out;
	figure_rate(row->per_day, rate);
	figure_rate(row->pages.mean, pages);
	figure_count(row->worst, worst);
	if (row->worst)
		calendar_short(row->worst_day, day);
	buf_printf(out, "%s%-8s%s ", colour(t, colours[row->rule->level]), levels[row->rule->level],
	    colour(t, "\033[0m"));
	column(out, report_rule_name(row->rule), RULE_COLUMNS);
	buf_printf(out, " %6s %5s %-6s %4.0f%% %6s ", rate, worst, day, 100 * row->folded, pages);
	if (t->r->in.before) {
		if (row->change == REPORT_ADDED || row->change == REPORT_REMOVED)
			snprintf(change, sizeof change, "%s", row->change == REPORT_ADDED ? "new" : "gone");
		else
			figure_change(row->pages.mean - row->pages_before.mean, change);
		if (row->change != REPORT_ADDED && row->change != REPORT_REMOVED && change[0] == '=' &&
		    row->change != REPORT_SAME)
			snprintf(change, sizeof change, "=*");
		buf_printf(out, "%6s ", change);
	}
	sparkline(t, row->now);
	buf_addc(out, '\n');
}

static void rows_text(const struct text *t)
{
	const struct report *r = t->r;
	if (!r->rows.n) {
		buf_adds(t->out, "\nNo rule matched.\n");
		return;
	}
	buf_printf(t->out, "\n%-8s %-*s %6s %5s %-6s %5s %6s %s", "LEVEL", RULE_COLUMNS, "RULE", "/DAY",
	    "WORST", "DAY", "FOLD", "PG/WK", r->in.before ? " +/-WK " : "");
	spark_heading(t);
	buf_addc(t->out, '\n');
	for (size_t i = 0; i < r->rows.n; i++)
		row_text(t, &r->rows.items[i]);
	buf_adds(t->out,
	    "/DAY: alerts after folding, on average; PG/WK: pages a week, of the rule that began them.\n");
	if (r->in.before)
		buf_adds(
		    t->out, "+/-WK: pages a week against the base; =*: as many, but its alerts changed.\n");
}

/* --- the rest -------------------------------------------------------------------------------------- */

static void actors_text(const struct text *t)
{
	const struct top *top = t->r->in.now->all.actors;
	if (!top)
		return;
	heading(t, "By actor");
	for (size_t i = 0; i < top->n && i < MOST_ACTORS; i++) {
		const struct top_name *n = &top->names[i];
		char alerts[FIGURE_TEXT], pages[FIGURE_TEXT];
		figure_count(n->alerts, alerts);
		figure_count(n->pages, pages);
		buf_adds(t->out, "  ");
		column(t->out, sv_of(n->text, n->len), 48);
		buf_printf(t->out, " %8s alert%s %6s page%s  %3.0f %%%s\n", alerts,
		    n->alerts == 1 ? " " : "s", pages, n->pages == 1 ? " " : "s",
		    100 * (double)n->alerts / (double)top->total, n->over ? "  (at most)" : "");
	}
	if (top->n > MOST_ACTORS)
		buf_printf(t->out, "  and %s%zu more\n", top->n == TOP_NAMES ? "at least " : "",
		    top->n - MOST_ACTORS);
}

static void examples_text(
    const struct text *t, const struct compare_example *examples, size_t n, uint64_t total, char sign)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(t->out, "      %s%c%s ", colour(t, sign == '+' ? "\033[33m" : "\033[36m"), sign,
		    colour(t, "\033[0m"));
		buf_add_printable(t->out, sv_from(examples[i].sentence));
		buf_adds(t->out, "\n        ");
		buf_add_printable(t->out, sv_from(examples[i].place));
		buf_addc(t->out, '\n');
	}
	if (total > n && n)
		buf_printf(t->out, "        and %" PRIu64 " more\n", total - n);
}

static void change_text(const struct text *t, const struct report_row *row)
{
	const struct compare_rule *c = row->compared;
	char before[FIGURE_TEXT], now[FIGURE_TEXT], pages_before[FIGURE_TEXT], pages[FIGURE_TEXT];
	figure_rate(row->per_day_before, before);
	figure_rate(row->per_day, now);
	figure_rate(row->pages_before.mean, pages_before);
	figure_rate(row->pages.mean, pages);
	buf_printf(t->out, "  %-7s ", report_change_name(row->change));
	column(t->out, report_rule_name(row->rule), RULE_COLUMNS);
	buf_printf(t->out, " alerts/day %s -> %s, pages/week %s -> %s", before, now, pages_before, pages);
	if (t->r->in.compare->overflowed) {
		buf_addc(t->out, '\n');
		return;
	}
	buf_printf(t->out, "\n          matches: +%" PRIu64 ", -%" PRIu64 "\n", c->n_now - c->n_both,
	    c->n_before - c->n_both);
	examples_text(t, c->added, c->n_added, c->n_now - c->n_both, '+');
	examples_text(t, c->removed, c->n_removed, c->n_before - c->n_both, '-');
}

static void changes_text(const struct text *t)
{
	size_t n = 0;
	if (!t->r->in.before)
		return;
	heading(t, "What the change does");
	for (size_t i = 0; i < t->r->rows.n; i++)
		if (t->r->rows.items[i].change != REPORT_SAME) {
			change_text(t, &t->r->rows.items[i]);
			n++;
		}
	if (!n)
		buf_adds(t->out, "  Nothing: both rule sets match the same events.\n");
	if (t->r->in.compare->overflowed)
		buf_adds(t->out, "  Too many matches to tell single events apart: compared by number.\n");
}

/* Rules with one reason: a line of words, and some of their names. */
static void reason_text(const struct text *t, const struct report_silent *silent, size_t n)
{
	static const char *const words[REPORT_REASONS][2] = {
	    [REPORT_WAITS] = {"waits for a list", "wait for a list"},
	    [REPORT_NO_FIELD] = {"needs a field that never appeared", "need a field that never appeared"},
	    [REPORT_NEVER_HELD] = {"had events near its condition, which never held",
		"had events near their condition, which never held"},
	    [REPORT_NEVER_ASKED] = {"had no event near its condition", "had no event near their condition"},
	    [REPORT_NO_CALLS] = {"asks for calls that never came", "ask for calls that never came"},
	    [REPORT_OFF] = {"is off", "are off"},
	};
	size_t columns = 8;
	buf_printf(t->out, "  %4zu %s\n      ", n, words[silent[0].reason][n != 1]);
	for (size_t i = 0; i < n; i++) {
		struct sv name = report_rule_name(silent[i].rule);
		if (columns + name.len + 16 > SHOW_COLUMNS) {
			buf_printf(t->out, " and %zu more", n - i);
			break;
		}
		buf_addc(t->out, ' ');
		buf_add_printable(t->out, name);
		buf_adds(t->out, i + 1 < n ? "," : "");
		columns += name.len + 2;
	}
	buf_addc(t->out, '\n');
}

static void silent_text(const struct text *t)
{
	const struct report *r = t->r;
	if (!r->silent.n)
		return;
	buf_printf(t->out, "\n%s%zu rule%s never matched%s\n", colour(t, "\033[1m"), r->silent.n,
	    r->silent.n == 1 ? "" : "s", colour(t, "\033[0m"));
	for (size_t i = 0; i < r->silent.n;) {
		size_t n = 1;
		while (i + n < r->silent.n && r->silent.items[i + n].reason == r->silent.items[i].reason)
			n++;
		reason_text(t, &r->silent.items[i], n);
		i += n;
	}
	buf_adds(t->out, "  --output json and --html say it of each.\n");
}

/* A blank and the end of a path, which tells more than its beginning. */
static void tail(struct buf *out, struct sv path, size_t columns)
{
	bool cut = path.len > columns;
	buf_adds(out, cut ? " .." : " ");
	buf_add_printable(out, cut ? sv_skip(path, path.len - columns + 2) : path);
}

static void fields_text(const struct text *t)
{
	const struct report *r = t->r;
	size_t n = 0;
	while (n < r->fields.n && r->fields.items[n].suspicious)
		n++;
	if (!n)
		return;
	heading(t, "Fields that never appeared, of rules whose calls came: misspelt?");
	for (size_t i = 0; i < n && i < MOST_FIELDS; i++) {
		const struct report_field *f = &r->fields.items[i];
		buf_adds(t->out, "  ");
		column(t->out, report_rule_name(f->rules.items[0]), RULE_COLUMNS);
		tail(t->out, f->path, SHOW_COLUMNS - RULE_COLUMNS - 3);
		if (f->rules.n > 1)
			buf_printf(t->out, " (and of %zu more)", f->rules.n - 1);
		buf_addc(t->out, '\n');
	}
	if (n > MOST_FIELDS)
		buf_printf(t->out, "  and %zu more: --output json names them all\n", n - MOST_FIELDS);
}

static void slow_text(const struct text *t)
{
	const struct report *r = t->r;
	char asked[FIGURE_TEXT], span[FIGURE_TEXT];
	if (!r->n_slow)
		return;
	heading(t, "Slowest rules");
	for (size_t i = 0; i < r->n_slow; i++) {
		const struct report_slow *s = &r->slow[i];
		figure_count(s->asked, asked);
		figure_span((double)s->ns / (double)s->asked, span);
		buf_adds(t->out, "  ");
		column(t->out, report_rule_name(s->rule), RULE_COLUMNS);
		buf_printf(t->out, " %9s a time, asked %s time%s, %.0f %%\n", span, asked,
		    s->asked == 1 ? "" : "s", 100 * s->share);
	}
	figure_span((double)r->asked_ns, span);
	buf_printf(t->out,
	    "  Measured as it ran: the time in the full evaluator (%s in all), of the events that the fast\n"
	    "  path could not rule out. Below 1 ms in all there is nothing to gain.\n",
	    span);
}

static void verdicts_text(const struct report *r, struct buf *out)
{
	for (size_t i = 0; i < r->verdicts.n; i++) {
		const struct report_verdict *v = &r->verdicts.items[i];
		char rate[FIGURE_TEXT];
		figure_rate(v->rate, rate);
		buf_printf(out, "Budget    %s  ", v->exceeded ? "EXCEEDED" : "kept");
		buf_add_printable(out, v->budget->written);
		buf_printf(out, ": %s", rate);
		if (v->exceeded && !v->rule) {
			buf_adds(out, "\n          spent by ");
			report_spenders(r, v->budget, 3, out);
		}
		buf_addc(out, '\n');
	}
}

void show_text(const struct report *r, const struct show_style *style, struct buf *out)
{
	struct text t = {r, style, out, heap_zero(r->n_days, sizeof *t.days),
	    heap_zero(SPARK_COLUMNS + 1, sizeof *t.cells)};
	summary(&t);
	rows_text(&t);
	changes_text(&t);
	actors_text(&t);
	silent_text(&t);
	fields_text(&t);
	slow_text(&t);
	if (r->verdicts.n)
		buf_addc(out, '\n');
	verdicts_text(r, out);
	free(t.days);
	free(t.cells);
}

void show_short(const struct report *r, struct buf *out)
{
	size_t n = 0;
	buf_adds(out, "Pages     ");
	forecast_text(r, out);
	buf_adds(out, "\nAlerts    ");
	alerts_text(r, out);
	buf_addc(out, '\n');
	short_history(r, out);
	for (size_t i = 0; i < r->rows.n; i++)
		n += r->rows.items[i].change != REPORT_SAME;
	if (r->in.base) {
		buf_printf(out, "Change    %zu rule%s act%s otherwise than at ", n, n == 1 ? "" : "s",
		    n == 1 ? "s" : "");
		base_text(r, out);
		buf_addc(out, '\n');
	}
	verdicts_text(r, out);
}
