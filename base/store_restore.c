/* Putting a copy in the place of a state file. The old one is kept, and every step leaves one of the two in
 * place. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/heap.h"
#include "base/store.h"

#define MOST_KEPT 1000

/* The first FILE.before-restore-N that is free, as a second name of FILE; NULL in *out when there is no FILE.
 */
static enum rc link_aside(const char *path, char **out, struct err *e)
{
	for (int n = 1; n <= MOST_KEPT; n++) {
		char *aside = heap_printf("%s.before-restore-%d", path, n);
		if (link(path, aside) == 0) {
			*out = aside;
			return RC_OK;
		}
		int why = errno;
		free(aside);
		if (why == ENOENT)
			return RC_OK;
		if (why != EEXIST)
			return err_errno(e, RC_IO, why, "%s: can't be kept", path);
	}
	return err_set(e, RC_IO, "%s: %d older ones are kept already; remove some", path, MOST_KEPT);
}

/* What belongs to the old file must not be taken for the new one's: its write-ahead log goes along. */
static enum rc move_log(const char *path, const char *aside, struct err *e)
{
	char *log = heap_printf("%s-wal", path), *kept = heap_printf("%s-wal", aside),
	     *shared = heap_printf("%s-shm", path);
	enum rc rc = RC_OK;
	if (rename(log, kept) != 0 && errno != ENOENT)
		rc = err_errno(e, RC_IO, errno, "%s: can't be kept", log);
	if (rc == RC_OK && unlink(shared) != 0 && errno != ENOENT)
		rc = err_errno(e, RC_IO, errno, "%s: can't be removed", shared);
	free(log);
	free(kept);
	free(shared);
	return rc;
}

static enum rc swap(const char *path, const char *fresh, char **out_aside, struct err *e)
{
	char *aside = NULL;
	enum rc rc = link_aside(path, &aside, e);
	if (rc == RC_OK)
		rc = move_log(path, aside ? aside : path, e);
	if (rc == RC_OK && rename(fresh, path) != 0)
		rc = err_errno(e, RC_IO, errno, "%s: can't be put in place", path);
	if (rc == RC_OK)
		*out_aside = aside;
	else
		free(aside);
	return rc;
}

/* With the lock. */
static enum rc put(const char *path, struct store *copy, char **out_aside, struct err *e)
{
	char *fresh = heap_printf("%s.restoring", path);
	enum rc rc = store_backup(copy, fresh, e);
	if (rc == RC_OK)
		rc = swap(path, fresh, out_aside, e);
	if (rc != RC_OK)
		unlink(fresh);
	else
		file_sync_folder_of(path);
	free(fresh);
	return rc;
}

enum rc store_restore(const char *path, const char *from, const struct store_migration *migrations,
    size_t n_migrations, char **out_aside, struct err *e)
{
	struct store *copy;
	char *folder = file_folder_of(path);
	int lock = -1;
	enum rc rc = store_open(from, STORE_COPY, migrations, n_migrations, &copy, e);
	if (rc != RC_OK) {
		free(folder);
		return rc;
	}
	rc = file_make_folder(folder, 0700, e);
	if (rc == RC_OK)
		rc = store_lock(folder, &lock, e);
	if (rc == RC_OK)
		rc = put(path, copy, out_aside, e);
	if (lock >= 0)
		close(lock);
	store_close(copy);
	free(folder);
	return rc;
}
