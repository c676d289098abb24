/* Alerts on standard output: one aligned line each for a person at a terminal, NDJSON for a pipe. At least
 * once: an alert whose delivery was not recorded before a crash is written again. A reader that does not read
 * (a pager, a stopped terminal) costs READER_MS an attempt: all sinks share the dispatcher's thread, and a
 * stop waits for it. */
#include "alerts/sink/sink.h"

#include "alerts/render/render.h"
#include "base/clock.h"
#include "base/heap.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#define READER_MS 200

struct sink {
	int fd;
	bool text, colour;
	const char *timezone;
	struct buf torn;     /* what the reader did not take of a line: nothing else goes out before it */
	struct buf torn_key; /* whose line that is, or was, until that one is told */
};

static const struct option options[] = {
    {.name = "format",
	.type = OPTION_CHOICE,
	.fallback = "auto",
	.choices = "auto|text|ndjson",
	.help = "text: one line for people; ndjson: one alert form v1 a line; auto: text on a terminal, else "
		"ndjson."},
};

static const struct option_table table = {.kind = "sinks.stdout",
    .help = "Writes alerts to standard output.",
    .options = options,
    .n = sizeof options / sizeof options[0]};

static bool wants_colour(enum sink_colour wish, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	switch (wish) {
	case SINK_COLOUR_ALWAYS: return true;
	case SINK_COLOUR_NEVER: return false;
	case SINK_COLOUR_AUTO: break;
	}
	return isatty(fd) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

static enum rc open_stdout(
    const struct options *given, const struct sink_context *context, struct sink **out_sink, struct err *e)
{
	(void)e;
	const char *format = options_text(given, "format");
	struct sink *s = heap_zero(1, sizeof *s);
	*s = (struct sink){.fd = context->stdout_fd,
	    .text =
		strcmp(format, "text") == 0 || (strcmp(format, "auto") == 0 && isatty(context->stdout_fd)),
	    .colour = wants_colour(context->colour, context->stdout_fd),
	    .timezone = context->timezone};
	*out_sink = s;
	return RC_OK;
}

static void close_stdout(struct sink *s)
{
	if (!s)
		return;
	buf_fini(&s->torn);
	buf_fini(&s->torn_key);
	free(s);
}

/* Writes until READER_MS have passed; *rest is what was not taken. A pipe that poll(2) calls writable takes
 * PIPE_BUF bytes without blocking, more might wait. */
static enum rc put(const struct sink *s, struct sv *rest, struct err *e)
{
	int64_t end_ms = clk_mono_ms() + READER_MS;
	while (rest->len) {
		struct pollfd out = {s->fd, POLLOUT, 0};
		int64_t left_ms = end_ms - clk_mono_ms();
		int ready = poll(&out, 1, left_ms > 0 ? (int)left_ms : 0);
		if (ready == 0)
			return err_set(e, RC_RETRY, "standard output: its reader does not read");
		ssize_t n =
		    ready < 0 ? -1 : write(s->fd, rest->ptr, rest->len < PIPE_BUF ? rest->len : PIPE_BUF);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, RC_IO, errno, "standard output");
		*rest = sv_skip(*rest, (size_t)n);
	}
	return RC_OK;
}

static void write_line(const struct sink *s, const struct delivery *d, struct buf *line)
{
	struct render_style style = {.timezone = s->timezone, .colour = s->colour, .now_ms = RENDER_NO_TIME};
	if (s->text) {
		render_line(d->alert, &style, line);
		return;
	}
	buf_add(line, d->body);
	buf_addc(line, '\n');
}

static struct sink_verdict write_alert(struct sink *s, const struct delivery *d)
{
	struct buf line = {0};
	struct err e = {0};
	struct sv rest = buf_sv(&s->torn);
	bool began = s->torn_key.len && sv_eq(buf_sv(&s->torn_key), d->key);
	enum rc rc = put(s, &rest, &e);
	buf_consume(&s->torn, s->torn.len - rest.len);
	if (rc == RC_OK && began)
		buf_reset(&s->torn_key);
	if (rc == RC_OK && !began) {
		write_line(s, d, &line);
		rest = buf_sv(&line);
		rc = put(s, &rest, &e);
		if (rest.len && rest.len < line.len) {
			buf_reset(&s->torn_key);
			buf_add(&s->torn_key, d->key);
			buf_add(&s->torn, rest);
		}
	}
	buf_fini(&line);
	return rc == RC_OK ? sink_sent() : sink_retry(-1, "%s", e.text);
}

const struct sink_type sink_stdout = {
    .name = "stdout", .table = &table, .open = open_stdout, .close = close_stdout, .write = write_alert};
