/* Files and folders. */
#ifndef KW_BASE_FILE_H
#define KW_BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

/* Reads all of `path` into `out` (appended). RC_NOTFOUND, RC_LIMIT when it holds more than `max_bytes`,
 * RC_IO. */
enum rc file_read(const char *path, size_t max_bytes, struct buf *out, struct err *e);

/* Replaces `path` by `bytes`: temporary file in the same folder, fsync, rename, fsync of the folder. RC_IO.
 */
enum rc file_write_atomic(const char *path, struct sv bytes, unsigned mode, struct err *e);

/* Paths, heap-allocated, in byte order. */
struct file_list {
	VEC(char *) paths;
};
void file_list_fini(struct file_list *l);

/* Makes a rename in the folder of `path` durable, as far as the file system can. */
void file_sync_folder_of(const char *path);

/* Appends `path` itself when it is a file, else every regular file below it (byte order, links to folders not
 * followed, names that begin with a dot left out). `on_error` (may be NULL) hears of each folder that can't
 * be read, and the walk goes on. RC_NOTFOUND when `path` is not there. */
enum rc file_walk(const char *path, struct file_list *out,
    void (*on_error)(void *ctx, const char *path, int errnum), void *ctx, struct err *e);

/* Makes `path` and its parents with `mode`; RC_IO. An existing folder is fine. */
enum rc file_make_folder(const char *path, unsigned mode, struct err *e);

/* folder + "/" + name, heap. */
char *file_join(const char *folder, const char *name);

/* The folder part of a path, heap: "a/b" -> "a", "/b" -> "/", "b" -> ".". */
char *file_folder_of(const char *path);

/* The folder that holds the running executable, heap; NULL when unknown. */
char *file_own_folder(void);

#endif
