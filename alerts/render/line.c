/* One alert on one line: the stdout sink, `scan` and `alerts list`. */
#include "alerts/render/parts.h"

/* 2026-11-24 02:58:11  CRITICAL  K7F2Q  prod  sentence */
void render_line(const struct jdoc *alert, const struct render_style *style, struct buf *out)
{
	struct buf account = {0};
	struct sv place;
	int64_t ms;
	if (parts_time(alert, "time", &ms)) {
		struct clk_parts at = parts_local(style, ms, &place);
		parts_paint(alert, style, PARTS_DIM, out);
		buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", at.year, at.month, at.day, at.hour,
		    at.minute, at.second);
		parts_plain(style, out);
	} else {
		buf_printf(out, "%-19s", "-");
	}
	buf_adds(out, "  ");
	parts_paint(alert, style, PARTS_LEVEL, out);
	buf_printf(out, "%-8s", render_level_word(alert));
	parts_plain(style, out);
	buf_adds(out, "  ");
	parts_text(alert, "handle", "-    ", out);
	render_account(alert, &account);
	buf_printf(out, "  %-12.*s  ", SV_ARG(buf_sv(&account)));
	parts_text(alert, "summary", "-", out);
	int64_t folded = jdoc_int(alert, "folded", 0);
	if (folded > 0)
		buf_printf(out, " (+%lld folded)", (long long)folded);
	buf_addc(out, '\n');
	buf_fini(&account);
}
