/* Words, times and colours of rendered alerts. Any thread, owns nothing. */
#include "alerts/render/parts.h"

#include "base/utf8.h"
#include "rules/rule.h"

static const struct {
	const char *level, *word, *brief, *colour;
} levels[] = {
    {"informational", "INFO", "INFO", "\033[2m"},
    {"low", "LOW", "LOW", "\033[36m"},
    {"medium", "MEDIUM", "MED", "\033[33m"},
    {"high", "HIGH", "HIGH", "\033[31m"},
    {"critical", "CRITICAL", "CRIT", "\033[1;97;41m"},
};
_Static_assert(sizeof levels / sizeof *levels == LEVEL_COUNT, "one line a level");

static int level_of(const struct jdoc *alert)
{
	struct sv level = jdoc_text(alert, "rule.level");
	for (int i = 0; i < LEVEL_COUNT; i++)
		if (sv_eq(level, sv_from(levels[i].level)))
			return i;
	return -1;
}

const char *render_level_word(const struct jdoc *alert)
{
	int i = level_of(alert);
	return i < 0 ? "ALERT" : levels[i].word;
}

const char *render_level_short(const struct jdoc *alert)
{
	int i = level_of(alert);
	return i < 0 ? "ALERT" : levels[i].brief;
}

void render_account(const struct jdoc *alert, struct buf *out)
{
	struct sv name = jdoc_text(alert, "account_name");
	if (name.len)
		buf_add_printable(out, name);
	else
		parts_text(alert, "account", "-", out);
}

void parts_paint(
    const struct jdoc *alert, const struct render_style *style, enum parts_paint paint, struct buf *out)
{
	int level = level_of(alert);
	if (!style->colour)
		return;
	switch (paint) {
	case PARTS_PLAIN: buf_adds(out, "\033[0m"); break;
	case PARTS_LEVEL: buf_adds(out, level < 0 ? "\033[1m" : levels[level].colour); break;
	case PARTS_LABEL: buf_adds(out, "\033[1m"); break;
	case PARTS_DIM: buf_adds(out, "\033[2m"); break;
	}
}

void parts_plain(const struct render_style *style, struct buf *out)
{
	if (style->colour)
		buf_adds(out, "\033[0m");
}

void parts_text(const struct jdoc *alert, const char *path, const char *otherwise, struct buf *out)
{
	struct sv s = jdoc_text(alert, path);
	if (s.len)
		buf_add_printable(out, s);
	else
		buf_adds(out, otherwise);
}

bool parts_time(const struct jdoc *alert, const char *path, int64_t *out_ms)
{
	struct sv s = jdoc_text(alert, path);
	return s.len && clk_parse(s, out_ms);
}

struct clk_parts parts_local(const struct render_style *style, int64_t ms, struct sv *out_place)
{
	char abbreviation[CLK_ABBREVIATION];
	struct clk_parts parts;
	struct sv zone = sv_from(style->timezone);
	*out_place = SV("UTC");
	if (!zone.len || sv_eq(zone, SV("UTC")))
		return clk_parts_utc(ms);
	if (clk_parts_zone(ms, style->timezone, &parts, abbreviation)) {
		*out_place = zone;
		for (size_t i = 0; i < zone.len; i++)
			if (zone.ptr[i] == '/')
				*out_place = sv_skip(zone, i + 1);
	}
	return parts;
}

void parts_span(int64_t ms, struct buf *out)
{
	int64_t s = ms / 1000;
	if (s < 100)
		buf_printf(out, "%lld s", (long long)s);
	else if (s < 100 * 60)
		buf_printf(out, "%lld min", (long long)((s + 30) / 60));
	else if (s < 48 * 3600)
		buf_printf(out, "%lld h", (long long)((s + 1800) / 3600));
	else
		buf_printf(out, "%lld d", (long long)((s + 43200) / 86400));
}

const char *parts_outcome(const struct jdoc *alert)
{
	static const struct {
		const char *outcome, *word;
	} words[] = {{"ok", "OK"}, {"denied", "DENIED"}, {"failed", "FAILED"}, {"throttled", "THROTTLED"}};
	struct sv outcome = jdoc_text(alert, "outcome");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (sv_eq(outcome, sv_from(words[i].outcome)))
			return words[i].word;
	return "";
}

void parts_cut(struct sv s, size_t max_characters, struct buf *out)
{
	if (utf8_count(s) <= max_characters) {
		buf_add(out, s);
		return;
	}
	struct sv rest = s;
	for (size_t i = 0; i + 1 < max_characters; i++)
		utf8_next(&rest);
	buf_add(out, sv_head(s, s.len - rest.len));
	buf_adds(out, "\xe2\x80\xa6");
}
