/* A bucket. Listing goes down by "/" to the folders of regions and then reads only the days that are asked
 * for: a bucket may hold years of a thousand accounts. */
#include "agent/digest/place.h"

#include <stdio.h>

#include "base/aws/s3.h"
#include "base/clock.h"

#define DAY_MS ((int64_t)86400000)
#define IN_FLIGHT 16
#define MAX_DEPTH 24

struct bucket {
	struct place base;
	struct aws_client *aws;
	char *name, *prefix;
};

/* --- listing ---------------------------------------------------------------------------------------- */

struct listing {
	struct bucket *bucket;
	struct place_list *out;
	int64_t from_ms, to_ms;
	struct s3_page page; /* of the reply in hand */
	enum rc rc;
	struct err *err;
};

static void on_page(void *ctx, const struct aws_answer *a)
{
	struct listing *l = ctx;
	if (a->failure.kind == FAILURE_NONE)
		l->rc = s3_read_page(a->reply, &l->page, l->err);
}

/* Objects below `prefix` straight away go to the list; *out_folders gets what is deeper (delimiter). */
static enum rc list_all(struct listing *l, struct sv prefix, struct sv delimiter, struct sv after,
    struct place_list *out, struct buf *out_folders)
{
	char *token = NULL;
	enum rc rc;
	do {
		struct aws_request r = {0};
		s3_list_objects(
		    &(struct s3_list){sv_from(l->bucket->name), prefix, delimiter, after, sv_from(token), 0},
		    &r);
		l->page = (struct s3_page){0};
		l->rc = RC_OK;
		rc = aws_call(l->bucket->aws, &r, on_page, l, NULL, l->err);
		rc = rc == RC_OK ? l->rc : rc;
		free(token);
		token = l->page.token;
		l->page.token = NULL;
		for (size_t i = 0; i < l->page.objects.n; i++)
			if (l->page.objects.items[i].size)
				place_add(out, heap_copy(l->page.objects.items[i].key), l->from_ms, l->to_ms);
		for (size_t i = 0; i < l->page.prefixes.n; i++) {
			buf_adds(out_folders, l->page.prefixes.items[i]);
			buf_addc(out_folders, '\n');
		}
		s3_page_fini(&l->page);
	} while (rc == RC_OK && token);
	free(token);
	return rc;
}

/* `2026/` below a region's folder */
static bool is_year(struct sv prefix, struct sv s)
{
	return sv_find(prefix, SV("/CloudTrail")) != SV_NONE && s.len == 5 && s.ptr[4] == '/' &&
	       sv_int(sv_head(s, 4), 2000, 9999, &(int64_t){0});
}

/* The days of the time below the folder of a region, one listing each. */
static enum rc list_days(struct listing *l, struct sv region)
{
	struct buf none = {0};
	enum rc rc = RC_OK;
	for (int64_t day = l->from_ms / DAY_MS; day <= l->to_ms / DAY_MS && rc == RC_OK; day++) {
		struct clk_parts t = clk_parts_utc(day * DAY_MS);
		char *prefix = heap_printf("%.*s%04d/%02d/%02d/", SV_ARG(region), t.year, t.month, t.day);
		rc = list_all(l, sv_from(prefix), SV(""), SV(""), l->out, &none);
		free(prefix);
	}
	buf_fini(&none);
	return rc;
}

/* Other services deliver below AWSLogs too (elasticloadbalancing, Config): they are passed by. */
static bool worth(struct sv parent, struct sv folder)
{
	struct sv last = sv_skip(folder, parent.len);
	bool account = parent.len >= 13 &&
		       sv_int(sv_head(sv_skip(parent, parent.len - 13), 12), 0, INT64_MAX, &(int64_t){0});
	return !account || sv_eq(last, SV("CloudTrail/")) || sv_eq(last, SV("CloudTrail-Digest/"));
}

