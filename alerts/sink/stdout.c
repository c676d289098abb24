/* Alerts on standard output: one aligned line each for a person at a terminal, NDJSON for a pipe. At least
 * once: an alert whose delivery was not recorded before a crash is written again. */
#include "alerts/sink/sink.h"

#include "alerts/render/render.h"
#include "base/heap.h"

#include <errno.h>
#include <unistd.h>

struct sink {
	int fd;
	bool text, colour;
	const char *timezone;
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
	free(s);
}

static struct sink_verdict write_alert(struct sink *s, const struct delivery *d)
{
	struct buf line = {0};
	if (s->text) {
		struct render_style style = {
		    .timezone = s->timezone, .colour = s->colour, .now_ms = RENDER_NO_TIME};
		render_line(d->alert, &style, &line);
	} else {
		buf_add(&line, d->body);
		buf_addc(&line, '\n');
	}
	struct sink_verdict verdict = sink_sent();
	struct sv rest = buf_sv(&line);
	while (rest.len) {
		ssize_t n = write(s->fd, rest.ptr, rest.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			char reason[128];
			verdict =
			    sink_retry(-1, "standard output: %s", strerror_r(errno, reason, sizeof reason));
			break;
		}
		rest = sv_skip(rest, (size_t)n);
	}
	buf_fini(&line);
	return verdict;
}

const struct sink_type sink_stdout = {
    .name = "stdout", .table = &table, .open = open_stdout, .close = close_stdout, .write = write_alert};
