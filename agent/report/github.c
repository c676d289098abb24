/* GitHub workflow commands: `::error file=…,line=…,col=…,endColumn=…,title=…::text`. In the text %, CR and LF
 * are escaped, in properties `:` and `,` too (actions/toolkit, packages/core/src/command.ts). */
#include "agent/report/report.h"
#include "agent/report/source_text.h"

static void escape(struct sv s, bool property, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_printf(out, "%%%02X", c);
		else
			buf_addc(out, c);
	}
}

static const char *command_of(enum fault_level level)
{
	switch (level) {
	case FAULT_NOTE: return "notice";
	case FAULT_WARNING: return "warning";
	case FAULT_ERROR: return "error";
	}
	return "error";
}

void report_github(const struct report *r, struct buf *out)
{
	struct source_cache sources = {.masked = r->masked};
	for (size_t i = 0; i < r->faults->list.n; i++) {
		const struct fault *f = &r->faults->list.items[i];
		struct source_span span = source_find(&sources, f);
		char *file = source_relative(f->file);
		buf_printf(out, "::%s file=", command_of(f->level));
		escape(sv_from(file), true, out);
		if (f->line > 0)
			buf_printf(out, ",line=%d,col=%d", f->line, f->col);
		if (span.found)
			buf_printf(out, ",endColumn=%d", span.end_col);
		buf_printf(out, ",title=kendrawatch [%s]::", fault_code_name(f->code));
		escape(sv_from(f->text), false, out);
		buf_addc(out, '\n');
		free(file);
	}
	source_cache_fini(&sources);
}
