/* Blobs of a repository, written out as files. Main thread; owns its temporary folder. Names in a repository
 * are hostile: only rule files that stay below the folder are written. */
#include "agent/author/backtest/revision.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/author/backtest/git.h"

/* To be fetched. */
struct blob {
	struct sv id, path; /* borrowed from the listing */
};
struct blobs {
	VEC(struct blob) list;
};

static enum rc ask(const char *folder, const char *const *args, struct buf *out, struct err *e)
{
	out->limit = REVISION_BYTES;
	return git_run(folder, args, (struct sv){0}, out, e);
}

static char *first_line(const struct buf *b)
{
	struct sv rest = buf_sv(b), line = {0};
	sv_cut(&rest, '\n', &line);
	return heap_text(line);
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The top of the repository that holds `path` and the path from there; false when none does. */
static bool find_repository(const char *path, char **out_top, char **out_below, struct err *e)
{
	char *real = realpath(path, NULL);
	char *folder = !real ? NULL : is_folder(real) ? heap_copy(real) : file_folder_of(real);
	struct buf top = {0};
	bool found = false;
	if (folder &&
	    ask(folder, (const char *const[]){"rev-parse", "--show-toplevel", NULL}, &top, e) == RC_OK) {
		char *line = first_line(&top);
		size_t n = strlen(line);
		if (n && strncmp(real, line, n) == 0 && (real[n] == '/' || !real[n])) {
			*out_top = line;
			*out_below = heap_copy(real[n] ? real + n + 1 : ".");
			found = true;
		} else {
			free(line);
		}
	}
	buf_fini(&top);
	free(folder);
	free(real);
	return found;
}

static enum rc resolve(const char *top, const char *name, char commit[65], struct err *e)
{
	struct buf out = {0};
	char *spec = heap_printf("%s^{commit}", name);
	enum rc rc = ask(top,
	    (const char *const[]){"rev-parse", "--verify", "--quiet", "--end-of-options", spec, NULL}, &out,
	    e);
	if (rc == RC_OK)
		snprintf(commit, 65, "%.*s", SV_ARG(sv_trim(buf_sv(&out))));
	else if (rc == RC_NOTFOUND)
		err_set(e, rc, "%s has no revision \"%s\", and there is no such folder", top, name);
	free(spec);
	buf_fini(&out);
	return rc;
}

static bool is_rule_file(struct sv path)
{
	return (sv_ends(path, SV(".yml")) || sv_ends(path, SV(".yaml"))) && !sv_starts(path, SV("/")) &&
	       !sv_starts(path, SV("../")) && sv_find(path, SV("/../")) == SV_NONE && path.len < PATH_MAX / 2;
}

/* "100644 blob ID\tPATH" entries, each ended by a NUL. */
static void take_listing(struct sv rest, struct blobs *out)
{
	struct sv entry, mode, kind, id;
	while (sv_cut(&rest, 0, &entry)) {
		if (!sv_cut(&entry, ' ', &mode) || !sv_cut(&entry, ' ', &kind) || !sv_cut(&entry, '\t', &id))
			continue;
		if (sv_starts(mode, SV("100")) && sv_eq(kind, SV("blob")) && is_rule_file(entry))
			vec_push(&out->list, (struct blob){id, entry});
	}
}

static enum rc write_file(const char *root, struct sv path, struct sv bytes, struct err *e)
{
	char *name = heap_printf("%s/%.*s", root, SV_ARG(path)), *folder = file_folder_of(name);
	enum rc rc = file_make_folder(folder, 0700, e);
	int fd = rc == RC_OK ? open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
	if (rc == RC_OK && (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len))
		rc = err_errno(e, RC_IO, errno, "%s can't be written", name);
	if (fd >= 0)
		close(fd);
	free(folder);
	free(name);
	return rc;
}

/* "ID blob SIZE\n", the bytes, "\n", for each. */
static enum rc write_blobs(const char *root, const struct blobs *blobs, struct sv rest, struct err *e)
{
	for (size_t i = 0; i < blobs->list.n; i++) {
		struct sv head, word;
		int64_t size;
		if (!sv_cut(&rest, '\n', &head) || !sv_cut(&head, ' ', &word) || !sv_cut(&head, ' ', &word) ||
		    !sv_int(head, 0, (int64_t)rest.len, &size))
			return err_set(
			    e, RC_IO, "git cat-file gave no %.*s", SV_ARG(blobs->list.items[i].path));
		enum rc rc = write_file(root, blobs->list.items[i].path, sv_head(rest, (size_t)size), e);
		if (rc != RC_OK)
			return rc;
		rest = sv_skip(rest, (size_t)size + 1);
	}
	return RC_OK;
}

static enum rc fetch(
    struct revision *r, const char *top, const struct blobs *blobs, const char *root, struct err *e)
{
	struct buf ids = {0}, bytes = {.limit = REVISION_BYTES};
	enum rc rc = RC_OK;
	r->n_files += blobs->list.n;
	if (r->n_files > REVISION_FILES)
		return err_set(e, RC_LIMIT, "more than %d rule files at the revision", REVISION_FILES);
	for (size_t i = 0; i < blobs->list.n; i++) {
		buf_add(&ids, blobs->list.items[i].id);
		buf_addc(&ids, '\n');
	}
	if (blobs->list.n)
		rc =
		    git_run(top, (const char *const[]){"cat-file", "--batch", NULL}, buf_sv(&ids), &bytes, e);
	if (rc == RC_OK)
		rc = write_blobs(root, blobs, buf_sv(&bytes), e);
	buf_fini(&ids);
	buf_fini(&bytes);
	return rc;
}

/* What was below one path. */
static enum rc take_path(
    struct revision *r, const char *top, const char *below, const char *name, size_t number, struct err *e)
{
	char commit[65];
	struct buf listing = {0};
	struct blobs blobs = {0};
	enum rc rc = resolve(top, name, commit, e);
	if (rc != RC_OK)
		return rc;
	if (!r->commit[0])
		snprintf(r->commit, sizeof r->commit, "%s", commit);
	/* The top itself is no path of a tree. */
	const char *only = strcmp(below, ".") == 0 ? NULL : below;
	rc = ask(top, (const char *const[]){"ls-tree", "-r", "-z", "--full-tree", commit, "--", only, NULL},
	    &listing, e);
	char *root = heap_printf("%s/%zu", r->folder, number), *kept = file_join(root, below);
	if (rc == RC_OK) {
		take_listing(buf_sv(&listing), &blobs);
		rc = fetch(r, top, &blobs, root, e);
	}
	if (rc == RC_OK && access(kept, F_OK) == 0) {
		vec_push(&r->paths.paths, kept);
		kept = NULL;
	}
	free(kept);
	free(root);
	vec_fini(&blobs.list);
	buf_fini(&listing);
	return rc;
}

static char *temporary_folder(void)
{
	const char *where = getenv("TMPDIR");
	char *folder = heap_printf("%s/kendrawatch-XXXXXX", where && *where ? where : "/tmp");
	if (mkdtemp(folder))
		return folder;
	free(folder);
	return NULL;
}

enum rc revision_open(
    const char *name, char *const *paths, size_t n_paths, struct revision *out, struct err *e)
{
	struct revision r = {.folder = temporary_folder()};
	size_t n_held = 0;
	enum rc rc = RC_OK;
	if (!r.folder)
		return err_errno(e, RC_IO, errno, "no temporary folder can be made");
	for (size_t i = 0; i < n_paths && rc == RC_OK; i++) {
		char *top, *below;
		struct err why = {0};
		if (!find_repository(paths[i], &top, &below, &why)) {
			if (why.rc == RC_IO)
				rc = err_set(e, RC_IO, "%s", why.text);
			vec_push(&r.paths.paths, heap_copy(paths[i]));
			continue;
		}
		n_held++;
		rc = take_path(&r, top, below, name, i, e);
		free(top);
		free(below);
	}
	if (rc == RC_OK && !n_held)
		rc = err_set(e, RC_NOTFOUND,
		    "there is no folder \"%s\", and none of the rules are in a git repository that could "
		    "have "
		    "it as a revision",
		    name);
	if (rc != RC_OK)
		revision_close(&r);
	else
		*out = r;
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st;
	(void)kind;
	(void)place;
	return remove(path);
}

void revision_close(struct revision *r)
{
	if (r->folder)
		nftw(r->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(r->folder);
	r->folder = NULL;
	file_list_fini(&r->paths);
}
