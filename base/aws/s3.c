/* S3 requests and replies: the only includer of expat. Called by the object reader, the s3 source and
 * `verify`; owns nothing but what it returns. */
#include "base/aws/s3.h"

#include <expat.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/jout.h"
#include "base/net/crypto.h"

#define MAX_TEXT_BYTES                                                                      \
	8192 /* of one element: a key is at most 1,024 bytes, three times that when encoded \
	      */

bool s3_bucket_valid(struct sv bucket)
{
	if (bucket.len < 3 || bucket.len > 255)
		return false;
	for (size_t i = 0; i < bucket.len; i++) {
		char c = bucket.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			((c == '.' || c == '-' || c == '_') && i)))
			return false;
	}
	return sv_find(bucket, SV("..")) == SV_NONE;
}

/* --- requests -------------------------------------------------------------------------------------- */

static void begin(const char *method, struct sv bucket, struct sv key, struct aws_request *out)
{
	*out = (struct aws_request){
	    .service = "s3", .rules = SIGV4_S3, .method = method, .bucket = heap_text(bucket)};
	buf_addc(&out->path, '/');
	sigv4_encode(key, true, &out->path);
}

void s3_get(
    struct sv bucket, struct sv key, int64_t first, int64_t last, struct sv etag, struct aws_request *out)
{
	begin("GET", bucket, key, out);
	if (first || last >= 0) {
		char *range = last < 0 ? heap_printf("bytes=%lld-", (long long)first)
				       : heap_printf("bytes=%lld-%lld", (long long)first, (long long)last);
		aws_request_header(out, "Range", sv_from(range));
		free(range);
	}
	if (etag.len)
		aws_request_header(out, "If-Match", etag);
}

void s3_head(struct sv bucket, struct sv key, struct aws_request *out)
{
	begin("HEAD", bucket, key, out);
}

static void add_if(struct buf *query, const char *name, struct sv value)
{
	if (value.len)
		sigv4_param(query, name, value);
}

/* Parameters in byte order, as the signature wants them. */
void s3_list_objects(const struct s3_list *l, struct aws_request *out)
{
	char max[16];
	snprintf(max, sizeof max, "%d", l->max_keys ? l->max_keys : 1000);
	begin("GET", l->bucket, SV(""), out);
	add_if(&out->query, "continuation-token", l->token);
	add_if(&out->query, "delimiter", l->delimiter);
	sigv4_param(&out->query, "encoding-type", SV("url"));
	sigv4_param(&out->query, "list-type", SV("2"));
	sigv4_param(&out->query, "max-keys", sv_from(max));
	add_if(&out->query, "prefix", l->prefix);
	add_if(&out->query, "start-after", l->start_after);
}

/* --- objects --------------------------------------------------------------------------------------- */

static bool all_digits(struct sv s, int64_t *out)
{
	return sv_int(s, 0, INT64_MAX, out);
}

void s3_read_object(const struct http_reply *reply, struct s3_object *out)
{
	struct sv range = http_reply_header(reply, "Content-Range"),
		  length = http_reply_header(reply, "Content-Length");
	*out = (struct s3_object){.size = -1, .modified_ms = -1};
	/* "bytes 0-99/1234": what stands behind the / is the whole. */
	size_t slash = sv_find_char(range, '/');
	if (slash != SV_NONE)
		all_digits(sv_skip(range, slash + 1), &out->size);
	else if (reply->status != 206)
		all_digits(length, &out->size);
	out->etag = http_reply_header(reply, "ETag");
	struct sv modified = http_reply_header(reply, "Last-Modified");
	if (modified.len)
		out->modified_ms = http_parse_date(modified);
	out->encrypted_kms =
	    sv_starts(http_reply_header(reply, "x-amz-server-side-encryption"), SV("aws:kms"));
}

void s3_digest_metadata(const struct http_reply *reply, struct buf *out)
{
	static const char *const names[] = {"x-amz-meta-signature", "x-amz-meta-signature-algorithm",
	    "x-amz-meta-backfill-generation-timestamp"};
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct sv value = http_reply_header(reply, names[i]);
		if (value.ptr)
			jout_kv(&j, names[i], value);
	}
	jout_end_object(&j);
}

bool s3_etag_fits(const struct s3_object *o, struct sv body)
{
	char hex[2 * CRYPTO_MD5_BYTES + 1];
	struct sv etag = o->etag;
	if (o->encrypted_kms || etag.len != 2 + 2 * CRYPTO_MD5_BYTES || etag.ptr[0] != '"')
		return true; /* of parts ("…-3"), of KMS, of another store */
	etag = sv_head(sv_skip(etag, 1), 2 * CRYPTO_MD5_BYTES);
	for (size_t i = 0; i < etag.len; i++)
		if (!strchr("0123456789abcdefABCDEF", etag.ptr[i]))
			return true;
	crypto_md5_hex(body, hex);
	return sv_eq_nocase(etag, sv_from(hex));
}

/* --- listings -------------------------------------------------------------------------------------- */

struct listing {
	struct s3_page *page;
	struct s3_entry entry; /* the one that is being read */
	struct buf text;
	bool in_contents, in_prefixes, truncated, encoded, seen;
};

