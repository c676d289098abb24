/* The pictures of the HTML form: tables with coloured cells, and one chart. Everything that colour says
 * stands there as a number too. */
#include <inttypes.h>

#include "agent/author/backtest/figure.h"
#include "agent/author/backtest/html.h"
#include "agent/author/backtest/spark.h"

/* Columns of the table by day; more days than that share a column. */
#define MOST_COLUMNS 62
#define SHADES 6

/* --- pages ------------------------------------------------------------------------------------------- */

#define CHART_LEFT 34
#define CHART_TOP 14
#define CHART_HEIGHT 150
#define CHART_WIDTH 1000

struct chart {
	const struct report *r;
	struct buf *out;
	uint32_t *now, *before; /* pages in the seven days up to each day */
	double top;             /* value at the upper edge */
	double step;            /* width of a day */
	double budget;          /* pages a week; < 0: none */
};

/* Turns pages of each day into pages of the seven days that end with it. */
static void sum_weeks(uint32_t *days, size_t n)
{
	for (size_t i = n; i-- > 0;)
		for (size_t k = 1; k < 7 && k <= i; k++)
			days[i] += days[i - k];
}

static double budget_of(const struct report *r)
{
	for (size_t i = 0; i < r->verdicts.n; i++) {
		const struct budget *b = r->verdicts.items[i].budget;
		if (b->pages && !b->rule.ptr)
			return b->week ? b->max : 7 * b->max;
	}
	return -1;
}

static double y_of(const struct chart *c, double value)
{
	return CHART_TOP + CHART_HEIGHT * (1 - value / c->top);
}

static double x_of(const struct chart *c, size_t day)
{
	return CHART_LEFT + c->step * (double)day;
}

/* A round number at or above `most`, which halves well. */
static double round_top(double most)
{
	double top = 2;
	while (top < most)
		top *= top * 2.5 > most && top * 2.5 <= most * 2.5 && top >= 4 ? 2.5 : 2;
	return top;
}

static void grid(const struct chart *c)
{
	for (int i = 0; i <= 2; i++) {
		double value = c->top * i / 2, y = y_of(c, value);
		char text[FIGURE_TEXT];
		figure_rate(value, text);
		buf_printf(c->out,
		    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%d\" "
		    "y=\"%.1f\" "
		    "text-anchor=\"end\">%s</text>",
		    CHART_LEFT, CHART_LEFT + CHART_WIDTH, y, y, CHART_LEFT - 6, y + 4, text);
	}
}

static void bars(const struct chart *c)
{
	size_t every = c->r->n_days / 12 + 1;
	for (size_t i = 0; i < c->r->n_days; i++) {
		char day[CALENDAR_TEXT];
		double y = y_of(c, c->now[i]);
		calendar_short(c->r->first_day + (int32_t)i, day);
		buf_printf(c->out,
		    "<rect class=\"bar%s%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
		    "rx=\"1.5\"><title>%s: %" PRIu32 " in 7 days</title></rect>",
		    i < 6 ? " part" : "", c->budget >= 0 && c->now[i] > c->budget ? " beyond" : "",
		    x_of(c, i) + c->step * 0.12, y, c->step * 0.76, CHART_TOP + CHART_HEIGHT - y, day,
		    c->now[i]);
		if (i % every == 0)
			buf_printf(c->out, "<text x=\"%.1f\" y=\"%d\">%s</text>", x_of(c, i),
			    CHART_TOP + CHART_HEIGHT + 16, day);
	}
}

static void base_line(const struct chart *c)
{
	buf_adds(c->out, "<path class=\"before\" d=\"");
	for (size_t i = 0; i < c->r->n_days; i++)
		buf_printf(c->out, "%s%.1f %.1fH%.1f", i ? "L" : "M", x_of(c, i), y_of(c, c->before[i]),
		    x_of(c, i + 1));
	buf_adds(c->out, "\"><title>with the base's rules</title></path>");
}

