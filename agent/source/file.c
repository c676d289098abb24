/* Source "file": follows one growing file of events, a line each (NDJSON), as tail -F does. Its place
 * (device, inode, hash of the first KiB, offset) is durable with the alerts, so a restart goes on where it
 * stopped. Rotation by renaming loses nothing, also when it happens once while the agent is down; of two
 * rotations while it is down or held up the file in the middle is not seen. copytruncate can lose what was
 * written between the copy and the truncation, as everywhere. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/source/path_check.h"
#include "agent/source/source.h"
#include "base/file.h"
#include "base/log.h"
#include "base/net/crypto.h"
#include "base/wake.h"
#include "rules/event/frame.h"

#define PIECE_BYTES ((size_t)1 << 20)
#define HEAD_BYTES 1024
#define LINE_BYTES (FRAME_MAX_RECORD + PIECE_BYTES)

static const struct option options[] = {
    {"path", OPTION_PATH, OPTION_REQUIRED, 0, 0, NULL, "file to follow, one event a line"},
    {"from", OPTION_CHOICE, "start", 0, 0, "start|end",
	"where to begin the first time: at the start, or only with what is added from now on"},
    {"poll", OPTION_SPAN, "250ms", 10, 60000, NULL, "how often the file is looked at"},
};
static const struct option_table table = {"sources.file",
    "a growing file of one event a line, followed across rotations and restarts", options,
    sizeof options / sizeof *options};

struct file_source {
	struct source base;
	const char *path;
	bool from_end;
	int64_t poll_ms;
	struct wake stop;
	int fd; /* the file being followed, -1: none yet */
	dev_t dev;
	ino_t inode;
	bool unmarked;  /* the ledger has not heard of it: were it renamed now, a restart would not know it */
	int64_t offset; /* of the next byte to read */
	struct buf partial; /* read, but no newline yet; partial.len bytes before offset */
	const char *told;   /* why the path can't be opened, as it was logged; NULL: it can */
};

static enum rc open_source(const struct source_setup *setup, struct source **out, struct err *e)
{
	struct file_source *s = heap_zero(1, sizeof *s);
	s->base = (struct source){&source_file, *setup};
	s->path = options_text(setup->options, "path");
	s->from_end = strcmp(options_text(setup->options, "from"), "end") == 0;
	s->poll_ms = options_number(setup->options, "poll");
	s->fd = -1;
	if (wake_open(&s->stop, e) != RC_OK) {
		free(s);
		return err_at(e, "source %s", setup->name);
	}
	*out = &s->base;
	return RC_OK;
}

/* "dev:inode:hash:n", the hash over the first n bytes, n at most a KiB: a file that was truncated and written
 * anew is another one. */
static char *identity_of(int fd, dev_t dev, ino_t inode, int64_t known_bytes)
{
	char head[HEAD_BYTES], hex[2 * CRYPTO_SHA256_BYTES + 1];
	size_t want = known_bytes < HEAD_BYTES ? (size_t)known_bytes : HEAD_BYTES;
	ssize_t n = pread(fd, head, want, 0);
	crypto_sha256_hex(sv_of(head, n > 0 ? (size_t)n : 0), hex);
	return heap_printf(
	    "%" PRIu64 ":%" PRIu64 ":%.16s:%zd", (uint64_t)dev, (uint64_t)inode, hex, n > 0 ? n : 0);
}

/* Is the open file the one that `row` speaks of, at least as long as its position? */
static bool is_the_one(int fd, const struct stat *st, const struct ledger_row *row)
{
	struct sv rest = sv_from(row->identity), part = {0};
	int64_t n = 0;
	while (sv_cut(&rest, ':', &part))
		;
	if (!sv_int(part, 0, HEAD_BYTES, &n) || st->st_size < row->position)
		return false;
	char *now = identity_of(fd, st->st_dev, st->st_ino, n);
	bool same = strcmp(now, row->identity) == 0;
	free(now);
	return same;
}

/* Opens the path; what keeps it from being opened is said once. Never waits, as a pipe without a writer
 * would. -1: not now. */
static int open_path(struct file_source *s)
{
	int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *why = fd < 0 ? strerrordesc_np(errno) : NULL;
	struct stat st;
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		why = "it is no regular file; a pipe is read by `type: stdin`";
		close(fd);
		fd = -1;
	}
	if (why && (!s->told || strcmp(why, s->told) != 0))
		log_warn("file can't be opened", "source=%s path=\"%s\" error=\"%s\" next=\"waiting for it\"",
		    s->base.setup.name, s->path, why);
	s->told = why;
	return fd;
}

static bool adopt(struct file_source *s, int fd, int64_t offset, bool known)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return false;
	}
	s->fd = fd;
	s->dev = st.st_dev;
	s->inode = st.st_ino;
	s->offset = offset;
	s->unmarked = !known;
	buf_reset(&s->partial);
	return true;
}

/* The file the ledger speaks of was renamed while we were away: look for it beside its old name. -1 when it
 * is gone. */
static int find_rotated(const struct file_source *s, const struct ledger_row *row)
{
	const char *slash = strrchr(s->path, '/');
	char *folder = slash ? heap_text(sv_of(s->path, (size_t)(slash - s->path) + 1)) : heap_copy("./");
	DIR *d = opendir(folder);
	int found = -1;
	for (struct dirent *entry; d && found < 0 && (entry = readdir(d));) {
		char *path = file_join(folder, entry->d_name);
		struct stat st;
		int fd = stat(path, &st) == 0 && S_ISREG(st.st_mode)
			     ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
			     : -1;
		if (fd >= 0 && is_the_one(fd, &st, row))
			found = fd;
		else if (fd >= 0)
			close(fd);
		free(path);
	}
	if (d)
		closedir(d);
	free(folder);
	return found;
}

