/* Source "directory": every object of a folder, once. inotify tells of new ones, a rescan finds what inotify
 * missed; the ledger remembers across restarts what is done. An object that ends inside a record or a gzip
 * member may still be growing: it is read again when it changes, and quarantined when it has not changed for
 * `patience`. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/worker/decode.h"
#include "agent/source/digests.h"
#include "agent/source/path_check.h"
#include "agent/source/source.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/wake.h"

static const struct option options[] = {
    {"path", OPTION_PATH, OPTION_REQUIRED, 0, 0, NULL,
	"folder to watch; sub-folders too, so a copy of a bucket's AWSLogs tree works"},
    {"rescan", OPTION_SPAN, "60s", 1000, 86400000, NULL,
	"how often the whole folder is listed, for what inotify missed"},
    {"patience", OPTION_SPAN, "60s", 0, 86400000, NULL,
	"how long an object that ends too early must stay unchanged before it is quarantined"},
    DIGEST_OPTIONS("off|on", DIGEST_HELP),
};
static const struct option_table table = {"sources.directory",
    "every object of a folder, once, remembered across restarts", options, sizeof options / sizeof *options};

#define MAX_DEPTH 64
/* One listing, or one wait for the intake, takes no longer, or something hangs. */
#define HANG_MS 300000

enum entry_state { ENTRY_NEW, ENTRY_IN_FLIGHT, ENTRY_DONE, ENTRY_GROWING };

/* What is known of one object. */
struct entry {
	enum entry_state state;
	char *identity;
	int64_t position;
	int64_t since_ms; /* growing: unchanged since (monotonic) */
	bool again;       /* in flight: changed meanwhile, to be looked at once it is settled */
};

struct directory_source {
	struct source base;
	const char *path;
	int64_t rescan_ms, patience_ms;
	_Atomic int64_t due_ms; /* monotonic: by then the folder was looked at again, or something hangs */
	struct wake stop, look; /* to end; to look at `again` and `growing` */
	int inotify_fd;
	VEC(char *) watched; /* watch descriptor -> folder */
	pthread_mutex_t lock;
	struct map entries;     /* path -> struct entry *; under the lock */
	bool growing;           /* some entry is; under the lock */
	struct file_list again; /* settled, but changed meanwhile; under the lock */
	struct digests digests; /* the source's thread */
};

static void load_ledger(struct directory_source *s)
{
	const struct map *rows = &s->base.setup.ledger->rows;
	for (size_t i = 0; i < rows->n; i++) {
		const struct ledger_row *row = rows->entries[i].value;
		struct entry *entry = heap_zero(1, sizeof *entry);
		entry->state = row->done ? ENTRY_DONE : ENTRY_NEW;
		entry->identity = heap_copy(row->identity);
		entry->position = row->position;
		map_put(&s->entries, rows->entries[i].key, entry);
	}
}

static void close_source(struct source *base)
{
	struct directory_source *s = (struct directory_source *)base;
	for (size_t i = 0; i < s->entries.n; i++) {
		struct entry *entry = s->entries.entries[i].value;
		free(entry->identity);
		free(entry);
	}
	map_fini(&s->entries);
	for (size_t i = 0; i < s->watched.n; i++)
		free(s->watched.items[i]);
	vec_fini(&s->watched);
	file_list_fini(&s->again);
	digests_close(&s->digests);
	pthread_mutex_destroy(&s->lock);
	wake_close(&s->stop);
	wake_close(&s->look);
	if (s->inotify_fd >= 0)
		close(s->inotify_fd);
	free(s);
}