static void budget_line(const struct chart *c)
{
	char text[FIGURE_TEXT];
	double y = y_of(c, c->budget);
	figure_rate(c->budget, text);
	buf_printf(c->out,
	    "<line class=\"budget\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"budget-word\" "
	    "x=\"%d\" y=\"%.1f\">budget: %s a week</text>",
	    CHART_LEFT, CHART_LEFT + CHART_WIDTH, y, y, CHART_LEFT + 4, y - 6, text);
}

static void draw(const struct chart *c)
{
	buf_printf(c->out,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"chart of pages\"><svg "
	    "viewBox=\"0 0 "
	    "%d %d\" role=\"img\" aria-label=\"Pages in the seven days up to each day; the numbers are in "
	    "the "
	    "table by rule and day\">",
	    CHART_LEFT + CHART_WIDTH + 4, CHART_TOP + CHART_HEIGHT + 24);
	grid(c);
	bars(c);
	if (c->r->in.before)
		base_line(c);
	if (c->budget >= 0)
		budget_line(c);
	buf_adds(c->out, "</svg></div>");
}

void html_pages(const struct report *r, struct buf *out)
{
	struct chart c = {
	    .r = r, .out = out, .step = (double)CHART_WIDTH / (double)r->n_days, .budget = budget_of(r)};
	c.now = heap_zero(r->n_days, sizeof *c.now);
	c.before = heap_zero(r->n_days, sizeof *c.before);
	report_days(r, r->all.now, REPORT_PAGES, c.now);
	report_days(r, r->all.before, REPORT_PAGES, c.before);
	sum_weeks(c.now, r->n_days);
	sum_weeks(c.before, r->n_days);
	double most = c.budget;
	for (size_t i = 0; i < r->n_days; i++) {
		most = c.now[i] > most ? c.now[i] : most;
		most = c.before[i] > most ? c.before[i] : most;
	}
	c.top = round_top(most);
	buf_printf(out, "<p class=\"quiet\">Each bar is the pages of the seven days up to it%s%s.</p>",
	    r->in.before ? "; the line is what the base would have sent" : "",
	    c.budget >= 0 ? "; bars above the budget are red" : "");
	draw(&c);
	free(c.now);
	free(c.before);
}

/* --- by rule and day ----------------------------------------------------------------------------------- */

struct heat {
	const struct report *r;
	struct buf *out;
	uint32_t *days, *alerts, *pages; /* alerts, pages: by column */
	size_t n_columns, width;         /* days a column */
	uint32_t most;                   /* in any cell of a single rule */
};

static void column_words(const struct heat *h, size_t column, char out[2 * CALENDAR_TEXT + 4])
{
	char first[CALENDAR_TEXT], last[CALENDAR_TEXT];
	int32_t from = h->r->first_day + (int32_t)(column * h->width), to = from + (int32_t)h->width - 1;
	calendar_short(from, first);
	calendar_short(to < h->r->last_day ? to : h->r->last_day, last);
	snprintf(out, 2 * CALENDAR_TEXT + 4, h->width == 1 ? "%s" : "%s to %s", first, last);
}

static void fill_columns(const struct heat *h, const struct noise_rule *t)
{
	size_t n;
	report_days(h->r, t, REPORT_ALERTS, h->days);
	spark_squeeze(h->days, h->r->n_days, MOST_COLUMNS, h->alerts, &n);
	report_days(h->r, t, REPORT_PAGES, h->days);
	spark_squeeze(h->days, h->r->n_days, MOST_COLUMNS, h->pages, &n);
}

/* By the square root, so that single alerts and floods can both be seen. */
static int shade(uint32_t n, uint32_t most)
{
	if (!n || !most)
		return 0;
	int level = 1;
	while (level < SHADES && (uint64_t)n * SHADES * SHADES > (uint64_t)most * (uint64_t)(level * level))
		level++;
	return level;
}

static bool has_events(const struct heat *h, size_t column)
{
	for (size_t i = column * h->width; i < (column + 1) * h->width && i < h->r->n_days; i++)
		if (h->r->events[i])
			return true;
	return false;
}

/* Three digits are all that a cell has room for. */
static void cell_number(uint32_t n, struct buf *out)
{
	if (n < 1000)
		buf_printf(out, "%" PRIu32 "</td>", n);
	else if (n < 1000000)
		buf_printf(out, "%" PRIu32 "k</td>", n / 1000);
	else
		buf_printf(out, "%" PRIu32 "M</td>", n / 1000000);
}

