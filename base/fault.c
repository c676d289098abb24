/* Fault lists. One thread a list. */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>

void faults_fini(struct faults *f)
{
	for (size_t i = 0; i < f->list.n; i++) {
		free(f->list.items[i].file);
		free(f->list.items[i].text);
	}
	vec_fini(&f->list);
	f->n_errors = f->n_warnings = 0;
}

void fault_add(
    struct faults *f, enum fault_level level, const char *file, int line, int col, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = heap_copy(fmt);
	va_end(ap);
	vec_push(&f->list, (struct fault){level, heap_copy(file ? file : "-"), line, col, text});
	f->n_errors += level == FAULT_ERROR;
	f->n_warnings += level == FAULT_WARNING;
}

static bool before(const struct fault *a, const struct fault *b)
{
	int c = strcmp(a->file, b->file);
	if (c)
		return c < 0;
	return a->line != b->line ? a->line < b->line : a->col < b->col;
}

void faults_sort(struct faults *f)
{
	/* Insertion sort: stable, and the lists are short and nearly sorted. */
	for (size_t i = 1; i < f->list.n; i++) {
		struct fault x = f->list.items[i];
		size_t j = i;
		for (; j > 0 && before(&x, &f->list.items[j - 1]); j--)
			f->list.items[j] = f->list.items[j - 1];
		f->list.items[j] = x;
	}
}

const char *fault_level_name(enum fault_level level)
{
	switch (level) {
	case FAULT_NOTE: return "note";
	case FAULT_WARNING: return "warning";
	case FAULT_ERROR: return "error";
	}
	return "error";
}

void fault_show(const struct fault *f, struct buf *out)
{
	buf_add_printable(out, sv_from(f->file));
	if (f->line > 0)
		buf_printf(out, ":%d:%d", f->line, f->col);
	buf_printf(out, ": %s: ", fault_level_name(f->level));
	buf_add_printable(out, sv_from(f->text));
	buf_addc(out, '\n');
}
