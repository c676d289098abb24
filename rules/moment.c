/* Date parts, by cutting the text behind its minutes and reading that as UTC. Any thread. */
#include "rules/moment.h"

#include "base/clock.h"

/* Date and hh:mm of `text`, without seconds (a 60th one would move into the next minute) and without zone. */
static struct sv head_of(struct sv text, bool *out_has_time)
{
	bool extended = text.len > 4 && text.ptr[4] == '-';
	size_t date = extended ? 10 : 8;
	*out_has_time = text.len > date;
	if (!*out_has_time)
		return text;
	bool colon = text.len > date + 3 && text.ptr[date + 3] == ':';
	return sv_head(text, date + (colon ? 6 : 5));
}

bool moment_part(struct sv text, enum moment_part part, int *out)
{
	char head[20];
	bool has_time;
	int64_t ms;
	if (text.len > 64 || !clk_parse(text, &ms))
		return false;
	struct sv cut = head_of(text, &has_time);
	memcpy(head, cut.ptr, cut.len);
	if (has_time)
		head[cut.len++] = 'Z';
	if (!clk_parse(sv_of(head, cut.len), &ms))
		return false;
	struct clk_parts p = clk_parts_utc(ms);
	switch (part) {
	case MOMENT_MINUTE: *out = p.minute; return has_time;
	case MOMENT_HOUR: *out = p.hour; return has_time;
	case MOMENT_DAY: *out = p.day; return true;
	case MOMENT_WEEK: *out = p.iso_week; return true;
	case MOMENT_MONTH: *out = p.month; return true;
	case MOMENT_YEAR: *out = p.year; return true;
	case MOMENT_NONE: break;
	}
	return false;
}
