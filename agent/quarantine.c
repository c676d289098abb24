/* The quarantine folder. Analyst's thread. */
#include "agent/quarantine.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/jout.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/net/crypto.h"
#include "base/point.h"

struct quarantine {
	char *folder;
	int64_t max_bytes, bytes;
};

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int64_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

static int64_t measure(const char *folder)
{
	struct dirent **names;
	int64_t total = 0;
	int n = scandir(folder, &names, visible, NULL);
	for (int i = 0; i < n; i++) {
		char *path = file_join(folder, names[i]->d_name);
		total += size_of(path);
		free(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return total;
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
	*q = (struct quarantine){folder, max_bytes, measure(folder)};
	*out = q;
	return RC_OK;
}

void quarantine_close(struct quarantine *q)
{
	if (!q)
		return;
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
	bool pair = false; /* the bytes before this description went, so it goes too */
	for (int i = 0; i < n; i++) {
		bool bytes = sv_ends(sv_from(names[i]->d_name), SV(".bin"));
		bool goes = q->bytes + need > q->max_bytes || (pair && !bytes);
		if (goes)
			drop(q, names[i]->d_name);
		pair = goes && bytes;
		dropped += pair;
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	metric_add(METRIC_QUARANTINE_DROPPED, dropped);
	log_warn("quarantine is full", "dropped=%llu next=\"look at %s, or raise agent.quarantine_max\"",
	    (unsigned long long)dropped, q->folder);
}

/* What makes a piece the same one: its place and its bytes. */
static void fingerprint(const struct quarantine_piece *p, char out[17])
{
	struct buf all = {0};
	char hex[2 * CRYPTO_SHA256_BYTES + 1];
	buf_printf(&all, "%s\n%s\n%llu\n", p->source, p->object, (unsigned long long)p->offset);
	buf_add(&all, p->bytes);
	crypto_sha256_hex(buf_sv(&all), hex);
	snprintf(out, 17, "%.16s", hex);
	buf_fini(&all);
}

static bool kept_before(const struct quarantine *q, const char *mark)
{
	struct dirent **names;
	bool found = false;
	int n = scandir(q->folder, &names, visible, NULL);
	char *tail = heap_printf("-%s.json", mark);
	for (int i = 0; i < n; i++) {
		found |= sv_ends(sv_from(names[i]->d_name), sv_from(tail));
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	free(tail);
	return found;
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
	char mark[17];
	fingerprint(p, mark);
	if (kept_before(q, mark))
		return RC_OK;
	struct buf about = {0};
	describe(p, &about);
	make_room(q, (int64_t)(p->bytes.len + about.len));
	char *stem = heap_printf("%s/%014lld-%s", q->folder, (long long)p->now_ms, mark);
	char *bytes = heap_printf("%s.bin", stem), *text = heap_printf("%s.json", stem);
	POINT(before_quarantine);
	/* The description comes last: only with it the piece counts as kept. */
	enum rc rc = file_write_atomic(bytes, p->bytes, 0600, e);
	if (rc == RC_OK)
		rc = file_write_atomic(text, buf_sv(&about), 0600, e);
	POINT(after_quarantine);
	if (rc == RC_OK)
		q->bytes += (int64_t)(p->bytes.len + about.len);
	free(bytes);
	free(text);
	free(stem);
	buf_fini(&about);
	return rc;
}
