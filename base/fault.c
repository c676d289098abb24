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

static enum fault_code code_of_level(enum fault_level level)
{
	switch (level) {
	case FAULT_NOTE: return FAULT_SKIPPED;
	case FAULT_WARNING: return FAULT_DOUBTFUL;
	case FAULT_ERROR: return FAULT_REFUSED;
	}
	return FAULT_REFUSED;
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
	vec_push(&f->list,
	    (struct fault){level, code_of_level(level), heap_copy(file ? file : "-"), line, col, text});
	f->n_errors += level == FAULT_ERROR;
	f->n_warnings += level == FAULT_WARNING;
}

void fault_tag(struct faults *f, enum fault_code code)
{
	if (f->list.n > 0)
		f->list.items[f->list.n - 1].code = code;
}

void faults_tag_from(struct faults *f, size_t from, enum fault_code code)
{
	for (size_t i = from; i < f->list.n; i++)
		if (f->list.items[i].code == code_of_level(f->list.items[i].level))
			f->list.items[i].code = code;
}

void fault_copy(struct faults *to, const struct fault *from)
{
	fault_add(to, from->level, from->file, from->line, from->col, "%s", from->text);
	fault_tag(to, from->code);
}

void faults_keep(struct faults *f, bool (*keep)(void *ctx, const struct fault *), void *ctx)
{
	size_t n = 0;
	for (size_t i = 0; i < f->list.n; i++) {
		struct fault *each = &f->list.items[i];
		if (keep(ctx, each)) {
			f->list.items[n++] = *each;
			continue;
		}
		f->n_errors -= each->level == FAULT_ERROR;
		f->n_warnings -= each->level == FAULT_WARNING;
		free(each->file);
		free(each->text);
	}
	f->list.n = n;
}

static bool before(const struct fault *a, const struct fault *b)
{
	int c = strcmp(a->file, b->file);
	if (c)
		return c < 0;
	return a->line != b->line ? a->line < b->line : a->col < b->col;
}

/* Merges the sorted halves of items[0..n). */
static void merge(struct fault *items, size_t middle, size_t n, struct fault *room)
{
	size_t i = 0, j = middle, to = 0;
	memcpy(room, items, middle * sizeof *room);
	while (i < middle && j < n)
		items[to++] = before(&items[j], &room[i]) ? items[j++] : room[i++];
	while (i < middle)
		items[to++] = room[i++];
}

/* Stable, and quick on ten thousand rules' worth of warnings: runs that are in order already stay as they
 * are. */
static void merge_sort(struct fault *items, size_t n, struct fault *room)
{
	if (n < 2)
		return;
	merge_sort(items, n / 2, room);
	merge_sort(items + n / 2, n - n / 2, room);
	if (before(&items[n / 2], &items[n / 2 - 1]))
		merge(items, n / 2, n, room);
}

void faults_sort(struct faults *f)
{
	struct fault *room = heap_zero(f->list.n / 2 + 1, sizeof *room);
	merge_sort(f->list.items, f->list.n, room);
	free(room);
}

static const struct {
	const char *name, *what, *advice;
} codes[] = {
#define FAULT_CODE(symbol, name, what, advice) {name, what, advice},
#include "base/fault_list.h"
#undef FAULT_CODE
};

const char *fault_code_name(enum fault_code code)
{
	return codes[code].name;
}

const char *fault_code_what(enum fault_code code)
{
	return codes[code].what;
}

const char *fault_code_advice(enum fault_code code)
{
	return codes[code].advice;
}

bool fault_code_parse(struct sv name, enum fault_code *out)
{
	for (size_t i = 0; i < FAULT_CODE_COUNT; i++)
		if (sv_eq(name, sv_from(codes[i].name))) {
			*out = (enum fault_code)i;
			return true;
		}
	return false;
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