static void cells(const struct heat *h, uint32_t most)
{
	for (size_t i = 0; i < h->n_columns; i++) {
		char when[2 * CALENDAR_TEXT + 4];
		uint32_t n = h->alerts[i];
		column_words(h, i, when);
		if (!has_events(h, i)) {
			buf_printf(h->out, "<td class=\"d none\" title=\"%s: no events\">–</td>", when);
			continue;
		}
		buf_printf(h->out,
		    "<td class=\"d c%d%s\" title=\"%s: %" PRIu32 " alert%s, %" PRIu32 " page%s\">",
		    shade(n, most), h->pages[i] ? " p" : "", when, n, n == 1 ? "" : "s", h->pages[i],
		    h->pages[i] == 1 ? "" : "s");
		if (n)
			cell_number(n, h->out);
		else
			buf_adds(h->out, "<span class=\"vh\">0</span></td>");
	}
}

static void change_cell(const struct report_row *row, struct buf *out)
{
	char change[FIGURE_TEXT];
	double by = row->pages.mean - row->pages_before.mean;
	figure_change(by, change);
	if (row->change == REPORT_ADDED)
		buf_adds(out, "<td class=\"n\"><span class=\"tag\">new</span></td>");
	else if (row->change == REPORT_REMOVED)
		buf_adds(out, "<td class=\"n\"><span class=\"tag\">gone</span></td>");
	else
		buf_printf(out, "<td class=\"n %s\">%s</td>",
		    change[0] == '=' ? "quiet"
		    : by > 0         ? "up"
				     : "down",
		    change[0] == '=' ? "<span title=\"as many pages\">=</span>" : change);
}

static void figures(const struct heat *h, const struct report_row *row)
{
	char pages[FIGURE_TEXT], alerts[FIGURE_TEXT];
	figure_rate(row->pages.mean, pages);
	figure_rate(row->per_day, alerts);
	buf_printf(h->out, "<td class=\"n\">%s</td>", pages);
	if (h->r->in.before)
		change_cell(row, h->out);
	buf_printf(h->out, "<td class=\"n\">%s</td><td class=\"n\">%.0f %%</td>", alerts, 100 * row->folded);
}

static void heat_row(const struct heat *h, const struct report_row *row)
{
	const char *level = level_name(row->rule->level);
	buf_adds(h->out, "<tr data-rule=\"");
	html_text(h->out, report_rule_name(row->rule));
	buf_adds(h->out, "\"><th scope=\"row\" title=\"");
	html_text(h->out, row->rule->title);
	buf_printf(h->out, "\"><span class=\"level %s\"></span>", level);
	html_text(h->out, report_rule_name(row->rule));
	buf_printf(h->out, "<span class=\"vh\"> (%s)</span></th>", level);
	figures(h, row);
	fill_columns(h, row->now);
	cells(h, h->most);
	buf_adds(h->out, "</tr>");
}

static void heat_head(const struct heat *h)
{
	buf_printf(h->out,
	    "<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\" class=\"n\">Pages<br>a week</th>%s<th "
	    "scope=\"col\" class=\"n\">Alerts<br>a day</th><th scope=\"col\" class=\"n\">Folded</th>",
	    h->r->in.before ? "<th scope=\"col\" class=\"n\">Against<br>base</th>" : "");
	for (size_t i = 0; i < h->n_columns; i++) {
		char when[2 * CALENDAR_TEXT + 4], day[CALENDAR_TEXT];
		int32_t first = h->r->first_day + (int32_t)(i * h->width);
		bool shown = h->width == 1 ? calendar_weekday(first) == 0 || h->n_columns < 4 : i % 4 == 0;
		column_words(h, i, when);
		calendar_short(first, day);
		buf_printf(h->out, "<th scope=\"col\" class=\"d\" title=\"%s\">", when);
		buf_printf(h->out, shown ? "%s</th>" : "<span class=\"vh\">%s</span></th>", day);
	}
	buf_adds(h->out, "</tr></thead>");
}

