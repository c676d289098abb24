/* Texts about objects that are not to be had. Called by the sources that read objects. */
#include "agent/source/object_trouble.h"

/* The first ARN of KMS in a text of AWS's: what stands up to a blank, a quote or a full stop at the end. */
static struct sv key_arn(struct sv text)
{
	size_t at = sv_find(text, SV("arn:aws"));
	while (at != SV_NONE) {
		struct sv arn = sv_skip(text, at);
		size_t len = 0;
		while (len < arn.len && !strchr(" \"',()", arn.ptr[len]))
			len++;
		arn = sv_head(arn, len);
		while (arn.len && arn.ptr[arn.len - 1] == '.')
			arn.len--;
		if (sv_find(arn, SV(":kms:")) != SV_NONE)
			return arn;
		text = sv_skip(text, at + 7);
		at = sv_find(text, SV("arn:aws"));
	}
	return (struct sv){NULL, 0};
}

static bool about_kms(const struct failure *f)
{
	return strstr(f->message, "kms:") || strncmp(f->code, "KMS.", 4) == 0;
}

static void denied(const char *bucket, const char *uri, const struct failure *f, struct buf *summary)
{
	struct sv key = key_arn(sv_from(f->message));
	buf_add_printable(summary, sv_from(uri));
	buf_printf(summary, " can't be read (%s: %s). ", f->code, f->message);
	if (strncmp(f->code, "KMS.", 4) == 0)
		buf_adds(summary,
		    "The key that it is encrypted with can't be used: enable it, or cancel its deletion.");
	else if (about_kms(f) && key.len)
		buf_printf(summary, "Grant kms:Decrypt on %.*s, in the agent's policy and in the key's.",
		    SV_ARG(key));
	else if (about_kms(f))
		buf_adds(summary,
		    "Grant kms:Decrypt on the bucket's key, in the agent's policy and in the key's.");
	else
		buf_printf(summary,
		    "Grant s3:GetObject on arn:aws:s3:::%s/*, in the agent's policy and in the bucket's; if "
		    "the "
		    "bucket is encrypted with a KMS key, kms:Decrypt on that too. Without s3:ListBucket an "
		    "object "
		    "that is gone looks the same.",
		    bucket);
}

void object_trouble(const char *bucket, const char *uri, const struct object_result *r, struct buf *summary,
    struct complaint *out)
{
	*out = (struct complaint){.level = LEVEL_HIGH, .cause = bucket};
	buf_reset(summary);
	if (r->end == OBJECT_DENIED) {
		out->rule = "kendrawatch.self.object_denied";
		out->title = "Log files can't be read";
		denied(bucket, uri, &r->failure, summary);
	} else if (r->end == OBJECT_MISSING) {
		out->rule = "kendrawatch.self.object_missing";
		out->title = "A log file is missing";
		buf_add_printable(summary, sv_from(uri));
		buf_printf(summary,
		    " was announced and is not there (%s). Who deleted it? Its events were never seen.",
		    r->failure.code[0] ? r->failure.code : r->failure.message);
	} else {
		out->rule = "kendrawatch.self.object_too_large";
		out->title = "A log file is too large";
		buf_add_printable(summary, sv_from(uri));
		buf_printf(summary,
		    " has %lld bytes, more than max_object allows. CloudTrail's own have at most 50 MB: find "
		    "out what it is, then raise max_object.",
		    (long long)r->size);
	}
	out->summary = summary->ptr;
}

void object_trouble_foreign(const char *bucket, const char *uri, struct buf *summary, struct complaint *out)
{
	*out = (struct complaint){.rule = "kendrawatch.self.object_foreign",
	    .title = "A message names a foreign object",
	    .level = LEVEL_HIGH,
	    .cause = bucket};
	buf_reset(summary);
	buf_add_printable(summary, sv_from(uri));
	buf_adds(summary,
	    " was not read: the source's `buckets` does not name its bucket, or its key is not "
	    "in AWSLogs/. Find out who may send to the queue; if the bucket is yours, add it to "
	    "`buckets`.");
	out->summary = summary->ptr;
}
