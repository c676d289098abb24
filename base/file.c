/* Files and folders. Any thread; owns nothing. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum rc file_read(const char *path, size_t max_bytes, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno == ENOENT ? RC_NOTFOUND : RC_IO, errno, "%s: can't open", path);
	enum rc rc = RC_OK;
	size_t total = 0;
	for (;;) {
		buf_room(out, 65536);
		ssize_t n = read(fd, out->ptr + out->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_errno(e, RC_IO, errno, "%s: can't read", path);
		if (n <= 0)
			break;
		out->len += (size_t)n;
		out->ptr[out->len] = 0;
		total += (size_t)n;
		if (total > max_bytes) {
			rc = err_set(e, RC_LIMIT, "%s: larger than %zu bytes", path, max_bytes);
			break;
		}
	}
	close(fd);
	return rc;
}

static enum rc write_and_sync(int fd, struct sv bytes)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return RC_IO;
		bytes = sv_skip(bytes, (size_t)n);
	}
	return fsync(fd) == 0 ? RC_OK : RC_IO;
}

void file_sync_folder_of(const char *path)
{
	char *folder = file_folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

enum rc file_write_atomic(const char *path, struct sv bytes, unsigned mode, struct err *e)
{
	char *tmp = heap_printf("%s.tmp.%d", path, (int)getpid());
	enum rc rc = RC_OK;
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
	if (fd < 0) {
		rc = err_errno(e, RC_IO, errno, "%s: can't create", tmp);
		goto out;
	}
	if (write_and_sync(fd, bytes) != RC_OK) {
		rc = err_errno(e, RC_IO, errno, "%s: can't write", tmp);
		close(fd);
		unlink(tmp);
		goto out;
	}
	close(fd);
	if (rename(tmp, path) != 0) {
		rc = err_errno(e, RC_IO, errno, "%s: can't rename to %s", tmp, path);
		unlink(tmp);
		goto out;
	}
	file_sync_folder_of(path);
out:
	free(tmp);
	return rc;
}

void file_list_fini(struct file_list *l)
{
	for (size_t i = 0; i < l->paths.n; i++)
		free(l->paths.items[i]);
	vec_fini(&l->paths);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

struct walk {
	struct file_list *out;
	void (*on_error)(void *ctx, const char *path, int errnum);
	void *ctx;
};

static void walk_folder(struct walk *w, const char *folder, int depth)
{
	struct dirent **names;
	int n = depth < 64 ? scandir(folder, &names, visible, by_bytes) : (errno = ELOOP, -1);
	if (n < 0) {
		if (w->on_error)
			w->on_error(w->ctx, folder, errno);
		return;
	}
	for (int i = 0; i < n; i++) {
		char *path = file_join(folder, names[i]->d_name);
		struct stat st, link;
		if (stat(path, &st) != 0 || lstat(path, &link) != 0) {
			if (w->on_error)
				w->on_error(w->ctx, path, errno);
		} else if (S_ISREG(st.st_mode)) {
			vec_push(&w->out->paths, path);
			path = NULL;
		} else if (S_ISDIR(link.st_mode)) {
			walk_folder(w, path, depth + 1);
		}
		free(path);
		free(names[i]);
	}
	free(names);
}

enum rc file_walk(const char *path, struct file_list *out,
    void (*on_error)(void *ctx, const char *path, int errnum), void *ctx, struct err *e)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return err_errno(e, errno == ENOENT ? RC_NOTFOUND : RC_IO, errno, "%s", path);
	if (!S_ISDIR(st.st_mode)) {
		vec_push(&out->paths, heap_copy(path));
		return RC_OK;
	}
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	char *folder = heap_text(sv_of(path, len));
	struct walk w = {out, on_error, ctx};
	walk_folder(&w, folder, 0);
	free(folder);
	return RC_OK;
}

enum rc file_make_folder(const char *path, unsigned mode, struct err *e)
{
	char *p = heap_copy(path);
	enum rc rc = RC_OK;
	for (char *s = p + 1;; s++) {
		if (*s && *s != '/')
			continue;
		char keep = *s;
		*s = 0;
		if (mkdir(p, (mode_t)mode) != 0 && errno != EEXIST) {
			rc = err_errno(e, RC_IO, errno, "%s: can't make the folder", p);
			break;
		}
		*s = keep;
		if (!keep)
			break;
	}
	struct stat st;
	if (rc == RC_OK && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
		rc = err_set(e, RC_IO, "%s: is not a folder", path);
	free(p);
	return rc;
}

char *file_join(const char *folder, const char *name)
{
	size_t n = strlen(folder);
	return n && folder[n - 1] == '/' ? heap_printf("%s%s", folder, name)
					 : heap_printf("%s/%s", folder, name);
}

char *file_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? heap_text(sv_of(path, slash == path ? 1 : (size_t)(slash - path))) : heap_copy(".");
}

char *file_own_folder(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0)
		return NULL;
	path[n] = 0;
	return file_folder_of(path);
}
