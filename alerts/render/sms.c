/* One SMS part. */
#include "alerts/render/parts.h"

#include "base/utf8.h"

/* Everything behind the sentence: time, outcome, folded, handle. */
static void add_tail(const struct jdoc *alert, const struct render_style *style, struct buf *out)
{
	int64_t ms, folded = jdoc_int(alert, "folded", 0);
	struct sv place;
	const char *outcome = parts_outcome(alert);
	if (parts_time(alert, "time", &ms)) {
		struct clk_parts at = parts_local(style, ms, &place);
		buf_printf(out, " %02d:%02d", at.hour, at.minute);
	}
	if (*outcome)
		buf_printf(out, " %s", outcome);
	if (folded > 0)
		buf_printf(out, " +%lld", (long long)folded);
	buf_adds(out, " #");
	parts_text(alert, "handle", "-", out);
}

/* The sentence without what the tail says again. */
static struct sv short_sentence(struct sv s)
{
	static const char *const fronts[] = {"SUCCEEDED: ", "DENIED: ", "FAILED: ", "THROTTLED: "};
	static const char *const behind = " It succeeded.";
	for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
		if (sv_starts(s, sv_from(fronts[i])))
			s = sv_skip(s, strlen(fronts[i]));
	if (sv_ends(s, sv_from(behind)))
		s = sv_head(s, s.len - strlen(behind));
	return sv_ends(s, SV(".")) ? sv_head(s, s.len - 1) : s;
}

/* Our own cuts are marked by two ASCII dots here: one ellipsis would make the whole SMS UCS-2, with room for
 * 70 characters only. */
static void add_sentence(struct sv s, struct buf *out)
{
	const struct sv ellipsis = SV("\xe2\x80\xa6");
	for (size_t at; (at = sv_find(s, ellipsis)) != SV_NONE; s = sv_skip(s, at + ellipsis.len)) {
		buf_add_printable(out, sv_head(s, at));
		buf_adds(out, "..");
	}
	buf_add_printable(out, s);
}

void render_sms(const struct jdoc *alert, const struct render_style *style, struct buf *out)
{
	struct buf head = {0}, sentence = {0}, tail = {0}, account = {0};
	render_account(alert, &account);
	buf_printf(&head, "%s %.*s: ", render_level_short(alert), SV_ARG(utf8_cut(buf_sv(&account), 24)));
	add_sentence(short_sentence(jdoc_text(alert, "summary")), &sentence);
	add_tail(alert, style, &tail);
	size_t used = head.len + tail.len, room = used + 2 < RENDER_SMS_BYTES ? RENDER_SMS_BYTES - used : 2;
	buf_add(out, buf_sv(&head));
	if (sentence.len <= room) {
		buf_add(out, buf_sv(&sentence));
	} else {
		/* Two ASCII dots: an ellipsis would make the whole SMS UCS-2, with room for 70 characters
		 * only. */
		buf_add(out, utf8_cut(buf_sv(&sentence), room - 2));
		buf_adds(out, "..");
	}
	buf_add(out, buf_sv(&tail));
	buf_fini(&head);
	buf_fini(&sentence);
	buf_fini(&tail);
	buf_fini(&account);
}
