/* Alerts appended to a file, one form v1 a line, synced before they count as sent. Follows rotation by
 * rename: when the path names another file than the open one, it is opened anew.
 *
 * A crash can come between the append and the record of it. Bodies are frozen, so the last LOOK_BACK_BYTES of
 * the file are searched for the line before it is written; and a line that was torn by a full disk or a crash
 * is completed, not repeated. Beyond that distance, or across a rotation, a crash can double a line. */
#include "alerts/sink/sink.h"

#include "base/heap.h"
#include "base/point.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_BACK_BYTES (1u << 20)

struct sink {
	const char *path;
	int fd; /* -1: not open */
};

static const struct option options[] = {
    {.name = "path",
	.type = OPTION_PATH,
	.fallback = OPTION_REQUIRED,
	.help = "The file that alerts are appended to, made with mode 0600; rotate it by renaming."},
};

static const struct option_table table = {.kind = "sinks.file",
    .help = "Appends alerts to a file, one alert form v1 a line.",
    .options = options,
    .n = sizeof options / sizeof options[0]};

/* A new file is durable only when its name is. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder =
	    slash ? heap_text(sv_of(path, slash == path ? 1 : (size_t)(slash - path))) : heap_copy(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

static enum rc reopen(struct sink *s, struct err *e)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = open(s->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->fd < 0)
		return err_errno(e, RC_IO, errno, "%s: can't open", s->path);
	struct stat st;
	if (fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(s->fd);
		s->fd = -1;
		return err_set(e, RC_IO, "%s: not a regular file", s->path);
	}
	sync_folder(s->path);
	return RC_OK;
}

static bool rotated(const struct sink *s)
{
	struct stat open_file, named;
	return s->fd < 0 || fstat(s->fd, &open_file) != 0 || stat(s->path, &named) != 0 ||
	       open_file.st_ino != named.st_ino || open_file.st_dev != named.st_dev;
}

static enum rc open_file_sink(
    const struct options *given, const struct sink_context *context, struct sink **out_sink, struct err *e)
{
	(void)context;
	struct sink *s = heap_zero(1, sizeof *s);
	*s = (struct sink){.path = options_text(given, "path"), .fd = -1};
	enum rc rc = reopen(s, e);
	if (rc != RC_OK) {
		free(s);
		return rc;
	}
	*out_sink = s;
	return RC_OK;
}

static void close_file_sink(struct sink *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

/* The end of the file, appended to `out`. */
static enum rc read_tail(const struct sink *s, struct buf *out, struct err *e)
{
	off_t size = lseek(s->fd, 0, SEEK_END);
	off_t at = size > (off_t)LOOK_BACK_BYTES ? size - (off_t)LOOK_BACK_BYTES : 0;
	buf_room(out, LOOK_BACK_BYTES);
	while (at < size) {
		ssize_t n = pread(s->fd, out->ptr + out->len, (size_t)(size - at), at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, RC_IO, errno, "%s: can't read", s->path);
		if (n == 0)
			break;
		out->len += (size_t)n;
		at += n;
	}
	return size < 0 ? err_errno(e, RC_IO, errno, "%s: can't seek", s->path) : RC_OK;
}

static bool holds_line(struct sv tail, struct sv line)
{
	size_t from = 0;
	for (;;) {
		size_t at = sv_find(sv_skip(tail, from), line);
		if (at == SV_NONE)
			return false;
		from += at;
		if (from == 0 || tail.ptr[from - 1] == '\n')
			return true;
		from++;
	}
}

/* What must be written so that `line` (with its \n) stands in the file, given the file's end: nothing when it
 * is there, the rest of it when its head was torn off, and behind a foreign torn line a \n first. */
static void missing_part(struct sv tail, struct sv line, struct buf *out)
{
	if (holds_line(tail, line))
		return;
	size_t last = tail.len;
	while (last > 0 && tail.ptr[last - 1] != '\n')
		last--;
	struct sv torn = sv_skip(tail, last);
	if (torn.len && sv_starts(line, torn)) {
		buf_add(out, sv_skip(line, torn.len));
		return;
	}
	if (torn.len)
		buf_addc(out, '\n');
	buf_add(out, line);
}

static enum rc append(const struct sink *s, struct sv bytes, struct err *e)
{
	while (bytes.len) {
		ssize_t n = write(s->fd, bytes.ptr, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, RC_IO, errno, "%s: can't append", s->path);
		bytes = sv_skip(bytes, (size_t)n);
	}
	/* Also when nothing was missing: the process that wrote it may have died before its own sync. */
	return fsync(s->fd) == 0 ? RC_OK : err_errno(e, RC_IO, errno, "%s: can't sync", s->path);
}

static struct sink_verdict write_line(struct sink *s, const struct delivery *d)
{
	struct err e = {0};
	struct buf tail = {0}, line = {0}, missing = {0};
	enum rc rc = rotated(s) ? reopen(s, &e) : RC_OK;
	if (rc == RC_OK)
		rc = read_tail(s, &tail, &e);
	if (rc == RC_OK) {
		buf_add(&line, d->body);
		buf_addc(&line, '\n');
		missing_part(buf_sv(&tail), buf_sv(&line), &missing);
		POINT(before_file_append);
		rc = append(s, buf_sv(&missing), &e);
	}
	if (rc == RC_OK)
		POINT(after_file_append);
	buf_fini(&tail);
	buf_fini(&line);
	buf_fini(&missing);
	return rc == RC_OK ? sink_sent() : sink_retry(-1, "%s", e.text);
}

const struct sink_type sink_file = {
    .name = "file", .table = &table, .open = open_file_sink, .close = close_file_sink, .write = write_line};