static enum rc open_source(const struct source_setup *setup, struct source **out, struct err *e)
{
	struct directory_source *s = heap_zero(1, sizeof *s);
	enum rc rc = RC_OK;
	s->base = (struct source){&source_directory, *setup};
	s->path = options_text(setup->options, "path");
	s->rescan_ms = options_number(setup->options, "rescan");
	s->patience_ms = options_number(setup->options, "patience");
	pthread_mutex_init(&s->lock, NULL);
	s->stop = s->look = (struct wake)WAKE_CLOSED;
	s->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct stat st;
	if (wake_open(&s->stop, e) != RC_OK || wake_open(&s->look, e) != RC_OK || s->inotify_fd < 0)
		rc = err_errno(e, RC_IO, errno, "source %s: can't watch folders", setup->name);
	else if (stat(s->path, &st) != 0)
		rc = err_errno(e, RC_NOTFOUND, errno, "source %s: %s", setup->name, s->path);
	else if (!S_ISDIR(st.st_mode))
		rc = err_set(e, RC_CONFIG, "source %s: %s is not a folder; a single file is `type: file`",
		    setup->name, s->path);
	else if ((rc = digests_open(setup->options, &(struct aws_options){0}, &s->digests, e)) != RC_OK)
		err_at(e, "source %s", setup->name);
	if (rc != RC_OK) {
		close_source(&s->base);
		return rc;
	}
	load_ledger(s);
	*out = &s->base;
	return RC_OK;
}

static void folder_trouble(struct directory_source *s, const char *folder, int errnum)
{
	log_warn("folder can't be read",
	    "source=%s path=\"%s\" error=\"%s\" next=\"give read and search permission; it is tried again at "
	    "each rescan\"",
	    s->base.setup.name, folder, strerrordesc_np(errnum));
}

/* Watches a folder; setting a watch that is there is harmless. */
static void watch(struct directory_source *s, const char *folder)
{
	int wd =
	    inotify_add_watch(s->inotify_fd, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR);
	if (wd < 0) {
		log_warn("folder can't be watched",
		    "source=%s path=\"%s\" error=\"%s\" next=\"its objects are found by rescans only\"",
		    s->base.setup.name, folder, strerrordesc_np(errno));
		return;
	}
	while (s->watched.n <= (size_t)wd)
		vec_push(&s->watched, NULL);
	free(s->watched.items[wd]);
	s->watched.items[wd] = heap_copy(folder);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static bool stop_asked(const struct directory_source *s)
{
	return wake_rung(&s->stop, 0);
}

/* Watches `folder` and all below it, and lists their files. The watch comes before the listing, so that
 * nothing falls between. A stop ends it early. */
static void visit(struct directory_source *s, const char *folder, int depth, struct file_list *out)
{
	struct dirent **names = NULL;
	if (stop_asked(s))
		return;
	watch(s, folder);
	int n = depth < MAX_DEPTH ? scandir(folder, &names, visible, NULL) : (errno = ELOOP, -1);
	if (n < 0) {
		folder_trouble(s, folder, errno);
		return;
	}
	for (int i = 0; i < n; i++) {
		char *path = file_join(folder, names[i]->d_name);
		struct stat st;
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			visit(s, path, depth + 1, out);
		else
			vec_push(&out->paths, heap_copy(path));
		free(path);
		free(names[i]);
	}
	free(names);
}

static char *identity_of(const struct stat *st)
{
	return heap_printf("%" PRId64 ":%" PRId64 "%09ld", (int64_t)st->st_size, (int64_t)st->st_mtim.tv_sec,
	    st->st_mtim.tv_nsec);
}

/* Decides about one object, under the lock: what to submit (NULL: nothing now). */
static struct work *consider(struct directory_source *s, const char *path, const struct stat *st)
{
	char *identity = identity_of(st);
	struct entry *entry = map_get(&s->entries, sv_from(path));
	bool patient = true;
	if (!entry) {
		entry = heap_zero(1, sizeof *entry);
		map_put(&s->entries, sv_from(path), entry);
	}
	bool same = entry->identity && strcmp(entry->identity, identity) == 0;
	if (entry->state == ENTRY_IN_FLIGHT || (same && entry->state == ENTRY_DONE)) {
		entry->again |= !same;
		free(identity);
		return NULL;
	}
	if (same && entry->state == ENTRY_GROWING) {
		if (clk_mono_ms() - entry->since_ms < s->patience_ms) {
			s->growing = true;
			free(identity);
			return NULL;
		}
		patient = false;
	}
	struct work *w = work_new(&s->base, path);
	w->patient = patient && s->patience_ms > 0;
	w->skip = same ? (uint64_t)entry->position : 0;
	w->keep_row = true;
	w->row = (struct ledger_row){heap_copy(path), heap_copy(identity), 0, true};
	free(entry->identity);
	entry->identity = identity;
	entry->position = (int64_t)w->skip;
	entry->state = ENTRY_IN_FLIGHT;
	return w;
}

/* It was not read after all. */
static void forget(struct directory_source *s, const char *path)
{
	pthread_mutex_lock(&s->lock);
	struct entry *entry = map_get(&s->entries, sv_from(path));
	entry->state = ENTRY_NEW;
	pthread_mutex_unlock(&s->lock);
}

/* Submits a digest if it is new and all of it is there; else the next rescan asks again. False when the
 * intake is closed. Takes `path`. */
static bool offer_digest(struct directory_source *s, char *path)
{
	struct stat st;
	struct work *w = NULL;
	bool go_on = true;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size) {
		pthread_mutex_lock(&s->lock);
		w = consider(s, path, &st);
		pthread_mutex_unlock(&s->lock);
	}
	if (w) {
		w->last = true;
		w->digest = digests_read(&s->digests, path, (int64_t)st.st_mtim.tv_sec * 1000);
		if (!w->digest)
			forget(s, path);
		go_on = !w->digest || queue_put(s->base.setup.intake, w);
		if (!w->digest || !go_on)
			work_unref(w);
	}
	free(path);
	return go_on;
}