static uint32_t most_of_rules(const struct heat *h)
{
	uint32_t most = 0;
	for (size_t i = 0; i < h->r->rows.n; i++) {
		fill_columns(h, h->r->rows.items[i].now);
		for (size_t k = 0; k < h->n_columns; k++)
			most = h->alerts[k] > most ? h->alerts[k] : most;
	}
	return most;
}

static void sum_row(const struct heat *h)
{
	uint32_t most = 0;
	fill_columns(h, h->r->all.now);
	for (size_t i = 0; i < h->n_columns; i++)
		most = h->alerts[i] > most ? h->alerts[i] : most;
	buf_adds(h->out, "<tr class=\"sum\" data-rule=\"\"><th scope=\"row\">all rules</th>");
	figures(h, &h->r->all);
	cells(h, most);
	buf_adds(h->out, "</tr>");
}

void html_rules(const struct report *r, struct buf *out)
{
	struct heat h = {.r = r, .out = out, .days = heap_zero(r->n_days, sizeof *h.days)};
	h.alerts = heap_zero(MOST_COLUMNS, sizeof *h.alerts);
	h.pages = heap_zero(MOST_COLUMNS, sizeof *h.pages);
	h.width = spark_squeeze(h.days, r->n_days, MOST_COLUMNS, h.alerts, &h.n_columns);
	h.most = most_of_rules(&h);
	if (!r->rows.n)
		buf_adds(out, "<p>No rule matched.</p>");
	else
		buf_printf(out,
		    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table by rule and "
		    "day\"><table "
		    "class=\"heat\" id=\"heat\"><caption>Alerts after folding, a column for every %s. A "
		    "frame marks "
		    "days on which the rule began a page.</caption>",
		    h.width == 1 ? "day" : "few days");
	if (r->rows.n) {
		heat_head(&h);
		buf_adds(out, "<tbody>");
		sum_row(&h);
		for (size_t i = 0; i < r->rows.n; i++)
			heat_row(&h, &r->rows.items[i]);
		buf_printf(out,
		    "</tbody></table></div><p class=\"key\" aria-hidden=\"true\">Alerts:<i "
		    "class=\"k0\"></i>0<i "
		    "class=\"k1\"></i>few<i class=\"k3\"></i>some<i class=\"k6\"></i>%" PRIu32
		    "<i class=\"kp\"></i>with a page</p>",
		    h.most);
	}
	free(h.days);
	free(h.alerts);
	free(h.pages);
}

/* --- hours of the week -----------------------------------------------------------------------------------
 */

void html_week(const struct report *r, struct buf *out)
{
	static const char *const days[] = {
	    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	uint32_t most = 0;
	for (int d = 0; d < 7; d++)
		for (int hour = 0; hour < 24; hour++)
			if (r->in.now->week[d][hour] > most)
				most = (uint32_t)r->in.now->week[d][hour];
	buf_adds(out,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table of hours\"><table "
	    "class=\"heat\" id=\"week\"><caption>Alerts by weekday and hour (");
	html_text(out, sv_from(r->in.zone ? r->in.zone : "UTC"));
	buf_adds(out, ").</caption><thead><tr><th scope=\"col\"><span class=\"vh\">Weekday</span></th>");
	for (int hour = 0; hour < 24; hour++)
		buf_printf(out, "<th scope=\"col\" class=\"d\">%02d</th>", hour);
	buf_adds(out, "</tr></thead><tbody>");
	for (int d = 0; d < 7; d++) {
		buf_printf(out, "<tr><th scope=\"row\">%s</th>", days[d]);
		for (int hour = 0; hour < 24; hour++) {
			uint32_t n = (uint32_t)r->in.now->week[d][hour];
			buf_printf(out, "<td class=\"d c%d\" title=\"%s %02d:00: %" PRIu32 "\">",
			    shade(n, most), days[d], hour, n);
			buf_printf(
			    out, n ? "%" PRIu32 "</td>" : "<span class=\"vh\">%" PRIu32 "</span></td>", n);
		}
		buf_adds(out, "</tr>");
	}
	buf_adds(out, "</tbody></table></div>");
}
