/* Findings of `doctor`. Filled by the command, sources and sinks on the main thread; owns its texts. */
#include "base/checkup.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/heap.h"

#define LINE_BYTES 4096 /* of one text; longer ones are cut */

static char *printable(const char *text)
{
	struct buf shown = {0};
	buf_add_printable(&shown, sv_from(text));
	return buf_take(&shown);
}

void checkup_fini(struct checkup *c)
{
	for (size_t i = 0; i < c->lines.n; i++) {
		free(c->lines.items[i].station);
		free(c->lines.items[i].text);
		free(c->lines.items[i].advice);
	}
	vec_fini(&c->lines);
	free(c->station);
	*c = (struct checkup){0};
}

void checkup_at(struct checkup *c, const char *fmt, ...)
{
	char text[LINE_BYTES];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	free(c->station);
	c->station = printable(text);
}

void checkup_say(struct checkup *c, enum checkup_mark mark, const char *advice, const char *fmt, ...)
{
	char text[LINE_BYTES];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	struct checkup_line line = {.mark = mark,
	    .station = heap_copy(c->station ? c->station : ""),
	    .text = printable(text),
	    .advice = advice ? printable(advice) : NULL};
	vec_push(&c->lines, line);
	c->n_marks[mark]++;
}

const char *checkup_mark_name(enum checkup_mark m)
{
	switch (m) {
	case CHECKUP_OK: return "ok";
	case CHECKUP_SKIP: return "skip";
	case CHECKUP_WARN: return "warn";
	case CHECKUP_FAIL: return "FAIL";
	}
	return ""; /* not reached: the compiler checks the switch */
}
