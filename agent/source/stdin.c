/* Source "stdin": one stream on standard input, any form. At most once: what was read and not yet durable
 * when the process dies is gone, and it says so. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "agent/source/source.h"
#include "base/log.h"
#include "base/wake.h"

#define PIECE_BYTES ((size_t)256 << 10)

struct stdin_source {
	struct source base;
	struct wake stop;
};

static const struct option_table table = {"sources.stdin", "standard input, any form; at most once", NULL, 0};

static enum rc open_source(const struct source_setup *setup, struct source **out, struct err *e)
{
	struct stdin_source *s = heap_zero(1, sizeof *s);
	s->base = (struct source){&source_stdin, *setup};
	if (wake_open(&s->stop, e) != RC_OK) {
		free(s);
		return err_at(e, "source %s", setup->name);
	}
	*out = &s->base;
	return RC_OK;
}

/* Waits for bytes. False when asked to stop. */
static bool wait_readable(struct stdin_source *s)
{
	struct pollfd fds[2] = {{STDIN_FILENO, POLLIN, 0}, {s->stop.fd, POLLIN, 0}};
	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	return !fds[1].revents;
}

static void run(struct source *base)
{
	struct stdin_source *s = (struct stdin_source *)base;
	struct stream *stream = heap_zero(1, sizeof *stream);
	log_info("reading standard input", "source=%s delivery=at-most-once", base->setup.name);
	for (bool last = false; !last;) {
		struct work *w = work_new(base, "stdin");
		w->stream = stream;
		buf_room(&w->bytes, PIECE_BYTES);
		ssize_t n = wait_readable(s) ? read(STDIN_FILENO, w->bytes.ptr, PIECE_BYTES) : 0;
		if (n < 0 && errno == EINTR)
			n = 0;
		else
			last = n <= 0;
		if (n < 0)
			log_error("standard input can't be read", "source=%s error=\"%s\"", base->setup.name,
			    strerrordesc_np(errno));
		w->bytes.len = n > 0 ? (size_t)n : 0;
		w->last = last;
		if (!queue_put(base->setup.intake, w)) {
			work_unref(w);
			return;
		}
	}
}

static void stop(struct source *base)
{
	wake_ring(&((struct stdin_source *)base)->stop);
}

static void close_source(struct source *base)
{
	wake_close(&((struct stdin_source *)base)->stop);
	free(base);
}

const struct source_type source_stdin = {
    "stdin", &table, open_source, run, stop, NULL, close_source, .once = true};
