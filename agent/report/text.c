/* Faults for a person: `place: level: text [code]`, the source line, a caret; files apart by a blank line. */
#include "agent/report/report.h"
#include "agent/report/source_text.h"

#define DEFAULT_COLUMNS 100

static const char *colour_of(enum fault_level level)
{
	switch (level) {
	case FAULT_NOTE: return "\x1b[36m";
	case FAULT_WARNING: return "\x1b[33m";
	case FAULT_ERROR: return "\x1b[31m";
	}
	return "";
}

static void head(const struct report *r, const struct fault *f, struct buf *out)
{
	const char *on = r->colours ? colour_of(f->level) : "", *off = r->colours ? "\x1b[0m" : "";
	const char *bold = r->colours ? "\x1b[1m" : "", *dim = r->colours ? "\x1b[2m" : "";
	buf_adds(out, bold);
	buf_add_printable(out, sv_from(f->file));
	if (f->line > 0)
		buf_printf(out, ":%d:%d", f->line, f->col);
	buf_printf(out, ":%s %s%s:%s ", off, on, fault_level_name(f->level), off);
	buf_add_printable(out, sv_from(f->text));
	buf_printf(out, " %s[%s]%s\n", dim, fault_code_name(f->code), off);
}

void report_text(const struct report *r, struct buf *out)
{
	struct source_cache sources = {.masked = r->masked};
	const struct fault *before = NULL;
	for (size_t i = 0; i < r->faults->list.n; i++) {
		const struct fault *f = &r->faults->list.items[i];
		if (before && strcmp(before->file, f->file) != 0)
			buf_addc(out, '\n');
		before = f;
		head(r, f, out);
		struct source_span span = source_find(&sources, f);
		if (span.found)
			source_show(&span, f->line, r->columns ? r->columns : DEFAULT_COLUMNS,
			    r->colours ? colour_of(f->level) : "", out);
	}
	source_cache_fini(&sources);
}
