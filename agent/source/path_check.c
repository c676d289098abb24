/* Local files and folders looked at for `doctor`. Main thread; owns nothing. */
#include "agent/source/path_check.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

#define STALE_MS                                                                                   \
	(INT64_C(2) * 3600 * 1000) /* CloudTrail delivers every few minutes while anything happens \
				    */
#define MS_A_MINUTE 60000

struct walk {
	size_t unreadable;
	char *first; /* of the unreadable ones */
};

static void note_unreadable(void *ctx, const char *path, int errnum)
{
	struct walk *w = ctx;
	(void)errnum;
	if (!w->unreadable++)
		w->first = heap_copy(path);
}

static void tell_age(struct checkup *out, const char *path, size_t n, int64_t newest_ms)
{
	int64_t age = clk_now_ms() - newest_ms;
	if (age > STALE_MS)
		checkup_say(out, CHECKUP_WARN, "whatever copies trail files here may have stopped",
		    "%s: the newest of %zu files is %lld h old", path, n,
		    (long long)(age / (60 * MS_A_MINUTE)));
	else
		checkup_say(out, CHECKUP_OK, NULL, "%s; files: %zu, the newest %lld min old", path, n,
		    (long long)(age < 0 ? 0 : age / MS_A_MINUTE));
}

static void check_list(const char *path, const struct file_list *files, struct checkup *out)
{
	struct walk w = {0};
	int64_t newest_ms = 0;
	for (size_t i = 0; i < files->paths.n; i++) {
		struct stat st;
		const char *file = files->paths.items[i];
		if (access(file, R_OK) != 0)
			note_unreadable(&w, file, errno);
		else if (stat(file, &st) == 0 && (int64_t)st.st_mtime * 1000 > newest_ms)
			newest_ms = (int64_t)st.st_mtime * 1000;
	}
	if (w.unreadable)
		checkup_say(out, CHECKUP_FAIL,
		    "let the agent's user read them (group, ACL or umask of the copy)",
		    "%s: %zu files can't be read, %s is the first", path, w.unreadable, w.first);
	else if (!files->paths.n)
		checkup_say(out, CHECKUP_WARN, "nothing has been copied here yet", "%s is empty", path);
	else
		tell_age(out, path, files->paths.n, newest_ms);
	free(w.first);
}

void path_check(const struct options *options, struct checkup *out)
{
	const char *path = options_text(options, "path");
	struct file_list files = {0};
	struct walk folders = {0};
	struct err e = {0};
	if (file_walk(path, &files, note_unreadable, &folders, &e) != RC_OK)
		checkup_say(
		    out, CHECKUP_FAIL, "make it, or mend the path in the configuration", "%s", e.text);
	else if (folders.unreadable)
		checkup_say(out, CHECKUP_FAIL, "let the agent's user read and enter it", "%s: can't be read",
		    folders.first);
	else
		check_list(path, &files, out);
	file_list_fini(&files);
	free(folders.first);
}
