/* inotify says that something happened, a walk over the files says what: events may be lost, doubled or about
 * names that are already others. A few hundred files are walked in a millisecond. A file is watched through
 * its folder, since editors save by renaming a new file over the old one. Main thread. */
#include "agent/author/watch.h"

#include <errno.h>
#include <fts.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/map.h"

/* Nothing happened for so long: the save is over. And when it never is quiet, look all the same. */
#define QUIET_MS 10
#define NEVER_QUIET_MS 200
#define EVENTS (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB)

/* What tells one state of a file from another. */
struct seen {
	ino_t inode;
	off_t bytes;
	struct timespec changed;
	bool found; /* in the walk at hand */
};

struct watch {
	const char *const *paths; /* borrowed */
	size_t n_paths;
	bool (*wanted)(const char *path);
	int inotify_fd, signal_fd;
	sigset_t before; /* signals that were blocked */
	struct map seen; /* path -> struct seen * */
	bool looked;
};

static bool same(const struct seen *a, const struct stat *st)
{
	return a->inode == st->st_ino && a->bytes == st->st_size && a->changed.tv_sec == st->st_mtim.tv_sec &&
	       a->changed.tv_nsec == st->st_mtim.tv_nsec;
}

/* Watching a folder again is harmless. */
static void watch_folder(struct watch *w, const char *folder)
{
	inotify_add_watch(w->inotify_fd, folder, EVENTS);
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A folder and all below it, empty ones too: a file that appears in one that nobody watches is never told. */
static void watch_folders(struct watch *w, const char *root)
{
	char *roots[] = {heap_copy(root), NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
	FTSENT *each;
	while (walk && (each = fts_read(walk))) {
		if (each->fts_info != FTS_D)
			continue;
		if (each->fts_level > 0 && each->fts_name[0] == '.')
			fts_set(walk, each, FTS_SKIP);
		else
			watch_folder(w, each->fts_path);
	}
	if (walk)
		fts_close(walk);
	free(roots[0]);
}

static void look_at(struct watch *w, const char *path, struct file_list *out_changed)
{
	struct stat st;
	if (!w->wanted(path) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	struct seen *s = map_get(&w->seen, sv_from(path));
	bool changed = !s || !same(s, &st);
	if (!s) {
		s = heap_zero(1, sizeof *s);
		map_put(&w->seen, sv_from(path), s);
	} else if (s->found) {
		return; /* named twice */
	}
	*s = (struct seen){st.st_ino, st.st_size, st.st_mtim, true};
	if (changed)
		vec_push(&out_changed->paths, heap_copy(path));
}

/* A folder that was made a moment ago may have got files before it was watched: folders are watched first,
 * and walked once more. */
static void look(struct watch *w, struct file_list *out_changed)
{
	for (size_t i = 0; i < w->n_paths; i++) {
		struct file_list files = {0};
		if (!is_folder(w->paths[i])) {
			char *folder = file_folder_of(w->paths[i]);
			watch_folder(w, folder);
			free(folder);
			look_at(w, w->paths[i], out_changed);
			continue;
		}
		watch_folders(w, w->paths[i]);
		file_walk(w->paths[i], &files, NULL, NULL, NULL);
		for (size_t k = 0; k < files.paths.n; k++)
			look_at(w, files.paths.items[k], out_changed);
		file_list_fini(&files);
	}
}

/* Takes what was not found out of the map, by making it anew. */
static void forget_gone(struct watch *w, struct file_list *out_gone)
{
	struct map left = {0};
	for (size_t i = 0; i < w->seen.n; i++) {
		struct seen *s = w->seen.entries[i].value;
		if (s->found) {
			s->found = false;
			map_put(&left, w->seen.entries[i].key, s);
			continue;
		}
		vec_push(&out_gone->paths, heap_text(w->seen.entries[i].key));
		free(s);
	}
	map_fini(&w->seen);
	w->seen = left;
}

/* Empties the queue; what the events say is found out by looking. */
static void drain(const struct watch *w)
{
	char events[4096];
	while (read(w->inotify_fd, events, sizeof events) > 0)
		;
}

/* RC_OK when something happened, RC_NOTFOUND when nothing did for `timeout_ms` (-1: for ever). */
static enum rc wait_for(const struct watch *w, int timeout_ms, struct err *e)
{
	struct pollfd fds[] = {{w->signal_fd, POLLIN, 0}, {w->inotify_fd, POLLIN, 0}};
	int n;
	do
		n = poll(fds, 2, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(e, RC_IO, errno, "can't wait for files");
	if (fds[0].revents)
		return RC_STOPPED;
	return n ? RC_OK : RC_NOTFOUND;
}

static enum rc wait_for_save(struct watch *w, int64_t *out_began_ns, struct err *e)
{
	enum rc rc = wait_for(w, -1, e);
	*out_began_ns = clk_mono_ns();
	while (rc == RC_OK && clk_mono_ns() - *out_began_ns < (int64_t)NEVER_QUIET_MS * 1000000) {
		drain(w);
		rc = wait_for(w, QUIET_MS, e);
	}
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc watch_next(struct watch *w, struct file_list *out_changed, struct file_list *out_gone,
    int64_t *out_began_ns, struct err *e)
{
	size_t n_changed = out_changed->paths.n, n_gone = out_gone->paths.n;
	*out_began_ns = clk_mono_ns();
	do {
		enum rc rc = w->looked ? wait_for_save(w, out_began_ns, e) : RC_OK;
		if (rc != RC_OK)
			return rc;
		look(w, out_changed);
		forget_gone(w, out_gone);
		if (!w->looked)
			break;
	} while (out_changed->paths.n == n_changed && out_gone->paths.n == n_gone);
	w->looked = true;
	return RC_OK;
}

enum rc watch_new(
    const char *const *paths, size_t n, bool (*wanted)(const char *path), struct watch **out, struct err *e)
{
	struct watch *w = heap_zero(1, sizeof *w);
	enum rc rc = RC_OK;
	sigset_t signals;
	*w =
	    (struct watch){.paths = paths, .n_paths = n, .wanted = wanted, .inotify_fd = -1, .signal_fd = -1};
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, &w->before);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		if (access(paths[i], F_OK) != 0)
			rc = err_errno(e, RC_NOTFOUND, errno, "%s", paths[i]);
	if (rc == RC_OK) {
		w->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		w->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
		if (w->inotify_fd < 0 || w->signal_fd < 0)
			rc = err_errno(e, RC_IO, errno, "can't watch files");
	}
	if (rc != RC_OK) {
		watch_free(w);
		return rc;
	}
	*out = w;
	return RC_OK;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	if (w->inotify_fd >= 0)
		close(w->inotify_fd);
	/* The signal that ended it is used up, or it would strike when no longer blocked. */
	struct signalfd_siginfo used;
	while (w->signal_fd >= 0 && read(w->signal_fd, &used, sizeof used) > 0)
		;
	if (w->signal_fd >= 0)
		close(w->signal_fd);
	for (size_t i = 0; i < w->seen.n; i++)
		free(w->seen.entries[i].value);
	map_fini(&w->seen);
	pthread_sigmask(SIG_SETMASK, &w->before, NULL);
	free(w);
}
