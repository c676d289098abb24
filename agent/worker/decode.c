/* Envelope classifier. Called by reading.c for each framed object, on the worker's thread; owns nothing. */
#include "agent/worker/decode.h"

#include "base/clock.h"

static bool text_is(const struct tree *root, const char *path, struct sv want)
{
	const struct tree *t = tree_at(root, path);
	return t && t->type == TREE_STRING && sv_eq(t->text, want);
}

/* EventBridge delivers a CloudTrail record as `detail`, with a detail-type that ends in "via CloudTrail"
 * (spelt in several ways over the years). */
static const struct tree *eventbridge_detail(const struct tree *root)
{
	const struct tree *type = tree_get(root, SV("detail-type")), *detail = tree_get(root, SV("detail"));
	return type && type->type == TREE_STRING && detail && detail->type == TREE_OBJECT ? detail : NULL;
}

static bool is_notice(const struct tree *root)
{
	if (text_is(root, "Event", SV("s3:TestEvent")) || text_is(root, "messageType", SV("CONTROL_MESSAGE")))
		return true;
	/* CloudTrail's own notice about new objects: names of files, no events. */
	const struct tree *keys = tree_get(root, SV("s3ObjectKey"));
	if (keys && keys->type == TREE_ARRAY && tree_get(root, SV("s3Bucket")))
		return true;
	return false;
}

/* S3's notice about an object. It has an eventVersion too, its own. */
static bool is_s3_notice(const struct tree *root)
{
	return text_is(root, "eventSource", SV("aws:s3")) && tree_get(root, SV("s3"));
}

enum rc decode_object(struct record *r, struct arena *a, struct sv bytes, const struct record_names *names,
    enum decode_kind *out_kind, struct err *e)
{
	enum rc rc = record_open(r, a, bytes, names, e);
	if (rc != RC_OK)
		return rc;
	*out_kind = is_s3_notice(r->root) ? DECODE_NOTICE : DECODE_EVENT;
	if (tree_get(r->root, SV("eventVersion")))
		return RC_OK;
	const struct tree *detail = eventbridge_detail(r->root);
	if (detail && tree_get(detail, SV("eventVersion")))
		return record_open(r, a, detail->raw, names, e);
	if (detail) {
		*out_kind = DECODE_NOTICE;
		return RC_OK;
	}
	const struct tree *lookup = tree_get(r->root, SV("CloudTrailEvent"));
	if (lookup && lookup->type == TREE_STRING) {
		rc = record_open(r, a, lookup->text, names, e);
		return rc == RC_OK ? RC_OK : err_at(e, "CloudTrailEvent of a LookupEvents entry");
	}
	if (is_notice(r->root))
		*out_kind = DECODE_NOTICE;
	return RC_OK;
}

bool decode_name_holds_events(struct sv path, const char **out_why)
{
	if (sv_find(path, SV("/CloudTrail-Digest/")) != SV_NONE ||
	    sv_find(path, SV("_CloudTrail-Digest_")) != SV_NONE) {
		*out_why = "digest";
		return false;
	}
	return true;
}

/* `_YYYYMMDDTHHMMZ_` in the last part of the path; the empty view when there is none. */
static struct sv stamp_of(struct sv path)
{
	const char *slash = memrchr(path.ptr, '/', path.len);
	struct sv name = slash ? sv_skip(path, (size_t)(slash + 1 - path.ptr)) : path;
	for (size_t i = 0; i + 15 <= name.len; i++) {
		struct sv s = sv_head(sv_skip(name, i), 15);
		int64_t ignored;
		if (s.ptr[0] == '_' && s.ptr[9] == 'T' && s.ptr[14] == 'Z' &&
		    sv_int(sv_head(sv_skip(s, 1), 8), 0, INT64_MAX, &ignored) &&
		    sv_int(sv_head(sv_skip(s, 10), 4), 0, INT64_MAX, &ignored))
			return s;
	}
	return (struct sv){NULL, 0};
}

bool decode_name_stamp(struct sv path, int64_t *out_ms)
{
	struct sv stamp = stamp_of(path);
	return stamp.len && clk_parse(sv_skip(stamp, 1), out_ms);
}

int decode_name_order(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int by_stamp = sv_cmp(stamp_of(sv_from(x)), stamp_of(sv_from(y)));
	return by_stamp ? by_stamp : strcmp(x, y);
}