static enum rc descend(struct listing *l, struct sv prefix, int depth)
{
	struct buf folders = {0};
	struct sv rest, folder;
	enum rc rc = list_all(l, prefix, SV("/"), SV(""), l->out, &folders);
	rest = buf_sv(&folders);
	while (rc == RC_OK && depth < MAX_DEPTH && sv_cut(&rest, '\n', &folder)) {
		if (folder.len <= prefix.len || !worth(prefix, folder))
			continue;
		if (is_year(prefix, sv_skip(folder, prefix.len))) {
			/* One folder of years tells that this is a region's; its days are made, not found. */
			rc = list_days(l, prefix);
			break;
		}
		rc = descend(l, folder, depth + 1);
	}
	buf_fini(&folders);
	return rc;
}

static enum rc walk(struct place *p, int64_t from_ms, int64_t to_ms, struct place_list *out, struct err *e)
{
	struct bucket *b = (struct bucket *)p;
	struct listing l = {.bucket = b, .out = out, .from_ms = from_ms, .to_ms = to_ms, .err = e};
	return descend(&l, sv_from(b->prefix), 0);
}

/* --- objects ---------------------------------------------------------------------------------------- */

struct fetch {
	void (*each)(void *ctx, const struct place_object *o);
	void *ctx;
	size_t index;
};

static void on_object(void *ctx, const struct aws_answer *a)
{
	struct fetch *f = ctx;
	struct place_object o = {.index = f->index};
	struct buf metadata = {0};
	o.rc = aws_answer_rc(a, "s3", &o.err);
	if (o.rc == RC_OK && a->reply->cut)
		o.rc = err_set(&o.err, RC_LIMIT, "larger than %zu MiB", PLACE_MAX_BYTES >> 20);
	if (o.rc == RC_OK) {
		o.bytes = buf_sv(&a->reply->body);
		s3_digest_metadata(a->reply, &metadata);
		o.metadata = buf_sv(&metadata);
	}
	f->each(f->ctx, &o);
	buf_fini(&metadata);
}

static void get(struct place *p, const struct place_request *requests, size_t n, bool metadata,
    void (*each)(void *ctx, const struct place_object *o), void *ctx)
{
	struct bucket *b = (struct bucket *)p;
	struct fetch *fetches = heap_zero(n ? n : 1, sizeof *fetches);
	(void)metadata; /* it comes with the object */
	for (size_t i = 0; i < n; i++) {
		struct aws_request r = {0};
		fetches[i] = (struct fetch){each, ctx, i};
		s3_get(requests[i].bucket.len ? requests[i].bucket : sv_from(b->name), requests[i].key, 0, -1,
		    SV(""), &r);
		aws_start(b->aws, &r, on_object, &fetches[i]);
		while (aws_in_flight(b->aws) >= IN_FLIGHT)
			aws_run(b->aws, 1000);
	}
	while (aws_in_flight(b->aws))
		aws_run(b->aws, 1000);
	free(fetches);
}

static bool is_at(struct place *p, struct sv key, struct sv bucket, struct sv object)
{
	return sv_eq(key, object) && sv_eq(bucket, sv_from(((struct bucket *)p)->name));
}

static void free_bucket(struct place *p)
{
	struct bucket *b = (struct bucket *)p;
	free(b->name);
	free(b->prefix);
	free(b);
}

static const struct place_type type = {walk, get, is_at, free_bucket};

bool place_is_s3(const char *word)
{
	return sv_starts(sv_from(word), SV("s3://"));
}

enum rc place_s3(const char *url, struct aws_client *aws, struct place **out, struct err *e)
{
	struct sv rest = sv_skip(sv_from(url), 5), name;
	if (!place_is_s3(url) || !sv_cut(&rest, '/', &name) || !s3_bucket_valid(name))
		return err_set(e, RC_CONFIG, "%s is no s3://bucket/prefix", url);
	struct bucket *b = heap_zero(1, sizeof *b);
	b->base.type = &type;
	b->aws = aws;
	b->name = heap_text(name);
	b->prefix =
	    rest.len && !sv_ends(rest, SV("/")) ? heap_printf("%.*s/", SV_ARG(rest)) : heap_text(rest);
	*out = &b->base;
	return RC_OK;
}
