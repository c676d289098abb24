/* A folder laid out as a bucket. It may be the bucket's root, hold it, or be a part of it (its AWSLogs, one
 * account): keys are paths, and the first digest that fits its path says where the bucket begins. */
#include "agent/digest/place.h"

#include <errno.h>
#include <stdlib.h>

#include "base/file.h"

struct folder {
	struct place base;
	char *path;  /* absolute */
	size_t root; /* length of the path of the bucket's root, with its slash */
	bool root_known;
};

static enum rc walk(struct place *p, int64_t from_ms, int64_t to_ms, struct place_list *out, struct err *e)
{
	struct folder *f = (struct folder *)p;
	struct file_list files = {0};
	enum rc rc = file_walk(f->path, &files, NULL, NULL, e);
	for (size_t i = 0; i < files.paths.n; i++)
		place_add(out, heap_copy(files.paths.items[i]), from_ms, to_ms);
	file_list_fini(&files);
	return rc;
}

/* Keys from walking are absolute paths; keys from digests are the bucket's. */
static char *path_of(const struct folder *f, struct sv key)
{
	if (sv_starts(key, SV("/")))
		return heap_text(key);
	return heap_printf("%.*s%.*s", (int)f->root, f->path, SV_ARG(key));
}

/* A digest must not lead out of the folder. */
static bool leads_out(struct sv key)
{
	struct sv part;
	while (sv_cut(&key, '/', &part))
		if (sv_eq(part, SV("..")))
			return true;
	return false;
}

static void get_one(const struct folder *f, const struct place_request *r, bool metadata,
    struct place_object *o, struct buf *bytes, struct buf *beside)
{
	char *path = path_of(f, r->key), *name = heap_printf("%s.metadata", path);
	buf_reset(bytes);
	buf_reset(beside);
	o->rc = leads_out(r->key) ? err_set(&o->err, RC_NOTFOUND, "the key leads out of the folder")
				  : file_read(path, PLACE_MAX_BYTES, bytes, &o->err);
	if (metadata && o->rc == RC_OK)
		file_read(name, 1 << 20, beside, NULL);
	o->bytes = buf_sv(bytes);
	o->metadata = buf_sv(beside);
	free(name);
	free(path);
}

static void get(struct place *p, const struct place_request *requests, size_t n, bool metadata,
    void (*each)(void *ctx, const struct place_object *o), void *ctx)
{
	struct buf bytes = {0}, beside = {0};
	for (size_t i = 0; i < n; i++) {
		struct place_object o = {.index = i};
		get_one((struct folder *)p, &requests[i], metadata, &o, &bytes, &beside);
		each(ctx, &o);
	}
	buf_fini(&bytes);
	buf_fini(&beside);
}

static bool is_at(struct place *p, struct sv key, struct sv bucket, struct sv object)
{
	struct folder *f = (struct folder *)p;
	(void)bucket; /* a folder may have any name */
	bool fits = key.len > object.len && sv_ends(key, object) && key.ptr[key.len - object.len - 1] == '/';
	if (fits && !f->root_known) {
		f->root_known = true;
		free(f->path);
		f->root = key.len - object.len;
		f->path = heap_text(sv_head(key, f->root));
	}
	return fits && key.len - object.len == f->root;
}

static void free_folder(struct place *p)
{
	free(((struct folder *)p)->path);
	free(p);
}

static const struct place_type type = {walk, get, is_at, free_folder};

enum rc place_folder(const char *path, struct place **out, struct err *e)
{
	char *real = realpath(path, NULL);
	if (!real)
		return err_errno(e, RC_NOTFOUND, errno, "%s", path);
	struct folder *f = heap_zero(1, sizeof *f);
	f->base.type = &type;
	f->path = strcmp(real, "/") == 0 ? heap_copy("/") : heap_printf("%s/", real);
	f->root = strlen(f->path);
	free(real);
	*out = &f->base;
	return RC_OK;
}