/* First file of this run: where the ledger says, else as `from` says. */
static void begin(struct file_source *s)
{
	const struct ledger_row *row = ledger_find(s->base.setup.ledger, s->path);
	int fd = open_path(s);
	struct stat st;
	if (fd >= 0 && fstat(fd, &st) != 0) {
		close(fd);
		fd = -1;
	}
	if (row && fd >= 0 && is_the_one(fd, &st, row)) {
		adopt(s, fd, row->position, true);
		return;
	}
	int rotated = row ? find_rotated(s, row) : -1;
	if (rotated >= 0) {
		log_info("file was rotated while the agent was down",
		    "source=%s path=\"%s\" next=\"reading the rest of the renamed file first\"",
		    s->base.setup.name, s->path);
		if (fd >= 0)
			close(fd);
		adopt(s, rotated, row->position, true);
		return;
	}
	if (row)
		log_warn("file is another one than before",
		    "source=%s path=\"%s\" next=\"read from its start; what the old one still held is gone\"",
		    s->base.setup.name, s->path);
	if (fd >= 0)
		adopt(s, fd, s->from_end && !row ? (int64_t)st.st_size : 0, false);
}

/* Hands `n` bytes of partial over as one piece. False when the intake is closed. */
static bool submit(struct file_source *s, size_t n)
{
	struct work *w = work_new(&s->base, s->path);
	buf_add(&w->bytes, sv_head(buf_sv(&s->partial), n));
	buf_consume(&s->partial, n);
	w->last = w->part = true;
	w->keep_row = true;
	int64_t position = s->offset - (int64_t)s->partial.len;
	w->begin = (uint64_t)(position - (int64_t)n);
	w->row = (struct ledger_row){
	    heap_copy(s->path), identity_of(s->fd, s->dev, s->inode, position), position, false};
	if (queue_put(s->base.setup.intake, w))
		return true;
	work_unref(w);
	return false;
}

/* Tells the ledger which file is followed, before any of it is durable. False when the intake is closed. */
static bool mark(struct file_source *s)
{
	s->unmarked = false;
	return submit(s, 0);
}

/* Reads what is there. *out_more: there may be more at once. False when the intake is closed. */
static bool read_more(struct file_source *s, bool *out_more)
{
	*out_more = false;
	buf_room(&s->partial, PIECE_BYTES);
	ssize_t n = pread(s->fd, s->partial.ptr + s->partial.len, PIECE_BYTES, (off_t)s->offset);
	if (n <= 0) {
		if (n < 0 && errno != EINTR)
			log_warn("file can't be read", "source=%s path=\"%s\" error=\"%s\"",
			    s->base.setup.name, s->path, strerrordesc_np(errno));
		return true;
	}
	size_t before = s->partial.len;
	s->partial.len += (size_t)n;
	s->offset += n;
	*out_more = true;
	const char *newline = memrchr(s->partial.ptr + before, '\n', (size_t)n);
	if (newline)
		return submit(s, (size_t)(newline - s->partial.ptr) + 1);
	/* A line longer than any record: given away so that memory stays bounded; framing reports it. */
	return s->partial.len < LINE_BYTES || submit(s, s->partial.len);
}

/* At the end of the open file: was it truncated, or is there another file under the name now? False when the
 * intake is closed. */
static bool follow_rotation(struct file_source *s)
{
	struct stat here, there;
	if (fstat(s->fd, &here) == 0 && here.st_size < s->offset) {
		log_warn("file was truncated", "source=%s path=\"%s\" next=\"read from its start\"",
		    s->base.setup.name, s->path);
		s->offset = 0;
		buf_reset(&s->partial);
		return true;
	}
	if (stat(s->path, &there) != 0 || (there.st_dev == s->dev && there.st_ino == s->inode) ||
	    here.st_size > s->offset)
		return true;
	/* Renamed, and read to its end: a last line without a newline is complete now. */
	if (s->partial.len && !submit(s, s->partial.len))
		return false;
	int fd = open_path(s);
	if (fd < 0)
		return true;
	log_info("file was rotated", "source=%s path=\"%s\"", s->base.setup.name, s->path);
	close(s->fd);
	s->fd = -1;
	adopt(s, fd, 0, false);
	return true;
}

static void run(struct source *base)
{
	struct file_source *s = (struct file_source *)base;
	log_info("following file", "source=%s path=\"%s\"", base->setup.name, s->path);
	begin(s);
	for (bool more = false;;) {
		if (wake_rung(&s->stop, more ? 0 : s->poll_ms))
			return;
		more = false;
		if (s->fd < 0) {
			int fd = open_path(s);
			if (fd < 0 || !adopt(s, fd, 0, false))
				continue;
		}
		if (s->unmarked && !mark(s))
			return;
		if (!read_more(s, &more))
			return;
		if (!more && !follow_rotation(s))
			return;
	}
}

static void stop(struct source *base)
{
	wake_ring(&((struct file_source *)base)->stop);
}

static void close_source(struct source *base)
{
	struct file_source *s = (struct file_source *)base;
	if (s->fd >= 0)
		close(s->fd);
	wake_close(&s->stop);
	buf_fini(&s->partial);
	free(s);
}

const struct source_type source_file = {
    .name = "file",
    .table = &table,
    .open = open_source,
    .run = run,
    .stop = stop,
    .close = close_source,
    .check = path_check,
};