/* Opens and submits one path if it is new. False when the intake is closed. */
static bool offer(struct directory_source *s, const char *path)
{
	struct stat st;
	char *digest;
	s->due_ms = clk_mono_ms() + HANG_MS;
	if (digests_want(&s->digests, sv_from(path), &digest))
		return offer_digest(s, digest);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return true;
	pthread_mutex_lock(&s->lock);
	struct work *w = consider(s, path, &st);
	pthread_mutex_unlock(&s->lock);
	if (!w)
		return true;
	const char *why;
	if (!decode_name_holds_events(sv_from(path), &why)) {
		metric_add(METRIC_SKIPPED_OBJECTS, 1);
		w->last = true;
	} else if ((w->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0) {
		log_warn("object can't be opened",
		    "source=%s object=\"%s\" error=\"%s\" next=\"give read permission; it is tried again at "
		    "each rescan\"",
		    s->base.setup.name, path, strerrordesc_np(errno));
		forget(s, path);
		work_unref(w);
		return true;
	}
	w->hash = digests_hash(&s->digests, sv_from(path));
	if (queue_put(s->base.setup.intake, w))
		return true;
	work_unref(w);
	return false;
}

/* Offers everything below `folder`, in the order of the stamps. False when it is time to stop. */
static bool offer_all(struct directory_source *s, const char *folder)
{
	struct file_list files = {0};
	bool go_on = true;
	visit(s, folder, 0, &files);
	if (files.paths.n)
		qsort(files.paths.items, files.paths.n, sizeof *files.paths.items, decode_name_order);
	for (size_t i = 0; i < files.paths.n && go_on; i++)
		go_on = !stop_asked(s) && offer(s, files.paths.items[i]);
	file_list_fini(&files);
	return go_on;
}

static bool rescan(struct directory_source *s)
{
	pthread_mutex_lock(&s->lock);
	s->growing = false;
	pthread_mutex_unlock(&s->lock);
	return offer_all(s, s->path);
}

/* One thing inotify says. *out_rescan when it can't be told what. False when it is time to stop. */
static bool on_event(struct directory_source *s, const struct inotify_event *ev, bool *out_rescan)
{
	if (ev->mask & IN_Q_OVERFLOW) {
		*out_rescan = true;
		return true;
	}
	const char *folder = ev->wd >= 0 && (size_t)ev->wd < s->watched.n ? s->watched.items[ev->wd] : NULL;
	if (!folder || !ev->len || ev->name[0] == '.')
		return true;
	bool go_on = true;
	char *path = file_join(folder, ev->name);
	if (ev->mask & IN_ISDIR)
		go_on = offer_all(s, path);
	else if (ev->mask & (IN_CLOSE_WRITE | IN_MOVED_TO))
		go_on = offer(s, path);
	free(path);
	return go_on;
}

static bool drain_inotify(struct directory_source *s, bool *out_rescan)
{
	_Alignas(struct inotify_event) char bytes[16384];
	ssize_t n;
	bool go_on = true;
	while (go_on && (n = read(s->inotify_fd, bytes, sizeof bytes)) > 0)
		for (ssize_t at = 0; go_on && at < n;) {
			const struct inotify_event *ev = (const void *)(bytes + at);
			go_on = on_event(s, ev, out_rescan);
			at += (ssize_t)(sizeof *ev + ev->len);
		}
	return go_on;
}

/* Offers what changed while it was in flight. False when it is time to stop. */
static bool offer_again(struct directory_source *s)
{
	wake_quiet(&s->look);
	pthread_mutex_lock(&s->lock);
	struct file_list files = s->again;
	s->again = (struct file_list){0};
	pthread_mutex_unlock(&s->lock);
	bool go_on = true;
	for (size_t i = 0; i < files.paths.n && go_on; i++)
		go_on = offer(s, files.paths.items[i]);
	file_list_fini(&files);
	return go_on;
}

/* When the folder is listed next: sooner while something is growing. */
static int64_t next_scan(struct directory_source *s)
{
	int64_t soon_ms = s->patience_ms / 4 + 50;
	pthread_mutex_lock(&s->lock);
	int64_t pause_ms = s->growing && soon_ms < s->rescan_ms ? soon_ms : s->rescan_ms;
	pthread_mutex_unlock(&s->lock);
	return clk_mono_ms() + pause_ms;
}

static void run(struct source *base)
{
	struct directory_source *s = (struct directory_source *)base;
	log_info("watching folder", "source=%s path=\"%s\"", base->setup.name, s->path);
	int64_t next_ms = clk_mono_ms();
	for (;;) {
		int64_t now = clk_mono_ms();
		s->due_ms = (next_ms > now ? next_ms : now) + HANG_MS;
		if (now >= next_ms) {
			if (!rescan(s))
				return;
			next_ms = next_scan(s);
			continue;
		}
		struct pollfd fds[3] = {
		    {s->stop.fd, POLLIN, 0}, {s->inotify_fd, POLLIN, 0}, {s->look.fd, POLLIN, 0}};
		if (poll(fds, 3, (int)(next_ms - now)) < 0 && errno != EINTR)
			return;
		if (fds[0].revents)
			return;
		if (fds[2].revents) {
			int64_t sooner_ms = next_scan(s);
			next_ms = sooner_ms < next_ms ? sooner_ms : next_ms;
			if (!offer_again(s))
				return;
		}
		bool again = false;
		if (fds[1].revents && !drain_inotify(s, &again))
			return;
		if (again)
			next_ms = clk_mono_ms();
	}
}

static void gauges(struct source *base, struct source_gauges *out)
{
	out->due_ms = ((struct directory_source *)base)->due_ms;
}

static void stop(struct source *base)
{
	wake_ring(&((struct directory_source *)base)->stop);
}

/* Has the source's thread look at an object again. Under the lock. */
static void ask_again(struct directory_source *s, const char *path)
{
	vec_push(&s->again.paths, heap_copy(path));
	wake_ring(&s->look);
}

static void settled(struct source *base, struct work *w, enum rc rc)
{
	struct directory_source *s = (struct directory_source *)base;
	pthread_mutex_lock(&s->lock);
	struct entry *entry = map_get(&s->entries, sv_from(w->object));
	if (entry && rc == RC_INPUT && w->patient) {
		entry->state = ENTRY_GROWING;
		entry->since_ms = clk_mono_ms();
		entry->position = w->row.position;
		s->growing = true;
		wake_ring(&s->look);
	} else if (entry) {
		entry->state = rc == RC_IO ? ENTRY_NEW : ENTRY_DONE;
	}
	if (entry && entry->again) {
		entry->again = false;
		ask_again(s, w->object);
	}
	pthread_mutex_unlock(&s->lock);
}

const struct source_type source_directory = {
    .name = "directory",
    .table = &table,
    .open = open_source,
    .run = run,
    .stop = stop,
    .settled = settled,
    .close = close_source,
    .check = path_check,
    .gauges = gauges,
};
