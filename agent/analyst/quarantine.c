/* The quarantine folder. Analyst's thread. What is kept is known in memory, and room is made for many pieces
 * at once: the folder may hold 100,000 files, and a flood of broken records must not list it for each. */
#include "agent/analyst/quarantine.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/jout.h"
#include "base/log.h"
#include "base/map.h"
#include "base/metric.h"
#include "base/net/crypto.h"
#include "base/point.h"

#define MARK_CHARACTERS 16
/* Past the cap so much more than needed goes, as a share of it. */
#define SLACK 16

struct quarantine {
	char *folder;
	int64_t max_bytes, bytes;
	struct map marks; /* of the pieces that are kept -> name of the description, heap */
};

static void forget(struct quarantine *q)
{
	for (size_t i = 0; i < q->marks.n; i++)
		free(q->marks.entries[i].value);
	map_fini(&q->marks);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int64_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* NAME.json ends with the mark of its piece; the empty view for other names. */
static struct sv mark_in(struct sv name)
{
	struct sv tail = SV(".json");
	if (!sv_ends(name, tail) || name.len < MARK_CHARACTERS + tail.len)
		return (struct sv){NULL, 0};
	return sv_of(name.ptr + name.len - tail.len - MARK_CHARACTERS, MARK_CHARACTERS);
}

/* Sizes and marks of all that lies there. */
static void survey(struct quarantine *q)
{
	struct dirent **names;
	int n = scandir(q->folder, &names, visible, NULL);
	q->bytes = 0;
	forget(q);
	for (int i = 0; i < n; i++) {
		char *path = file_join(q->folder, names[i]->d_name);
		struct sv mark = mark_in(sv_from(names[i]->d_name));
		q->bytes += size_of(path);
		if (mark.ptr)
			free(map_put(&q->marks, mark, heap_copy(names[i]->d_name)));
		free(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

enum rc quarantine_open(const char *state_folder, int64_t max_bytes, struct quarantine **out, struct err *e)
{
	char *folder = file_join(state_folder, "quarantine");
	enum rc rc = file_make_folder(folder, 0700, e);
	if (rc != RC_OK) {
		free(folder);
		return rc;
	}
	struct quarantine *q = heap_zero(1, sizeof *q);
	*q = (struct quarantine){.folder = folder, .max_bytes = max_bytes};
	survey(q);
	*out = q;
	return RC_OK;
}

void quarantine_close(struct quarantine *q)
{
	if (!q)
		return;
	forget(q);
	free(q->folder);
	free(q);
}

static void drop(struct quarantine *q, const char *name)
{
	char *path = file_join(q->folder, name);
	int64_t size = size_of(path);
	if (unlink(path) == 0)
		q->bytes -= size;
	free(path);
}

/* Names begin with the time, so byte order is age. */
static void make_room(struct quarantine *q, int64_t need)
{
	if (q->bytes + need <= q->max_bytes)
		return;
	struct dirent **names;
	int n = scandir(q->folder, &names, visible, alphasort);
	uint64_t dropped = 0;
	int64_t most = q->max_bytes - q->max_bytes / SLACK;
	bool pair = false; /* the bytes before this description went, so it goes too */
	for (int i = 0; i < n; i++) {
		bool bytes = sv_ends(sv_from(names[i]->d_name), SV(".bin"));
		bool goes = q->bytes + need > most || (pair && !bytes);
		if (goes)
			drop(q, names[i]->d_name);
		pair = goes && bytes;
		dropped += pair;
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	survey(q);
	metric_add(METRIC_QUARANTINE_DROPPED, dropped);
	log_warn("quarantine is full", "dropped=%llu next=\"look at %s, or raise agent.quarantine_max\"",
	    (unsigned long long)dropped, q->folder);
}

/* What makes a piece the same one: its place and its bytes. */
static void fingerprint(const struct quarantine_piece *p, char out[MARK_CHARACTERS + 1])
{
	struct buf all = {0};
	char hex[2 * CRYPTO_SHA256_BYTES + 1];
	buf_printf(&all, "%s\n%s\n%llu\n", p->source, p->object, (unsigned long long)p->offset);
	buf_add(&all, p->bytes);
	crypto_sha256_hex(buf_sv(&all), hex);
	memcpy(out, hex, MARK_CHARACTERS);
	out[MARK_CHARACTERS] = 0;
	buf_fini(&all);
}

/* Known, and still there: a person may have looked at it and cleaned up. */
static bool kept_before(const struct quarantine *q, const char *mark)
{
	const char *name = map_get(&q->marks, sv_from(mark));
	char *path = name ? file_join(q->folder, name) : NULL;
	bool there = path && access(path, F_OK) == 0;
	free(path);
	return there;
}

static void describe(const struct quarantine_piece *p, struct buf *out)
{
	char when[CLK_TEXT];
	clk_format(p->now_ms, true, when);
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv(&j, "kept_at", sv_from(when));
	jout_kv(&j, "source", sv_from(p->source));
	jout_kv(&j, "object", sv_from(p->object));
	jout_kv_int(&j, "offset", (int64_t)p->offset);
	jout_kv_int(&j, "record", (int64_t)p->number);
	jout_kv(&j, "reason", sv_from(p->reason));
	jout_kv_int(&j, "bytes", (int64_t)p->bytes.len);
	jout_end_object(&j);
	buf_addc(out, '\n');
}

enum rc quarantine_keep(struct quarantine *q, const struct quarantine_piece *p, struct err *e)
{
	char mark[MARK_CHARACTERS + 1];
	fingerprint(p, mark);
	if (kept_before(q, mark))
		return RC_OK;
	struct buf about = {0};
	describe(p, &about);
	make_room(q, (int64_t)(p->bytes.len + about.len));
	char *name = heap_printf("%014lld-%s.json", (long long)p->now_ms, mark);
	char *text = file_join(q->folder, name);
	char *bytes = heap_printf("%.*s.bin", (int)(strlen(text) - strlen(".json")), text);
	POINT(before_quarantine);
	/* The description comes last: only with it the piece counts as kept. */
	enum rc rc = file_write_atomic(bytes, p->bytes, 0600, e);
	if (rc == RC_OK)
		rc = file_write_atomic(text, buf_sv(&about), 0600, e);
	POINT(after_quarantine);
	if (rc == RC_OK) {
		q->bytes += (int64_t)(p->bytes.len + about.len);
		free(map_put(&q->marks, sv_from(mark), name));
		name = NULL;
	}
	free(bytes);
	free(text);
	free(name);
	buf_fini(&about);
	return rc;
}
