/* The subject of an email. SNS takes fewer than 100 characters without line breaks and, as its reference has
 * it, ASCII only, beginning with a letter, a digit or punctuation. */
#include "alerts/render/parts.h"

#include "base/utf8.h"

static void add_ascii(struct sv s, struct buf *out)
{
	while (s.len) {
		uint32_t cp = utf8_next(&s);
		if (cp == 0x2026) /* the mark of our own cuts */
			buf_adds(out, "..");
		else
			buf_addc(out, cp >= 0x20 && cp < 0x7f ? (char)cp : '?');
	}
}

void render_subject(const struct jdoc *alert, struct buf *out)
{
	struct buf text = {0}, ascii = {0};
	buf_printf(&text, "%s ", render_level_word(alert));
	render_account(alert, &text);
	buf_adds(&text, ": ");
	parts_text(alert, "summary", "-", &text);
	add_ascii(buf_sv(&text), &ascii);
	if (ascii.len > RENDER_SUBJECT_CHARACTERS) {
		buf_add(out, sv_head(buf_sv(&ascii), RENDER_SUBJECT_CHARACTERS - 3));
		buf_adds(out, "...");
	} else {
		buf_add(out, buf_sv(&ascii));
	}
	buf_fini(&text);
	buf_fini(&ascii);
}
