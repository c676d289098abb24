/* Source lines for reports: read again when a report is written, so that loading keeps no texts. Main thread.
 */
#include "agent/report/source_text.h"

#include "base/file.h"
#include "base/utf8.h"

#include <unistd.h>

#define MAX_BYTES ((size_t)16 << 20)
#define TAB_WIDTH 4

void source_cache_fini(struct source_cache *c)
{
	place_map_fini(&c->lines);
	buf_fini(&c->text);
	buf_fini(&c->dotted);
	free(c->file);
	*c = (struct source_cache){.masked = c->masked};
}

static bool open_file(struct source_cache *c, const char *file)
{
	struct err e = {0};
	if (c->file && strcmp(c->file, file) == 0)
		return c->read;
	source_cache_fini(c);
	c->file = heap_copy(file);
	c->read = file_read(file, MAX_BYTES, &c->text, &e) == RC_OK;
	if (c->read)
		place_map_init(&c->lines, buf_sv(&c->text));
	return c->read;
}

/* --- the word ------------------------------------------------------------------------------------- */

/* A quoted scalar reaches to its quote, a plain word to the next blank or YAML punctuation. */
static size_t word_end(struct sv line, size_t at)
{
	size_t end = at;
	if (at >= line.len)
		return at;
	char quote = line.ptr[at];
	if (quote == '\'' || quote == '"') {
		size_t close = sv_find_char(sv_skip(line, at + 1), quote);
		return close == SV_NONE ? at + 1 : at + close + 2;
	}
	if (strchr("[]{},:>|", quote))
		return at + 1;
	while (end < line.len && !strchr(" \t,]}", line.ptr[end])) {
		if (line.ptr[end] == ':' && (end + 1 == line.len || line.ptr[end + 1] == ' '))
			break;
		end++;
	}
	return end > at ? end : at + 1;
}

/* Is the byte part of a key, the word before a colon? */
static bool in_key(struct sv line, size_t at)
{
	while (at < line.len && !strchr(" \t,:{}[]'\"#", line.ptr[at]))
		at++;
	return at < line.len && line.ptr[at] == ':' && (at + 1 == line.len || line.ptr[at + 1] == ' ');
}

/* A line of the configuration as it may be repeated: keys, punctuation and the word at fault; a dot for each
 * other character. */
static void dot_out(struct source_cache *c, struct source_span *s)
{
	size_t at = 0, end = 0;
	bool quoted = false;
	buf_reset(&c->dotted);
	for (size_t i = 0; i < s->line.len; i++) {
		char each = s->line.ptr[i];
		bool word = i >= s->at && i < s->end;
		bool plain = strchr(" \t,:{}[]'\"-", each) || (!quoted && in_key(s->line, i));
		at = i == s->at ? c->dotted.len : at;
		quoted ^= each == '\'' || each == '"';
		if (word || plain)
			buf_addc(&c->dotted, each);
		else if (((unsigned char)each & 0xc0) != 0x80)
			buf_addc(&c->dotted, '.');
		end = word ? c->dotted.len : end;
	}
	*s = (struct source_span){s->found, buf_sv(&c->dotted), at, end > at ? end : at, s->end_col};
}

/* Would the line, or the word itself, tell a secret? */
static bool is_secret(const struct source_cache *c, const struct fault *f)
{
	bool masked = c->masked && strcmp(c->masked, f->file) == 0;
	return f->code == FAULT_SECRET_IN_OPEN || (masked && f->code == FAULT_SYNTAX);
}

struct source_span source_find(struct source_cache *c, const struct fault *f)
{
	struct source_span s = {0};
	if (is_secret(c, f) || f->line <= 0 || !open_file(c, f->file) || (size_t)f->line > c->lines.lines.n)
		return s;
	struct sv rest = sv_skip(buf_sv(&c->text), c->lines.lines.items[f->line - 1]);
	size_t newline = sv_find_char(rest, '\n');
	s.line = newline == SV_NONE ? rest : sv_head(rest, newline);
	if (s.line.len && s.line.ptr[s.line.len - 1] == '\r')
		s.line.len--;
	struct sv ahead = s.line;
	for (int col = 1; col < f->col && ahead.len > 0; col++)
		utf8_next(&ahead);
	s.found = true;
	s.at = s.line.len - ahead.len;
	s.end = word_end(s.line, s.at);
	s.end_col = f->col + (int)utf8_count(sv_of(s.line.ptr + s.at, s.end - s.at));
	if (c->masked && strcmp(c->masked, f->file) == 0)
		dot_out(c, &s);
	return s;
}

