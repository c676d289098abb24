/* Reading digests. Called by verify and by sources whose digests are checked as they come; any thread. The
 * bytes are hostile: whoever can write to the bucket chooses them. */
#include "agent/digest/digest.h"

#include "base/clock.h"
#include "base/inflate.h"
#include "base/jdoc.h"

#define ALGORITHM SV("SHA256withRSA")
#define HASH_ALGORITHM SV("SHA-256")

struct fields {
	const struct jdoc *root;
	struct arena *arena;
	struct err *err;
	bool bad;
};

/* A text that must be there. */
static struct sv need(struct fields *f, const struct jdoc *in, const char *name)
{
	struct sv text = jdoc_text(in, name);
	if ((!text.ptr || !text.len) && !f->bad) {
		f->bad = true;
		err_set(f->err, RC_INPUT, "\"%s\" is missing or no text", name);
	}
	return text.ptr ? arena_copy(f->arena, text) : (struct sv){NULL, 0};
}

/* A text that may be null. */
static struct sv want(struct fields *f, const char *name)
{
	struct sv text = jdoc_text(f->root, name);
	return text.ptr ? arena_copy(f->arena, text) : (struct sv){NULL, 0};
}

static int64_t need_time(struct fields *f, const char *name, struct sv *out_text)
{
	int64_t ms = 0;
	*out_text = need(f, f->root, name);
	if (!f->bad && !clk_parse(*out_text, &ms)) {
		f->bad = true;
		err_set(f->err, RC_INPUT, "\"%s\" is no time", name);
	}
	return ms;
}

static void must_be(struct fields *f, const struct jdoc *in, const char *name, struct sv value)
{
	struct sv text = jdoc_text(in, name);
	if (f->bad || sv_eq(text, value))
		return;
	f->bad = true;
	err_set(f->err, RC_INPUT, "\"%s\" is not %.*s", name, SV_ARG(value));
}

static void read_logs(struct fields *f, struct digest *out)
{
	const struct jdoc *logs = jdoc_at(f->root, "logFiles");
	size_t n = jdoc_count(logs);
	struct digest_log *items = arena_zero(f->arena, (n ? n : 1) * sizeof *items);
	if (!logs && !f->bad) {
		f->bad = true;
		err_set(f->err, RC_INPUT, "\"logFiles\" is missing");
	}
	for (size_t i = 0; i < n && !f->bad; i++) {
		const struct jdoc *log = jdoc_item(logs, i);
		items[i] = (struct digest_log){
		    need(f, log, "s3Bucket"), need(f, log, "s3Object"), need(f, log, "hashValue")};
		must_be(f, log, "hashAlgorithm", HASH_ALGORITHM);
	}
	out->logs = items;
	out->n_logs = n;
}

static enum rc read_fields(struct sv json, struct arena *a, struct digest *out, struct err *e)
{
	struct jdoc *root;
	struct sv start_text;
	enum rc rc = jdoc_read(json, &root, e);
	if (rc != RC_OK)
		return rc;
	struct fields f = {root, a, e, false};
	must_be(&f, root, "digestSignatureAlgorithm", ALGORITHM);
	out->account = need(&f, root, "awsAccountId");
	out->bucket = need(&f, root, "digestS3Bucket");
	out->object = need(&f, root, "digestS3Object");
	out->fingerprint = need(&f, root, "digestPublicKeyFingerprint");
	out->start_ms = need_time(&f, "digestStartTime", &start_text);
	out->end_ms = need_time(&f, "digestEndTime", &out->end_text);
	out->previous_bucket = want(&f, "previousDigestS3Bucket");
	out->previous_object = want(&f, "previousDigestS3Object");
	out->previous_hash = want(&f, "previousDigestHashValue");
	out->previous_signature = want(&f, "previousDigestSignature");
	if (out->previous_object.ptr && !out->previous_hash.ptr)
		need(&f, root, "previousDigestHashValue");
	read_logs(&f, out);
	jdoc_free(root);
	return f.bad ? RC_INPUT : RC_OK;
}

