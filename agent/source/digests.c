/* Digests of a source. On its thread, or its desk's. */
#include "agent/source/digests.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#define METADATA SV(".metadata")
#define MAX_METADATA ((size_t)64 << 10)

enum rc digests_open(
    const struct options *options, const struct aws_options *aws, struct digests *out, struct err *e)
{
	out->on = options_number(options, "digest") != 0;
	out->keys_path = options_text(options, "digest_keys");
	out->patience_ms = options_number(options, "digest_patience");
	if (!out->on)
		return RC_OK;
	enum rc rc =
	    out->keys_path ? keys_load(&out->keys, out->keys_path, e) : aws_client_new(aws, &out->aws, e);
	out->keys.aws = out->aws;
	if (rc == RC_OK)
		return RC_OK;
	err_at(e, "%s", out->keys_path ? "digest_keys" : "digest: on without digest_keys asks CloudTrail");
	return rc == RC_NOTFOUND ? rc : (e->rc = RC_CONFIG);
}

void digests_grants(const struct options *options, struct sv role, struct grants *out)
{
	if (options_number(options, "digest") != 0 && !options_text(options, "digest_keys"))
		grants_add(out, &(struct grant){.sid = "ReadPublicKeys",
				    .actions = "cloudtrail:ListPublicKeys",
				    .identity = role,
				    .resource = SV("*")});
}

void digests_close(struct digests *d)
{
	keys_fini(&d->keys);
	aws_client_free(d->aws);
	*d = (struct digests){0};
}

bool digests_hash(const struct digests *d, struct sv path)
{
	struct trail_name name;
	return d->on && trail_name_read(path, &name) && name.kind == TRAIL_LOG;
}

bool digests_is_one(const struct digests *d, struct sv object)
{
	struct trail_name name;
	return d->on && trail_name_read(object, &name) && name.kind == TRAIL_DIGEST;
}

bool digests_want(const struct digests *d, struct sv path, char **out_digest)
{
	struct trail_name name;
	if (!d->on)
		return false;
	if (sv_ends(path, METADATA))
		path.len -= METADATA.len;
	if (!trail_name_read(path, &name) || name.kind != TRAIL_DIGEST)
		return false;
	*out_digest = heap_text(path);
	return true;
}

/* Keys change: what was unknown a moment ago may be in the file now. */
static struct digest_news *read_again(
    struct digests *d, const struct digest_feed *feed, struct digest_news *n)
{
	struct err e = {0};
	if (!n || n->verdict != FLAW_UNKNOWN_KEY || !d->keys_path)
		return n;
	if (keys_load(&d->keys, d->keys_path, &e) != RC_OK) {
		log_warn("keys of digests can't be read again", "error=\"%s\" next=\"the old ones are used\"",
		    e.text);
		return n;
	}
	digest_news_free(n);
	return digest_news_new(feed);
}

struct digest_news *digests_judge(struct digests *d, const struct digest_feed *feed)
{
	return read_again(d, feed, digest_news_new(feed));
}

struct digest_news *digests_read(struct digests *d, const char *path, int64_t modified_ms)
{
	char *beside = heap_printf("%s.metadata", path);
	struct buf bytes = {0}, metadata = {0};
	struct digest_news *n = NULL;
	struct err e = {0};
	/* Empty: made, and not yet written. */
	bool has_metadata = file_read(beside, MAX_METADATA, &metadata, NULL) == RC_OK && metadata.len;
	if (!has_metadata && clk_now_ms() - modified_ms < d->patience_ms)
		goto out;
	if (file_read(path, DIGEST_MAX_BYTES, &bytes, &e) != RC_OK) {
		log_warn(
		    "digest can't be read", "error=\"%s\" next=\"it is tried again at each rescan\"", e.text);
		goto out;
	}
	struct digest_feed feed = {
	    buf_sv(&bytes), buf_sv(&metadata), {NULL, 0}, sv_from(path), &d->keys, d->patience_ms};
	n = digests_judge(d, &feed);
out:
	buf_fini(&bytes);
	buf_fini(&metadata);
	free(beside);
	return n;
}