char *source_relative(const char *path)
{
	char *here = getcwd(NULL, 0);
	size_t n = here ? strlen(here) : 0;
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	if (n > 1 && strncmp(path, here, n) == 0 && path[n] == '/')
		path += n + 1;
	free(here);
	return heap_copy(path);
}

/* --- showing -------------------------------------------------------------------------------------- */

static bool within(uint32_t cp, uint32_t first, uint32_t last)
{
	return cp >= first && cp <= last;
}

/* Columns that a terminal gives one code point: East Asian wide and emoji 2, combining 0 (Unicode 15,
 * by blocks). */
static size_t columns_of(uint32_t cp)
{
	if (within(cp, 0x300, 0x36f) || within(cp, 0x200b, 0x200d) || within(cp, 0x20d0, 0x20ff) ||
	    within(cp, 0xfe00, 0xfe0f))
		return 0;
	if (within(cp, 0x1100, 0x115f) || within(cp, 0x2e80, 0x303e) || within(cp, 0x3041, 0xa4cf) ||
	    within(cp, 0xac00, 0xd7a3) || within(cp, 0xf900, 0xfaff) || within(cp, 0xfe30, 0xfe6f) ||
	    within(cp, 0xff00, 0xff60) || within(cp, 0xffe0, 0xffe6) || within(cp, 0x1f300, 0x1faff) ||
	    within(cp, 0x20000, 0x3fffd))
		return 2;
	return 1;
}

/* One code point of the line as it is shown; its width. `column` is where it begins, for tabs. */
static size_t show_next(struct sv *rest, size_t column, struct buf *out)
{
	struct sv before = *rest;
	size_t had = out->len;
	uint32_t cp = utf8_next(rest);
	if (cp == '\t') {
		size_t n = TAB_WIDTH - column % TAB_WIDTH;
		buf_printf(out, "%*s", (int)n, "");
		return n;
	}
	buf_add_printable(out, sv_head(before, before.len - rest->len));
	bool escaped = cp != '\\' && out->len > had && out->ptr[had] == '\\';
	return escaped ? out->len - had : columns_of(cp);
}

struct window {
	size_t from, to; /* columns shown: [from, to) */
	bool cut_head, cut_tail;
};

static struct window window_of(size_t width, size_t word, size_t columns)
{
	struct window w = {0, width, false, false};
	if (width <= columns)
		return w;
	w.from = word > columns / 3 ? word - columns / 3 : 0;
	if (w.from + columns > width)
		w.from = width - columns;
	w.to = w.from + columns;
	w.cut_head = w.from > 0;
	w.cut_tail = w.to < width;
	return w;
}

/* Columns up to byte `end` of the line. */
static size_t width_to(struct sv line, size_t end)
{
	struct buf sink = {0};
	struct sv rest = sv_head(line, end);
	size_t column = 0;
	while (rest.len) {
		column += show_next(&rest, column, &sink);
		buf_reset(&sink);
	}
	buf_fini(&sink);
	return column;
}

static void show_window(struct sv line, const struct window *w, struct buf *out)
{
	struct buf piece = {0};
	size_t column = 0;
	if (w->cut_head)
		buf_adds(out, "…");
	while (line.len && column < w->to) {
		size_t begin = column;
		buf_reset(&piece);
		column += show_next(&line, column, &piece);
		if (begin >= w->from && column <= w->to)
			buf_add(out, buf_sv(&piece));
		else if (column > w->from && begin < w->to)
			buf_printf(out, "%*s",
			    (int)((column < w->to ? column : w->to) - (begin > w->from ? begin : w->from)),
			    "");
	}
	if (w->cut_tail)
		buf_adds(out, "…");
	buf_fini(&piece);
}

void source_show(
    const struct source_span *span, int line, size_t columns, const char *colour, struct buf *out)
{
	size_t from = width_to(span->line, span->at), to = width_to(span->line, span->end);
	size_t width = width_to(span->line, span->line.len);
	struct window w = window_of(width, from, columns > 40 ? columns - 12 : 40);
	if (to > w.to && w.to > from)
		to = w.to;
	buf_printf(out, "%6d | ", line);
	show_window(span->line, &w, out);
	buf_printf(out, "\n       | %*s%s^", (int)(from - w.from + (w.cut_head ? 1 : 0)), "", colour);
	for (size_t i = from + 1; i < to; i++)
		buf_addc(out, '~');
	buf_printf(out, "%s\n", *colour ? "\x1b[0m" : "");
}