enum rc digest_read(struct sv bytes, struct arena *a, struct digest *out, struct err *e)
{
	struct buf plain = {0};
	enum rc rc = RC_OK;
	if (inflate_is_gzip(bytes)) {
		rc = inflate_whole(bytes, DIGEST_MAX_BYTES, &plain, e);
		bytes = buf_sv(&plain);
	}
	*out = (struct digest){0};
	if (rc == RC_OK) {
		crypto_sha256_hex(bytes, out->hash);
		rc = read_fields(bytes, a, out, e);
	}
	buf_fini(&plain);
	return rc;
}

/* --- metadata ------------------------------------------------------------------------------------- */

struct metadata_walk {
	struct arena *arena;
	struct digest_metadata *out;
	bool within; /* below "Metadata" */
};

static void on_member(void *ctx, struct sv key, const struct jdoc *value)
{
	struct metadata_walk *w = ctx;
	struct sv prefix = SV("x-amz-meta-"), text = jdoc_text(value, "");
	if (key.len > prefix.len && sv_eq_nocase(sv_head(key, prefix.len), prefix))
		key = sv_skip(key, prefix.len);
	if (!w->within && sv_eq_nocase(key, SV("Metadata"))) {
		w->within = true;
		jdoc_members(value, on_member, w);
		w->within = false;
	} else if (sv_eq_nocase(key, SV("signature"))) {
		w->out->signature = arena_copy(w->arena, text);
	} else if (sv_eq_nocase(key, SV("signature-algorithm"))) {
		w->out->algorithm = arena_copy(w->arena, text);
	} else if (sv_eq_nocase(key, SV("backfill-generation-timestamp"))) {
		w->out->generated_at = arena_copy(w->arena, text);
	}
}

enum rc digest_metadata_read(struct sv json, struct arena *a, struct digest_metadata *out, struct err *e)
{
	struct jdoc *root;
	struct metadata_walk walk = {a, out, false};
	enum rc rc = jdoc_read(json, &root, e);
	if (rc != RC_OK)
		return rc;
	*out = (struct digest_metadata){0};
	jdoc_members(root, on_member, &walk);
	jdoc_free(root);
	return RC_OK;
}

/* --- signature ------------------------------------------------------------------------------------ */

void digest_signed_text(const struct digest *d, struct buf *out)
{
	struct sv previous = d->previous_signature.ptr ? d->previous_signature : SV("null");
	buf_printf(out, "%.*s\n%.*s/%.*s\n%s\n%.*s", SV_ARG(d->end_text), SV_ARG(d->bucket),
	    SV_ARG(d->object), d->hash, SV_ARG(previous));
}

bool digest_signed_by(const struct digest *d, const struct crypto_rsa *key, struct sv signature)
{
	struct buf text = {0}, bytes = {0};
	digest_signed_text(d, &text);
	bool ok = crypto_unhex(signature, &bytes, NULL) == RC_OK &&
		  crypto_rsa_signed(key, buf_sv(&text), buf_sv(&bytes));
	buf_fini(&text);
	buf_fini(&bytes);
	return ok;
}

/* --- logs ------------------------------------------------------------------------------------------ */

static enum rc add_to_hash(void *ctx, struct sv bytes)
{
	crypto_hash_add(ctx, bytes);
	return RC_OK;
}

enum rc digest_log_hash(struct sv bytes, char out[DIGEST_HASH_TEXT], struct err *e)
{
	unsigned char raw[CRYPTO_SHA256_BYTES];
	if (!inflate_is_gzip(bytes))
		return err_set(e, RC_INPUT, "it is not gzip");
	struct crypto_hash *hash = crypto_hash_new();
	struct inflate *z = inflate_new(0);
	enum rc rc = inflate_feed(z, bytes, add_to_hash, hash, e);
	if (rc == RC_OK)
		rc = inflate_end(z, e);
	inflate_free(z);
	crypto_hash_end(hash, raw);
	crypto_hex(raw, sizeof raw, out);
	return rc;
}
