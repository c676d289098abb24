/* The delivery ledger for a browser. The page is trail_calendar.html beside this file; here its blanks are
 * filled. It runs no script and loads nothing, and says so in its content security policy. Accounts, regions
 * and keys come from names of objects and can hold anything. */
#include <inttypes.h>

#include "agent/author/backtest/html.h"
#include "agent/ledger/trail_calendar.h"
#include "base/clock.h"

/* The assembler reads the file, so that it stays one that people can open and edit. */
__asm__(".pushsection .rodata\n"
	".global trail_calendar_page, trail_calendar_page_end\n"
	"trail_calendar_page:\n"
	".incbin \"agent/ledger/trail_calendar.html\"\n"
	"trail_calendar_page_end:\n"
	".popsection\n");
extern const char trail_calendar_page[], trail_calendar_page_end[];

#define HOUR_MS ((int64_t)3600000)

static void put_lead(const struct trail_calendar *c, struct buf *out)
{
	char since[CLK_TEXT], now[CLK_TEXT];
	clk_format(c->since_ms, false, since);
	clk_format(c->now_ms, false, now);
	buf_adds(out, "What CloudTrail delivered and what ");
	html_text(out, sv_from(c->agent));
	buf_printf(out, " read of it, hour by hour, UTC. Since %.10s, as of %.16sZ: ", since, now);
	trail_sum_words(&c->all, out);
	buf_adds(out, ".");
}

static void put_key(const struct trail_calendar *c, struct buf *out)
{
	(void)c;
	for (int s = 0; s < TRAIL_STATES_N; s++)
		buf_printf(out, "<li><b class=\"%s\">%s</b>%s</li>", trail_state_name((enum trail_state)s),
		    s ? trail_state_mark((enum trail_state)s) : "&nbsp;",
		    trail_state_meaning((enum trail_state)s));
}

static void put_troubles(const struct trail_calendar *c, struct buf *out)
{
	if (!c->troubles.n)
		return;
	buf_printf(out,
	    "<section class=\"trouble\"><h2>%" PRIu64 " log%s to look at</h2><ul class=\"objects\">",
	    c->n_troubles, c->n_troubles == 1 ? "" : "s");
	for (size_t i = 0; i < c->troubles.n; i++) {
		buf_printf(out, "<li>%s <code>", c->troubles.items[i].altered ? "altered" : "missing");
		html_text(out, sv_from(c->troubles.items[i].key));
		buf_adds(out, "</code></li>");
	}
	buf_adds(out, "</ul></section>");
}

static void put_cell(const struct trail_sum *s, int hour, struct buf *out)
{
	enum trail_state state = trail_sum_state(s);
	buf_printf(out, "<td class=\"h %s\" title=\"%02d:00: ", trail_state_name(state), hour);
	trail_sum_words(s, out);
	buf_printf(out, "\">%s</td>", state == TRAIL_STATE_NOTHING ? "" : trail_state_mark(state));
}

static void put_place(const struct trail_calendar *c, const struct trail_place *p, struct buf *out)
{
	struct buf name = {0};
	trail_calendar_account(c, p->account, &name);
	buf_addc(&name, ' ');
	buf_adds(&name, p->region);
	buf_adds(out, "<section><h2>");
	html_text(out, buf_sv(&name));
	buf_adds(out, "</h2><p class=\"quiet\">");
	trail_sum_words(&p->all, out);
	buf_adds(out, "</p><div class=\"scroll\"><table><thead><tr><th></th>");
	for (int h = 0; h < 24; h++)
		buf_printf(out, "<th scope=\"col\">%02d</th>", h);
	buf_adds(out, "</tr></thead><tbody>");
	for (size_t i = 0; i < p->days.n; i++) {
		const struct trail_day *d = &p->days.items[i];
		char date[CLK_TEXT];
		clk_format(d->day_ms, false, date);
		buf_printf(out, "<tr><th scope=\"row\">%.10s</th>", date);
		for (int h = 0; h < 24; h++)
			put_cell(&d->hours[h], h, out);
		buf_adds(out, "<td class=\"s\">");
		trail_sum_words(&d->all, out);
		buf_adds(out, "</td></tr>");
	}
	buf_adds(out, "</tbody></table></div></section>");
	buf_fini(&name);
}

static void put_places(const struct trail_calendar *c, struct buf *out)
{
	for (size_t i = 0; i < c->places.n; i++)
		put_place(c, &c->places.items[i], out);
	if (!c->places.n)
		buf_adds(out, "<section><p>Nothing was delivered in this time.</p></section>");
}

static const struct {
	struct sv name;
	void (*put)(const struct trail_calendar *c, struct buf *out);
} blanks[] = {{SV_INIT("{{lead}}"), put_lead}, {SV_INIT("{{key}}"), put_key},
    {SV_INIT("{{troubles}}"), put_troubles}, {SV_INIT("{{places}}"), put_places}};

void trail_calendar_html(const struct trail_calendar *c, struct buf *out)
{
	struct sv page = sv_of(trail_calendar_page, (size_t)(trail_calendar_page_end - trail_calendar_page));
	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
		size_t at = sv_find(page, blanks[i].name);
		buf_add(out, sv_head(page, at));
		blanks[i].put(c, out);
		page = sv_skip(page, at + blanks[i].name.len);
	}
	buf_add(out, page);
}
