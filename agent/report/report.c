/* The forms by name, and those that need no file of their own. */
#include "agent/report/report.h"

#include "agent/report/source_text.h"
#include "base/jout.h"

static const struct {
	const char *name;
	report_writer *write;
} forms[] = {
#define REPORT(function, name, help) {name, report_##function},
#include "agent/report/report_list.h"
#undef REPORT
};
#define N_FORMS (sizeof forms / sizeof forms[0])

report_writer *report_find(const char *name)
{
	for (size_t i = 0; i < N_FORMS; i++)
		if (strcmp(name, forms[i].name) == 0)
			return forms[i].write;
	return NULL;
}

void report_names(struct buf *out)
{
	for (size_t i = 0; i < N_FORMS; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : i + 1 < N_FORMS ? ", " : " or ", forms[i].name);
}

void report_short(const struct report *r, struct buf *out)
{
	for (size_t i = 0; i < r->faults->list.n; i++) {
		fault_show(&r->faults->list.items[i], out);
		out->len--; /* the line goes on */
		buf_printf(out, " [%s]\n", fault_code_name(r->faults->list.items[i].code));
	}
}

static void write_object(struct jout *j, const struct fault *f, struct source_cache *sources)
{
	struct source_span span = source_find(sources, f);
	jout_begin_object(j);
	jout_kv(j, "level", sv_from(fault_level_name(f->level)));
	jout_kv(j, "code", sv_from(fault_code_name(f->code)));
	jout_kv(j, "file", sv_from(f->file));
	jout_kv_int(j, "line", f->line);
	jout_kv_int(j, "column", f->col);
	if (span.found)
		jout_kv_int(j, "end_column", span.end_col);
	jout_kv(j, "text", sv_from(f->text));
	if (span.found)
		jout_kv(j, "source", span.line);
	jout_end_object(j);
}

void report_ndjson(const struct report *r, struct buf *out)
{
	struct source_cache sources = {.masked = r->masked};
	for (size_t i = 0; i < r->faults->list.n; i++) {
		struct jout j = jout_on(out);
		write_object(&j, &r->faults->list.items[i], &sources);
		buf_addc(out, '\n');
	}
	source_cache_fini(&sources);
}

void report_json(const struct report *r, struct buf *out)
{
	struct source_cache sources = {.masked = r->masked};
	struct jout j = jout_on(out);
	jout_begin_array(&j);
	for (size_t i = 0; i < r->faults->list.n; i++)
		write_object(&j, &r->faults->list.items[i], &sources);
	jout_end_array(&j);
	buf_addc(out, '\n');
	source_cache_fini(&sources);
}
