/* Secrets from the environment or from files. Made while the configuration is read; then each belongs to the
 * thread that uses it. No value ever reaches a text: errors and logs hold names only. */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/heap.h"
#include "base/log.h"

#define MAX_BYTES ((size_t)64 << 10)

/* The part that changes when a file is read again. */
struct held {
	char *bytes; /* NUL-terminated */
	size_t len;
	struct stat file; /* as it was when read */
};

struct secret {
	char *name;
	char *path; /* NULL unless it is a file */
	struct held *held;
};

static void wipe(struct held *h)
{
	if (h->bytes) {
		explicit_bzero(h->bytes, h->len);
		free(h->bytes);
	}
	h->bytes = NULL;
	h->len = 0;
}

static struct secret *make(char *name)
{
	struct secret *s = heap_zero(1, sizeof *s);
	s->name = name;
	s->held = heap_zero(1, sizeof *s->held);
	return s;
}

static void hold(struct held *h, struct sv value)
{
	wipe(h);
	h->bytes = heap_text(value);
	h->len = value.len;
}

/* Whole content of an open file into `bytes`, -1 with errno on failure. */
static ssize_t read_all(int fd, char *bytes, size_t room)
{
	size_t n = 0;
	while (n < room) {
		ssize_t got = read(fd, bytes + n, room - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

static enum rc read_file(const char *path, struct held *h, struct err *e)
{
	enum rc rc = RC_OK;
	/* A pipe or a device must not hang the start. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_errno(e, RC_CONFIG, errno, "can't open the secret file %s", path);
	char *bytes = heap_alloc(MAX_BYTES + 1);
	struct stat st;
	ssize_t n = -1;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		rc = err_set(e, RC_CONFIG, "the secret file %s is not a regular file", path);
	else if ((n = read_all(fd, bytes, MAX_BYTES + 1)) < 0)
		rc = err_errno(e, RC_CONFIG, errno, "can't read the secret file %s", path);
	else if ((size_t)n > MAX_BYTES)
		rc = err_set(e, RC_CONFIG, "the secret file %s is larger than %zu bytes", path, MAX_BYTES);
	close(fd);
	if (rc == RC_OK) {
		struct sv value = sv_of(bytes, (size_t)n);
		if (sv_ends(value, SV("\n")))
			value.len--;
		if (sv_ends(value, SV("\r")))
			value.len--;
		if (value.len) {
			hold(h, value);
			h->file = st;
		} else {
			rc = err_set(e, RC_CONFIG, "the secret file %s is empty", path);
		}
	}
	explicit_bzero(bytes, MAX_BYTES + 1);
	free(bytes);
	return rc;
}

static enum rc from_file(struct secret *s, struct sv path, const char *base_folder, struct err *e)
{
	if (!path.len || memchr(path.ptr, 0, path.len))
		return err_set(e, RC_CONFIG, "file: must be followed by the path of a file");
	s->path = heap_text(path);
	if (path.ptr[0] != '/' && base_folder) {
		char *joined = file_join(base_folder, s->path);
		free(s->path);
		s->path = joined;
	}
	return read_file(s->path, s->held, e);
}

static enum rc from_environment(struct secret *s, struct sv name, struct err *e)
{
	char *variable = heap_text(name);
	const char *value = getenv(variable);
	enum rc rc = RC_OK;
	if (!name.len)
		rc = err_set(e, RC_CONFIG, "env: must be followed by the name of a variable");
	else if (!value)
		rc = err_set(e, RC_CONFIG, "the environment variable %s is not set", variable);
	else if (!*value)
		rc = err_set(e, RC_CONFIG, "the environment variable %s is empty", variable);
	else
		hold(s->held, sv_from(value));
	free(variable);
	return rc;
}

enum rc secret_new(struct sv spec, const char *base_folder, struct secret **out, struct faults *faults,
    const char *file, int line, int col, struct err *e)
{
	bool env = sv_starts(spec, SV("env:"));
	if (!env && !sv_starts(spec, SV("file:")))
		return err_set(e, RC_CONFIG,
		    "a secret is never written here itself: use env:NAME for a variable or file:PATH for a "
		    "file");
	struct secret *s = make(heap_text(spec));
	enum rc rc =
	    env ? from_environment(s, sv_skip(spec, 4), e) : from_file(s, sv_skip(spec, 5), base_folder, e);
	if (rc != RC_OK) {
		secret_free(s);
		return rc;
	}
	unsigned mode = (unsigned)s->held->file.st_mode & 07777u;
	if (s->path && (mode & 044) && faults)
		fault_add(faults, FAULT_WARNING, file, line, col,
		    "the secret file %s can be read by others than its owner (mode %04o); run chmod 0600 on "
		    "it",
		    s->path, mode);
	*out = s;
	return RC_OK;
}

struct secret *secret_of(struct sv value)
{
	struct secret *s = make(heap_copy("***"));
	hold(s->held, value);
	return s;
}

void secret_free(struct secret *s)
{
	if (!s)
		return;
	wipe(s->held);
	free(s->held);
	free(s->path);
	free(s->name);
	free(s);
}

static bool changed(const struct stat *a, const struct stat *b)
{
	return a->st_dev != b->st_dev || a->st_ino != b->st_ino || a->st_size != b->st_size ||
	       a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

struct sv secret_value(const struct secret *s)
{
	struct stat now;
	if (s->path && stat(s->path, &now) == 0 && changed(&now, &s->held->file)) {
		struct err e = {0};
		if (read_file(s->path, s->held, &e) != RC_OK)
			log_warn("secret was not read again", "secret=%s reason=\"%s\"", s->name, e.text);
	}
	return sv_of(s->held->bytes, s->held->len);
}

bool secret_readable(const struct secret *s)
{
	return !s->path || access(s->path, R_OK) == 0;
}

const char *secret_name(const struct secret *s)
{
	return s->name;
}

bool secret_same(const struct secret *a, const struct secret *b)
{
	if (a->path || b->path)
		return a->path && b->path && strcmp(a->path, b->path) == 0;
	return a->held->len == b->held->len && memcmp(a->held->bytes, b->held->bytes, a->held->len) == 0;
}