static void entry_fini(struct s3_entry *x)
{
	free(x->key);
	free(x->etag);
	*x = (struct s3_entry){.size = -1, .modified_ms = -1};
}

void s3_page_fini(struct s3_page *p)
{
	for (size_t i = 0; i < p->objects.n; i++)
		entry_fini(&p->objects.items[i]);
	vec_fini(&p->objects);
	for (size_t i = 0; i < p->prefixes.n; i++)
		free(p->prefixes.items[i]);
	vec_fini(&p->prefixes);
	free(p->token);
	*p = (struct s3_page){0};
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

char *s3_decode_key(struct sv s)
{
	struct buf out = {0};
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '+')
			c = ' ';
		else if (c == '%' && i + 2 < s.len && hex_digit(s.ptr[i + 1]) >= 0 &&
			 hex_digit(s.ptr[i + 2]) >= 0) {
			c = (char)(hex_digit(s.ptr[i + 1]) << 4 | hex_digit(s.ptr[i + 2]));
			i += 2;
		}
		buf_addc(&out, c);
	}
	return buf_take(&out);
}

static char *decoded(const struct listing *l)
{
	return l->encoded ? s3_decode_key(buf_sv(&l->text)) : heap_text(buf_sv(&l->text));
}

static void on_start(void *ctx, const char *name, const char **attributes)
{
	struct listing *l = ctx;
	(void)attributes;
	buf_reset(&l->text);
	if (strcmp(name, "ListBucketResult") == 0)
		l->seen = true;
	l->in_contents = l->in_contents || strcmp(name, "Contents") == 0;
	l->in_prefixes = l->in_prefixes || strcmp(name, "CommonPrefixes") == 0;
}

static void on_text(void *ctx, const char *text, int len)
{
	struct listing *l = ctx;
	if (l->text.len + (size_t)len <= MAX_TEXT_BYTES)
		buf_add(&l->text, sv_of(text, (size_t)len));
}

static void end_in_contents(struct listing *l, const char *name)
{
	struct sv text = buf_sv(&l->text);
	if (strcmp(name, "Key") == 0 && !l->entry.key)
		l->entry.key = decoded(l);
	else if (strcmp(name, "Size") == 0)
		all_digits(text, &l->entry.size);
	else if (strcmp(name, "LastModified") == 0)
		clk_parse(text, &l->entry.modified_ms);
	else if (strcmp(name, "ETag") == 0 && !l->entry.etag)
		l->entry.etag = heap_text(text);
	else if (strcmp(name, "Contents") == 0) {
		l->in_contents = false;
		if (l->entry.key)
			vec_push(&l->page->objects, l->entry);
		else
			entry_fini(&l->entry);
		l->entry = (struct s3_entry){.size = -1, .modified_ms = -1};
	}
}

static void on_end(void *ctx, const char *name)
{
	struct listing *l = ctx;
	if (l->in_contents)
		end_in_contents(l, name);
	else if (l->in_prefixes && strcmp(name, "Prefix") == 0)
		vec_push(&l->page->prefixes, decoded(l));
	else if (strcmp(name, "CommonPrefixes") == 0)
		l->in_prefixes = false;
	else if (strcmp(name, "IsTruncated") == 0)
		l->truncated = sv_eq(sv_trim(buf_sv(&l->text)), SV("true"));
	else if (strcmp(name, "NextContinuationToken") == 0 && !l->page->token)
		l->page->token = heap_text(buf_sv(&l->text));
	buf_reset(&l->text);
}

/* A store that does not know encoding-type gives keys as they are, and no <EncodingType>. */
static bool says_encoded(struct sv xml)
{
	return sv_find(xml, SV("<EncodingType>url</EncodingType>")) != SV_NONE;
}

enum rc s3_read_page(const struct http_reply *reply, struct s3_page *out, struct err *e)
{
	struct sv xml = buf_sv(&reply->body);
	struct s3_page page = {0};
	struct listing l = {
	    .page = &page, .entry = {.size = -1, .modified_ms = -1}, .encoded = says_encoded(xml)};
	XML_Parser parser = XML_ParserCreate(NULL);
	XML_SetUserData(parser, &l);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	bool good = xml.len && XML_Parse(parser, xml.ptr, (int)xml.len, 1) == XML_STATUS_OK;
	const char *why = xml.len ? XML_ErrorString(XML_GetErrorCode(parser)) : "it is empty";
	enum rc rc = RC_OK;
	if (!good)
		rc = err_set(e, RC_RETRY, "s3's listing can't be read: %s", why);
	else if (!l.seen)
		rc = err_set(e, RC_RETRY, "s3 answered %d with something that is no listing", reply->status);
	else if (l.truncated && !page.token)
		rc = err_set(e, RC_RETRY, "s3's listing goes on, and does not say where");
	XML_ParserFree(parser);
	buf_fini(&l.text);
	entry_fini(&l.entry);
	if (rc != RC_OK) {
		s3_page_fini(&page);
		return rc;
	}
	if (!l.truncated) {
		free(page.token);
		page.token = NULL;
	}
	*out = page;
	return RC_OK;
}
